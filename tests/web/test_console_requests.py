"""The journal on the console: the list with its filters, and the whole story of one request."""

from urllib.parse import quote, quote_plus

import pytest

from tests.conftest import MakeLab
from tests.support.console import Console
from tests.support.lab import App, Lab
from tests.support.worlds import BOX, TV, profile, world


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(world(profiles=[profile("home")]))
    return await lab.app(TV, client="app-1")


OPERATIONS = "//tbody/tr/td[2]"


async def test_an_empty_journal_says_so(app: App, console: Console) -> None:
    assert "Nobody has called yet." in (await console.open("/requests")).reply.text


async def test_the_newest_come_first_each_with_its_reason(app: App, console: Console) -> None:
    await app.profiles()
    await app.logout("LabCable")
    page = await console.open("/requests")
    assert page.texts(OPERATIONS) == ["logout LabCable", "profiles"]
    first = page.texts("//tbody/tr")[0]
    assert all(each in first for each in ("00:00:00", "200 L5", TV, "1 deleted"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("operation=logout", ["logout LabCable"]),
        (f"device={BOX}", ["profiles LabDish"]),
        ("status=400", ["configuration"]),
        ("status=4xx", ["configuration"]),
        ("status=4XX", ["configuration"]),
        ("rule=L5", ["logout LabCable"]),
        ("mvpd=LabDish", ["profiles LabDish"]),
        ("client=app-2", ["profiles LabDish"]),
        ("error=invalid_parameter_service_provider", ["configuration"]),
        ("generation=2", ["configuration", "profiles LabDish", "logout LabCable"]),
        ("generation=1", []),
        ("operation=logout&device=" + BOX, []),
        ("device=%00%ff", []),
        ("operation=", ["configuration", "profiles LabDish", "logout LabCable"]),
    ],
)
async def test_filters(app: App, console: Console, query: str, found: list[str]) -> None:
    await app.logout("LabCable")
    await (await app.lab.app(BOX, client="app-2")).get("profiles/LabDish")
    await app.at("NOBODY").get("configuration")
    page = await console.open(f"/requests?{query}")
    shown = [each.replace("profile_by_mvpd", "profiles") for each in page.texts(OPERATIONS)]
    assert shown == found


@pytest.mark.parametrize("query", ["status=abc", "status=6xx", "generation=x", "before=x"])
async def test_a_filter_that_makes_no_sense_is_named(console: Console, query: str) -> None:
    page = await console.open(f"/requests?{query}", status=400)
    assert query.partition("=")[2] in page.texts("//*[@role='alert']")[0]


async def test_older_ones_are_on_the_next_page(app: App, console: Console) -> None:
    for _ in range(53):
        await app.get("configuration")
    await app.logout("LabCable")
    page = await console.open("/requests?operation=configuration")
    assert len(page.texts(OPERATIONS)) == 50
    [older] = page.attributes("//a[text()='Older']", "href")
    page = await console.open(older.removeprefix("/console"))
    assert page.texts(OPERATIONS) == ["configuration"] * 3
    # A page of the past does not change.
    assert page.attributes("//*[@id='requests']", "hx-get") == ["None"]


async def test_the_list_goes_on_by_itself_and_keeps_its_filter(app: App, console: Console) -> None:
    await app.logout("LabCable")
    page = await console.open("/requests?operation=logout")
    [live] = page.attributes("//*[@id='requests']", "hx-get")
    await app.profiles()
    assert (await app.lab.call("GET", live)).status == 204
    await app.logout("LabCable")
    again = await app.lab.call("GET", live)
    assert again.text.count("<tr id=") == 2
    assert "operation=logout" in again.text


async def test_the_whole_story_of_one_request(app: App, console: Console) -> None:
    reply = await app.logout("LabCable")
    page = await console.open(f"/requests/{reply.headers['X-Sim-Request-Id']}")
    assert page.texts("//h1") == ["logout 200 L5"]
    story = page.texts("//ol/li")
    assert any(each.startswith("L5: ") for each in story)
    assert "deleted profiles home" in page.texts("//li")
    exchange = page.reply.text
    assert "redirectUrl=https%3A%2F%2Fapp.example" in exchange
    assert app.token not in exchange
    assert "Bearer [redacted" in exchange
    assert page.texts("//pre")[0].startswith('{ "logouts"')


async def test_faults_and_decisions_are_part_of_the_story(app: App, console: Console) -> None:
    await app.lab.admin(
        "POST",
        "faults",
        {"id": "odd", "match": {"operation": "logout"}, "action": {"kind": "throttle"}},
    )
    struck = await app.logout("LabCable")
    page = await console.open(f"/requests/{struck.headers['X-Sim-Request-Id']}")
    assert "throttle odd" in page.texts("//li")
    decided = await app.lab.call(
        "POST",
        "/api/v2/LABSP/decisions/authorize/LabCable",
        app.headers,
        json={"resources": ["the <i>NEWS</i>"]},
    )
    page = await console.open(f"/requests/{decided.headers['X-Sim-Request-Id']}")
    assert "the <i>NEWS</i> may be watched" in page.texts("//li")
    assert "<i>NEWS" not in page.reply.text


async def test_an_unknown_request_is_not_found(console: Console) -> None:
    page = await console.open("/requests/req-nothing", status=404)
    assert "There is no request 'req-nothing'" in page.texts("//*[@role='alert']")[0]


async def test_emptying_the_journal_leaves_the_world_alone(app: App, console: Console) -> None:
    await app.profiles()
    before = await app.lab.state()
    page = await console.act("/requests/clear")
    assert "The journal is empty." in page.told
    assert page.texts(OPERATIONS) == []
    assert await app.lab.state() == before


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("LIVING", 2),
        ("logout", 1),
        ("labcable l5", 1),
        ("200", 2),
        ("profiles", 1),
        ("nobody", 0),
        ("100%", 0),
        ("%25", 0),
    ],
)
async def test_requests_are_found_by_words(
    app: App, console: Console, words: str, found: int
) -> None:
    await app.profiles()
    await app.logout("LabCable")
    page = await console.open(f"/requests?q={quote(words)}")
    assert len(page.texts(OPERATIONS)) == found
    if found:
        assert f"q={quote_plus(words)}" in page.attributes("//*[@id='requests']", "hx-get")[0]


async def test_the_journal_is_given_away_past_the_door(
    lab_with: MakeLab,
) -> None:
    lab = await lab_with(admin_token="the-token-of-this-lab")
    bearer = {"Authorization": "Bearer the-token-of-this-lab"}
    for path, kind in {"/requests.har?operation=logout": "json", "/bundle.zip": "zip"}.items():
        inside = await lab.call("GET", f"/console{path}", bearer)
        assert (inside.status, kind in inside.headers["Content-Type"]) == (200, True)
        assert (await lab.call("GET", f"/console{path}")).status == 401
