"""Sandboxes on the console: the list, making and deleting one, and staying in the one that is open."""

import pytest

from tests.support.console import Console
from tests.support.lab import Lab
from tests.support.logins import code_for
from tests.support.worlds import TV, profile, world


async def _names(lab: Lab) -> set[str]:
    return {each["id"] for each in (await lab.admin("GET", "sandboxes"))["items"]}


async def test_the_list_tells_what_each_is(lab: Lab, console: Console) -> None:
    lease = {"owner": "nightly", "for": "PT1H"}
    await lab.admin("POST", "sandboxes", {"id": "ci-42", "scenario": "demo", "lease": lease})
    page = await console.open("/sandboxes")
    [ci, default] = page.texts("//article")
    assert "Scenario demo generation 1" in ci
    assert "Lent to nightly until 2026-01-01 01:00:00 UTC" in ci
    assert "you are here" in default
    assert page.attributes("//article//h2/a", "href") == ["/s/ci-42/console", "/s/default/console"]


async def test_making_one_from_a_scenario_or_another_sandbox(lab: Lab, console: Console) -> None:
    await lab.seed(world(profiles=[profile("home")]))
    page = await console.act("/sandboxes", id="ci-1", scenario="demo")
    assert "The sandbox is there." in page.told
    assert (await lab.admin("GET", "sandboxes/ci-1"))["baseline"] == "demo"
    await console.act("/sandboxes", id="copy", scenario="demo", from_sandbox="default")
    assert (await lab.admin("GET", "sandboxes/copy"))["baseline"] == "lab"
    await console.act("/sandboxes")
    assert len(await _names(lab)) == 4


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"id": "default"}, 409),
        ({"id": "No Good"}, 422),
        ({"id": "-"}, 422),
        ({"id": "x" * 64}, 422),
        ({"id": "ok\n"}, 303),
        ({"id": "fresh", "scenario": "unknown"}, 404),
        ({"id": "fresh", "from_sandbox": "unknown"}, 404),
    ],
)
async def test_names_and_sources_are_checked(
    lab: Lab, console: Console, fields: dict[str, str], status: int
) -> None:
    assert (await console.send("/sandboxes", fields)).status == status
    assert await _names(lab) - {"ok"} == {"default"}


async def test_deleting_one(lab: Lab, console: Console) -> None:
    await lab.admin("POST", "sandboxes", {"id": "ci-42"})
    page = await Console(lab=lab, prefix="/s/ci-42").act("/sandboxes/delete")
    assert "The sandbox is gone." in page.told
    assert await _names(lab) == {"default"}
    assert "always exists" in await console.refused("/sandboxes/delete", 409)


async def test_a_page_stays_in_its_sandbox(lab: Lab, console: Console) -> None:
    await lab.admin("POST", "sandboxes", {"id": "ci-42"})
    inside = Console(lab=lab, prefix="/s/ci-42")
    await lab.call("POST", "/s/ci-42/admin/v1/seed", json={"document": world()})
    await inside.act("/world/clock", what="freeze")
    page = await inside.open("/world")
    assert page.reply.headers["X-Sim-Sandbox"] == "ci-42"
    within = (
        page.forms + page.attributes("//nav/a", "href") + page.attributes("//@hx-get/..", "hx-get")
    )
    assert len(within) > 10
    assert all(each.startswith("/s/ci-42/console") for each in within)
    assert (await lab.admin("GET", "clock"))["mode"] == "real"


async def test_devices_are_on_the_board_of_their_own_sandbox_alone(
    lab: Lab, console: Console
) -> None:
    await lab.seed(world())
    app = await lab.app(TV, client="app-1")
    code = await code_for(app)
    await lab.admin("POST", "sandboxes", {"id": "ci-42"})
    inside = Console(lab=lab, prefix="/s/ci-42")
    assert (await inside.open()).cards == {}
    assert [*(await console.open()).cards] == [TV]
    assert "There is no code" in await inside.refused(f"/codes/{code}/approve", 404)


@pytest.mark.parametrize("path", ["", "/world", "/sandboxes", "/requests/x", "/codes/A/qr.svg"])
async def test_a_sandbox_that_is_not_there_is_not_found(lab: Lab, path: str) -> None:
    page = await Console(lab=lab, prefix="/s/<nope>").open(path, status=404)
    assert "There is no sandbox '<nope>'" in page.texts("//*[@role='alert']")[0]
    assert page.attributes("//main//a", "href") == ["/console/sandboxes"]


async def test_many_sandboxes_come_page_by_page(lab: Lab, console: Console) -> None:
    for number in range(100):
        await lab.admin("POST", "sandboxes", {"id": f"ci-{number:03}", "from_sandbox": "default"})
    page = await console.open("/sandboxes")
    assert len(page.texts("//article")) == 100
    [more] = page.attributes("//a[text()='More']", "href")
    page = await console.open(more.removeprefix("/console"))
    assert page.texts("//article//h2") == ["default"]


async def test_one_is_lent_and_brought_back(lab: Lab, console: Console) -> None:
    await lab.admin("POST", "sandboxes", {"id": "ci-42"})
    inside = Console(lab=lab, prefix="/s/ci-42")
    to = "/console/sandboxes"
    page = await inside.act("/sandboxes/lend", owner="anna", to=to, **{"for": "1800000"})
    assert "Lent to anna until 2026-01-01 00:30:00 UTC" in page.texts("//article")[0]
    assert "leased by 'anna'" in await inside.refused("/sandboxes/lend", 409, owner="bob")
    await inside.act("/sandboxes/bring-back", to=to)
    assert (await lab.admin("GET", "sandboxes/ci-42"))["lease"] is None
    assert "not leased" in await inside.refused("/sandboxes/bring-back", 404)
    assert "cannot be deleted" in await console.refused(
        "/sandboxes/lend", 400, owner="anna", on_return="delete"
    )


async def test_a_device_is_sent_to_one_and_let_go(lab: Lab, console: Console) -> None:
    await lab.admin("POST", "sandboxes", {"id": "ci-42"})
    inside = Console(lab=lab, prefix="/s/ci-42")
    page = await inside.act("/sandboxes/claim", device="box <1>", to="/console/sandboxes")
    assert "box <1>" in page.texts("//article")[0]
    assert (await lab.admin("GET", "sandboxes/ci-42"))["devices"] == ["box <1>"]
    # Nobody takes it away without saying so.
    assert "has claimed" in await console.refused("/sandboxes/claim", 409, device="box <1>")
    await console.act("/sandboxes/claim", device="box <1>", take="yes")
    assert (await lab.admin("GET", "sandboxes/ci-42"))["devices"] == []
    await inside.act("/sandboxes/claim", device="box <1>", take="yes")
    await inside.act("/sandboxes/unclaim", device="box <1>")
    assert (await lab.admin("GET", "sandboxes/ci-42"))["devices"] == []


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/sandboxes/lend", {}, 422),
        ("/sandboxes/lend", {"owner": "anna", "for": "1"}, 422),
        ("/sandboxes/lend", {"owner": "anna", "on_return": "burn"}, 422),
        ("/sandboxes/claim", {}, 422),
        ("/sandboxes/claim", {"device": "a\tb"}, 422),
        ("/sandboxes/claim", {"device": "ü" * 1_051}, 422),
        ("/sandboxes/claim", {"device": "box", "for": "soon"}, 422),
        ("/sandboxes/unclaim", {"device": "nobody"}, 404),
        ("/sandboxes", {"id": "fresh", "keep": "all"}, 422),
    ],
)
async def test_forms_of_leases_and_claims_are_checked(
    lab: Lab, console: Console, path: str, fields: dict[str, str], status: int
) -> None:
    assert await console.refused(path, status, **fields)
    assert await _names(lab) == {"default"}
