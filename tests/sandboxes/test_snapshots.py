"""Snapshots: a state is kept under a name, and comes back whole."""

from collections.abc import Awaitable, Callable

import pytest

from simulator.services.control.snapshots import MOST
from tests.sandboxes.places import HOME, Place, marked, open_place, users
from tests.support.lab import Lab
from tests.support.worlds import BOX, TV, profile, rule, service_token


@pytest.fixture
async def place(lab: Lab) -> Place:
    """The sandbox `ci-42`, with one login that it was seeded with."""
    return await open_place(lab, "ci-42", marked("ci-42"))


async def _log_in(place: Place, name: str, device: str = BOX) -> None:
    await place.admin("POST", "profiles", profile(name, device))


async def _log_out(place: Place) -> None:
    assert (await (await place.app(TV)).logged_out("LabCable"))["actionName"] == "logout"


async def _change_the_login(place: Place) -> None:
    await place.admin("PATCH", f"profiles/{HOME}", {"attributes": {"userID": "somebody"}})


async def _look_at_it(place: Place) -> None:
    # Whoever asks first becomes the owner, so this is a change, too.
    assert "LabCable" in await (await place.app(TV)).profiles()


async def _set_a_switch(place: Place) -> None:
    await place.settings(logout__url="relative")


async def _reconfigure(place: Place) -> None:
    await place.admin("PATCH", "integrations/LABSP:LabOff", {"active": True})
    await place.admin("DELETE", "applications/second-app")
    await place.admin("POST", "degradations", rule("AuthNAll", until="PT1H"))


async def _seed_something_else(place: Place) -> None:
    await place.seed(marked("something else"))


async def _let_time_pass(place: Place) -> None:
    await place.admin("POST", "clock/advance", {"by": "P20D"})
    place.clock.advance(days=20)


CHANGES: tuple[Callable[[Place], Awaitable[None]], ...] = (
    _log_out, _change_the_login, _look_at_it, _set_a_switch, _reconfigure, _seed_something_else,
    _let_time_pass,
)  # fmt: skip


async def _everything(place: Place) -> list[str]:
    """The whole state, byte by byte."""
    paths = ("state", "settings", "profiles", "degradations", "applications", "clients")
    clock = await place.admin("GET", "clock")
    shown = [f"{clock['now']} {clock['mode']}"]
    return shown + [(await place.ask("GET", path)).text for path in paths]


@pytest.mark.parametrize("change", CHANGES)
async def test_a_restored_world_is_what_it_was(
    place: Place, change: Callable[[Place], Awaitable[None]]
) -> None:
    await place.admin("PUT", "clock", {"mode": "frozen"})
    await _log_in(place, "own")
    before = await _everything(place)
    await place.admin("POST", "snapshots", {"name": "s"})
    assert await _everything(place) == before
    await change(place)
    assert await _everything(place) != before
    await place.admin("POST", "snapshots/s/restore")
    assert await _everything(place) == before
    # And again, with changes that begin from there.
    await change(place)
    await place.admin("POST", "reset", {"to": "snapshot:s"})
    assert await _everything(place) == before


async def test_a_snapshot_is_shown_with_its_age_when_taken(place: Place) -> None:
    await place.admin("POST", "clock/advance", {"by": "PT6H"})
    reply = await place.ask("POST", "snapshots", {"name": "after.six-hours_1"})
    assert reply.status == 201
    assert reply.headers["Location"] == "/admin/v1/snapshots/after.six-hours_1"
    shown = {"name": "after.six-hours_1", "created": "2026-01-01T00:00:00.000Z", "age": "PT6H"}
    assert reply.json == shown
    assert await place.admin("GET", "snapshots") == {"items": [shown], "next": None}
    assert (await place.about())["snapshots"] == ["after.six-hours_1"]


async def test_taking_a_snapshot_disturbs_nobody(place: Place) -> None:
    app = await place.app(TV)
    generation = await place.generation()
    await place.admin("POST", "snapshots", {"name": "s"})
    assert await place.generation() == generation
    assert await place.baseline() == "lab"
    assert "LabCable" in await app.profiles()


async def test_restoring_begins_a_generation_and_keeps_the_baseline(place: Place) -> None:
    generation = await place.generation()
    await _log_in(place, "own")
    await place.admin("POST", "snapshots", {"name": "s"})
    await _log_in(place, "more", "another-tv")
    await _log_out(place)
    restored = await place.admin("POST", "snapshots/s/restore")
    assert restored["snapshot"] == "s"
    assert restored["generation"] == await place.generation() == generation + 1
    assert restored["cleared"]["profiles"] == 2
    assert await place.baseline() == "lab"
    assert await place.profile_ids() == {HOME, "own"}
    reset = await place.admin("POST", "reset")
    assert (reset["baseline"], reset["generation"]) == ("lab", generation + 2)
    assert await place.profile_ids() == {HOME}


async def test_snapshots_in_a_row_hold_each_its_own_state(place: Place) -> None:
    held = {HOME}
    expected = {}
    for number in range(10):
        await _log_in(place, f"p{number}", f"tv-{number}")
        held.add(f"p{number}")
        if number % 3 == 2:
            await place.admin("DELETE", f"profiles/p{number - 1}")
            held.remove(f"p{number - 1}")
        await place.admin("POST", "snapshots", {"name": f"s{number}"})
        expected[f"s{number}"] = {*held}
    for name in ("s9", "s0", "s5", "s5", "s8", "s2"):
        await place.admin("POST", f"snapshots/{name}/restore")
        assert await place.profile_ids() == expected[name]
        await _log_in(place, "later", "another-tv")
    listed = await place.admin("GET", "snapshots")
    assert [each["name"] for each in listed["items"]] == [f"s{number}" for number in range(10)]


async def test_a_snapshot_can_be_forgotten_and_the_rest_stays(place: Place) -> None:
    for name in ("a", "b", "c"):
        await _log_in(place, name, f"tv-{name}")
        await place.admin("POST", "snapshots", {"name": name})
    await place.admin("DELETE", "snapshots/b")
    assert [each["name"] for each in (await place.admin("GET", "snapshots"))["items"]] == ["a", "c"]
    assert await place.profile_ids() == {HOME, "a", "b", "c"}
    await place.admin("POST", "snapshots/a/restore")
    assert await place.profile_ids() == {HOME, "a"}
    await place.admin("POST", "snapshots/c/restore")
    assert await place.profile_ids() == {HOME, "a", "b", "c"}
    # The name is free again.
    await place.admin("POST", "snapshots", {"name": "b"})


async def test_snapshots_outlive_resets_and_seeds(place: Place) -> None:
    await _log_in(place, "own")
    await place.admin("POST", "snapshots", {"name": "s"})
    await place.seed(marked("something else"))
    await place.admin("POST", "reset", {"to": "empty"})
    restored = await place.admin("POST", "snapshots/s/restore")
    assert restored["snapshot"] == "s"
    assert await users(place) == {HOME: "ci-42", "own": (await users(place))["own"]}
    # The baseline is the newest one, which has nothing to do with the snapshot.
    await place.admin("POST", "reset")
    assert await users(place) == {HOME: "something else"}


async def test_the_snapshots_of_one_sandbox_are_not_those_of_another(
    lab: Lab, place: Place
) -> None:
    other = await open_place(lab, "other", marked("other"))
    for each in (place, other):
        await each.admin("POST", "snapshots", {"name": "s"})
    await other.admin("DELETE", "snapshots/s")
    assert (await place.about())["snapshots"] == ["s"]
    assert (await other.refused("POST", "snapshots/s/restore"))["status"] == 404
    await place.admin("POST", "snapshots/s/restore")
    assert await users(place) == {HOME: "ci-42"}
    assert await users(other) == {HOME: "other"}


async def test_links_come_back_with_their_profiles(place: Place) -> None:
    linked = profile("shared", BOX, links=[service_token("ann")])
    await place.admin("POST", "profiles", linked)
    await place.admin("POST", "snapshots", {"name": "s"})
    before = await place.state()
    await place.admin("DELETE", "profiles/shared")
    await place.admin("POST", "snapshots/s/restore")
    assert await place.state() == before
    assert "ann" in before


async def test_there_can_be_so_many_snapshots_and_no_more(place: Place) -> None:
    for number in range(MOST):
        await _log_in(place, f"p{number}", f"tv-{number}")
        await place.admin("POST", "snapshots", {"name": f"s{number}"})
    before = await place.state()
    error = await place.refuses(409, "limit_reached", "POST", "snapshots", {"name": "one-too-many"})
    assert f"{MOST} snapshots" in error["message"]
    assert await place.state() == before
    await place.admin("POST", "snapshots/s31/restore")
    assert await place.profile_ids() == {HOME, *(f"p{number}" for number in range(32))}
    await place.admin("DELETE", "snapshots/s7")
    await place.admin("POST", "snapshots", {"name": "in-its-place"})
    assert len((await place.about())["snapshots"]) == MOST


@pytest.mark.parametrize(
    ("name", "valid"),
    [("a", True), ("9", True), ("A.b-c_d", True), ("x" * 100, True), ("x" * 101, False),
     ("", False), (".hidden", False), ("-", False), ("a b", False), ("a/b", False), ("a\n", False),
     ("ä", False), ("a:b", False), ("%61", False)],
)  # fmt: skip
async def test_a_snapshot_is_called_something_that_fits_a_path(
    place: Place, name: str, *, valid: bool
) -> None:
    if valid:
        await place.admin("POST", "snapshots", {"name": name})
        await place.admin("POST", f"snapshots/{name}/restore")
        await place.admin("DELETE", f"snapshots/{name}")
        return
    error = await place.refuses(422, "invalid_document", "POST", "snapshots", {"name": name})
    assert [each["path"] for each in error["fields"]] == ["name"]
    assert (await place.about())["snapshots"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "snapshots", {"name": "s"}, 409, "already_exists"),
        ("POST", "snapshots", {}, 422, "invalid_document"),
        ("POST", "snapshots", {"name": None}, 422, "invalid_document"),
        ("POST", "snapshots", {"name": "t", "of": "default"}, 422, "invalid_document"),
        ("POST", "snapshots", ["t"], 400, "invalid_body"),
        ("POST", "snapshots/nope/restore", None, 404, "snapshot_not_found"),
        ("POST", "snapshots/S/restore", None, 404, "snapshot_not_found"),
        ("DELETE", "snapshots/nope", None, 404, "snapshot_not_found"),
        ("POST", "reset", {"to": "snapshot:nope"}, 404, "snapshot_not_found"),
        ("POST", "reset", {"to": "snapshot:"}, 404, "snapshot_not_found"),
        ("GET", "snapshots/s", None, 405, "method_not_allowed"),
        ("GET", "snapshots/s/restore", None, 405, "method_not_allowed"),
    ],
)
async def test_what_cannot_be_done_with_snapshots_changes_nothing(
    place: Place, method: str, path: str, body: object, status: int, code: str
) -> None:
    await place.admin("POST", "snapshots", {"name": "s"})
    await _log_in(place, "own")
    before = await place.state(), await place.about()
    error = await place.refuses(status, code, method, path, body)
    assert error["hint"]
    assert (await place.state(), await place.about()) == before
