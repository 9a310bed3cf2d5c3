"""Which devices talk, by the journal."""

from typing import Any, TypeVar

import pytest

from simulator.domain.journal.entries import Entry, Event, Exchange
from simulator.domain.journal.explanation import Explanation
from simulator.storage.journal import device_activity
from simulator.storage.journal import entries as journal
from tests.storage.conftest import NewSandbox
from tests.storage.worlds import NOW, Sandbox

pytestmark = pytest.mark.parametrize("db", ["memory", "postgres"], indirect=True)
T = TypeVar("T")


def call(sandbox: Sandbox, at: int, device: str | None, operation: str = "profiles") -> Entry:
    """A request of `device`, `at` milliseconds after `NOW`."""
    return Entry(
        sandbox=sandbox.ref.id,
        generation=1,
        at=NOW,
        real_at=NOW + at,
        request=f"req-{at}",
        operation=operation,
        duration=5,
        explanation=Explanation(device=device, rules=["L5", "L2"], client="app", platform="Roku"),
        exchange=Exchange(
            method="GET", target="/", request_headers=(), request_body=None, status=200
        ),
    )


async def tell(sandbox: Sandbox, *entries: Entry | Event) -> None:
    await sandbox.engine.transact(lambda connection: journal.add(connection, entries))


async def last(sandbox: Sandbox, since: int = 0, limit: int = 9, **which: Any) -> dict[str, str]:  # noqa: ANN401 - passed on
    found = await sandbox.read(
        lambda world: device_activity.last_calls(
            world.journal, since=NOW + since, limit=limit, **which
        )
    )
    return {device: each.request for device, each in found.items()}


async def test_nobody_has_called(sandbox: Sandbox) -> None:
    assert await last(sandbox) == {}


async def test_the_last_call_of_each_the_latest_first(sandbox: Sandbox) -> None:
    await tell(
        sandbox,
        call(sandbox, 1, "tv"),
        call(sandbox, 2, "box"),
        call(sandbox, 3, "tv", "logout"),
        call(sandbox, 4, "old"),
        call(sandbox, 5, "box"),
    )
    assert [*(await last(sandbox)).items()] == [("box", "req-5"), ("old", "req-4"), ("tv", "req-3")]
    assert [*await last(sandbox, limit=2)] == ["box", "old"]
    assert await last(sandbox, since=4) == {"box": "req-5", "old": "req-4"}
    assert await last(sandbox, since=6) == {}
    assert await last(sandbox, device="tv") == {"tv": "req-3"}
    assert await last(sandbox, device="nobody") == {}


async def test_what_a_call_tells(sandbox: Sandbox) -> None:
    await tell(sandbox, call(sandbox, 7, "tv", "logout"))
    found = await sandbox.read(
        lambda world: device_activity.last_calls(world.journal, since=0, limit=1)
    )
    assert found["tv"] == device_activity.Call(
        request="req-7",
        at=NOW + 7,
        operation="logout",
        status=200,
        rule="L5",
        error=None,
        service_provider=None,
        mvpd=None,
        client="app",
        platform="Roku",
        fault=None,
    )


async def test_only_devices_of_the_sandbox_count(make_sandbox: NewSandbox) -> None:
    sandbox, other = await make_sandbox("one"), await make_sandbox("two")
    event = Event(sandbox=sandbox.ref.id, generation=1, at=NOW, real_at=NOW, kind="reset", facts={})
    await tell(
        sandbox,
        event,
        call(sandbox, 1, None),
        call(sandbox, 2, "phone", "provider_login"),
        call(other, 3, "theirs"),
        call(sandbox, 4, "ours"),
    )
    assert await last(sandbox) == {"ours": "req-4"}


async def test_the_calls_of_lately_in_their_order(sandbox: Sandbox) -> None:
    await tell(
        sandbox,
        call(sandbox, 1, "tv"),
        call(sandbox, 2, "tv", "logout"),
        call(sandbox, 3, "box"),
        call(sandbox, 4, "tv"),
    )
    found = await sandbox.read(
        lambda world: device_activity.recent(world.journal, since=NOW + 2, devices=["tv", "silent"])
    )
    assert found == {"tv": [("logout", NOW + 2), ("profiles", NOW + 4)], "silent": []}
