"""Leases: a sandbox is borrowed by one owner for a time, and then brought back by itself."""

import pytest

from simulator.services.control import leases, sandboxes
from simulator.services.observe import requests
from tests.sandboxes.places import HOME, Place, marked, open_place, simulator_of, users
from tests.support.lab import Lab, device_header
from tests.support.replies import Json
from tests.support.worlds import TV, profile

HOUR = {"for": "PT1H"}


@pytest.fixture
async def place(lab: Lab) -> Place:
    """The sandbox `ci-42`, with one login that it was seeded with."""
    return await open_place(lab, "ci-42", marked("ci-42"))


async def _borrow(place: Place, owner: str = "ann", **members: str) -> Json:
    body = {"owner": owner, **HOUR, **members}
    return await place.outside.admin("POST", f"sandboxes/{place.name}/lease", body)


async def _use(place: Place) -> None:
    """Leave something behind that a next owner must not find."""
    await place.admin("POST", "profiles", profile("left", "another-tv"))
    await place.admin("PUT", f"devices/{TV}/claim", {})
    await place.settings(logout__url="relative")


async def _is_clean(place: Place) -> bool:
    about = await place.about()
    settings = await place.admin("GET", "settings")
    used = settings["logout.url"]["source"] == "sandbox" or about["devices"]
    return await users(place) == {HOME: "ci-42"} and not used and about["lease"] is None


async def _names(lab: Lab) -> set[str]:
    return {each["id"] for each in (await lab.admin("GET", "sandboxes"))["items"]}


async def _keep_house(place: Place) -> None:
    await leases.give_back_due(simulator_of(place.outside))


async def test_a_lease_says_whose_the_sandbox_is_and_until_when(place: Place) -> None:
    lease = {"owner": "ann", "until": "2026-01-01T01:00:00.000Z", "on_return": "reset"}
    assert await _borrow(place) == {"sandbox": "ci-42", **lease}
    assert (await place.about())["lease"] == lease


async def test_a_sandbox_can_be_made_and_borrowed_at_once(lab: Lab) -> None:
    body = {"id": "mine", "lease": {"owner": "ann", **HOUR, "on_return": "delete"}}
    made = await lab.admin("POST", "sandboxes", body)
    assert made["lease"]["owner"] == "ann"
    lab.clock.advance(hours=1)
    await leases.give_back_due(simulator_of(lab))
    assert await _names(lab) == {"default"}


async def test_the_owner_can_go_on_borrowing_and_take_another_way_of_return(place: Place) -> None:
    await _borrow(place)
    place.clock.advance(minutes=30)
    again = await _borrow(place, on_return="delete")
    assert (again["until"], again["on_return"]) == ("2026-01-01T01:30:00.000Z", "delete")
    place.clock.advance(minutes=45)
    await _keep_house(place)
    assert (await place.about())["lease"]["owner"] == "ann"


async def test_somebody_else_is_refused_and_told_who_has_it(place: Place) -> None:
    before = await _borrow(place)
    body = {"owner": "bob", **HOUR}
    error = await place.outside.refuses(409, "leased", "POST", "sandboxes/ci-42/lease", body)
    assert "'ann'" in error["message"]
    assert error["hint"]
    assert (await place.about())["lease"]["until"] == before["until"]


async def test_a_lease_keeps_nobody_from_using_the_sandbox(place: Place) -> None:
    """It is an agreement between people, not a lock."""
    await _borrow(place)
    assert "LabCable" in await (await place.app(TV)).profiles()


async def test_a_sandbox_is_reset_when_its_lease_is_over(place: Place) -> None:
    await _borrow(place)
    await _use(place)
    generation = await place.generation()
    place.clock.advance(minutes=59, seconds=59, milliseconds=999)
    await _keep_house(place)
    assert not await _is_clean(place)
    place.clock.advance(milliseconds=1)
    await _keep_house(place)
    assert await _is_clean(place)
    assert await place.generation() == generation + 1
    await _keep_house(place)
    assert await place.generation() == generation + 1


async def test_a_sandbox_is_deleted_when_the_lease_says_so(lab: Lab, place: Place) -> None:
    await _borrow(place, on_return="delete")
    await _use(place)
    lab.clock.advance(hours=1)
    await _keep_house(place)
    assert await _names(lab) == {"default"}
    headers = {"AP-Device-Identifier": device_header(TV)}
    reply = await lab.call("GET", "/api/v2/LABSP/profiles", headers)
    assert reply.headers["X-Sim-Sandbox"] == "default"


@pytest.mark.parametrize("on_return", ["reset", "delete"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "clock/advance", {"by": "P1D"}),
        ("PUT", "clock", {"mode": "real", "now": "2027-01-01T00:00:00Z"}),
        ("PUT", "clock", {"mode": "frozen", "now": "2025-01-01T00:00:00Z"}),
        ("POST", "clock/reset", None),
        ("POST", "reset", None),
        ("POST", "snapshots/before/restore", None),
        ("POST", "seed", {"document": marked("ci-42")}),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
async def test_a_lease_is_of_the_real_world_whatever_the_sandbox_goes_through(
    place: Place, method: str, path: str, body: object, on_return: str
) -> None:
    await place.admin("POST", "snapshots", {"name": "before"})
    await place.admin("PUT", "clock", {"mode": "real", "now": "2020-01-01T00:00:00Z"})
    await _borrow(place, on_return=on_return)
    await place.admin("POST", "clock/advance", {"by": "P7D"})
    moved = await place.admin(method, path, body)
    assert "lease_ended" not in {each["event"] for each in moved.get("due", ())}
    await place.admin("PUT", f"devices/{TV}/claim", {})
    place.clock.advance(minutes=59)
    await _keep_house(place)
    about = await place.about()
    assert about["lease"]["until"] == "2026-01-01T01:00:00.000Z"
    assert about["devices"] == [TV]
    body = {"owner": "bob", **HOUR}
    await place.outside.refuses(409, "leased", "POST", "sandboxes/ci-42/lease", body)
    place.clock.advance(minutes=1)
    await _keep_house(place)
    assert (await _names(place.outside) == {"default", "ci-42"}) is (on_return == "reset")


async def test_the_end_of_a_lease_is_an_event_of_its_journal(place: Place) -> None:
    await _borrow(place)
    place.clock.advance(hours=1)
    await _keep_house(place)
    simulator = simulator_of(place.outside)
    ref = await sandboxes.ref(simulator, place.name)
    [ended] = await requests.happenings(simulator, ref, "lease_ended")
    assert ended["facts"]["owner"] == "ann"
    # A sandbox that is brought back is as good as new: its time is real again.
    assert (await place.admin("GET", "clock"))["now"] == "2026-01-01T01:00:00.000Z"


async def test_a_sandbox_can_be_brought_back_early(place: Place) -> None:
    await _borrow(place)
    await _use(place)
    await place.outside.admin("DELETE", "sandboxes/ci-42/lease")
    assert await _is_clean(place)
    await place.outside.refuses(404, "lease_not_found", "DELETE", "sandboxes/ci-42/lease")
    assert (await _borrow(place, "bob"))["owner"] == "bob"


async def test_a_sandbox_that_is_brought_back_early_is_deleted_if_it_was_lent_so(
    lab: Lab, place: Place
) -> None:
    await _borrow(place, on_return="delete")
    await lab.admin("DELETE", "sandboxes/ci-42/lease")
    assert await _names(lab) == {"default"}


@pytest.mark.parametrize("owner", ["ann", "bob"])
async def test_whoever_borrows_a_sandbox_after_a_lease_finds_it_clean(
    place: Place, owner: str
) -> None:
    """Even in the moment before the house is kept again."""
    await _borrow(place)
    await _use(place)
    place.clock.advance(hours=1)
    await _borrow(place, owner)
    assert await users(place) == {HOME: "ci-42"}
    about = await place.about()
    assert (about["lease"]["owner"], about["devices"]) == (owner, [])


async def test_nobody_borrows_a_sandbox_that_was_to_be_deleted(lab: Lab, place: Place) -> None:
    await _borrow(place, on_return="delete")
    lab.clock.advance(hours=1)
    error = await lab.refused("POST", "sandboxes/ci-42/lease", {"owner": "bob", **HOUR})
    assert (error["status"], error["code"]) == (404, "sandbox_not_found")
    assert await _names(lab) == {"default"}


async def test_default_can_be_borrowed_but_not_to_be_deleted(lab: Lab) -> None:
    body = {"owner": "ann", **HOUR, "on_return": "delete"}
    await lab.refuses(400, "invalid_lease", "POST", "sandboxes/default/lease", body)
    await lab.admin("POST", "sandboxes/default/lease", {**body, "on_return": "reset"})
    await lab.admin("POST", "profiles", {**profile("left"), "service_provider": "REF30",
                                         "mvpd": "Dish"})  # fmt: skip
    lab.clock.advance(hours=1)
    await leases.give_back_due(simulator_of(lab))
    assert "left" not in await lab.profile_ids()


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, ["for", "owner"]),
        ({"owner": "", "for": "PT1H"}, ["owner"]),
        ({"owner": 7, "for": "PT1H"}, ["owner"]),
        ({"owner": "ann", "for": "PT0S"}, ["for"]),
        ({"owner": "ann", "for": "-PT1H"}, ["for"]),
        ({"owner": "ann", "for": "for ever"}, ["for"]),
        ({"owner": "ann", "for": "PT1H", "on_return": "burn"}, ["on_return"]),
        ({"owner": "ann", "for": "PT1H", "duration": "PT1H"}, ["duration"]),
    ],
)
async def test_a_lease_that_makes_no_sense_is_refused(
    place: Place, body: object, paths: list[str]
) -> None:
    error = await place.outside.refused("POST", "sandboxes/ci-42/lease", body)
    assert (error["status"], error["code"]) == (422, "invalid_document")
    assert sorted(each["path"] for each in error["fields"]) == paths
    assert (await place.about())["lease"] is None


async def test_a_sandbox_that_is_not_there_cannot_be_borrowed_or_brought_back(lab: Lab) -> None:
    body = {"owner": "ann", **HOUR}
    for method in ("POST", "DELETE"):
        await lab.refuses(404, "sandbox_not_found", method, "sandboxes/nowhere/lease", body)


async def test_a_sandbox_is_not_left_behind_when_its_lease_is_refused(lab: Lab) -> None:
    """A failed call changes nothing."""
    body = {"id": "mine", "lease": {"owner": "ann", "for": "now and then"}}
    await lab.refused("POST", "sandboxes", body)
    assert await _names(lab) == {"default"}
