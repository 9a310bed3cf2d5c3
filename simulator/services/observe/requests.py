"""What the journal says: entries found, counted, held against what was expected."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from simulator.domain.journal.entries import Wanted, differences, nearest
from simulator.services.context import AppContext
from simulator.services.errors import NotFound
from simulator.storage.journal import entries
from simulator.storage.journal.entries import SandboxJournal
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
    return await simulator.journal.query(
        at.id,
        lambda journal: journal.find(here, after=after, limit=limit, newest_first=newest_first),
    )


async def exchanges(
    simulator: AppContext, at: SandboxRef, wanted: Wanted
) -> AsyncIterator[list[dict[str, Any]]]:
    """The entries that are `wanted` so far, with what went over the wire, a few at a time."""
    await simulator.journal.up_to_date()
    here, after = now(wanted, at), 0
    last = await simulator.journal.query(at.id, SandboxJournal.last_number)
    while after < last:
        page = partial(SandboxJournal.exchanges, wanted=here, after=after, limit=_AT_ONCE)
        found = await simulator.journal.query(at.id, page)
        after = found[-1]["number"] if found else last
        if some := [each for each in found if each["number"] <= last]:
            yield some


async def happenings(simulator: AppContext, at: SandboxRef, kind: str) -> list[dict[str, Any]]:
    """The events of a kind in the current generation, in their order."""
    await simulator.journal.up_to_date()
    return await simulator.journal.query(
        at.id, lambda journal: journal.events_of(kind, at.generation)
    )


async def get(simulator: AppContext, at: SandboxRef, request: str) -> dict[str, Any]:
    """The entry of a request, with the request and the response. Raises `AdminError`."""
    await simulator.journal.up_to_date()
    found = await simulator.journal.query(at.id, lambda journal: journal.get(request))
    if found is None:
        hint = "GET /admin/v1/requests lists them; the oldest are dropped when there are too many."
        raise NotFound("request", request, hint)
    return found


async def clear(simulator: AppContext, at: SandboxRef) -> int:
    """Forget the entries of the sandbox, and nothing else; how many there were."""
    await simulator.journal.flush()
    return await simulator.engine.transact(partial(entries.clear, sandbox=at.id), moves=())


async def count(simulator: AppContext, at: SandboxRef, wanted: Wanted) -> dict[str, Any]:
    """How many requests were `wanted`, and whether some may have been dropped."""
    await simulator.journal.up_to_date()
    here = now(wanted, at)

    return await simulator.journal.query(
        at.id,
        lambda journal: {
            "count": journal.count(here),
            "incomplete": journal.dropped_since(here.generation),
        },
    )


async def verify(simulator: AppContext, at: SandboxRef, expected: Expectation) -> dict[str, Any]:
    """Whether what was expected happened; where it did not, what came nearest to it.

    When entries were dropped that could have counted, the outcome is incomplete rather than wrong.
    """
    await simulator.journal.up_to_date()

    def question(journal: SandboxJournal) -> dict[str, Any]:
        if expected.in_order:
            return _verify_order(journal, [now(each, at) for each in expected.in_order])
        return _verify_number(journal, now(expected.match, at), expected)

    return await simulator.journal.query(at.id, question)


def _verify_number(journal: SandboxJournal, here: Wanted, expected: Expectation) -> dict[str, Any]:
    found = journal.count(here)
    if expected.most is not None and found > expected.most:
        # Too many already, whatever was dropped.
        offending = journal.find(here, limit=3, newest_first=True)
        told = [{"entry": entry, "differences": []} for entry in offending]
        return {"verified": False, "count": found, "nearest": told}
    enough = expected.least is None or found >= expected.least
    dropped = journal.dropped_since(here.generation)
    if dropped and (expected.most is not None or not enough):
        return {"verified": False, "incomplete": True, "count": None, "seen": found, "nearest": []}
    if enough:
        return {"verified": True, "count": found}
    return {"verified": False, "count": found, "nearest": _nearest(journal, here)}


def _verify_order(journal: SandboxJournal, in_order: Sequence[Wanted]) -> dict[str, Any]:
    after = 0
    steps: list[str] = []
    for here in in_order:
        found = journal.find(here, after=after, limit=1)
        if not found:
            incomplete = journal.dropped_since(here.generation)
            return {
                "verified": False,
                **({"incomplete": True} if incomplete else {}),
                "count": len(steps),
                "found": steps,
                "nearest": _nearest(journal, here),
            }
        after = found[0]["number"]
        steps.append(found[0]["id"])
    return {"verified": True, "count": len(steps), "found": steps}


def _nearest(journal: SandboxJournal, wanted: Wanted) -> list[dict[str, Any]]:
    latest = journal.find(Wanted(texts={}), limit=_LOOKED_AT, newest_first=True)
    close = nearest(wanted, [each for each in latest if differences(wanted, each)])
    return [{"entry": entry, "differences": told} for entry, told in close]


def now(wanted: Wanted, at: SandboxRef) -> Wanted:
    """`wanted` with the number of the current generation in place of `CURRENT`."""
    return replace(wanted, generation=at.generation) if wanted.generation == CURRENT else wanted
