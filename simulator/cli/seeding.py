"""`seed` and `reset`: what a sandbox holds."""

import json as json_text
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from pass_simulator.client.scenario_files import is_file
from simulator.validation.problems import Problem

from . import remote
from .completion import scenario_names
from .files import document
from .options import Json, Place
from .output import counts, note, print_result, progress


class Keep(StrEnum):
    """What a reset keeps, as the command line says it."""

    CLIENTS = "clients"
    NOTHING = "nothing"


_Keep = Annotated[
    Keep | None,
    typer.Option(
        help="What stays, this time. Default: what the sandbox keeps.", show_default=False
    ),
]


def _kinds(keep: Keep | None) -> dict[str, list[str]]:
    """As a member of a request; none where the sandbox decides."""
    if keep is None:
        return {}
    return {"keep": [keep.value] if keep is not Keep.NOTHING else []}


def seed(
    scenario: Annotated[
        str,
        typer.Argument(
            help="A scenario's name, or a YAML or JSON file.", autocompletion=scenario_names
        ),
    ],
    at: Place,
    merge: Annotated[
        bool, typer.Option("--merge", help="Add to the world instead of replacing it.")
    ] = False,
    keep: _Keep = None,
    json: Json = False,
) -> None:
    """Make a scenario the world of a running simulator's sandbox, and show how far it is.

    Example: pass-simulator seed demo --sandbox ci-42
    """
    mode, kinds = "merge" if merge else "replace", _kinds(keep)
    if is_file(scenario):
        query = {"mode": mode} | {name: ",".join(each) for name, each in kinds.items()}
        path, content = f"seed?{urlencode(query)}", document(Path(scenario))
    else:
        body = json_text.dumps({"scenario": scenario, "mode": mode, **kinds}).encode()
        path, content = "seed", (remote.JSON, body)
    result = seeded(at, "Seeding", "POST", path, content)
    told = f"{counts(result['seeded'])}. Generation {result['generation']}."
    print_result(result, json, f"{'Added' if merge else 'Seeded'}: {told}")


def seeded(at: Place, what: str, method: str, path: str, content: remote.Content) -> Any:  # noqa: ANN401 - JSON
    """What the simulator answers; meanwhile `what` is shown with how far it is. Raises `CliExit`.

    What leads nowhere in the document is told beside the result.
    """
    result: Any = None
    with progress(what, of="records") as (bar, task):

        def take(found: Any) -> None:  # noqa: ANN401 - JSON
            nonlocal result
            if "progress" in found:
                told = found["progress"]
                bar.update(task, completed=told["done"], total=told["total"])
            else:
                result = found.get("result", found)
                done = sum(result["seeded"].values())
                bar.update(task, completed=done, total=done)

        remote.lines(at, method, path, content, take)
    for each in result.get("warnings", ()):
        note(Problem(**each).as_warning())
    return result


def reset(
    at: Place,
    to: Annotated[
        str | None,
        typer.Option(
            help="'empty' or 'snapshot:NAME'. Default: what it was seeded with.",
            show_default=False,
        ),
    ] = None,
    keep: _Keep = None,
    json: Json = False,
) -> None:
    """Take a sandbox of a running simulator back to what it was seeded with.

    Example: pass-simulator reset --sandbox ci-42
    """
    body = ({"to": to} if to else {}) | _kinds(keep)
    result = remote.call(at, "POST", "reset", body)
    cleared = counts(result["cleared"])
    told = f"Back to {result['baseline']}, cleared: {cleared}. Generation {result['generation']}."
    print_result(result, json, told)
