"""What happens in a sandbox, in the order in which it was written down."""

from typing import Any, Final

from simulator.domain.journal.entries import Wanted, differences
from simulator.services.context import AppContext
from simulator.storage.errors import DatabaseUnavailableError
from simulator.storage.journal.entries import SandboxJournal
from simulator.storage.worlds.sandboxes import SandboxRef

_AT_ONCE: Final = 100
# Milliseconds after which everything that happened is written, in whichever process.
_SETTLES: Final = 400


async def last(simulator: AppContext, at: SandboxRef, wanted: Wanted, newest: int = 0) -> int:
    """The number of the last event so far, or of the one before the `newest` requests that are `wanted`."""
    await simulator.journal.up_to_date()

    def question(journal: SandboxJournal) -> int:
        found = journal.find(wanted, limit=newest, newest_first=True) if newest else ()
        return found[-1]["number"] - 1 if found else journal.last_number()

    return await simulator.journal.query(at.id, question)


def is_wanted(event: dict[str, Any], wanted: Wanted) -> bool:
    """Whether an event is to be told to whom asks for the requests that are `wanted`."""
    return event["kind"] != "request" or not differences(wanted, event["facts"])


async def after(simulator: AppContext, at: SandboxRef, number: int) -> list[dict[str, Any]] | None:
    """The next events after the one with this number, if there are any yet.

    None while the database does not answer.
    """
    # Numbers are given out before they are committed. Where several processes write, one with a lower
    # number may become visible after one with a higher, so what is very fresh has to wait.
    lag = _SETTLES if simulator.engine.shared else 0
    until = simulator.clock.now() - lag
    try:
        return await simulator.journal.query(
            at.id, lambda journal: journal.events_after(number, until=until, limit=_AT_ONCE)
        )
    except DatabaseUnavailableError:
        return None
