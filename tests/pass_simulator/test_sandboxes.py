"""A sandbox through the client, in both modes: its world as a whole."""

import json
from pathlib import Path

import pytest

from pass_simulator import AdminError, Sandbox, Simulator

from .modes import Spoken, done, refused

NEWCOMER = {"name": "newcomer", "extends": "demo", "mvpds": [{"id": "Newcomer"}]}


async def test_a_scenario_is_seeded_by_name(sandbox: Spoken) -> None:
    seeded = await done(sandbox.seed("logout-samples"))
    assert seeded.generation == 2
    assert seeded.seeded["profiles"] == 9
    assert (await done(sandbox.show())).baseline == "logout-samples"


async def test_a_document_is_seeded(sandbox: Spoken) -> None:
    await done(sandbox.seed(NEWCOMER))
    assert (await done(sandbox.mvpds.get("Newcomer"))).id == "Newcomer"


@pytest.mark.parametrize("name", ["world.yaml", "world.json"])
@pytest.mark.parametrize("kind", [str, Path])
async def test_a_file_is_seeded(sandbox: Spoken, tmp_path: Path, name: str, kind: type) -> None:
    file = tmp_path / name
    file.write_text(json.dumps(NEWCOMER))  # which is YAML, too
    await done(sandbox.seed(kind(file)))
    assert (await done(sandbox.show())).baseline == "newcomer"


async def test_a_file_that_is_not_there_is_told_before_anything_is_sent(sandbox: Spoken) -> None:
    with pytest.raises(FileNotFoundError):
        await done(sandbox.seed("nowhere.yaml"))
    assert (await done(sandbox.show())).generation == 1


@pytest.mark.parametrize("as_file", [False, True])
async def test_merging_keeps_the_world_and_its_baseline(
    sandbox: Spoken, tmp_path: Path, as_file: bool
) -> None:
    addition = {"name": "addition", "mvpds": [{"id": "Newcomer"}]}
    file = tmp_path / "addition.yaml"
    file.write_text(json.dumps(addition))
    merged = await done(sandbox.seed(file if as_file else addition, mode="merge"))
    assert merged.seeded == {"mvpds": 1}
    assert (await done(sandbox.mvpds.get("Dish"))).id == "Dish"
    assert (await done(sandbox.show())).baseline == "demo"


async def test_every_problem_of_a_document_is_told_and_nothing_changes(sandbox: Spoken) -> None:
    before = await done(sandbox.state())
    error = await refused(AdminError, sandbox.seed, {"name": "broken", "mvpds": [{"foo": 1}]})
    assert (error.status, error.code) == (422, "invalid_document")
    assert [path for path, _ in error.fields] == ["mvpds[0].id", "mvpds[0].foo"]
    assert error.hint
    assert "mvpds[0].id: required, but missing" in str(error)
    assert await done(sandbox.state()) == before


async def test_a_reset_takes_back_what_happened(sandbox: Spoken) -> None:
    await done(sandbox.mvpds.create(id="Newcomer"))
    cleared = await done(sandbox.reset())
    assert (cleared.baseline, cleared.cleared) == ("demo", {"mvpds": 1})
    assert "Newcomer" not in [each.id for each in await done(sandbox.mvpds.list())]


async def test_a_reset_can_leave_nothing(sandbox: Spoken) -> None:
    await done(sandbox.reset("empty"))
    assert await done(sandbox.mvpds.list()) == []


@pytest.mark.parametrize("as_file", [False, True])
async def test_apps_stay_registered_where_that_is_said(
    sandbox: Spoken, tmp_path: Path, as_file: bool
) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(json.dumps(NEWCOMER))
    scenario = file if as_file else "demo"

    async def left() -> int:
        return len(await done(sandbox.clients.list()))

    for keep, expected in ((["clients"], 1), ([], 0), (None, 0)):
        await done(sandbox.clients.create(id="own", application="sample-app"))
        await done(sandbox.reset(keep=keep))
        assert await left() == expected
        await done(sandbox.seed(scenario, keep=keep))
        assert await left() == expected
        await done(sandbox.reset(keep=[]))
    assert (await done(sandbox.keep("clients"))).keep == ("clients",)
    await done(sandbox.clients.create(id="own", application="sample-app"))
    await done(sandbox.reset())
    await done(sandbox.seed(scenario))
    assert await left() == 1
    assert (await done(sandbox.keep())).keep == ()
    await done(sandbox.reset())
    assert await left() == 0


async def test_a_state_can_be_taken_elsewhere(sandbox: Spoken, simulator_server: Simulator) -> None:
    await done(sandbox.mvpds.create(id="Newcomer"))
    # Times in a state are relative, so the clock must not go on between two exports.
    await done(sandbox.clock.freeze())
    state = await done(sandbox.state())
    loaded = await done(sandbox.load(state))
    assert loaded.seeded["mvpds"] == len(state["mvpds"])
    assert await done(sandbox.state()) == state


async def test_a_snapshot_can_be_come_back_to(sandbox: Spoken) -> None:
    taken = await done(sandbox.snapshots.take("before"))
    await done(sandbox.mvpds.create(id="Newcomer"))
    assert [each.name for each in await done(sandbox.snapshots.list())] == ["before"]
    assert taken.created is not None
    restored = await done(sandbox.snapshots.restore("before"))
    assert restored.cleared == {"mvpds": 1}
    await done(sandbox.snapshots.delete("before"))
    assert await done(sandbox.snapshots.list()) == []


async def test_a_lease_ends_by_itself_or_early(sandbox: Spoken) -> None:
    lease = await done(sandbox.lease("me", "PT1H"))
    assert (lease.owner, lease.on_return, lease.sandbox) == ("me", "reset", sandbox.name)
    assert (await done(sandbox.show())).lease["owner"] == "me"
    error = await refused(AdminError, sandbox.lease, "somebody else", "PT1H")
    assert error.code == "leased"
    await done(sandbox.release())
    assert (await done(sandbox.show())).lease is None


async def test_a_deleted_sandbox_is_gone(sandbox: Spoken) -> None:
    await done(sandbox.delete())
    for call in (sandbox.show, sandbox.state, sandbox.delete):
        error = await refused(AdminError, call)
        assert (error.status, error.code) == (404, "sandbox_not_found")


async def test_a_token_is_minted_and_a_media_token_is_verified(
    sandbox: Spoken, device: Spoken
) -> None:
    token = await done(sandbox.token(application="kids-app", expires_in=60))
    assert (token.expires_in, token["token_type"]) == (60, "bearer")
    await done(device.login("Cablevision", "demo"))
    [decision] = await done(device.authorize("Cablevision", "NEWS"))
    check = await done(sandbox.verify_media_token(decision.media_token, "NEWS"))
    assert (check.status, check.mvpd_id, check.requestor_id) == (
        "VALID_TOKEN",
        "Cablevision",
        "REF30",
    )
    other = await done(sandbox.verify_media_token(decision.media_token, "SPORTS"))
    assert other.status == "INVALID_RESOURCE_ID"


async def test_sandboxes_do_not_see_each_other(
    sandbox: Spoken, simulator_server: Simulator
) -> None:
    other = simulator_server.create_sandbox()
    await done(sandbox.mvpds.create(id="Newcomer"))
    assert "Newcomer" not in [each.id for each in other.mvpds.list()]
    other.delete()


async def test_a_sandbox_can_be_meant_by_header(
    sandbox: Spoken, simulator_server: Simulator, simulator: Sandbox
) -> None:
    by_header = simulator_server.sandbox(sandbox.name, binding="header")
    by_header.mvpds.create(id="Newcomer")
    assert (await done(sandbox.mvpds.get("Newcomer"))).id == "Newcomer"
    device = by_header.device("tv")
    device.login("Dish", "demo")
    assert [each["device"] for each in await done(sandbox.profiles.list(device="tv"))] == ["tv"]
    answer = device.request("GET", "/api/v2/REF30/profiles")
    assert answer.url == f"{simulator_server.url}/api/v2/REF30/profiles"
    assert answer.headers["x-sim-sandbox"] == sandbox.name
    assert device.logout("Dish").action == "complete"
