"""What a shell offers for a name that was begun: scenarios, MVPDs and sandboxes.

The shell waits for it while somebody types, so it is quick, and says nothing where nobody answers.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import typer

from .addresses import local_url

# In seconds.
_TIMEOUT: Final = 0.5


def sandbox_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The sandboxes of the simulator that the verb would ask."""
    return _begun(incomplete, _ids(ctx, "sandboxes"))


def mvpd_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The MVPDs of the sandbox that the verb would work in."""
    return _begun(incomplete, _ids(ctx, "mvpds"))


def scenario_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The scenarios at hand here, and those of the simulator where one is named."""
    from simulator.scenarios.library import Library

    folder = ctx.params.get("scenarios")
    here = Library([Path(folder)] if folder and Path(folder).is_dir() else ()).names()
    there = _ids(ctx, "scenarios", "name") if ctx.params.get("url") else ()
    return _begun(incomplete, (*here, *there))


def _begun(incomplete: str, names: "Iterator[str] | tuple[str, ...]") -> list[str]:
    return sorted({each for each in names if each.startswith(incomplete)})


def _ids(ctx: typer.Context, path: str, member: str = "id") -> Iterator[str]:
    """The names in a list of the admin API, none where it cannot be had."""
    from pass_simulator.errors import SimulatorError
    from pass_simulator.transport.connection import Connection
    from pass_simulator.transport.sync_transport import SyncTransport

    given: dict[str, Any] = ctx.params
    ca = given.get("ca")
    transport = SyncTransport(str(ca) if ca else None)
    connection = Connection(
        transport=transport,
        instance=given.get("url") or local_url(),
        admin_token=given.get("admin_token"),
        sandbox=given.get("sandbox"),
        binding="header",
        timeout=_TIMEOUT,
    )
    with suppress(SimulatorError, KeyError, TypeError):
        found = transport.run(connection.admin("GET", path, query={"limit": "1000"}))
        yield from (each[member] for each in found["items"])
    transport.close()
