"""Many logouts at once: each login ends exactly once."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import MakeLab
from tests.support.lab import Lab
from tests.support.tokens import sso_token
from tests.support.worlds import TV, profile, service_token, world


@pytest.fixture(params=["memory", "file"])
async def lab(request: pytest.FixtureRequest, make_lab: MakeLab, tmp_path: Path) -> Lab:
    """A simulator in memory, and one on a database file."""
    path = ":memory:" if request.param == "memory" else str(tmp_path / "state.db")
    return await make_lab(db=path)


async def test_of_a_hundred_logouts_of_one_profile_one_finds_it(lab: Lab) -> None:
    await lab.seed(world(profiles=[profile("own"), profile("other", "neighbour")]))
    app = await lab.app(TV)
    entries = await asyncio.gather(*(app.logged_out("LabCable") for _ in range(100)))
    found = Counter((each["actionName"], each["actionType"]) for each in entries)
    assert found == {("logout", "interactive"): 1, ("invalid", "none"): 99}
    assert await lab.profile_ids() == {"other"}


async def test_a_hundred_apps_that_share_a_login_end_it_once(lab: Lab) -> None:
    links = [service_token("ann")]
    devices = [f"device-{number}" for number in range(100)]
    await lab.seed(world(profiles=[profile(each, each, links=links) for each in devices]))
    token = sso_token("ann")
    apps = [(await lab.app(each)).sending(AD_Service_Token=token) for each in devices]
    entries = await asyncio.gather(*(each.logged_out("LabCable") for each in apps))
    # The first one takes all logins along, whichever it is.
    assert Counter(each["actionName"] for each in entries) == {"logout": 1, "invalid": 99}
    assert await lab.profile_ids() == set()


async def test_logouts_on_different_devices_do_not_disturb_each_other(lab: Lab) -> None:
    devices = [f"device-{number}" for number in range(100)]
    await lab.seed(world(profiles=[profile(each, each) for each in devices]))
    apps = [await lab.app(each) for each in devices]
    entries = await asyncio.gather(*(each.logged_out("LabCable") for each in apps))
    assert Counter(each["actionName"] for each in entries) == {"logout": 100}
    assert await lab.profile_ids() == set()


async def test_of_many_apps_that_ask_for_a_profile_at_once_one_becomes_its_owner(lab: Lab) -> None:
    await lab.seed(world(profiles=[profile("free")]))
    apps = [await lab.app(TV) for _ in range(50)]
    seen = await asyncio.gather(*(each.profiles() for each in apps))
    assert Counter(len(each) for each in seen) == {1: 1, 0: 49}


async def test_a_reset_in_the_middle_leaves_the_baseline_whole(lab: Lab) -> None:
    devices = [f"device-{number}" for number in range(60)]
    await lab.seed(world(profiles=[profile(each, each) for each in devices]))
    before = await lab.state()
    apps = [await lab.app(each) for each in devices]
    logouts = [each.logout("LabCable") for each in apps]
    replies = await asyncio.gather(*logouts[:30], lab.ask("POST", "reset"), *logouts[30:])
    assert {reply.status for reply in replies} == {200}
    # What was under way when the reset came was answered, but must not reach into the new world.
    late = {
        app.device
        for app, reply in zip(apps, [*replies[:30], *replies[31:]], strict=True)
        if reply.headers["X-Sim-Generation"] == "3"
    }
    assert await lab.profile_ids() == {*devices} - late
    await lab.admin("POST", "reset")
    assert await lab.state() == before
