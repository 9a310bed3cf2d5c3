"""The switches of a sandbox over the admin API."""

import pytest

from simulator.domain.switches import SWITCHES
from tests.support.lab import Lab
from tests.support.worlds import world


async def test_every_switch_is_shown_with_where_its_value_comes_from(lab: Lab) -> None:
    shown = await lab.admin("GET", "settings")
    assert shown.keys() == SWITCHES.keys()
    for name, each in shown.items():
        assert each.keys() == {"value", "source", "default", "choices", "about"}
        assert each["value"] == each["default"] == SWITCHES[name].default
        assert each["source"] == "default"
        assert each["about"].endswith(".")


async def test_a_switch_that_is_set_says_so_until_null_takes_it_back(lab: Lab) -> None:
    changed = await lab.admin("PATCH", "settings", {"logout.url": "relative"})
    assert changed == await lab.admin("GET", "settings")
    assert (changed["logout.url"]["value"], changed["logout.url"]["source"]) == (
        "relative",
        "sandbox",
    )
    assert changed["logout.url"]["default"] == "documented"
    back = await lab.admin("PATCH", "settings", {"logout.url": None})
    assert (back["logout.url"]["value"], back["logout.url"]["source"]) == ("documented", "default")


async def test_a_switch_set_to_its_default_is_set_all_the_same(lab: Lab) -> None:
    changed = await lab.admin("PATCH", "settings", {"logout.url": "documented"})
    assert changed["logout.url"]["source"] == "sandbox"


async def test_a_scenario_sets_switches_and_a_reset_sets_them_back(lab: Lab) -> None:
    await lab.seed(world(settings={"logout.url": "absolute"}))
    await lab.settings(logout__url="relative", device_info="strict")
    await lab.admin("POST", "reset")
    shown = await lab.admin("GET", "settings")
    assert shown["logout.url"]["value"] == "absolute"
    assert shown["device_info"]["source"] == "default"


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"logout.url": "sideways"}, {"logout.url": "must be one of"}),
        ({"access_token.lifetime": 0}, {"access_token.lifetime": "must be at least 1"}),
        ({"simulator_headers": "no"}, {"simulator_headers": "must be true or false"}),
        ({"logout_url": "relative"}, {"logout_url": "is no setting"}),
        ({"logout_url": None}, {"logout_url": "is no setting"}),
        (
            {"device_info": 1, "logout.url": "relative", "x": 1},
            {"device_info": "must be a text", "x": "is no setting"},
        ),
    ],
)
async def test_what_is_wrong_is_listed_at_once_and_nothing_is_set(
    lab: Lab, changes: dict[str, object], problems: dict[str, str]
) -> None:
    before = await lab.state()
    error = await lab.refused("PATCH", "settings", changes)
    assert (error["status"], error["code"]) == (422, "invalid_document")
    found = {each["path"]: each["problem"] for each in error["fields"]}
    assert found.keys() == problems.keys()
    assert all(found[name].startswith(problem) for name, problem in problems.items())
    assert await lab.state() == before


async def test_an_unknown_switch_comes_with_the_known_ones(lab: Lab) -> None:
    error = await lab.refused("PATCH", "settings", {"nope": 1})
    assert all(name in error["fields"][0]["problem"] for name in SWITCHES)
