"""The simulated provider's login, as a browser walks through it."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import ANN, DONE, FORM, Browser, Landing, by_code, code_for, form_of
from tests.support.worlds import TV, Entry, world

HTML: Final = "text/html; charset=utf-8"

# At LabDish alone, and without any package.
DEE: Final[Entry] = {
    "id": "dee",
    "username": "dee@dish.example",
    "password": "d",
    "mvpd": "LabDish",
}
POOR: Final[Entry] = {"id": "poor", "password": "secret", "entitlements": []}


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(world(subscribers=[ANN, DEE, POOR]))
    return await lab.app(TV, client="app-1")


@pytest.fixture
def browser(app: App) -> Browser:
    return Browser(lab=app.lab)


async def _login_page(browser: Browser, app: App, **changes: str) -> tuple[str, Landing]:
    code = await code_for(app, **changes)
    landing = await browser.open(f"/api/v2/authenticate/{app.service_provider}/{code}")
    assert (landing.page.status, landing.page.headers["Content-Type"]) == (200, HTML)
    return code, landing


async def _status(app: App, code: str) -> str:
    found: str = (await app.lab.admin("GET", f"sessions/{code}"))["status"]
    return found


async def test_from_the_url_to_the_form_and_back_to_the_app(app: App, browser: Browser) -> None:
    code, landing = await _login_page(browser, app)
    paths = [urlsplit(hop.headers.get("Location", "")).path for hop in landing.hops]
    assert paths == ["/adobe-services/authenticate/saml", "/provider/login", ""]
    assert await _status(app, code) == "started"

    landed = await browser.submit(landing, username="ann", password="secret")
    assert landed.url == DONE
    assert [hop.status for hop in landed.hops] == [302]
    assert await _status(app, code) == "completed"
    assert [*await by_code(app, code)] == ["LabCable"]


async def test_the_form_is_plain_and_says_where_the_viewer_is(app: App, browser: Browser) -> None:
    code, landing = await _login_page(browser, app)
    form = landing.form
    assert (form.method, form.kinds) == (
        "post",
        {"RelayState": "hidden", "username": "text", "password": "password"},
    )
    assert form.fields == {"RelayState": code, "username": "", "password": ""}
    assert form.action == f"{app.lab.origin}/sp/saml/SAMLAssertionConsumer?reg_code={code}"
    text = landing.page.text
    assert "<title>Sign in to LabCable</title>" in text
    assert "to watch LABSP" in text
    assert "<script" not in text
    assert '<label for="username">' in text
    assert '<label for="password">' in text


async def test_pages_need_nothing_from_anywhere_else(app: App, browser: Browser) -> None:
    _, landing = await _login_page(browser, app)
    for outside in ("http://", "https://", "//"):
        assert outside not in landing.page.text.replace(app.lab.origin, "")


async def test_a_wrong_password_can_be_tried_again(app: App, browser: Browser) -> None:
    code, landing = await _login_page(browser, app)
    for answers in (
        {"username": "ann", "password": "wrong"},
        {"username": "ann", "password": ""},
        {"username": "nobody", "password": "secret"},
        {"username": "ANN", "password": "secret"},
        {"username": "", "password": ""},
        {"username": "ann\x00", "password": "secret"},
    ):
        landing = await browser.submit(landing, **answers)
        assert landing.page.status == 200
        assert "The user name or the password is wrong." in landing.page.text
        assert landing.form.fields["password"] == ""
        assert await by_code(app, code) == {}
        assert await _status(app, code) == "started"
    assert (await browser.submit(landing, username="ann", password="secret")).url == DONE


async def test_who_mistyped_the_password_need_not_type_the_name_again(
    app: App, browser: Browser
) -> None:
    _, landing = await _login_page(browser, app)
    again = await browser.submit(landing, username='ann "<b>', password="secret")
    assert again.form.fields["username"] == 'ann "<b>'
    assert "<b>" not in again.page.text
    assert 'type="password" autocomplete="current-password" autofocus' in again.page.text
    assert "secret" not in again.page.text


async def test_cancelling_leads_back_to_the_app_without_a_login(app: App, browser: Browser) -> None:
    code, landing = await _login_page(browser, app)
    # Whatever is filled in.
    landed = await browser.submit(landing, action="cancel", username="ann", password="secret")
    assert landed.url == DONE
    assert await _status(app, code) == "failed"
    assert await by_code(app, code) == {}
    assert browser.cookies == {}


async def test_an_account_without_a_package_is_told_and_led_back(
    app: App, browser: Browser
) -> None:
    code, landing = await _login_page(browser, app)
    told = await browser.submit(landing, username="poor", password="secret")
    assert told.page.status == 400
    assert "This account has no TV package." in told.page.text
    assert f'href="{DONE}"' in told.page.text
    assert await _status(app, code) == "failed"
    assert await by_code(app, code) == {}
    assert browser.cookies == {}


@pytest.mark.parametrize(
    ("mvpd", "username", "password", "let_in"),
    [
        ("LabDish", "dee@dish.example", "d", True),
        ("LabCable", "dee@dish.example", "d", False),
        ("LabDish", "dee", "d", False),
        ("LabDish", "ann", "secret", True),
        ("LabProxied", "ann", "secret", True),
    ],
)
async def test_an_account_is_one_of_its_mvpd(
    app: App, browser: Browser, mvpd: str, username: str, password: str, let_in: bool
) -> None:
    code, landing = await _login_page(browser, app, mvpd=mvpd)
    landed = await browser.submit(landing, username=username, password=password)
    assert (landed.url == DONE) is let_in
    assert [*await by_code(app, code)] == ([mvpd] if let_in else [])


async def test_of_two_accounts_with_one_name_the_fitting_one_logs_in(
    app: App, browser: Browser
) -> None:
    same = {"username": "twin", "password": "t"}
    await app.lab.admin("POST", "subscribers", {"id": "twin-1", "mvpd": "LabDish", **same})
    await app.lab.admin("POST", "subscribers", {"id": "twin-2", "mvpd": "LabCable", **same})
    _, landing = await _login_page(browser, app)
    await browser.submit(landing, username="twin", password="t")
    stored = (await app.lab.admin("GET", "profiles"))["items"]
    assert [each["subscriber"] for each in stored] == ["twin-2"]


NO_CERTIFICATE: Final = {
    "state": "enc",
    "error": "invalid_configuration_user_metadata_certificate",
}
ATTRIBUTES: Final[dict[str, tuple[Mapping[str, object], Mapping[str, Any]]]] = {
    "nothing": ({}, {}),
    "a household": ({"household": "h-1"}, {"householdID": {"value": "h-1", "state": "plain"}}),
    "plain values": (
        {"attributes": {"zip": "10036", "maxRating": {"MPAA": "PG"}, "onNet": True}},
        {
            "zip": NO_CERTIFICATE,
            "maxRating": {"value": {"MPAA": "PG"}, "state": "plain"},
            "onNet": {"value": True, "state": "plain"},
        },
    ),
    "values with their state": (
        {"attributes": {"zip": {"value": "x", "state": "plain"}}},
        {"zip": {"value": ["x"], "state": "plain"}},
    ),
    "a value that looks like one": (
        {"attributes": {"odd": {"value": "x"}}},
        {"odd": {"value": {"value": "x"}, "state": "plain"}},
    ),
}


@pytest.mark.parametrize("name", ATTRIBUTES)
async def test_a_profile_carries_what_is_known_of_the_viewer(
    app: App, browser: Browser, name: str
) -> None:
    members, expected = ATTRIBUTES[name]
    viewer = {"id": "eve", "password": "e", "user_id": "viewer-eve", **members}
    await app.lab.admin("POST", "subscribers", viewer)
    code, landing = await _login_page(browser, app)
    await browser.submit(landing, username="eve", password="e")
    found = (await by_code(app, code))["LabCable"]["attributes"]
    user_id = {"value": "viewer-eve", "state": "plain"}
    assert found == {"userID": user_id, "upstreamUserID": user_id, **expected}


async def test_a_viewer_without_a_user_id_has_the_same_one_every_time(app: App) -> None:
    ids: list[str] = []
    for mvpd in ("LabCable", "LabCable", "LabProxied"):
        if ids:
            await app.lab.admin("DELETE", "subscribers/new")
        await app.lab.admin("POST", "subscribers", {"id": "new", "password": "n"})
        tv = await app.lab.app(f"tv-{len(ids)}")
        browser = Browser(lab=app.lab)
        code, landing = await _login_page(browser, tv, mvpd=mvpd)
        await browser.submit(landing, username="new", password="n")
        ids.append((await by_code(tv, code))[mvpd]["attributes"]["userID"]["value"])
        await tv.logged_out(mvpd)
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("action", ["login", "cancel"])
@pytest.mark.parametrize(
    "url", ["labapp://login?ok=1", "com.lab.app:/done", "https://app.example/done?a=b&c=%20#top"]
)
async def test_the_way_back_is_the_apps_redirect_url_as_it_was_given(
    app: App, browser: Browser, url: str, action: str
) -> None:
    _, landing = await _login_page(browser, app, redirectUrl=url)
    landed = await browser.submit(landing, username="ann", password="secret", action=action)
    assert landed.page.headers["Location"] == url


async def test_names_are_escaped_wherever_they_stand(lab: Lab) -> None:
    evil = '<img src=x onerror="alert(1)">'
    await lab.seed(
        world(
            subscribers=[ANN, POOR],
            service_providers=[{"id": "EVIL", "name": evil}],
            mvpds=[{"id": "Evil", "display_name": evil}],
            integrations=[{"service_provider": "EVIL", "mvpd": "Evil"}],
        )
    )
    app = (await lab.app(TV)).at("EVIL")
    browser = Browser(lab=lab)
    redirect = "https://app.example/?a='onmouseover='alert(1)"
    _, landing = await _login_page(browser, app, mvpd="Evil", redirectUrl=redirect)
    told = await browser.submit(landing, username="poor", password="secret")
    for page in (landing.page, told.page):
        assert "<img" not in page.text
        assert "'onmouseover=" not in page.text
    assert "&lt;img src=x onerror=&#34;alert(1)&#34;&gt;" in landing.page.text


async def test_the_real_backends_relay_state_is_enough_to_say_whose_login_it_is(app: App) -> None:
    code = await code_for(app)
    answers = {"RelayState": code, "username": "ann", "password": "secret"}
    reply = await app.lab.call(
        "POST", "/sp/saml/SAMLAssertionConsumer", {"Content-Type": FORM}, **form_of(answers)
    )
    assert (reply.status, reply.headers["Location"]) == (302, DONE)


async def test_behind_a_proxy_the_pages_stay_where_the_viewer_came_in(app: App) -> None:
    code = await code_for(app)
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "adobe.lab.example"}
    path = f"/api/v2/authenticate/LABSP/{code}"
    for _ in range(2):
        reply = await app.lab.call("GET", path, proxied)
        location = urlsplit(reply.headers["Location"])
        assert (location.scheme, location.netloc) == ("https", "adobe.lab.example")
        path = f"{location.path}?{location.query}"
        assert parse_qs(location.query)["reg_code"] == [code]
    page = await app.lab.call("GET", path, proxied)
    assert 'action="https://adobe.lab.example/sp/saml/SAMLAssertionConsumer?' in page.text
