"""Sandboxes made from other sandboxes and from snapshots: the same world, and then each its own."""

from collections.abc import Awaitable, Callable

import pytest

from simulator.services.control.housekeeping import GRACE
from simulator.storage.worlds.lifecycle import MOST_LAYERS
from tests.sandboxes.places import HOME, Place, marked, open_place, simulator_of, users
from tests.sandboxes.stock import sweep_at_once
from tests.support.dcr import registered
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.shapes import assert_admin_error
from tests.support.worlds import BOX, TV, profile, rule

GetClone = Callable[[Place], Awaitable[Place]]


async def _of_the_sandbox(original: Place) -> Place:
    return await open_place(original.outside, "clone", from_sandbox=original.name)


async def _of_a_snapshot(original: Place) -> Place:
    await original.admin("POST", "snapshots", {"name": "s"})
    return await open_place(original.outside, "clone", from_snapshot=f"{original.name}/s")


@pytest.fixture
async def original(lab: Lab) -> Place:
    """A sandbox that has been used for six hours: a login of its own, a client, a rule."""
    place = await open_place(lab, "original", marked("original"))
    await place.admin("POST", "clock/advance", {"by": "PT6H"})
    await place.admin("POST", "profiles", profile("own", BOX, expires_in="PT1H"))
    await place.admin("POST", "degradations", rule("AuthNAll", "LabDish", until="PT2H"))
    await registered(place)
    return place


@pytest.fixture(params=[_of_the_sandbox, _of_a_snapshot])
async def clone(request: pytest.FixtureRequest, original: Place) -> Place:
    get: GetClone = request.param
    return await get(original)


async def _world(place: Place) -> Json:
    """Everything inside, with its instants."""
    paths = ("profiles", "clients", "degradations", "mvpds", "integrations", "settings")
    return [await place.admin("GET", path) for path in paths]


async def _inside(place: Place) -> Json:
    """The exported state without what it is called."""
    exported = await place.admin("GET", "state")
    return {name: value for name, value in exported.items() if name not in {"name", "title"}}


async def test_a_clone_is_what_the_original_is_at_that_moment(
    original: Place, clone: Place
) -> None:
    assert await _world(clone) == await _world(original)
    assert await clone.admin("GET", "clock") == await original.admin("GET", "clock")
    assert await clone.generation() == 1


async def test_a_clone_exports_what_the_original_exports(original: Place, clone: Place) -> None:
    assert await _inside(clone) == await _inside(original)


async def test_what_a_clone_exports_can_be_imported(lab: Lab, clone: Place) -> None:
    """Whatever was valid in it is valid in the other one."""
    other = await open_place(lab, "other")
    await other.admin("PUT", "state", await clone.admin("GET", "state"))
    assert await other.state() == await clone.state()
    for place in (clone, other):
        found = (await place.admin("GET", "profiles"))["items"]
        assert {each["id"]: each["valid"] for each in found} == {HOME: True, "own": True}


async def test_time_goes_on_in_both_alike(original: Place, clone: Place) -> None:
    original.clock.advance(minutes=30)
    assert await _world(clone) == await _world(original)
    for place in (original, clone):
        told = await place.admin("POST", "clock/advance", {"by": "PT30M"})
        assert [each["id"] for each in told["due"]] == ["own"]


async def _changes(place: Place) -> None:
    await (await place.app(TV)).logged_out("LabCable")
    await place.admin("POST", "profiles", profile("more", "another-tv"))
    await place.admin("PATCH", "profiles/own", {"attributes": {"userID": "changed"}})
    await place.admin("DELETE", "applications/second-app")
    await place.settings(logout__url="relative")
    await place.admin("POST", "clock/advance", {"by": "PT5M"})


async def _new_world(place: Place) -> None:
    await place.seed(marked("new"))


async def _reset(place: Place) -> None:
    await place.admin("POST", "reset")


async def _emptied(place: Place) -> None:
    await place.admin("POST", "reset", {"to": "empty"})


@pytest.mark.parametrize("of", ["original", "clone"])
@pytest.mark.parametrize("change", [_changes, _new_world, _reset, _emptied])
async def test_what_happens_in_one_does_not_show_in_the_other(
    original: Place, clone: Place, of: str, change: Callable[[Place], Awaitable[None]]
) -> None:
    changed, other = (original, clone) if of == "original" else (clone, original)
    before = await other.state(), await _world(other), await other.about()
    own = await changed.state(), await changed.generation()
    await change(changed)
    assert (await changed.state(), await changed.generation()) != own
    assert (await other.state(), await _world(other), await other.about()) == before
    # Nor after the other has been at work, too.
    mine = await changed.state()
    await other.admin("POST", "profiles", profile("theirs", "their-tv"))
    await other.admin("POST", "mvpds", {"id": "TheirMvpd"})
    assert await changed.state() == mine


async def test_a_clone_outlives_its_original(original: Place, clone: Place) -> None:
    before = await _world(clone)
    await original.outside.admin("DELETE", "sandboxes/original")
    assert await _world(clone) == before
    await clone.admin("POST", "reset")
    assert HOME in await users(clone)


async def test_a_clone_of_a_sandbox_has_its_baseline(original: Place) -> None:
    clone = await _of_the_sandbox(original)
    assert await clone.baseline() == "lab"
    for place in (original, clone):
        assert (await place.admin("POST", "reset"))["cleared"]["profiles"] == 1
        assert await users(place) == {HOME: "original"}
    assert await clone.state() == await original.state()


async def test_a_clone_of_a_snapshot_has_that_for_a_baseline(original: Place) -> None:
    clone = await _of_a_snapshot(original)
    assert await clone.baseline() == "s"
    before = await _inside(clone)
    await (await clone.app(TV)).logged_out("LabCable")
    await clone.admin("POST", "reset")
    assert await clone.profile_ids() == {HOME, "own"}
    assert await _inside(clone) == before
    # It is as old as the snapshot was, so what was about to end still is.
    told = await clone.admin("POST", "clock/advance", {"by": "PT1H"})
    assert [each["id"] for each in told["due"]] == ["own"]


async def test_a_clone_has_no_snapshots_and_no_lease_of_the_original(original: Place) -> None:
    body = {"owner": "ann", "for": "PT1H"}
    await original.outside.admin("POST", "sandboxes/original/lease", body)
    await original.admin("POST", "snapshots", {"name": "kept"})
    about = await (await _of_the_sandbox(original)).about()
    assert (about["snapshots"], about["lease"], about["devices"]) == ([], None, [])


async def test_a_clone_of_a_frozen_sandbox_stands_still_at_the_same_moment(original: Place) -> None:
    await original.admin("PUT", "clock", {"mode": "frozen", "now": "2030-01-01T00:00:00Z"})
    clones = [await _of_the_sandbox(original)]
    await original.admin("POST", "snapshots", {"name": "t"})
    clones.append(await open_place(original.outside, "other", from_snapshot="original/t"))
    original.clock.advance(days=1)
    for clone in clones:
        shown = await clone.admin("GET", "clock")
        assert (shown["now"], shown["mode"]) == ("2030-01-01T00:00:00.000Z", "frozen")
        assert await _world(clone) == await _world(original)


async def test_clones_of_clones_all_go_their_own_way(lab: Lab, original: Place) -> None:
    places = [original]
    for number in range(12):
        await places[-1].admin("POST", "profiles", profile(f"p{number}", f"tv-{number}"))
        places.append(await open_place(lab, f"clone-{number}", from_sandbox=places[-1].name))
    await places[5].admin("DELETE", f"profiles/{HOME}")
    assert await places[-1].profile_ids() == {HOME, "own", *(f"p{n}" for n in range(12))}
    assert await places[3].profile_ids() == {HOME, "own", "p0", "p1", "p2", "p3"}
    assert await places[5].profile_ids() == {"own", *(f"p{n}" for n in range(6))}
    assert await places[6].profile_ids() == {HOME, "own", *(f"p{n}" for n in range(7))}


async def test_a_sandbox_that_is_often_cloned_does_not_get_any_deeper(lab: Lab) -> None:
    """Else each clone would make every read of the original a little slower."""
    original = await open_place(lab, "original", marked("original"))
    # A layer for each would be more than there may be.
    clones = [f"clone-{number}" for number in range(MOST_LAYERS + 1)]
    for name in clones:
        await open_place(lab, name, from_sandbox="original")
    assert await original.profile_ids() == {HOME}
    assert await users(await open_place(lab, "last", from_sandbox=clones[-1])) == {HOME: "original"}


async def test_changes_between_very_many_clones_come_to_an_end_that_is_told(lab: Lab) -> None:
    """Each clone of a changed world is one more layer, until those of the gone ones are merged."""
    original = await open_place(lab, "original", marked("original"))
    number, reply = 0, None
    while reply is None or reply.status == 201:
        number += 1
        await original.admin("POST", "profiles", profile(f"p{number}", f"tv-{number}"))
        body = {"id": f"clone-{number}", "from_sandbox": "original"}
        reply = await lab.ask("POST", "sandboxes", body)
    assert number > 64
    error = assert_admin_error(reply)
    assert (error["status"], error["code"]) == (409, "limit_reached")
    assert "Reset" in error["hint"]
    error = await original.refused("POST", "snapshots", {"name": "s"})
    assert error["code"] == "limit_reached"
    # Nothing is lost, and what the hint says helps.
    assert await original.profile_ids() == {HOME, *(f"p{each}" for each in range(1, number + 1))}
    for each in range(1, number):
        await lab.admin("DELETE", f"sandboxes/clone-{each}")
    for _ in range(2):
        # The layers of the clones first, and then those that only the clones kept apart.
        lab.clock.advance(milliseconds=GRACE + 1)
        await sweep_at_once(simulator_of(lab), before=lab.clock.now() - GRACE)
    await lab.admin("POST", "sandboxes", body)
    assert await original.profile_ids() == {HOME, *(f"p{each}" for each in range(1, number + 1))}
    clone = Place(client=lab.client, clock=lab.clock, name=body["id"], outside=lab)
    assert await clone.profile_ids() == await original.profile_ids()
