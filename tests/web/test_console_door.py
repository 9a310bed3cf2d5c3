"""Who may open the console, and which forms it takes: the token once, then a cookie; none of other sites."""

from http.cookies import SimpleCookie

import pytest

from tests.conftest import MakeLab
from tests.support.console import Console, Page
from tests.support.lab import App, Lab
from tests.support.logins import code_for

TOKEN = "the-token-of-this-lab"


@pytest.fixture
async def guarded(lab_with: MakeLab) -> Console:
    return Console(lab=await lab_with(admin_token=TOKEN))


async def _cookie(console: Console) -> str:
    reply = await console.send("/login", {"token": TOKEN, "to": "/console/world"})
    assert (reply.status, reply.headers["Location"]) == (303, "/console/world")
    console.lab.client.session.cookie_jar.clear()
    [(name, morsel)] = SimpleCookie(reply.headers["Set-Cookie"]).items()
    assert morsel["httponly"] is True
    assert morsel["samesite"] == "Strict"
    assert TOKEN not in morsel.value
    return f"{name}={morsel.value}"


async def test_on_loopback_nobody_asks(lab: Lab) -> None:
    page = await Console(lab=lab).open()
    assert "/console/leave" not in page.forms


@pytest.mark.parametrize("path", ["", "/requests", "/world", "/sandboxes", "/device?id=x", "/no"])
async def test_without_the_token_every_page_is_the_login(guarded: Console, path: str) -> None:
    page = await guarded.open(path, status=401)
    assert page.forms == ["/console/login"]
    assert page.attributes("//input[@name='to']", "value") == [f"/console{path}"]


@pytest.mark.parametrize(
    "path",
    ["/world/reset", "/world/seed", "/world/faults", "/sandboxes", "/codes/A/approve", "/login/no"],
)
async def test_without_the_token_no_form_is_taken(guarded: Console, path: str) -> None:
    assert (await guarded.send(path, {"scenario": "demo"})).status == 401
    known = await guarded.lab.call(
        "GET", "/admin/v1/sandboxes", {"Authorization": f"Bearer {TOKEN}"}
    )
    assert [each["generation"] for each in known.data()["items"]] == [1]


async def test_the_token_is_asked_for_once(guarded: Console) -> None:
    cookie = await _cookie(guarded)
    inside = Console(lab=guarded.lab, headers={"Cookie": cookie})
    assert "/console/leave" in (await inside.open()).forms
    assert "reset" in (await inside.act("/world/reset")).told
    left = await inside.send("/leave", {})
    assert SimpleCookie(left.headers["Set-Cookie"]).popitem()[1]["max-age"] == "0"


async def test_the_token_itself_will_do(guarded: Console) -> None:
    await Console(lab=guarded.lab, headers={"Authorization": f"Bearer {TOKEN}"}).open()


@pytest.mark.parametrize("given", ["", "wrong", TOKEN + "x", "ü\x00"])
async def test_a_wrong_token_opens_nothing(guarded: Console, given: str) -> None:
    reply = await guarded.send("/login", {"token": given})
    assert reply.status == 401
    assert "Set-Cookie" not in reply.headers
    assert "not the token" in Page(reply).texts("//*[@role='alert']")[0]


@pytest.mark.parametrize("value", ["", "x", TOKEN, "%FF", "é"])
async def test_a_made_up_cookie_opens_nothing(guarded: Console, value: str) -> None:
    headers = {"Cookie": f"pass_simulator_console={value}"}
    await Console(lab=guarded.lab, headers=headers).open(status=401)


async def test_the_cookie_does_not_open_the_admin_api(guarded: Console) -> None:
    headers = {"Cookie": await _cookie(guarded)}
    assert (await guarded.lab.call("GET", "/admin/v1/sandboxes", headers)).status == 401


async def test_a_cookie_is_for_https_alone_where_that_is_used(lab_with: MakeLab) -> None:
    lab = await lab_with(admin_token=TOKEN, public_url="https://lab.example")
    reply = await Console(lab=lab).send("/login", {"token": TOKEN}, Origin="https://lab.example")
    assert reply.status == 303
    assert "Secure" in reply.headers["Set-Cookie"]


async def test_a_login_leads_nowhere_but_to_the_console(guarded: Console) -> None:
    reply = await guarded.send("/login", {"token": TOKEN, "to": "//evil.example/console"})
    assert reply.headers["Location"] == "/console"


async def test_a_script_of_the_page_reloads_it_when_the_cookie_is_gone(guarded: Console) -> None:
    reply = await guarded.ask("?live=x", HX_Request="true")
    assert (reply.status, reply.headers["HX-Refresh"], reply.text) == (401, "true", "")


# Forms of other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "here"},
    ],
    ids=str,
)
async def test_a_form_of_another_site_is_refused(app: App, headers: dict[str, str]) -> None:
    code, before = await code_for(app), await app.lab.state()
    sent = {name: value.replace("here", app.lab.origin) for name, value in headers.items()}
    for path in (f"/console/codes/{code}/approve", "/console/world/reset", "/console/login"):
        reply = await app.lab.call("POST", path, sent, data=b"")
        assert reply.status == 403, path
        assert "not sent from a page of the console" in reply.text
    assert await app.lab.state() == before
    assert (await app.lab.admin("GET", f"sessions/{code}"))["status"] == "pending"


async def test_who_says_nothing_of_its_origin_is_refused(app: App) -> None:
    assert (await app.lab.call("POST", "/console/world/reset", data=b"")).status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://proxy.example"},
    ],
    ids=str,
)
async def test_behind_a_proxy_the_name_that_it_was_asked_under_counts(
    lab_with: MakeLab, headers: dict[str, str]
) -> None:
    lab = await lab_with(allowed_host="proxy.example")
    sent = {**headers, "X-Forwarded-Host": "proxy.example"}
    assert (await lab.call("POST", "/console/world/reset", sent, data=b"")).status == 303


async def test_the_public_url_is_here(lab_with: MakeLab) -> None:
    lab = await lab_with(public_url="https://lab.example")
    sent = {"Origin": "https://lab.example"}
    assert (await lab.call("POST", "/console/world/reset", sent, data=b"")).status == 303


@pytest.mark.parametrize("path", ["", "/world", "/sandboxes", "/requests", "/nothing"])
async def test_below_the_path_of_a_proxy_links_and_forms_stay_there(lab: Lab, path: str) -> None:
    console = Console(lab=lab, headers={"X-Forwarded-Prefix": "/sim"})
    page = Page(await console.ask(path))
    found = [
        *page.attributes("//a[starts-with(@href, '/')]", "href"),
        *page.attributes("//form", "action"),
        *page.attributes("//script", "src"),
        *page.attributes("//link[@rel='stylesheet']", "href"),
    ]
    assert found
    assert [each for each in found if not each.startswith("/sim/")] == []


async def test_below_the_path_of_a_proxy_a_login_leads_back_there(guarded: Console) -> None:
    behind = Console(lab=guarded.lab, headers={"X-Forwarded-Prefix": "/sim"})
    page = await behind.open("/world", status=401)
    assert page.attributes("//input[@name='to']", "value") == ["/sim/console/world"]
    reply = await behind.send("/login", {"token": TOKEN, "to": "/sim/console/world"})
    assert (reply.status, reply.headers["Location"]) == (303, "/sim/console/world")
    reply = await behind.send("/login", {"token": TOKEN, "to": "//sim/console"})
    assert reply.headers["Location"] == "/sim/console"


# The frame


async def test_pages_bring_everything_along_and_nothing_from_elsewhere(lab: Lab) -> None:
    page = await Console(lab=lab).open()
    policy = page.reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in page.reply.text
    loaded = page.attributes("//script", "src") + page.attributes(
        "//link[@rel='stylesheet']", "href"
    )
    assert len(loaded) == 3
    for each in loaded:
        assert each.startswith("/console/static/")
        reply = await lab.call("GET", each)
        assert reply.status == 200
        assert "immutable" in reply.headers["Cache-Control"]
        assert reply.headers["Content-Type"].startswith(("text/css", "text/javascript"))
    assert (await lab.call("GET", "/console/static/page.html")).status == 404
    assert (await lab.call("GET", "/console/static/htmx.LICENSE.txt")).status == 200


async def test_what_is_not_there_is_a_page_too(lab: Lab) -> None:
    console = Console(lab=lab)
    page = await console.open("/nothing", status=404)
    assert "Nothing is served at /console/nothing" in page.texts("//*[@role='alert']")[0]
    reply = await lab.call("PUT", "/console/world", {"Origin": lab.origin})
    assert (reply.status, reply.headers["Allow"]) == (405, "GET")
    # A script of the page puts it where the page tells things.
    asked = await console.ask("/nothing", HX_Request="true")
    assert (asked.status, asked.headers["HX-Retarget"]) == (404, "#told")


async def test_the_console_is_in_no_document_and_in_no_journal(lab: Lab) -> None:
    await Console(lab=lab).open()
    await Console(lab=lab).act("/world/reset")
    document = await lab.admin("GET", "openapi.json")
    assert not [path for path in document["paths"] if "console" in path]
    assert (await lab.admin("GET", "requests"))["items"] == []
