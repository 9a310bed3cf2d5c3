"""The lab board: who calls, with which code, what is stored, and doing something about it."""

import re

import pytest

from tests.support.console import Console
from tests.support.lab import App, Lab
from tests.support.logins import ANN, DONE, by_code, code_for, create
from tests.support.worlds import BOX, TV, Entry, profile, world

ROKU: Entry = {"id": TV, "name": "Living room", "platform": "Roku"}
POOR: Entry = {"id": "poor", "name": "Pat Poor", "entitlements": ["NEWS", "SPORTS"]}
HOSTILE = "<script>alert('x')</script>\"&amp;"


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(world(subscribers=[ANN, POOR], devices=[ROKU]))
    return await lab.app(TV, client="app-1")


async def test_an_empty_board_says_where_to_point_an_app(app: App, console: Console) -> None:
    page = await console.open()
    assert page.cards == {}
    assert app.lab.origin in page.reply.text


async def test_a_device_that_calls_is_on_the_board_with_its_last_call(
    app: App, console: Console
) -> None:
    await app.profiles()
    await app.logout("LabCable")
    app.lab.clock.advance(seconds=3)
    card = (await console.open()).cards["Living room"]
    assert all(each in card for each in (TV, "Roku", "lab-app", "LABSP"))
    assert "logout 200 L10 3 s ago" in card
    assert "2 calls in the last minute" in card
    assert "Nobody is logged in." in card


async def test_the_last_call_leads_to_its_explanation(app: App, console: Console) -> None:
    await app.logout("LabCable")
    [link] = (await console.open()).attributes("//p[@class='call']/a", "href")
    assert "L10" in (await console.open(link.removeprefix("/console"))).reply.text


async def test_the_pace_of_polling_is_shown(app: App, console: Console) -> None:
    code = await code_for(app)
    for _ in range(4):
        await by_code(app, code)
        app.lab.clock.advance(seconds=5)
    card = (await console.open()).cards["Living room"]
    assert "profile_by_code every 5.0 s, 5 calls in the last minute" in card


async def test_devices_keep_their_places_when_they_call(app: App, console: Console) -> None:
    others = [await app.lab.app(name, client="app-2") for name in ("aaa", "zzz")]
    for each in (*others, app, others[1]):
        await each.profiles()
    assert [*(await console.open()).cards] == ["aaa", "Living room", "zzz"]
    await code_for(others[1])
    assert [*(await console.open()).cards] == ["zzz", "aaa", "Living room"]


async def test_a_device_that_falls_silent_goes_to_the_end_and_then_away(
    app: App, console: Console
) -> None:
    await (await app.lab.app("aaa", client="app-2")).profiles()
    app.lab.clock.advance(minutes=2)
    await app.profiles()
    page = await console.open()
    assert [*page.cards] == ["Living room", "aaa"]
    assert page.attributes("//*[contains(@class, 'silent')]", "aria-label") == ["aaa"]
    app.lab.clock.advance(minutes=29)
    assert [*(await console.open()).cards] == ["Living room"]


async def test_a_code_is_shown_with_its_time_and_a_qr_code(app: App, console: Console) -> None:
    code = await code_for(app)
    app.lab.clock.advance(seconds=61)
    page = await console.open()
    assert page.texts("//*[@class='digits']") == [code]
    assert page.texts("//strong[@data-until]") == ["28:59"]
    assert "pending, LABSP at LabCable" in page.cards["Living room"]
    [picture] = page.attributes("//img", "src")
    reply = await app.lab.call("GET", picture)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/svg+xml")
    assert reply.text.startswith("<?xml")
    assert page.attributes("//a[@class='qr']", "href") == [f"{app.lab.origin}/activate?code={code}"]


async def test_a_code_that_nobody_could_have_has_no_picture(console: Console) -> None:
    assert (await console.ask("/codes/<b>/qr.svg")).status == 404


async def test_a_code_whose_time_is_over_is_gone(app: App, console: Console) -> None:
    await code_for(app)
    await app.lab.admin("POST", "clock/advance", {"by": "PT31M"})
    assert (await console.open()).texts("//*[@class='digits']") == []


async def test_a_frozen_clock_is_told(app: App, console: Console) -> None:
    await app.lab.admin("PUT", "clock", {"mode": "frozen"})
    await code_for(app)
    page = await console.open()
    assert "the clock stands still" in page.cards["Living room"]
    assert page.attributes("//*[@id='board']", "data-frozen") == [""]


async def test_a_code_made_by_a_test_is_on_the_board_before_its_device_calls(
    app: App, console: Console
) -> None:
    wanted = {"service_provider": "LABSP", "client": "app-1", "device": "never-called"}
    made = await app.lab.admin("POST", "sessions", wanted)
    assert made["code"] in (await console.open()).cards["never-called"]


# One code, three hands: the board's is the third


async def test_approving_from_the_board_lets_the_device_find_its_profile(
    app: App, console: Console
) -> None:
    code = await code_for(app)
    page = await console.act(f"/codes/{code}/approve", subscriber="ann")
    assert "Logged in" in page.told
    assert "LabCable regular" in page.cards["Living room"]
    assert page.texts("//*[@class='digits']") == []
    found = await by_code(app, code)
    assert found["LabCable"]["attributes"]["userID"]["value"] == "viewer-ann"


async def test_a_session_without_a_provider_is_approved_at_the_one_that_is_chosen(
    app: App, console: Console
) -> None:
    code = (await create(app))["code"]
    page = await console.open()
    assert page.attributes("//select[@name='mvpd']/option", "value") == [
        "",
        "LabCable",
        "LabDish",
        "LabProxied",
    ]
    assert "is required" in await console.refused(f"/codes/{code}/approve", 422)
    await console.act(f"/codes/{code}/approve", mvpd="LabDish")
    assert [*await by_code(app, code)] == ["LabDish"]


async def test_denying_and_expiring_from_the_board(app: App, console: Console) -> None:
    code = await code_for(app)
    assert "refused" in (await console.act(f"/codes/{code}/deny")).told
    assert (await app.lab.admin("GET", f"sessions/{code}"))["status"] == "failed"
    assert "over" in (await console.act(f"/codes/{code}/expire")).told
    assert (await app.lab.admin("GET", f"sessions/{code}"))["status"] == "expired"
    assert "cannot be used any more" in await console.refused(f"/codes/{code}/deny", 409)


@pytest.mark.parametrize("action", ["approve", "deny", "expire"])
async def test_an_unknown_code_is_refused(app: App, console: Console, action: str) -> None:
    assert "There is no code" in await console.refused(f"/codes/AAAAAAA/{action}", 404)


async def test_profiles_are_shown_with_what_their_viewer_may_watch(
    app: App, console: Console
) -> None:
    await app.lab.admin("POST", "profiles", {**profile("home"), "subscriber": "poor"})
    await app.lab.admin("POST", "profiles", profile("old", mvpd="LabDish", expires_in="-PT1H"))
    await app.profiles()
    card = (await console.open()).cards["Living room"]
    assert "Pat Poor may watch NEWS, SPORTS" in card
    assert "LabDish regular expired" in card


async def test_invalidating_and_expiring_a_profile(app: App, console: Console) -> None:
    await app.lab.admin("POST", "profiles", profile("home"))
    await app.profiles()
    page = await console.act("/profiles/invalidate", id="home")
    assert "invalidated" in page.cards["Living room"]
    assert (await app.lab.admin("GET", "profiles/home"))["invalidated"] is True
    page = await console.act("/profiles/expire", id="home")
    assert "time is over" in page.told
    assert (await app.lab.admin("GET", "profiles/home"))["valid"] is False
    assert "There is no profile" in await console.refused("/profiles/expire", 404, id="nobody")
    assert "There is no profile" in await console.refused("/profiles/invalidate", 404)


# What changes


async def test_the_live_part_comes_only_when_something_changed(app: App, console: Console) -> None:
    await app.profiles()
    page = await console.open()
    [live] = page.attributes("//*[@id='board']", "hx-get")
    again = await app.lab.call("GET", live)
    assert (again.status, again.text) == (204, "")
    # Seconds are counted by the page itself.
    app.lab.clock.advance(seconds=20)
    assert (await app.lab.call("GET", live)).status == 204
    code = await code_for(app)
    changed = await app.lab.call("GET", live)
    assert changed.status == 200
    assert code in changed.text
    assert "<html" not in changed.text


async def test_a_clock_that_was_moved_is_a_change(app: App, console: Console) -> None:
    await app.profiles()
    [live] = (await console.open()).attributes("//*[@id='board']", "hx-get")
    await app.lab.admin("POST", "clock/advance", {"by": "PT1S"})
    assert (await app.lab.call("GET", live)).status == 200


# Names that devices choose themselves


async def test_a_hostile_name_is_only_a_name(app: App, console: Console) -> None:
    bad = await app.lab.app(HOSTILE, client="app-2")
    code = await code_for(bad, mvpd="LabCable", redirectUrl=DONE)
    page = await console.open()
    assert HOSTILE in page.cards
    # Nothing but the two scripts of the console.
    assert len(re.findall("<script", page.reply.text)) == 2
    [link] = page.attributes("//article//h2/a", "href")
    closeup = await console.open(link.removeprefix("/console"))
    assert closeup.texts("//h1") == [HOSTILE]
    assert len(re.findall("<script", closeup.reply.text)) == 2
    page = await console.act(f"/codes/{code}/approve", to=link)
    assert page.texts("//h1") == [HOSTILE]


async def test_a_form_leads_nowhere_but_to_the_console(app: App, console: Console) -> None:
    for to in (
        "https://evil.example/",
        "//evil.example/console",
        "/\\evil.example/console",
        "/console/../\\evil",
        "/consoles",
        "javascript:alert(1)",
        "/s/x/y/console",
        "/console\r\nX: y",
    ):
        code = await code_for(app)
        reply = await console.send(f"/codes/{code}/deny", {"to": to})
        assert (reply.status, reply.headers["Location"]) == (303, "/console?done=denied")


# One device


async def test_one_device_with_all_that_is_known_of_it(app: App, console: Console) -> None:
    code = await code_for(app)
    await app.logout("LabCable")
    await (await app.lab.app(BOX, client="app-2")).profiles()
    page = await console.open(f"/device?id={TV}")
    assert page.texts("//h1") == ["Living room"]
    assert page.texts("//*[@class='digits']") == [code]
    assert page.texts("//tbody/tr/td[2]") == ["logout LabCable", "create_session LabCable"]
    assert BOX not in page.reply.text
    [live] = page.attributes("//*[@id='device']", "hx-get")
    assert (await app.lab.call("GET", live)).status == 204
    await app.profiles()
    assert "profiles" in (await app.lab.call("GET", live)).text


async def test_logging_a_device_in_without_a_code(app: App, console: Console) -> None:
    here = f"/console/device?id={TV}"
    page = await console.act(
        "/device/log-in", device=TV, at="LABSP/LabCable", subscriber="ann", to=here
    )
    assert "the device has a profile now" in page.told
    assert page.texts("//h1") == ["Living room"]
    assert [*await app.profiles()] == ["LabCable"]
    told = await console.refused("/device/log-in", 422, device=TV, at="LABSP/Nobody")
    assert "mvpd: 'Nobody' is not in mvpds" in told
    assert "device" in await console.refused("/device/log-in", 422, at="LABSP/LabCable")


@pytest.mark.parametrize("name", ["", "nobody", "%00", "%ff", "a%2Fb"])
async def test_a_device_that_nobody_knows_is_not_found(console: Console, name: str) -> None:
    page = await console.open(f"/device?id={name}", status=404)
    assert "There is no device" in page.texts("//*[@role='alert']")[0]


# Many devices: found, and one of them open


async def _crowd(app: App) -> None:
    for number in range(7):
        other = await app.lab.app(f"box-{number}", client="app-2")
        await (code_for(other) if number == 3 else other.profiles())
    await app.lab.admin("POST", "profiles", {**profile("home"), "subscriber": "poor"})
    await app.logout("LabDish")


async def test_many_devices_are_a_list_of_which_one_is_open(app: App, console: Console) -> None:
    await _crowd(app)
    page = await console.open()
    assert len(page.cards) == 8
    assert page.texts("//*[@class='digits']") == []
    assert "LabCable" in page.cards["Living room"]
    [link] = page.attributes("//article[@aria-label='box-3']//a", "href")
    page = await console.open(link.removeprefix("/console"))
    assert len(page.texts("//*[@class='digits']")) == 1
    assert page.attributes("//a[@aria-expanded='true']", "id") == [
        "a-" + page.attributes("//article[@aria-label='box-3']", "id")[0]
    ]
    # It stays open when the list goes on, and when somebody acts there.
    [live] = page.attributes("//*[@id='board']", "hx-get")
    assert "open=box-3" in live
    assert "open=box-3" in page.attributes("//form[@class='approve']/input[@name='to']", "value")[0]
    assert len((await console.open("?view=cards")).texts("//*[@class='digits']")) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=box", 7),
        ("q=BOX-3", 1),
        ("q=room+roku", 1),
        ("q=roku+nobody", 0),
        ("q=labcable", 2),
        ("q=pat+poor", 1),
        ("q=labsp", 8),
        ("show=code", 1),
        ("show=in", 1),
        ("show=out", 7),
        ("show=error", 0),
        ("show=quiet", 0),
        ("show=code&q=living", 0),
        ("show=nonsense", 8),
        ("q=%00", 0),
    ],
)
async def test_devices_are_found_by_what_is_known_of_them(
    app: App, console: Console, query: str, found: int
) -> None:
    await _crowd(app)
    page = await console.open(f"?{query}")
    assert len(page.cards) == found
    # The only one that is left is open.
    assert len(page.texts("//*[@class='fold']")) == (found if found > 6 else 0)


# What was done is said where its button is


async def test_a_message_stands_on_the_card_and_else_above(app: App, console: Console) -> None:
    code = await code_for(app)
    page = await console.open()
    [action] = page.attributes("//form[@class='approve']", "action")
    [card] = page.attributes("//article", "id")
    assert action == f"/console/codes/{code}/approve?at={card}"
    reply = await console.send(action.removeprefix("/console"), {})
    assert reply.headers["Location"] == f"/console?done=approved&at={card}#{card}"
    after = await console.open(reply.headers["Location"].removeprefix("/console").partition("#")[0])
    assert "Logged in" in after.texts(f"//*[@id='said-{card}']")[0]
    assert after.texts("//*[@id='told']") == [""]
    # The part that changes goes on saying so.
    assert "done=approved" in after.attributes("//*[@id='board']", "hx-get")[0]
    # A card that the search does not show says nothing.
    gone = await console.open(f"?q=nothing&done=approved&at={card}")
    assert "Logged in" in gone.texts("//*[@id='told']")[0]


async def test_a_refusal_is_put_where_its_form_stands(app: App, console: Console) -> None:
    code = (await create(app))["code"]
    for part, target in {"d-1": "[id='said-d-1']", "": "#told", "x']": "#told"}.items():
        reply = await console.send(f"/codes/{code}/approve?at={part}", {}, HX_Request="true")
        assert (reply.status, reply.headers["HX-Retarget"]) == (422, target)
