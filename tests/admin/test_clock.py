"""The clock of a sandbox: read, stopped and moved over the admin API."""

import pytest

from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.worlds import TV, profile, world


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    await lab.seed(world(profiles=[profile("own", expires_in="PT1H")]))
    return lab


async def test_the_clock_shows_real_time_until_it_is_moved(lab: Lab) -> None:
    shown = await lab.admin("GET", "clock")
    assert (shown["now"], shown["mode"]) == ("2026-01-01T00:00:00.000Z", "real")
    moved = await lab.admin("POST", "clock/advance", {"by": "PT6H"})
    assert (moved["now"], moved["mode"]) == ("2026-01-01T06:00:00.000Z", "real")
    lab.clock.advance(hours=1)
    assert (await lab.admin("GET", "clock"))["now"] == "2026-01-01T07:00:00.000Z"


async def test_a_frozen_clock_moves_only_when_it_is_told_to(lab: Lab) -> None:
    await lab.admin("PUT", "clock", {"mode": "frozen", "now": "2027-01-01T00:00:00Z"})
    lab.clock.advance(hours=1)
    assert (await lab.admin("GET", "clock"))["now"] == "2027-01-01T00:00:00.000Z"
    moved = await lab.admin("POST", "clock/advance", {"by": "PT1M"})
    assert (moved["now"], moved["mode"]) == ("2027-01-01T00:01:00.000Z", "frozen")


async def test_moving_the_clock_expires_what_falls_due_and_names_it(lab: Lab) -> None:
    app = await lab.app(TV)
    assert [*await app.profiles()] == ["LabCable"]
    moved = await lab.admin("POST", "clock/advance", {"by": "PT1H"})
    assert "own" in str(moved["due"])
    assert await app.profiles() == {}
    assert (await app.logged_out("LabCable"))["actionName"] == "invalid"


async def test_moving_the_clock_expires_tokens(lab: Lab) -> None:
    app = await lab.app(TV)
    await lab.admin("POST", "clock/advance", {"by": "PT6H"})
    assert (await app.get("profiles")).status == 401


async def test_a_reset_sets_the_clock_back(lab: Lab) -> None:
    before = await lab.state()
    await lab.admin("POST", "clock/advance", {"by": "P30D"})
    await lab.admin("POST", "reset")
    assert (await lab.admin("GET", "clock"))["now"] == "2026-01-01T00:00:00.000Z"
    assert await lab.state() == before


async def test_the_clock_of_one_sandbox_is_not_that_of_another(lab: Lab) -> None:
    await lab.admin("POST", "sandboxes", {"id": "other"})
    await lab.admin("POST", "clock/advance", {"by": "P1D"})
    shown = (await lab.call("GET", "/s/other/admin/v1/clock")).data()
    assert shown["now"] == "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "clock", {}),
        ("PUT", "clock", {"mode": "slow"}),
        ("PUT", "clock", {"mode": "frozen", "now": "2027-01-01T00:00:00"}),
        ("PUT", "clock", {"mode": "frozen", "now": "1969-01-01T00:00:00Z"}),
        ("PUT", "clock", {"mode": "frozen", "now": "9999-12-31T23:59:59Z"}),
        ("PUT", "clock", {"mode": "frozen", "now": "tomorrow"}),
        ("POST", "clock/advance", {}),
        ("POST", "clock/advance", {"by": "-PT1H"}),
        ("POST", "clock/advance", {"by": "PT0S"}),
        ("POST", "clock/advance", {"by": 60}),
        ("POST", "clock/advance", {"by": "P9999999D"}),
    ],
)
async def test_an_impossible_time_is_refused_and_leaves_the_clock_alone(
    lab: Lab, method: str, path: str, body: Json
) -> None:
    before = await lab.admin("GET", "clock")
    assert (await lab.refused(method, path, body))["status"] in {400, 422}
    assert await lab.admin("GET", "clock") == before
