"""A request that began before a new generation is answered from the old one and changes nothing."""

from typing import Final

import pytest

from simulator.services.control.housekeeping import GRACE
from tests.sandboxes.lateness import LATE, Caller, ChangeKind, Late, overtaken_by
from tests.sandboxes.places import HOME, Place, Replicas, marked, open_place, place, simulator_of
from tests.sandboxes.stock import sweep_at_once
from tests.support.dcr import app_with, registered, statement
from tests.support.lab import App, Lab
from tests.support.replies import Json
from tests.support.shapes import assert_admin_error
from tests.support.tokens import parts
from tests.support.worlds import BOX, TV, profile


async def _caller(lab: Lab, name: str) -> Caller:
    """In a borrowed sandbox with an id seed, one login, a snapshot, and then another login."""
    place = await open_place(lab, name, marked(name, settings={"id_seed": "seed"}))
    await lab.admin("POST", f"sandboxes/{name}/lease", {"owner": "ann", "for": "PT1H"})
    await place.admin("POST", "snapshots", {"name": "before"})
    await place.admin("POST", "profiles", profile("own", BOX))
    credentials = await registered(place)
    return Caller(
        place=place,
        mark=name,
        statement=await statement(place),
        credentials=credentials,
        app=await app_with(place, credentials, TV),
    )


@pytest.fixture
async def caller(file_lab: Lab) -> Caller:
    return await _caller(file_lab, "ci-42")


async def _reset(place: Place) -> None:
    await place.admin("POST", "reset")


async def _empty(place: Place) -> None:
    await place.admin("POST", "reset", {"to": "empty"})


async def _restore(place: Place) -> None:
    await place.admin("POST", "snapshots/before/restore")


async def _seed_anew(place: Place) -> None:
    await place.seed(marked("anew", mvpds=[{"id": "LabAlone"}]))


async def _import(place: Place) -> None:
    await place.admin("PUT", "state", marked("imported"))


async def _bring_back(place: Place) -> None:
    await place.outside.admin("DELETE", f"sandboxes/{place.name}/lease")


async def _reset_often(place: Place) -> None:
    for _ in range(3):
        await place.admin("POST", "reset")
        await place.admin("POST", "profiles", profile("later", "another-tv"))


NEW_GENERATION: Final[tuple[ChangeKind, ...]] = (
    _reset, _empty, _restore, _seed_anew, _import, _bring_back, _reset_often,
)  # fmt: skip


async def _everything(place: Place) -> Json:
    return await place.about(), await place.state()


async def _overtake(caller: Caller, late: Late, deed: ChangeKind) -> None:
    """Let `deed` overtake a request, and see to it that this changes nothing."""
    place = caller.place
    began_in = await place.generation()
    after: list[Json] = []

    async def overtake() -> None:
        await deed(place)
        after.append(await _everything(place))

    async with overtaken_by(caller, overtake) as overtaken:
        reply = await late.send(caller)
    assert overtaken == [place.name]
    assert reply.status == late.status, reply.text
    assert reply.headers["X-Sim-Generation"] == str(began_in)
    assert await _everything(place) == after[0]
    assert await place.generation() > began_in


@pytest.mark.parametrize("deed", NEW_GENERATION)
async def test_a_request_that_was_overtaken_is_answered_and_changes_nothing(
    file_lab: Lab, deed: ChangeKind
) -> None:
    for name, late in LATE.items():
        await _overtake(await _caller(file_lab, name), late, deed)


async def test_it_is_so_in_memory_too_where_readers_and_writers_share_a_connection(
    lab: Lab,
) -> None:
    for name, late in LATE.items():
        await _overtake(await _caller(lab, name), late, _reset)


async def test_it_is_so_when_another_replica_begins_the_generation(replicas: Replicas) -> None:
    one, other = (Lab(client=next(replicas.turns), clock=replicas.clock) for _ in range(2))
    for name in ("register", "profiles", "logout", "session", "create"):
        at_the_other = place(other, name)
        caller = await _caller(one, name)
        await _overtake(caller, LATE[name], lambda _: _reset(at_the_other))  # noqa: B023 - at once


async def test_a_request_that_nothing_overtakes_does_change_something(lab: Lab) -> None:
    """Else the tests above would not tell anything."""
    for name, late in LATE.items():
        caller = await _caller(lab, name)
        before = await _everything(caller.place)
        async with overtaken_by(caller, caller.place.about):
            reply = await late.send(caller)
        assert reply.status == late.status, reply.text
        assert (await _everything(caller.place) != before) is late.leaves_a_row, name


async def test_a_request_that_was_overtaken_by_a_snapshot_works_and_is_not_in_it(
    file_lab: Lab,
) -> None:
    """A snapshot begins no generation."""
    for name, late in LATE.items():
        await _overtake_by_a_snapshot(await _caller(file_lab, name), late)


async def _overtake_by_a_snapshot(caller: Caller, late: Late) -> None:
    place = caller.place
    before, began_in = await place.state(), await place.generation()

    async def overtake() -> None:
        await place.admin("POST", "snapshots", {"name": "meanwhile"})

    async with overtaken_by(caller, overtake):
        reply = await late.send(caller)
    assert reply.status == late.status, reply.text
    assert reply.headers["X-Sim-Generation"] == str(began_in) == str(await place.generation())
    # What it wrote lies above the snapshot.
    cleared = (await place.admin("POST", "reset", {"to": "snapshot:meanwhile"}))["cleared"]
    assert bool(cleared) is late.leaves_a_row
    assert await place.state() == before


async def test_what_is_answered_is_the_old_world_through_and_through(caller: Caller) -> None:
    place = caller.place
    await place.admin("PUT", "clock", {"mode": "frozen", "now": "2026-01-15T00:00:00Z"})
    app = await place.app(TV)
    async with overtaken_by(caller, lambda: _seed_anew(place)):
        seen = (await app.get("profiles")).data()["profiles"]
    assert seen["LabCable"]["attributes"]["userID"]["value"] == caller.mark
    async with overtaken_by(caller, lambda: _empty(place)):
        minted = await place.admin("POST", "tokens")
    # In the empty world there is nobody to mint a token for.
    assert minted["client_id"]
    assert (await place.refused("POST", "tokens"))["code"] == "application_not_found"


async def test_ids_that_were_drawn_too_late_are_not_used_up(caller: Caller) -> None:
    """The world has an id seed, and what it gives next does not depend on stragglers."""
    place = caller.place
    await place.admin("POST", "reset")
    expected = await registered(place)
    for late in ("register", "token", "session", "create"):
        async with overtaken_by(caller, lambda: _reset(place)):
            await LATE[late].send(caller)
        assert await registered(place) == expected


async def test_a_code_that_was_given_too_late_leads_nowhere(caller: Caller) -> None:
    async with overtaken_by(caller, lambda: _reset(caller.place)):
        reply = await LATE["session"].send(caller)
    shown = await caller.place.outside.call("GET", f"/provider/login?reg_code={reply.json['code']}")
    assert (shown.status, shown.headers["X-Sim-Sandbox"]) == (400, "default")


async def test_a_token_that_was_given_too_late_is_good_for_nothing(caller: Caller) -> None:
    place = caller.place
    async with overtaken_by(caller, lambda: _reset(place)):
        issued = (await LATE["token"].send(caller)).data(201)
    header, claims = parts(issued["access_token"])
    assert (header["sandbox"], claims["sub"]) == (place.name, caller.credentials["client_id"])
    app = App(lab=place, device=TV, token=issued["access_token"], service_provider="LABSP")
    assert (await app.get("profiles")).status == 401


@pytest.mark.parametrize("namesake", [False, True])
async def test_a_request_that_was_overtaken_by_a_deletion_finds_no_sandbox(
    file_lab: Lab, *, namesake: bool
) -> None:
    for name, late in LATE.items():
        await _overtake_by_a_deletion(await _caller(file_lab, name), late, namesake=namesake)


async def _overtake_by_a_deletion(caller: Caller, late: Late, *, namesake: bool) -> None:
    lab, name = caller.place.outside, caller.place.name
    after: list[list[str]] = []

    async def states() -> list[str]:
        return [await lab.state(), *([await caller.place.state()] if namesake else ())]

    async def overtake() -> None:
        await lab.admin("DELETE", f"sandboxes/{name}")
        if namesake:
            await open_place(lab, name, marked("namesake"))
        after.append(await states())

    async with overtaken_by(caller, overtake):
        error = assert_admin_error(await late.send(caller))
    assert (error["status"], error["code"]) == (404, "sandbox_not_found")
    assert await states() == after[0]


async def test_a_request_that_is_too_late_even_for_its_old_world_is_refused(caller: Caller) -> None:
    """After a while, nothing of an old generation is left to answer from."""
    place = caller.place
    simulator = simulator_of(place.outside)

    async def overtake() -> None:
        await place.admin("POST", "reset")
        place.clock.advance(milliseconds=GRACE + 1)
        await sweep_at_once(simulator, before=place.clock.now())

    async with overtaken_by(caller, overtake):
        error = assert_admin_error(await LATE["logout"].send(caller))
    assert error["status"] == 404
    assert await place.profile_ids() == {HOME}
