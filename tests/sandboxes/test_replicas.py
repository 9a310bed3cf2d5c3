"""Several instances on one PostgreSQL database: whatever is done through one holds in all at once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import cycle

import pytest

from tests.sandboxes.places import HOME, Replicas, marked, open_place, place, simulator_of, users
from tests.support.dcr import app_with, knows, registered
from tests.support.lab import App, Lab, device_header
from tests.support.replies import Json, Reply
from tests.support.worlds import BOX, TV, profile, rule


@pytest.fixture
async def labs(replicas: Replicas) -> list[Lab]:
    """Each replica by itself, all with the sandbox `default` marked."""
    clients = [next(replicas.turns) for _ in range(3)]
    labs = [Lab(client=each, clock=replicas.clock) for each in clients]
    await labs[0].seed(marked("default"))
    return labs


async def test_replicas_that_start_at_once_have_one_key_and_one_default(labs: list[Lab]) -> None:
    assert len({simulator_of(each).keys.kid for each in labs}) == 1
    assert len({await each.state() for each in labs}) == 1
    listed = await labs[0].admin("GET", "sandboxes")
    assert [each["id"] for each in listed["items"]] == ["default"]


async def test_a_token_of_one_replica_is_good_at_the_others(labs: list[Lab]) -> None:
    first, *others = labs
    app = await app_with(first, await registered(first), TV)
    for each in others:
        reply = await each.call("GET", "/api/v2/LABSP/profiles", app.headers)
        assert reply.data()["profiles"]["LabCable"]["attributes"]["userID"]["value"] == "default"


async def test_what_one_replica_keeps_is_kept_at_the_others(labs: list[Lab]) -> None:
    credentials = await registered(labs[0])
    for turn in range(4):
        await labs[turn % 3].admin("POST", "reset")
        assert await knows(labs[(turn + 1) % 3], credentials)
        # The third finds it among the world's, where the second put it.
        assert credentials["client_id"] in await labs[(turn + 2) % 3].state()
    await labs[1].admin("POST", "reset", {"keep": []})
    for each in labs:
        assert not await knows(each, credentials)


async def _integration_off(lab: Lab, turn: int) -> None:
    await lab.admin("PATCH", "integrations/LABSP:LabCable", {"active": turn % 2 == 1})


async def _integration_is_off(lab: Lab, turn: int) -> bool:
    reply = await (await lab.app(TV)).get("profiles/LabCable")
    return (reply.status == 200) is (turn % 2 == 1)


async def _new_mvpd(lab: Lab, turn: int) -> None:
    await lab.admin("POST", "mvpds", {"id": f"New{turn}"})


async def _mvpd_is_known(lab: Lab, turn: int) -> bool:
    reply = await (await lab.app(TV)).get(f"logout/New{turn}?redirectUrl=https%3A%2F%2Fa.example")
    return bool(reply.json["code"] == "invalid_integration")


async def _switch(lab: Lab, turn: int) -> None:
    await lab.settings(access_token__lifetime=1000 + turn)


async def _is_switched(lab: Lab, turn: int) -> bool:
    return bool((await lab.admin("POST", "tokens"))["expires_in"] == 1000 + turn)


async def _degrade(lab: Lab, turn: int) -> None:
    if turn % 2 == 0:
        await lab.admin("POST", "degradations", rule("AuthNAll", id="rule"))
    else:
        await lab.admin("DELETE", "degradations/rule")


async def _is_degraded(lab: Lab, turn: int) -> bool:
    found = (await (await lab.app(BOX)).get("profiles/LabCable")).data()["profiles"]
    return bool(found) is (turn % 2 == 0)


async def _reseed(lab: Lab, turn: int) -> None:
    await lab.seed(marked(f"turn-{turn}", applications=[{"id": f"app-of-{turn}"}]))


async def _is_reseeded(lab: Lab, turn: int) -> bool:
    app = await lab.app(TV, application=f"app-of-{turn}")
    seen = (await app.get("profiles/LabCable")).data()["profiles"]
    return await users(lab) == {HOME: f"turn-{turn}"} and set(seen) <= {"LabCable"}


Change = Callable[[Lab, int], Awaitable[None]]
Check = Callable[[Lab, int], Awaitable[bool]]
CHANGES: dict[str, tuple[Change, Check]] = {
    "integration": (_integration_off, _integration_is_off),
    "mvpd": (_new_mvpd, _mvpd_is_known),
    "switch": (_switch, _is_switched),
    "degradation": (_degrade, _is_degraded),
    "world": (_reseed, _is_reseeded),
}


@pytest.mark.parametrize(("change", "check"), CHANGES.values(), ids=CHANGES)
async def test_a_change_through_one_replica_is_seen_by_all_at_once(
    labs: list[Lab], change: Change, check: Check
) -> None:
    for turn, lab in zip(range(6), cycle(labs), strict=False):
        await change(lab, turn)
        assert await asyncio.gather(*(check(each, turn) for each in labs)) == [True] * 3


async def test_a_reset_through_one_replica_takes_the_configuration_of_all_back(
    labs: list[Lab],
) -> None:
    for lab in labs:
        await labs[0].settings(access_token__lifetime=77)
        assert [(await each.admin("POST", "tokens"))["expires_in"] for each in labs] == [77] * 3
        await lab.admin("POST", "reset")
        assert [(await each.admin("POST", "tokens"))["expires_in"] for each in labs] == [21_600] * 3


async def test_the_clock_of_a_sandbox_is_one_for_all_replicas(labs: list[Lab]) -> None:
    body = {"mode": "frozen", "now": "2030-01-01T00:00:00Z"}
    await labs[0].admin("PUT", "clock", body)
    await labs[1].admin("POST", "clock/advance", {"by": "PT1H"})
    shown = [(await each.admin("GET", "clock"))["now"] for each in labs]
    assert shown == ["2030-01-01T01:00:00.000Z"] * 3


async def test_a_claim_and_a_sandbox_are_known_to_all_replicas(labs: list[Lab]) -> None:
    await open_place(labs[0], "ci-42", marked("ci-42"))
    await labs[1].admin("PUT", f"devices/{TV}/claim", {"sandbox": "ci-42"})
    headers = {"AP-Device-Identifier": device_header(TV)}
    for each in labs:
        reply = await each.call("GET", "/api/v2/LABSP/profiles", headers)
        assert reply.headers["X-Sim-Sandbox"] == "ci-42"
        assert await users(place(each, "ci-42")) == {HOME: "ci-42"}
    await labs[2].admin("DELETE", "sandboxes/ci-42")
    for each in labs:
        assert (await each.refused("GET", "sandboxes/ci-42"))["code"] == "sandbox_not_found"


async def _at_once(labs: list[Lab], method: str, path: str, body: Json, times: int = 12) -> Json:
    turns = cycle(labs)
    replies = await asyncio.gather(*(next(turns).ask(method, path, body) for _ in range(times)))
    assert all(reply.status < 500 for reply in replies), [each.text for each in replies]
    return Counter(reply.status for reply in replies)


@pytest.mark.parametrize("round_number", range(3))
async def test_of_those_who_make_a_sandbox_of_one_name_at_once_one_succeeds(
    labs: list[Lab], round_number: int
) -> None:
    del round_number
    assert await _at_once(labs, "POST", "sandboxes", {"id": "ci-42"}) == {201: 1, 409: 11}


async def test_of_those_who_take_a_snapshot_of_one_name_at_once_one_succeeds(
    labs: list[Lab],
) -> None:
    assert await _at_once(labs, "POST", "snapshots", {"name": "s"}) == {201: 1, 409: 11}
    assert await users(labs[0]) == {HOME: "default"}


async def test_of_those_who_borrow_a_sandbox_at_once_one_succeeds(labs: list[Lab]) -> None:
    turns = cycle(labs)
    bodies = [{"owner": f"owner-{number}", "for": "PT1H"} for number in range(12)]
    asked = (next(turns).ask("POST", "sandboxes/default/lease", each) for each in bodies)
    replies = await asyncio.gather(*asked)
    assert Counter(reply.status for reply in replies) == {200: 1, 409: 11}


@pytest.mark.parametrize("round_number", range(3))
async def test_a_device_that_is_claimed_many_times_at_once_ends_up_in_one_place(
    labs: list[Lab], round_number: int
) -> None:
    del round_number
    await open_place(labs[0], "ci-42")
    body = {"sandbox": "ci-42"}
    assert await _at_once(labs, "PUT", f"devices/{TV}/claim", body) == {200: 12}
    about = await labs[0].admin("GET", "sandboxes/ci-42")
    assert about["devices"] == [TV]


async def test_sandboxes_of_one_id_seed_that_draw_the_same_code_at_once_get_different_ones(
    labs: list[Lab],
) -> None:
    """Codes are told apart across the whole instance; whoever comes second draws again."""
    names = [f"job-{number}" for number in range(12)]
    document = marked("seeded", settings={"id_seed": "one for all"})
    places = [await open_place(labs[0], each, document) for each in names]
    apps = [await each.app(TV, client="app-1") for each in places]
    turns = cycle(labs)
    body = {"mvpd": "LabDish", "domainName": "lab.example", "redirectUrl": "https://lab.example"}

    async def ask(name: str, app: App) -> Reply:
        path = f"/s/{name}/api/v2/LABSP/sessions"
        return await next(turns).call("POST", path, app.headers, data=body)

    replies = await asyncio.gather(*(ask(name, app) for name, app in zip(names, apps, strict=True)))
    assert len({reply.data()["code"] for reply in replies}) == len(names)
    for name, reply in zip(names, replies, strict=True):
        shown = await labs[0].call("GET", f"/provider/login?reg_code={reply.json['code']}")
        assert shown.headers["X-Sim-Sandbox"] == name


async def test_the_same_world_seeded_many_times_at_once_is_there_in_the_end(
    labs: list[Lab],
) -> None:
    names = [f"job-{number}" for number in range(12)]
    turns = cycle(labs)
    document = marked("one for all")
    places = await asyncio.gather(*(open_place(next(turns), each, document) for each in names))
    for each in places:
        assert await users(each) == {HOME: "one for all"}


async def test_resets_and_logins_at_once_leave_a_whole_world(labs: list[Lab]) -> None:
    """Each login ends up in the generation that it was answered from."""
    before = await labs[0].state()
    turns = cycle(labs)

    async def log_in(number: int) -> tuple[str, int]:
        body = profile(f"p{number}", f"tv-{number}")
        reply = await next(turns).ask("POST", "profiles", body)
        assert reply.status == 201, reply.text
        return f"p{number}", int(reply.headers["X-Sim-Generation"])

    async def reset() -> None:
        await next(turns).admin("POST", "reset")

    work = [reset() if number % 10 == 9 else log_in(number) for number in range(60)]
    done = [each for each in await asyncio.gather(*work) if each]
    latest = (await labs[0].admin("GET", "sandboxes/default"))["generation"]
    expected = {name for name, generation in done if generation == latest}
    assert await labs[1].profile_ids() == {HOME} | expected
    await reset()
    assert await labs[2].state() == before
