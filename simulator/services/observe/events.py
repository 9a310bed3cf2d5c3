"""What happens in a sandbox, in the order in which it was written down."""

from typing import Any, Final

from sqlalchemy import Connection, RowMapping

from simulator.domain.journal.entries import Event
from simulator.services.context import AppContext
from simulator.storage.journal import entries
from simulator.storage.worlds import sandboxes
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

_AT_ONCE: Final = 100
# Milliseconds after which everything that happened is written, in whichever process.
_SETTLES: Final = 400


async def last(simulator: AppContext, at: SandboxRef) -> int:
    """The number of the last event so far."""
    await simulator.journal.up_to_date()
    return await simulator.engine.query(lambda connection: entries.last_number(connection, at.id))


async def after(simulator: AppContext, at: SandboxRef, number: int) -> list[dict[str, Any]]:
    """The next events after the one with this number, if there are any yet."""
    # Numbers are given out before they are committed. Where several processes write, one with a lower
    # number may become visible after one with a higher, so what is very fresh has to wait.
    lag = _SETTLES if simulator.engine.shared else 0
    until = simulator.clock.now() - lag
    return await simulator.engine.query(
        lambda connection: entries.events_after(
            connection, at.id, number, until=until, limit=_AT_ONCE
        )
    )


def record(connection: Connection, row: RowMapping, real: int, kind: str, **facts: object) -> None:
    """Write down what was done to the sandbox in `row`, in the transaction that does it.

    `real` is the machine's instant (epoch milliseconds); `generation` and `at` among the facts stand
    for what the row says of them.
    """
    generation = facts.pop("generation", row["generation"])
    at = facts.pop("at", sandboxes.clock_in(row).now(real))
    _add(connection, row["id"], generation, at, real, kind, facts)


def record_in(world: SandboxSession, kind: str, **facts: object) -> None:
    """Write down what a unit of work did, other than to answer a request."""
    _add(world.connection, world.sandbox, world.generation, world.now, world.real_now, kind, facts)


def _add(
    connection: Connection,
    sandbox: int,
    generation: Any,  # noqa: ANN401 - a number out of a row
    at: Any,  # noqa: ANN401 - as above
    real_at: int,
    kind: str,
    facts: dict[str, object],
) -> None:
    event = Event(
        sandbox=sandbox, generation=generation, at=at, real_at=real_at, kind=kind, facts=facts
    )
    entries.add(connection, [event])
