"""The journal through the client, in both modes."""

import asyncio
import io
import zipfile
from datetime import timedelta

import pytest

from pass_simulator import AdminError, JournalEntry, Sandbox, VerificationError

from .modes import Spoken, done, refused


@pytest.fixture
async def busy(sandbox: Spoken) -> Spoken:
    """A sandbox in which a device has logged in and out."""
    device = sandbox.device("tv", platform="Roku")
    await done(device.login("Cablevision", "demo"))
    await done(device.logout("Cablevision"))
    return sandbox


async def test_entries_tell_what_was_asked_and_why_it_was_answered_so(busy: Spoken) -> None:
    [entry] = await done(busy.requests.list(operation="logout"))
    assert (entry.device, entry.mvpd, entry.status, entry.rule) == ("tv", "Cablevision", 200, "L5")
    assert (entry.platform, entry.service_provider, entry.error) == ("Roku", "REF30", None)
    assert entry.explanation
    assert [each["kind"] for each in entry.changes["deleted"]] == ["profiles"]
    assert entry.at <= await done(busy.clock.now())
    whole = await done(busy.requests.get(entry.id))
    assert whole == entry
    assert whole["request"]["method"] == "GET"
    assert "Bearer ey" not in str(whole.raw)


async def test_entries_come_in_order_and_the_newest_can_be_asked_for(busy: Spoken) -> None:
    every = [each.operation for each in await done(busy.requests.list())]
    assert every == ["register", "token", "create_session", "profile_by_code", "logout"]
    newest = await done(busy.requests.list(newest=2))
    assert [each.operation for each in newest] == every[-2:]
    assert await done(busy.requests.list(newest=0)) == []


async def test_a_run_is_taken_along_in_one_file(busy: Spoken, sandbox: Spoken) -> None:
    packed = await done(busy.bundle())
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()
    await done(sandbox.delete())
    error = await refused(AdminError, busy.bundle)
    assert error.code == "sandbox_not_found"


async def test_entries_are_exported_for_other_tools(busy: Spoken) -> None:
    archive = await done(busy.requests.har(operation=["logout", "token"]))
    urls = [each["request"]["url"] for each in archive["log"]["entries"]]
    assert [url.partition("?")[0].rpartition("/")[2] for url in urls] == ["token", "Cablevision"]


async def test_entries_match_by_any_of_several_values_and_by_time(busy: Spoken) -> None:
    found = await done(busy.requests.list(operation=["logout", "token"], status="2xx"))
    assert [each.operation for each in found] == ["token", "logout"]
    assert await done(busy.requests.count(operation=["logout", "token"])) == 2
    later = (await done(busy.clock.now())) + timedelta(hours=1)
    assert await done(busy.requests.list(since=later)) == []
    assert await done(busy.requests.count(until=later, mvpd=None)) == 5


async def test_entries_are_counted_and_forgotten(busy: Spoken) -> None:
    assert await done(busy.requests.count()) == 5
    assert await done(busy.requests.clear()) >= 5
    assert await done(busy.requests.count()) == 0
    assert (await done(busy.show())).generation == 1


async def test_counts_are_those_of_the_current_generation(busy: Spoken) -> None:
    await done(busy.reset())
    assert await done(busy.requests.count()) == 0
    assert await done(busy.requests.count(generation="any")) == 5


@pytest.mark.parametrize(
    ("numbers", "holds"),
    [
        ({}, True),
        ({"exactly": 1}, True),
        ({"at_least": 1, "at_most": 1}, True),
        ({"at_least": 2}, False),
        ({"exactly": 0}, False),
        ({"at_most": 0}, False),
    ],
)
async def test_a_number_of_requests_is_verified(
    busy: Spoken, numbers: dict[str, int], holds: bool
) -> None:
    checked = await done(busy.requests.check(operation="logout", **numbers))
    assert (checked.verified, checked.count, checked.incomplete) == (holds, 1, False)
    if holds:
        assert await done(busy.requests.verify(operation="logout", **numbers)) == checked
    else:
        with pytest.raises(AssertionError):
            await done(busy.requests.verify(operation="logout", **numbers))


async def test_what_is_missed_is_told_with_what_came_closest(busy: Spoken) -> None:
    with pytest.raises(VerificationError) as caught:
        await done(busy.requests.verify(operation="logout", mvpd="Dish", exactly=1))
    error = caught.value
    assert error.count == 0
    assert error.nearest[0]["operation"] == "logout"
    told = str(error)
    assert "expected exactly 1 with operation='logout', mvpd='Dish', found 0" in told
    assert "logout → 200 from tv" in told
    assert "mvpd: expected Dish, found Cablevision" in told


async def test_an_order_is_verified(busy: Spoken) -> None:
    login, logout = {"operation": "create_session"}, {"operation": "logout"}
    assert (await done(busy.requests.verify_order(login, logout))).count == 2
    with pytest.raises(VerificationError, match="one after another"):
        await done(busy.requests.verify_order(logout, login))


async def test_nonsense_is_refused_by_name(sandbox: Spoken) -> None:
    error = await refused(AdminError, sandbox.requests.verify, operation="dance")
    assert [path for path, _ in error.fields] == ["match.operation[0]"]
    error = await refused(AdminError, sandbox.requests.list, colour="red")
    assert error.code == "unknown_filter"


@pytest.mark.parametrize(
    ("kind", "wanted", "found"),
    [
        ("code", {"device": "tv"}, "code"),
        ("profile", {"device": "tv", "mvpd": "Dish", "type": "regular"}, "profile"),
        ("request", {"operation": "authorize", "at_least": 1}, "requests"),
        ("decision", {"resource": "NEWS", "authorized": True}, "request"),
    ],
)
async def test_waiting_ends_when_it_has_come_about(
    simulator: Sandbox, kind: Spoken, wanted: dict[str, Spoken], found: str
) -> None:
    sandbox = simulator.asynchronous
    device = sandbox.device("tv")
    waiting = asyncio.create_task(sandbox.requests.wait(kind, **wanted))
    # Each of them is there, and stays, at the end of one of these.
    step = await device.start_login("Dish")
    if kind != "code":
        await sandbox.codes.approve(step.code)
        await device.authorize("Dish", "NEWS")
    met = await waiting
    assert met.met
    assert getattr(met, found)


@pytest.mark.parametrize("within", ["PT0.05S", timedelta(milliseconds=50)])
async def test_waiting_in_vain_tells_what_came_instead(busy: Spoken, within: object) -> None:
    await done(busy.clock.freeze())
    with pytest.raises(VerificationError, match="no profile with device='tv', mvpd='Dish' within"):
        await done(busy.requests.wait("profile", device="tv", mvpd="Dish", within=within))


class _Enough(Exception):  # noqa: N818 - no error
    pass


async def test_entries_are_followed_beginning_with_the_newest_that_match(
    sandbox: Spoken, device: Spoken
) -> None:
    for _ in range(3):
        await done(device.profiles())
    await done(device.logout("Cablevision"))
    listed = await done(sandbox.requests.list(operation="profiles"))
    seen: list[str] = []

    def take(entry: JournalEntry) -> None:
        seen.append(entry.id)
        if len(seen) == 2:
            raise _Enough

    await refused(_Enough, sandbox.requests.follow, take, newest=2, operation="profiles")
    assert seen == [each.id for each in listed[-2:]]
    error = await refused(AdminError, sandbox.requests.follow, take, operatoin="profiles")
    assert error.code == "unknown_filter"
