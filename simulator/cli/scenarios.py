"""`scenario`: the scenarios at hand, here or in a running simulator, and checking one's own."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pass_simulator.client.scenario_files import files_of, is_file
from pass_simulator.errors import NotText
from pass_simulator.transport.connection import path_segment
from simulator.validation.problems import Problem, ScenarioError

from .completion import scenario_names
from .exits import NO, CliExit
from .options import Elsewhere, Json
from .output import as_json, line, note, table
from .remote import call, whole

if TYPE_CHECKING:
    from simulator.scenarios.library import Library, Summary

Problems = tuple[Problem, ...]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--scenarios",
        envvar="PASS_SIMULATOR_SCENARIOS",
        help="Folder with scenario files of your own.",
        show_default=False,
    ),
]


def _library(*folders: Path | None) -> "Library":
    from simulator.scenarios.library import Library

    given = [each for each in folders if each is not None]
    for each in given:
        if not each.is_dir():
            raise CliExit(
                f"The folder {each} does not exist.", "Give another one with --scenarios."
            )
    return Library(given)


def show_all(elsewhere: Elsewhere, scenarios: Folder = None, json: Json = False) -> None:
    """List the shipped scenarios, and those in a folder of your own.

    Example: pass-simulator scenario list --scenarios lab/
    """
    if elsewhere.place:
        found = call(elsewhere.place, "GET", "scenarios")
    else:
        summaries = _library(scenarios).summaries()
        found = {"items": [_summary(each) for each in summaries], "next": None}
    if json:
        as_json(found)
        return
    table(
        ("name", "what it is"),
        [
            (each["name"], "cannot be used" if each["problems"] else each["title"])
            for each in found["items"]
        ],
        empty="There are none.",
    )
    if any(each["problems"] for each in found["items"]):
        note("`pass-simulator scenario validate NAME` says what is wrong with one.")


def _summary(found: "Summary") -> dict[str, Any]:
    return {
        "name": found.name,
        "title": found.title,
        "description": found.description,
        "problems": [str(problem) for problem in found.problems],
    }


def show(
    name: Annotated[
        str, typer.Argument(help="The scenario's name.", autocompletion=scenario_names)
    ],
    elsewhere: Elsewhere,
    scenarios: Folder = None,
    json: Json = False,
) -> None:
    """Print a scenario: its file as it stands, or as JSON.

    Example: pass-simulator scenario show demo
    """
    from simulator.scenarios.library import UnknownScenario

    if elsewhere.place:
        path = f"scenarios/{path_segment(name)}"
        if json:
            as_json(call(elsewhere.place, "GET", path))
        else:
            line(whole(elsewhere.place, path, {"format": "yaml"}).decode().rstrip("\n"))
        return
    library = _library(scenarios)
    try:
        document = library.load(name)
    except UnknownScenario as unknown:
        raise CliExit(f"There is no scenario '{name}'.", unknown.hint, status=NO) from None
    except ScenarioError as error:
        raise CliExit(str(error), "Mend it, and try again.", status=NO) from None
    if json:
        as_json(document.as_written())
        return
    line(library.text(name).rstrip("\n"))


def validate(
    files: Annotated[
        list[str],
        typer.Argument(
            help="YAML or JSON files, folders of them, or scenarios' names.",
            autocompletion=scenario_names,
        ),
    ],
    scenarios: Folder = None,
    json: Json = False,
) -> None:
    """Check scenarios without a simulator, and list everything that is wrong or leads nowhere.

    Example: pass-simulator scenario validate lab.yaml
    """
    results = [result for each in files for result in _checked(each, scenarios)]
    wrong = sum(len(problems) for _, problems, _ in results)
    if json:
        as_json(
            {
                "valid": not wrong,
                "files": [
                    {
                        "file": name,
                        "valid": not problems,
                        "problems": [asdict(problem) for problem in problems],
                        "warnings": [asdict(problem) for problem in warnings],
                    }
                    for name, problems, warnings in results
                ],
            }
        )
    else:
        for name, problems, warnings in results:
            for problem in problems:
                line(str(problem))
            if not problems:
                line(f"{name}: valid")
            for problem in warnings:
                line(problem.as_warning())
    if wrong:
        noun = "problem" if wrong == 1 else "problems"
        raise CliExit(
            f"{wrong} {noun} in {sum(bool(each) for _, each, _ in results)} of {len(results)}.",
            status=NO,
        )


def _checked(wanted: str, folder: Path | None) -> Iterator[tuple[str, Problems, Problems]]:
    """Each file that `wanted` stands for, what is wrong with it, and what leads nowhere in it."""
    path = Path(wanted)
    if path.is_dir():
        inside = sorted(
            each for suffix in ("yaml", "yml", "json") for each in path.glob(f"*.{suffix}")
        )
        files = [each for each in inside if each.name != "schema.json"]
        if not files:
            raise CliExit(f"The folder {path} has no scenario in it.", "Give the files themselves.")
        for each in files:
            yield str(each), *_examined(each, folder)
    elif is_file(wanted):
        yield wanted, *_examined(path, folder)
    else:
        library = _library(folder)
        found = next((each for each in library.summaries() if each.name == wanted), None)
        if found is None:
            raise CliExit(
                f"There is no scenario '{wanted}', and no file of that name.",
                "Give a path that ends in .yaml, .yml or .json, or one of the names that "
                "`pass-simulator scenario list` shows.",
            )
        yield wanted, found.problems, found.warnings


def _examined(path: Path, folder: Path | None) -> tuple[Problems, Problems]:
    from simulator.scenarios import compiling
    from simulator.scenarios.loading import ScenarioFiles

    try:
        # As they would be sent to a simulator.
        files = ScenarioFiles(path.as_posix(), files_of(path))
    except NotText as error:
        return (Problem(str(error.file), error.line, "", "expected UTF-8 text"),), ()
    except OSError as error:
        raise CliExit(
            f"The file {path} cannot be read: {error.strerror}.", "Give the path of a file."
        ) from error
    try:
        found = compiling.sound(_library(folder).complete(files.whole(), files))
    except ScenarioError as error:
        return error.problems, ()
    return (), found.warnings
