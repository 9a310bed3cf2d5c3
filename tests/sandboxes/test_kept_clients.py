"""Clients that resets have kept: what becomes of them, and what it costs."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from simulator.domain.access.registration import default_secret
from simulator.storage.statements import DirectConnection
from tests.sandboxes.lateness import LATE, Caller, overtaken_by
from tests.sandboxes.places import (
    HOME,
    KEEP,
    NOTHING,
    Place,
    marked,
    open_keeping,
    open_place,
    simulator_of,
)
from tests.sandboxes.stock import layer_of, layers, sweep_at_once
from tests.support.dcr import (
    app_with,
    assert_refused,
    knows,
    registered,
    request_token,
    statement,
)
from tests.support.lab import Lab
from tests.support.worlds import BOX, TV, profile

SNAPSHOT = {"name": "s"}


@pytest.fixture
async def place(lab: Lab) -> Place:
    """See `open_keeping`."""
    return await open_keeping(lab)


async def _ids(lab: Lab) -> set[str]:
    return {each["id"] for each in (await lab.admin("GET", "clients"))["items"]}


async def test_a_client_is_kept_while_its_application_is_there_and_not_revoked(
    place: Place,
) -> None:
    credentials = await registered(place)
    app = await app_with(place, credentials, TV)
    await place.admin("POST", "reset")
    await place.admin("POST", "applications/lab-app/revoke")
    assert not await knows(place, credentials)
    assert (await app.get("profiles")).status == 401
    assert credentials["client_id"] not in await _ids(place)
    path = f"clients/{credentials['client_id']}"
    await place.refuses(404, "client_not_found", "GET", path)
    # The scenario does not revoke it; one that has no such application knows none of its clients.
    await place.admin("POST", "reset")
    assert await knows(place, credentials)
    await place.seed("demo")
    assert not await knows(place, credentials)
    await place.seed(marked("bench"))
    assert await knows(place, credentials)


@pytest.mark.parametrize("back", [True, False], ids=["that came back", "that did not"])
async def test_a_kept_client_can_be_deleted(place: Place, *, back: bool) -> None:
    credentials = await registered(place)
    await place.admin("POST", "reset")
    if back:
        assert await knows(place, credentials)
    await place.admin("DELETE", f"clients/{credentials['client_id']}")
    for _ in range(2):
        assert not await knows(place, credentials)
        assert credentials["client_id"] not in await _ids(place)
        await place.admin("POST", "reset")


async def test_a_kept_client_is_listed_shown_and_changed_like_others(place: Place) -> None:
    credentials = await registered(place)
    await place.admin("POST", "reset")
    path = f"clients/{credentials['client_id']}"
    shown = await place.admin("GET", path)
    assert shown in (await place.admin("GET", "clients"))["items"]
    assert shown["application"] == "lab-app"
    # As far as the world can tell, it has been there from the beginning.
    assert shown["registered_at"] == (await place.about())["now"]
    changed = await place.admin("PATCH", path, {"secret": "another"})
    assert changed == {**shown, "secret": "another"}
    assert await knows(place, {**credentials, "client_secret": "another"})
    await place.admin("POST", "reset")
    assert await knows(place, {**credentials, "client_secret": "another"})
    assert not await knows(place, credentials)


async def test_a_client_that_was_kept_does_not_stand_in_the_way_of_its_like(place: Place) -> None:
    """A test that creates the same client after each reset need not know what was kept."""
    for secret in ("one", "two"):
        body = {"id": "own", "application": "lab-app", "secret": secret}
        await place.admin("POST", "clients", body)
        assert await knows(place, {"client_id": "own", "client_secret": secret})
        await place.admin("POST", "reset")
    assert await knows(place, {"client_id": "own", "client_secret": "two"})


async def _paged(lab: Lab, path: str, limit: int) -> list[str]:
    found: list[str] = []
    query = ""
    while True:
        page = await lab.admin("GET", f"{path}limit={limit}{query}")
        assert len(page["items"]) <= limit
        found += [each["id"] for each in page["items"]]
        if page["next"] is None:
            return found
        assert page["next"] == found[-1]
        query = f"&after={page['next']}"


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
async def test_lists_go_through_kept_and_other_clients_in_order(place: Place, limit: int) -> None:
    for name in ("a", "c", "e", "g", "i"):
        await place.admin("POST", "clients", {"id": name, "application": "lab-app"})
    await place.admin("POST", "clients", {"id": "f", "application": "second-app"})
    await place.admin("POST", "reset")
    for name in ("b", "d", "j"):
        await place.admin("POST", "clients", {"id": name, "application": "lab-app"})
    assert await knows(place, {"client_id": "c", "client_secret": default_secret("c")})
    await place.admin("PATCH", "clients/e", {"application": "second-app"})
    await place.admin("DELETE", "clients/i")
    everyone = ["a", "app-1", "app-2", "b", "c", "d", "e", "f", "g", "j"]
    assert await _paged(place, "clients?", limit) == everyone
    of_first = [each for each in everyone if each not in {"e", "f"}]
    assert await _paged(place, "clients?application=lab-app&", limit) == of_first
    assert await _paged(place, "clients?application=second-app&", limit) == ["e", "f"]


async def test_a_login_of_the_new_run_belongs_to_whoever_asks_for_it_there(place: Place) -> None:
    """A client that was kept has no claim on it from before: it has to ask after the reset."""
    kept, other = await registered(place), await registered(place)
    before = await app_with(place, kept, TV)
    assert "LabCable" in await before.profiles()
    await place.admin("POST", "reset")
    (login,) = (await place.admin("GET", "profiles"))["items"]
    assert (login["id"], login["client"]) == (HOME, None)
    assert "LabCable" in await (await app_with(place, other, TV)).profiles()
    assert "LabCable" not in await before.profiles()
    await place.admin("POST", "reset")
    assert "LabCable" in await before.profiles()
    (login,) = (await place.admin("GET", "profiles"))["items"]
    assert login["client"] == kept["client_id"]


async def test_a_wrong_secret_brings_nobody_back(place: Place) -> None:
    credentials = await registered(place)
    await place.admin("POST", "reset")
    before = await place.state()
    assert_refused(await request_token(place, credentials, client_secret="wrong"), "invalid_client")
    assert await place.state() == before
    assert await knows(place, credentials)
    assert credentials["client_id"] in {
        each["id"] for each in (await place.admin("GET", "state"))["clients"]
    }


async def test_the_journal_says_who_is_back(place: Place) -> None:
    credentials = await registered(place)
    await place.admin("POST", "reset")
    for _ in range(2):
        assert await knows(place, credentials)
    again, first = [
        await place.admin("GET", f"requests/{each['id']}")
        for each in (await place.admin("GET", "requests?operation=token&order=newest"))["items"]
    ]
    name = credentials["client_id"]
    assert f"a reset kept the client {name}, which is back" in first["explanation"]
    assert first["changes"]["created"] == [{"kind": "clients", "id": name}]
    assert again["changes"]["created"] == []
    assert "back" not in str(again["explanation"])


async def test_a_token_that_is_minted_for_a_kept_client_is_good(place: Place) -> None:
    credentials = await registered(place)
    await place.admin("POST", "reset")
    app = await place.app(TV, client=credentials["client_id"])
    assert "LabCable" in await app.profiles()


async def test_who_came_back_is_part_of_snapshots_and_exports(place: Place) -> None:
    credentials, silent = await registered(place), await registered(place)
    await place.admin("POST", "reset")
    assert await knows(place, credentials)
    exported = await place.admin("GET", "state")
    other = await open_place(place.outside, "other")
    await other.admin("PUT", "state", exported)
    assert await other.admin("GET", "state") == exported
    await place.admin("POST", "snapshots", SNAPSHOT)
    await place.admin("POST", "snapshots/s/restore")
    for here in (place, other):
        assert await knows(here, credentials)
        assert not await knows(here, silent)


async def test_kept_clients_know_no_other_sandbox(place: Place) -> None:
    credentials = await registered(place)
    await place.admin("POST", "reset")
    other = await open_place(place.outside, "other", marked("bench"))
    assert not await knows(other, credentials)
    assert not await knows(place.outside, credentials)


async def test_ids_from_a_seed_repeat_and_the_last_who_got_one_has_it(place: Place) -> None:
    await place.seed(marked("bench", settings={"id_seed": "monday"}))
    first = await registered(place)
    await place.admin("POST", "reset")
    second = await registered(place)
    assert second == first
    assert await knows(place, second)


async def test_what_a_kept_client_asked_before_the_reset_claims_nothing_after_it(
    place: Place,
) -> None:
    credentials = await registered(place)
    caller = Caller(
        place=place,
        mark="bench",
        statement=await statement(place),
        credentials=credentials,
        app=await app_with(place, credentials, TV),
    )

    async def overtake() -> None:
        await place.admin("POST", "reset")

    async with overtaken_by(caller, overtake) as overtaken:
        reply = await LATE["profiles"].send(caller)
    assert overtaken == [place.name]
    assert "LabCable" in reply.data()["profiles"]
    (login,) = (await place.admin("GET", "profiles"))["items"]
    assert login["client"] is None


async def test_the_layers_of_kept_clients_go_with_them(place: Place) -> None:
    simulator = simulator_of(place.outside)
    await sweep_at_once(simulator)
    before = await layers(simulator)
    for _ in range(3):
        credentials = await registered(place)
        await place.admin("POST", "profiles", profile("own", BOX))
        await place.admin("POST", "reset")
        await sweep_at_once(simulator)
    # The clients' own, and the one of the run in which the first of them registered.
    assert len(await layers(simulator)) == len(before) + 2
    assert await knows(place, credentials)
    await place.admin("POST", "reset", NOTHING)
    await sweep_at_once(simulator)
    assert len(await layers(simulator)) == len(before)


async def test_kept_clients_do_not_hold_the_scenario_that_they_registered_in(lab: Lab) -> None:
    simulator = simulator_of(lab)
    place = await open_place(lab, "bench", marked("that no other test has"), **KEEP)
    credentials = await registered(place)
    scenario = await layer_of(simulator, place.name)
    await place.seed(marked("nor this one"))
    assert scenario in await layers(simulator)
    await sweep_at_once(simulator)
    assert scenario not in await layers(simulator)
    assert await knows(place, credentials)


async def test_a_reset_costs_the_same_for_three_clients_and_for_thousands(lab: Lab) -> None:
    """Counted in steps of SQLite's machine, of which the reading of a row takes several."""
    simulator = simulator_of(lab)
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    async def cost(place: Place, clients: int) -> list[int]:
        nonlocal steps
        crowd = [{"id": f"c{each}", "application": "lab-app"} for each in range(clients)]
        more = {"name": "more", "clients": crowd}
        await place.admin("POST", "seed", {"document": more, "mode": "merge"})
        found = []
        # The first of them sets the clients apart; the next one finds them so.
        for _ in range(2):
            steps = 0
            await simulator.engine.transact(lambda connection: _watch(connection, count))
            await place.admin("POST", "reset")
            await simulator.engine.transact(lambda connection: _watch(connection, None))
            found.append(steps)
        assert len((await place.admin("GET", "clients?limit=1000"))["items"]) == min(
            clients + 2, 1000
        )
        return found

    few = await cost(await open_place(lab, "few", marked("few"), **KEEP), 3)
    many = await cost(await open_place(lab, "many", marked("many"), **KEEP), 3_000)
    assert min(few) > 0
    for one, other in zip(few, many, strict=True):
        assert other < one * 1.5


def _watch(connection: Connection, count: Callable[[], None] | None) -> None:
    assert isinstance(connection, DirectConnection)
    connection.raw.set_progress_handler(count, 10)
