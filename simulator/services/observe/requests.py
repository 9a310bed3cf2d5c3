"""What the journal says: entries found, counted, held against what was expected."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from simulator.domain.journal.entries import Wanted, differences, nearest
from simulator.services.context import AppContext
from simulator.services.errors import NotFound
from simulator.storage.journal import entries as journal
from simulator.storage.worlds.sandboxes import SandboxRef

# How far back a failed verification looks for what came close.
_LOOKED_AT: Final = 500
# Exchanges that are read at once, so that nobody holds the whole journal in memory.
_AT_ONCE: Final = 100

CURRENT: Final = 0
"""As a generation: the one that the sandbox is in now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """How many requests there should have been: between `least` and `most`, None for any number.

    With `in_order` the requests should have come one after another, whatever came in between.
    """

    match: Wanted
    least: int | None = None
    most: int | None = None
    in_order: Sequence[Wanted] = ()


async def find(
    simulator: AppContext,
    at: SandboxRef,
    wanted: Wanted,
    *,
    after: int,
    limit: int,
    newest_first: bool = False,
) -> list[dict[str, Any]]:
    """The entries that are `wanted`, in the order in which they were answered."""
    await simulator.journal.up_to_date()
    here = now(wanted, at)
    return await simulator.engine.query(
        lambda connection: journal.find(
            connection, at.id, here, after=after, limit=limit, newest_first=newest_first
        )
    )


async def exchanges(
    simulator: AppContext, at: SandboxRef, wanted: Wanted
) -> AsyncIterator[list[dict[str, Any]]]:
    """The entries that are `wanted` so far, with what went over the wire, a few at a time."""
    await simulator.journal.up_to_date()
    here, after = now(wanted, at), 0
    last = await simulator.engine.query(lambda connection: journal.last_number(connection, at.id))
    while after < last:
        found = await simulator.engine.query(
            partial(journal.exchanges, sandbox=at.id, wanted=here, after=after, limit=_AT_ONCE)
        )
        after = found[-1]["number"] if found else last
        if some := [each for each in found if each["number"] <= last]:
            yield some


async def happenings(simulator: AppContext, at: SandboxRef, kind: str) -> list[dict[str, Any]]:
    """The events of a kind in the current generation, in their order."""
    await simulator.journal.up_to_date()
    return await simulator.engine.query(
        lambda connection: journal.events_of(connection, at.id, kind, at.generation)
    )


async def get(simulator: AppContext, at: SandboxRef, request: str) -> dict[str, Any]:
    """The entry of a request, with the request and the response. Raises `AdminError`."""
    await simulator.journal.up_to_date()
    found = await simulator.engine.query(lambda connection: journal.get(connection, at.id, request))
    if found is None:
        hint = "GET /admin/v1/requests lists them; the oldest are dropped when there are too many."
        raise NotFound("request", request, hint)
    return found


async def clear(simulator: AppContext, at: SandboxRef) -> int:
    """Forget the entries of the sandbox, and nothing else; how many there were."""
    await simulator.journal.flush()
    return await simulator.engine.transact(lambda connection: journal.clear(connection, at.id))


async def count(simulator: AppContext, at: SandboxRef, wanted: Wanted) -> dict[str, Any]:
    """How many requests were `wanted`, and whether some may have been dropped."""
    await simulator.journal.up_to_date()
    here = now(wanted, at)

    def work(connection: Connection) -> dict[str, Any]:
        return {
            "count": journal.count(connection, at.id, here),
            "incomplete": journal.dropped_since(connection, at.id, here.generation),
        }

    return await simulator.engine.query(work)


async def verify(simulator: AppContext, at: SandboxRef, expected: Expectation) -> dict[str, Any]:
    """Whether what was expected happened; where it did not, what came nearest to it.

    When entries were dropped that could have counted, the outcome is incomplete rather than wrong.
    """
    await simulator.journal.up_to_date()

    def work(connection: Connection) -> dict[str, Any]:
        if expected.in_order:
            return _verify_order(connection, at, expected.in_order)
        return _verify_number(connection, at, expected)

    return await simulator.engine.query(work)


def _verify_number(connection: Connection, at: SandboxRef, expected: Expectation) -> dict[str, Any]:
    here = now(expected.match, at)
    found = journal.count(connection, at.id, here)
    if expected.most is not None and found > expected.most:
        # Too many already, whatever was dropped.
        offending = journal.find(connection, at.id, here, limit=3, newest_first=True)
        told = [{"entry": entry, "differences": []} for entry in offending]
        return {"verified": False, "count": found, "nearest": told}
    enough = expected.least is None or found >= expected.least
    dropped = journal.dropped_since(connection, at.id, here.generation)
    if dropped and (expected.most is not None or not enough):
        return {"verified": False, "incomplete": True, "count": None, "seen": found, "nearest": []}
    if enough:
        return {"verified": True, "count": found}
    return {"verified": False, "count": found, "nearest": _nearest(connection, at, here)}


def _verify_order(
    connection: Connection, at: SandboxRef, in_order: Sequence[Wanted]
) -> dict[str, Any]:
    after = 0
    steps: list[str] = []
    for wanted in in_order:
        here = now(wanted, at)
        found = journal.find(connection, at.id, here, after=after, limit=1)
        if not found:
            incomplete = journal.dropped_since(connection, at.id, here.generation)
            return {
                "verified": False,
                **({"incomplete": True} if incomplete else {}),
                "count": len(steps),
                "found": steps,
                "nearest": _nearest(connection, at, here),
            }
        after = found[0]["number"]
        steps.append(found[0]["id"])
    return {"verified": True, "count": len(steps), "found": steps}


def _nearest(connection: Connection, at: SandboxRef, wanted: Wanted) -> list[dict[str, Any]]:
    everything = Wanted(texts={})
    entries = journal.find(connection, at.id, everything, limit=_LOOKED_AT, newest_first=True)
    close = nearest(wanted, [each for each in entries if differences(wanted, each)])
    return [{"entry": entry, "differences": told} for entry, told in close]


def now(wanted: Wanted, at: SandboxRef) -> Wanted:
    """`wanted` with the number of the current generation in place of `CURRENT`."""
    return replace(wanted, generation=at.generation) if wanted.generation == CURRENT else wanted
