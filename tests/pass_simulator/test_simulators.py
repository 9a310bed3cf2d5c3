"""An instance through the client, in both modes."""

import re
from pathlib import Path

import pytest

from pass_simulator import AdminError, AsyncSimulator, NoResponse, Simulator, SimulatorError
from pass_simulator.server_process import running_server
from simulator import __version__

from .modes import Spoken, done, refused

TOKEN = "a token of eight characters or more"


async def test_an_instance_tells_what_it_is(server: Spoken) -> None:
    assert await done(server.version()) == __version__
    operations = {each.name: each for each in await done(server.operations())}
    assert operations["profiles"].fidelity in {"exact", "simplified"}
    assert operations["profiles"].proven > 0
    assert all(each["why"] for each in operations["authenticate"].differs)
    assert operations["esm"].fidelity == "not simulated"
    assert "keys" in await done(server.keys())


async def test_scenarios_are_listed_shown_and_checked(server: Spoken) -> None:
    listed = {each.name: each for each in await done(server.scenarios())}
    assert listed["demo"].title
    assert listed["demo"].problems == ()
    document = await done(server.scenario("demo"))
    assert (await done(server.validate(document))).valid
    check = await done(server.validate({"name": "broken", "mvpds": [{}]}))
    assert not check.valid
    assert check.problems[0]["path"] == "mvpds[0].id"


async def test_sandboxes_are_made_of_scenarios_snapshots_and_each_other(server: Spoken) -> None:
    first = await done(server.create_sandbox(scenario="logout-samples"))
    await done(first.mvpds.create(id="Newcomer"))
    await done(first.snapshots.take("with"))
    copies = [
        await done(server.create_sandbox(from_sandbox=first.name)),
        await done(server.create_sandbox(from_snapshot=f"{first.name}/with")),
    ]
    for copy in copies:
        assert (await done(copy.mvpds.get("Newcomer"))).id == "Newcomer"
    names = [each.id for each in await done(server.sandboxes())]
    assert {"default", first.name, *(each.name for each in copies)} <= {*names}
    for each in (*copies, first):
        await done(server.delete_sandbox(each.name))
    assert first.name not in [each.id for each in await done(server.sandboxes())]


async def test_a_sandbox_can_be_made_on_loan(server: Spoken) -> None:
    made = await done(server.create_sandbox(lease=("me", "PT1H")))
    lease = (await done(made.show())).lease
    assert (lease["owner"], lease["on_return"]) == ("me", "delete")
    await done(made.delete())


async def test_a_sandbox_is_made_with_what_it_keeps(server: Spoken) -> None:
    for keep in ([], ["clients"]):
        made = await done(server.create_sandbox(keep=keep))
        assert (await done(made.show())).keep == (*keep,)
        await done(made.delete())


async def test_a_name_is_taken_once(server: Spoken) -> None:
    made = await done(server.create_sandbox())
    error = await refused(AdminError, server.create_sandbox, made.name)
    assert (error.status, error.code) == (409, "already_exists")
    await done(made.delete())


async def test_the_default_sandbox_is_at_hand(server: Spoken) -> None:
    assert server.default.name == "default"
    assert (await done(server.default.show())).baseline == "demo"


async def test_what_is_not_there_does_not_get_ready(unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    with pytest.raises(SimulatorError, match="not ready after"), Simulator(url) as nobody:
        nobody.wait_until_ready(0.2)
    with pytest.raises(SimulatorError, match="not ready after"):
        await AsyncSimulator(url).wait_until_ready(0.2)


async def test_where_nobody_listens_it_is_said_how_to_start_it(unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    told = (
        "cannot be reached: Connection refused; is it running? Start it with `pass-simulator serve`"
    )
    with pytest.raises(NoResponse, match=re.escape(told)), Simulator(url) as nobody:
        nobody.version()
    with pytest.raises(NoResponse, match=re.escape(told)):
        await AsyncSimulator(url).version()


async def test_an_admin_token_opens_the_admin_api_and_devices_need_none(tmp_path: Path) -> None:
    with running_server(["--admin-token", TOKEN], log=tmp_path / "log") as url:
        for given in (None, "wrong"):
            with Simulator(url, admin_token=given) as stranger:
                stranger.wait_until_ready()
                with pytest.raises(AdminError) as caught:
                    stranger.version()
                assert (caught.value.status, caught.value.code) == (401, "unauthorized")
        with Simulator(url, admin_token=TOKEN) as known:
            assert known.version() == __version__
            assert known.default.device("tv").login("Dish", "demo").mvpd == "Dish"
            assert TOKEN not in repr(known) + repr(vars(known))
            assert await known.asynchronous.version() == __version__
            assert (await known.default.asynchronous.show()).id == "default"


def test_what_does_not_start_is_told_with_its_log(tmp_path: Path) -> None:
    with (
        pytest.raises(SimulatorError, match="does not exist"),
        running_server(["--scenarios", "/nowhere"], log=tmp_path / "log"),
    ):
        pytest.fail("it started")
