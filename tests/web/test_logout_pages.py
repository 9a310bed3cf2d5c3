"""The pages behind the url of a logout: from us to the provider, and on to redirectUrl.

(Adobe: logout, WEB1)
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.lab import App, Lab
from tests.support.replies import Reply
from tests.support.shapes import assert_admin_error
from tests.support.tokens import sso_token
from tests.support.worlds import TV, profile, service_token, world

START: Final = "/adobe-services/logout"
PROVIDER: Final = "/provider/logout"
HTML: Final = "text/html; charset=utf-8"
# The literal value that the scenario's login is linked to.
SERVICE_TOKEN: Final = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJZemsxTXpNMk4yWXRZMk0wTWkwME1X ....."
STRANGE: Final = "Lab 'Cable' & <Söhne>; =,"

ATTACKS: Final = (
    '"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", "javascript:alert(1)",
    "x\r\nSet-Cookie: stolen=1\r\n\r\n<script>alert(1)</script>",
    "https://app.example/\r\nX-Injected: 1", "{{ 7 * 7 }}{% raw %}", "\x00\ud7ff\uffff",
)  # fmt: skip


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(
        world(
            mvpds=[{"id": STRANGE}],
            integrations=[{"service_provider": "LABSP", "mvpd": STRANGE}],
            profiles=[
                profile("own", links=[service_token("ann")]),
                profile("strange", mvpd=STRANGE),
            ],
        )
    )
    return await lab.app(TV)


async def _open(lab: Lab, url: str) -> Reply:
    """What a user agent gets that opens `url`, which may be relative."""
    return await lab.call("GET", url.removeprefix(lab.origin))


async def _followed(lab: Lab, url: str) -> list[Reply]:
    """The redirects from `url` on, until one leads out of the simulator."""
    replies = [await _open(lab, url)]
    while replies[-1].headers["Location"].startswith((lab.origin, "/")):
        replies.append(await _open(lab, replies[-1].headers["Location"]))
    return replies


@pytest.mark.parametrize(
    "redirect_url",
    [
        "https://app.example/signed-out",
        "http://app.example:8080/?a=1&b=%20&redirect_url=x#end",
        "labapp://signed-out",
        "labapp:/signed-out?x='y'",
        "com.lab.tv+app:signed-out",
        "https://app.example/straße",
    ],
)
@pytest.mark.parametrize("form", ["documented", "absolute", "relative"])
async def test_the_url_of_a_logout_leads_by_the_provider_to_the_redirect_url(
    lab: Lab, app: App, form: str, redirect_url: str
) -> None:
    await lab.settings(logout__url=form)
    answer = (await app.logout("LabCable", redirect_url)).data()
    first, second = await _followed(lab, answer["logouts"]["LabCable"]["url"])
    assert first.status == 302
    assert urlsplit(first.headers["Location"]).path == PROVIDER
    assert second.status == 302
    assert second.headers["Location"] == redirect_url


async def test_the_journal_can_be_asked_for_the_pages_of_a_provider(lab: Lab, app: App) -> None:
    answer = (await app.logout("LabCable", "https://app.example/signed-out")).data()
    await _followed(lab, answer["logouts"]["LabCable"]["url"])
    found = (await lab.admin("GET", "requests?mvpd=LabCable"))["items"]
    assert [(each["operation"], each["service_provider"]) for each in found] == [
        ("logout", "LABSP"),
        ("start_logout", "LABSP"),
        ("provider_logout", None),
    ]


async def test_the_url_of_a_single_logout_leads_there_too(lab: Lab, app: App) -> None:
    single = app.sending(AD_Service_Token=sso_token("ann"))
    url = (await single.logged_out("LabCable"))["url"]
    assert url.startswith("/")
    replies = await _followed(lab, url)
    assert replies[-1].headers["Location"] == "https://app.example/signed-out"


@pytest.mark.parametrize("by_sso", [False, True])
async def test_the_url_of_another_sandbox_stays_in_it(lab: Lab, app: App, by_sso: bool) -> None:
    await lab.admin("POST", "sandboxes", {"id": "ci-42", "scenario": "logout-samples"})
    await lab.admin("POST", "reset", {"to": "empty"})
    token = (await lab.call("POST", "/s/ci-42/admin/v1/tokens", json={})).data()["access_token"]
    device = "ba23d141-d715-561c-94f4-e9e4c966b1eb"
    there = App(lab=lab, device=device, token=token, service_provider="REF30")
    if by_sso:
        there = there.sending(AD_Service_Token=SERVICE_TOKEN)
    path = "/s/ci-42/api/v2/REF30/logout/Spectrum?redirectUrl=https%3A%2F%2Fapp.example"
    reply = await lab.call("GET", path, there.headers)
    replies = await _followed(lab, reply.data()["logouts"]["Spectrum"]["url"])
    assert replies[-1].headers["Location"] == "https://app.example"
    assert {each.headers["X-Sim-Sandbox"] for each in replies} == {"ci-42"}


async def test_the_page_says_so_to_whoever_does_not_follow(lab: Lab, app: App) -> None:
    query = urlencode({"mvpd": "LabCable", "redirect_url": "labapp://x"})
    reply = await lab.call("GET", f"{PROVIDER}?{query}")
    assert reply.headers["Content-Type"] == HTML
    assert "You are signed out of LabCable." in reply.text
    assert re.search(r'<a\b[^>]* href="labapp://x"', reply.text)


async def test_an_mvpd_may_have_any_name(lab: Lab, app: App) -> None:
    reply = await app.logout(quote(STRANGE, safe=""))
    url = reply.data()["logouts"][STRANGE]["url"]
    assert parse_qs(urlsplit(url).query)["mso_id"] == [STRANGE]
    replies = await _followed(lab, url)
    assert replies[-1].headers["Location"] == "https://app.example/signed-out"
    assert "<Söhne>" not in replies[-1].text


def _query(path: str, mvpd: str | None, redirect_url: str | None) -> str:
    names = ("mso_id", "redirect_url") if path == START else ("mvpd", "redirect_url")
    given = dict(zip(names, (mvpd, redirect_url), strict=True))
    return urlencode({name: value for name, value in given.items() if value is not None})


@pytest.mark.parametrize("path", [START, PROVIDER])
@pytest.mark.parametrize(
    ("mvpd", "redirect_url", "says"),
    [
        (None, None, "No provider"),
        ("LabCable", None, "it is empty"),
        ("LabCable", "", "it is empty"),
        ("LabCable", "/signed-out", "it has no scheme"),
        ("LabCable", "https://", "it has no host"),
        ("LabCable", "https://app.example/a b", "it contains blanks"),
        ("LabCable", "javascript:alert(1)", "the scheme javascript"),
        ("LabCable", "data:text/html,x", "the scheme data"),
        ("Nope", "https://app.example/", "No provider &#39;Nope&#39;"),
        ("LabDish", "https://app.example/", "No provider &#39;LabDish&#39;"),
        (None, "https://app.example/", "No provider"),
    ],
)
async def test_a_url_that_cannot_be_opened_is_a_page_that_says_why(
    lab: Lab, app: App, path: str, mvpd: str | None, redirect_url: str | None, says: str
) -> None:
    reply = await lab.call("GET", f"{path}?{_query(path, mvpd, redirect_url)}")
    assert (reply.status, reply.headers["Content-Type"]) == (400, HTML)
    assert says in reply.text
    assert "Location" not in reply.headers
    assert reply.headers["X-Sim-Sandbox"] == "default"


def _assert_harmless(reply: Reply) -> None:
    assert reply.status in {302, 400, 404}
    location = reply.headers.get("Location", "https:")
    assert urlsplit(location).scheme not in {"javascript", "data", "vbscript"}
    assert "X-Injected" not in reply.headers
    assert "stolen" not in str(reply.headers.get("Set-Cookie", ""))
    for dangerous in ("<script>alert", "<img src=x", 'href="javascript:', "49{%"):
        assert dangerous not in reply.text


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("path", [START, PROVIDER])
async def test_no_parameter_gets_script_into_a_page_or_a_line_into_the_headers(
    lab: Lab, app: App, path: str, attack: str
) -> None:
    good: Mapping[str, str] = {
        "mso_id": "LabCable",
        "mvpd": "LabCable",
        "redirect_url": "https://app.example/",
        "requestor_id": "LABSP",
        "noflash": "true",
        "pt_device_id": "x",
    }
    for name in good:
        reply = await lab.call("GET", f"{path}?{urlencode({**good, name: attack})}")
        _assert_harmless(reply)
        if name == "redirect_url":
            assert reply.status == 400
    query = urlencode({**good, "sim_sandbox": attack})
    error = assert_admin_error(await lab.call("GET", f"{path}?{query}"))
    assert (error["status"], error["code"]) == (404, "sandbox_not_found")


@given(redirect_url=st.text(st.characters(codec="utf-8")))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_redirect_url_is_refused_or_arrives_as_it_is(
    lab: Lab, app: App, redirect_url: str
) -> None:
    query = urlencode({"mvpd": "LabCable", "redirect_url": redirect_url})
    reply = await lab.call("GET", f"{PROVIDER}?{query}")
    _assert_harmless(reply)
    if reply.status == 302:
        assert reply.headers["Location"] == redirect_url


@pytest.mark.parametrize("path", [START, PROVIDER])
async def test_the_pages_change_nothing(lab: Lab, app: App, path: str) -> None:
    before = await lab.state()
    query = _query(path, "LabCable", "https://app.example/")
    assert (await lab.call("GET", f"{path}?{query}")).status == 302
    assert await lab.state() == before


async def test_a_page_that_is_not_there_says_so_in_plain_text(lab: Lab) -> None:
    reply = await lab.call("GET", "/provider/nothing")
    assert (reply.status, reply.text) == (404, "Nothing is served at /provider/nothing.\n")
    reply = await lab.call("POST", START)
    assert (reply.status, reply.headers["Allow"]) == (405, "GET")
