"""The tally of coverage: counted with the journal, whichever process writes it, on both databases."""

import asyncio
from functools import partial
from typing import Final

import pytest

from simulator.domain.journal.entries import Entry, Exchange
from simulator.domain.journal.explanation import Explanation
from simulator.json_codec import to_json
from simulator.storage.engine.base import Engine
from simulator.storage.engine.opening import open_engine
from simulator.storage.journal import entries
from simulator.storage.journal.coverage import counts
from simulator.storage.journal.coverage.counts import Whose
from simulator.storage.worlds import lifecycle
from tests.storage.conftest import NewSandbox
from tests.storage.worlds import HandClock, Sandbox

DEVICE: Final = "tv"


def _entry(
    sandbox: Sandbox,
    number: int = 0,
    *,
    operation: str = "logout",
    device: str = DEVICE,
    **told: object,
) -> Entry:
    """A call: logouts are answered with a page to open, profiles with an error of the server."""
    failed = operation == "profiles"
    body: object = {"action": "none"} if failed else {"actionName": "logout"}
    explanation = Explanation(
        device=device,
        application="app",
        client="client-1",
        service_provider="P",
        mvpd="M",
        platform="Roku",
        rules=[] if failed else ["L5"],
        **told,  # type: ignore[arg-type]
    )
    return Entry(
        sandbox=sandbox.ref.id,
        generation=sandbox.ref.generation,
        at=sandbox.clock.now() + number,
        real_at=sandbox.clock.now() + number,
        request=f"req-{number}",
        operation=operation,
        duration=1,
        explanation=explanation,
        exchange=Exchange(
            method="GET",
            target="/",
            request_headers=(),
            request_body=None,
            status=500 if failed else 200,
            response_body=to_json(body),
        ),
    )


def _page(sandbox: Sandbox, number: int) -> Entry:
    entry = _entry(sandbox, number, operation="start_logout")
    entry.explanation.device = entry.explanation.client = None
    return entry


async def _write(engine: Engine, *batch: Entry, most: int = 1_000, again: bool = False) -> None:
    full = {each.sandbox for each in batch}
    await engine.transact(
        partial(entries.write, entries=batch, full=full, most=most, limit=100, again=again)
    )


async def _counts(sandbox: Sandbox, whose: Whose = Whose()) -> dict[str, tuple[int, ...]]:  # noqa: B008 - frozen
    """Of each row how often it was met, and the outcomes: well, looped, stopped, gave up."""
    found = await sandbox.engine.query(lambda c: counts.counts(c, sandbox.ref.id, whose))
    return {
        each.cells: (each.met, each.well, each.looped, each.stopped, each.gave_up) for each in found
    }


LOGOUT: Final = "operations:logout logout:L5 actions:logout"
FAILED: Final = "operations:profiles"


async def test_counts_stay_right_where_the_journal_keeps_few_entries(sandbox: Sandbox) -> None:
    for number in range(30):
        await _write(sandbox.engine, _entry(sandbox, number), _page(sandbox, number), most=10)
    assert await _counts(sandbox) == {LOGOUT: (30, 30, 0, 0, 0)}
    (row,) = await sandbox.engine.query(lambda c: counts.counts(c, sandbox.ref.id, Whose()))
    assert row.last.endswith(" req-29")


async def test_what_is_written_again_is_counted_once(sandbox: Sandbox) -> None:
    entry = _entry(sandbox)
    await _write(sandbox.engine, entry)
    await _write(sandbox.engine, entry, again=True)
    assert await _counts(sandbox) == {LOGOUT: (1, 0, 0, 0, 0)}


async def test_an_outcome_is_found_over_batches_and_restarts(sandbox: Sandbox) -> None:
    for number in range(5):
        await _write(sandbox.engine, _entry(sandbox, number, operation="profiles"))
    assert await _counts(sandbox) == {FAILED: (5, 0, 5, 0, 0)}
    await _write(sandbox.engine, *(_entry(sandbox, 9, operation="profiles") for _ in range(5)))
    assert await _counts(sandbox) == {FAILED: (10, 0, 10, 0, 0)}


async def test_sandboxes_know_nothing_of_each_other(make_sandbox: NewSandbox) -> None:
    one, other = await make_sandbox("one"), await make_sandbox("other")
    await _write(one.engine, _entry(one), _entry(other), _page(other, 1))
    assert await _counts(one) == {LOGOUT: (1, 0, 0, 0, 0)}
    assert await _counts(other) == {LOGOUT: (1, 1, 0, 0, 0)}


async def test_an_application_that_a_call_does_not_tell_is_known_from_its_client(
    sandbox: Sandbox,
) -> None:
    forced = _entry(sandbox, 1)
    forced.explanation.application = forced.explanation.platform = None
    await _write(sandbox.engine, _entry(sandbox), forced)
    whose = Whose(application="app", platform="Roku", device=DEVICE)
    assert await _counts(sandbox, whose) == {LOGOUT: (2, 0, 0, 0, 0)}


async def test_a_generation_begins_with_nothing_to_watch(sandbox: Sandbox) -> None:
    before = _entry(sandbox)
    await _write(sandbox.engine, before, before._replace(generation=before.generation + 1))
    await _write(sandbox.engine, _page(sandbox, 2)._replace(generation=before.generation + 1))
    assert await _counts(sandbox) == {LOGOUT: (2, 1, 0, 0, 0)}
    assert await _counts(sandbox, Whose(since=before.generation + 1)) == {LOGOUT: (1, 1, 0, 0, 0)}


async def test_a_sandbox_that_goes_takes_its_counts_along(make_sandbox: NewSandbox) -> None:
    gone = await make_sandbox("gone")
    await _write(gone.engine, _entry(gone))
    await gone.engine.alter("gone", lifecycle.drop)
    # What comes late finds nobody any more.
    await _write(gone.engine, _entry(gone, 1, device="other"))
    assert await _counts(gone) == {LOGOUT: (1, 0, 0, 0, 0)}
    while await gone.engine.transact(partial(entries.drop_orphans, limit=100)):
        pass
    assert await _counts(gone) == {}


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
async def test_processes_that_share_a_database_add_their_counts(
    sandbox: Sandbox, db: str, clock: HandClock
) -> None:
    other = await open_engine(db, clock)
    try:
        # One device whose requests go here and there, and many that meet the same.
        for number in range(4):
            await _write((sandbox.engine, other)[number % 2], _entry(sandbox, number))
        await _write(other, _page(sandbox, 4))
        assert await _counts(sandbox) == {LOGOUT: (4, 4, 0, 0, 0)}
        batches = [
            [
                _entry(sandbox, number, device=f"tv-{number % 7}")
                for number in range(start, start + 20)
            ]
            for start in range(0, 200, 20)
        ]
        await asyncio.gather(
            *(_write((sandbox.engine, other)[n % 2], *batch) for n, batch in enumerate(batches))
        )
        assert (await _counts(sandbox))[LOGOUT][0] == 204
    finally:
        await other.close()
