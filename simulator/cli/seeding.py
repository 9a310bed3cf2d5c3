"""`seed` and `reset`: what a sandbox holds."""

import json as json_text
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from . import remote
from .files import contents
from .options import Json, Place
from .output import as_json, counts, line, progress


class Order(NamedTuple):
    """What is to be seeded, as the admin API takes it."""

    path: str
    body: bytes
    content_type: str
    method: str = "POST"


def seed(
    scenario: Annotated[str, typer.Argument(help="A scenario's name, or a YAML or JSON file.")],
    at: Place,
    merge: Annotated[
        bool, typer.Option("--merge", help="Add to the world instead of replacing it.")
    ] = False,
    json: Json = False,
) -> None:
    """Make a scenario the world of a running simulator's sandbox, and show how far it is.

    Example: pass-simulator seed demo --sandbox ci-42
    """
    result = seeded(at, _order(scenario, merge=merge), "Seeding")
    if json:
        as_json(result)
    else:
        verb = "Added" if merge else "Seeded"
        line(f"{verb}: {counts(result['seeded'])}. Generation {result['generation']}.")


def _order(scenario: str, *, merge: bool) -> Order:
    """The order to seed the named scenario, or the file of that name. Raises `CliExit`."""
    mode = "merge" if merge else "replace"
    file = Path(scenario)
    if file.suffix not in {".yaml", ".yml", ".json"}:
        body = json_text.dumps({"scenario": scenario, "mode": mode}).encode()
        return Order("seed", body, remote.JSON)
    return Order(f"seed?mode={mode}", contents(file), remote.YAML)


def seeded(at: Place, order: Order, what: str) -> Any:  # noqa: ANN401 - JSON
    """What the simulator answers to the order; meanwhile it is shown how far it is. Raises `CliExit`."""
    result: Any = None
    with progress(what, of="records") as (bar, task):

        def show(found: Any) -> None:  # noqa: ANN401 - JSON
            nonlocal result
            if "progress" in found:
                told = found["progress"]
                bar.update(task, completed=told["done"], total=told["total"])
            else:
                result = found.get("result", found)
                done = sum(result["seeded"].values())
                bar.update(task, completed=done, total=done)

        remote.lines(at, order.method, order.path, (order.content_type, order.body), show)
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
    json: Json = False,
) -> None:
    """Take a sandbox of a running simulator back to what it was seeded with.

    Example: pass-simulator reset --sandbox ci-42
    """
    result = remote.call(at, "POST", "reset", {"to": to} if to else {})
    if json:
        as_json(result)
    else:
        cleared = counts(result["cleared"])
        line(
            f"Back to {result['baseline']}, cleared: {cleared}. Generation {result['generation']}."
        )
