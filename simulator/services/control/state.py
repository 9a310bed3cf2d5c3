"""The whole state of a sandbox as one scenario document."""

from collections.abc import Iterator
from typing import Any

from simulator.scenarios import exporting
from simulator.services.context import AppContext
from simulator.storage.worlds.entity_mapping import KINDS
from simulator.storage.worlds.sandboxes import Baseline, SandboxRef
from simulator.storage.worlds.session import SandboxSession


async def export(simulator: AppContext, at: SandboxRef) -> dict[str, Any]:
    """The state of the sandbox as a scenario document that seeds the same state again.

    Times are offsets from the moment of the world's last event (a login, say), so the document
    depends on what happened and not on when it is asked for.
    """

    def unit(world: SandboxSession) -> dict[str, Any]:
        return document(world, world.details.baseline, moment=world.last_event())

    return await simulator.engine.read(at, unit, long=True)


def document(world: SandboxSession, baseline: Baseline, *, moment: int) -> dict[str, Any]:
    """The state of `world`, called by the name of its `baseline`; times are offsets from `moment`."""
    return exporting.document(
        _everything(world),
        name=baseline.name,
        title=baseline.about.get("title", ""),
        description=baseline.about.get("description", ""),
        moment=moment,
    )


def _everything(world: SandboxSession) -> Iterator[Any]:
    # Logins that are under way, and what is only cached or counted, are nothing to start a world from;
    # nor are the devices of the SSO service, which come back with their next token.
    for kind in KINDS:
        if kind.entity in exporting.EXPORTED:
            yield from world.repository(kind).all()
