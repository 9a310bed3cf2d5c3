"""`grade`: whether the simulator answers as the backend did in a capture."""

import json as json_text
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from pass_simulator.client.scenario_files import files_of
from pass_simulator.errors import NotText
from simulator.captures.describing import scenario_name
from simulator.captures.sequence import Reading
from simulator.captures.worlds import learn
from simulator.cli.exits import NO, CliExit
from simulator.cli.files import write
from simulator.cli.learn.captures import Captures, Hosts, Keep, ending, opened, reading_bar
from simulator.cli.options import Elsewhere, Json, values
from simulator.cli.output import as_json, line, note, progress, table
from simulator.cli.replay.targets import target
from simulator.scenarios.library import Library
from simulator.scenarios.loading import ScenarioFiles
from simulator.validation.problems import ScenarioError

from .grading import Grade, grade
from .reports import as_data, fidelity, junit, page, short

# What a journal keeps is looked at once, right after the answer.
_FLAGS: Final = ("--journal-entries", "1000")


def grade_captures(
    captures: Captures,
    at: Elsewhere,
    world: Annotated[
        Path | None,
        typer.Option(
            "--world",
            help="The scenario to play it in. Default: the one that `learn` makes of the captures.",
            show_default=False,
        ),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="SWITCH=VALUE",
            help="Play it with another switch, such as logout.url=absolute; may be repeated.",
            show_default=False,
        ),
    ] = None,
    junit_file: Annotated[
        Path | None,
        typer.Option("--junit", help="Write a JUnit report there.", show_default=False),
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", help="Write a page there.", show_default=False)
    ] = None,
    fidelity_file: Annotated[
        Path | None,
        typer.Option(
            "--fidelity",
            help="Write there how many exchanges of each operation agreed, such as fidelity.json.",
            show_default=False,
        ),
    ] = None,
    keep: Keep = None,
    host: Hosts = None,
    json: Json = False,
) -> None:
    """Play a capture again, each request at its instant, and name each answer that is another here.

    The world is seeded into a simulator in memory, or with --url into a sandbox of its own. Ids, codes,
    tokens, times and hosts are aligned; what differs then is real, and comes with the rule that decided here
    and the page that it rests on. Ends with 1 when answers differ.

    Example: pass-simulator grade journey.har --world world.yaml
    """
    first = opened(captures, keep, host)
    settings = values(change, "SWITCH=VALUE", "logout.url=absolute")
    given = _given(world) if world else None
    with ending(), reading_bar("Learning", first):
        learnt = learn(first, scenario_name(captures[0].name))
    second = first.again()
    with ending(), target(at, _FLAGS) as place:
        with progress("Grading", of="requests") as (bar, task):
            bar.update(task, total=learnt.exchanges)
            found = grade(
                second,
                given or learnt.document,
                learnt.plan,
                place,
                settings=settings,
                progress=lambda done: bar.update(task, completed=done),
            )
        if at.place is not None:
            place.admin("DELETE", f"/sandboxes/{place.connection.sandbox}")
    names = [second.redactor.text(each.name) for each in captures]
    for file, text in (
        (junit_file, junit(found)),
        (html_file, page(found, names)),
        (fidelity_file, json_text.dumps(fidelity(found, names), indent=2) + "\n"),
    ):
        if file is not None:
            write(file, text.encode())
            note(f"Wrote {file}.")
    if json:
        as_json(as_data(found))
    else:
        _print(found, second)
    if found.total != found.total_agreed:
        raise CliExit(status=NO)


def _given(world: Path) -> Mapping[str, Any]:
    """The scenario in a file, whole. Raises `CliExit`."""
    try:
        files = ScenarioFiles(world.as_posix(), files_of(world))
        document = Library().complete(files.whole(), files)
    except NotText as error:
        raise CliExit(f"{error}.", "Save it as UTF-8.") from error
    except OSError as error:
        raise CliExit(
            f"The file {world} cannot be read: {error.strerror}.",
            "Give the path of a YAML or JSON file, such as `pass-simulator learn` writes.",
        ) from error
    except ScenarioError as error:
        problems = "\n".join(f"  {each}" for each in error.problems)
        raise CliExit(f"{world} is no valid scenario:\n{problems}") from error
    return document.as_written()


def _print(found: Grade, reading: Reading) -> None:
    differed = found.total - found.total_agreed
    line(f"Graded {found.total} exchanges: {found.total_agreed} agreed, {differed} differed.")
    if differed:
        rows = [
            (each.number, each.operation, one.what, short(one.recorded), short(one.replayed),
             " ".join(each.rules), each.page)
            for each in found.differing
            for one in each.differences
        ]  # fmt: skip
        table(("entry", "operation", "member", "theirs", "ours", "rule", "page"), rows)
    if found.more:
        line(f"and {found.more} more exchanges that differed")
    if found.problems:
        table(("not done as it was", "times"), [*found.problems.items()])
    for what, count in found.left_out.items():
        note(f"Left out: {count} exchanges that were {what}.")
    if reading.redactor.bodiless:
        note(
            f"{reading.redactor.bodiless} answers have no body in the capture, so only their status counts."
        )
