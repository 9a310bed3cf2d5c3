"""A login by the SAML response of a simulated provider."""

import base64
from collections.abc import Callable
from typing import Final

import pytest
from lxml import etree

from tests.support.identity_provider import NAMES, as_text
from tests.support.lab import App
from tests.support.logins import DONE, Browser, by_code, code_for
from tests.support.saml import changed, made, refused, send

OURS: Final = {"mvpd": "LabCable", "subscriber": "ann"}


async def test_a_response_of_the_provider_completes_the_login(app: App) -> None:
    code = await code_for(app)
    reply = await send(app, code, await made(app, **OURS, in_response_to=f"_{code}"))
    assert (reply.status, reply.headers["Location"]) == (302, DONE)
    found = (await by_code(app, code))["LabCable"]
    assert found["attributes"]["userID"]["value"] == "viewer-ann"
    assert found["attributes"]["householdID"]["value"] == "home-1"
    (stored,) = (await app.lab.admin("GET", "profiles"))["items"]
    assert (stored["subscriber"], stored["type"]) == ("ann", "regular")
    assert (await app.lab.admin("GET", f"sessions/{code}"))["status"] == "completed"
    (entry,) = (await app.lab.admin("GET", "requests?operation=finish_login"))["items"]
    said = "the SAML response of urn:pass-simulator:mvpd:LabCable names viewer-ann"
    assert said in entry["explanation"]


async def test_what_a_response_tells_of_the_viewer_is_user_metadata(app: App) -> None:
    code = await code_for(app)
    attributes = {"maxRating": "PG", "channelID": ["one", "two"]}
    response = await made(app, mvpd="LabCable", name_id="somebody", attributes=attributes)
    assert (await send(app, code, response)).status == 302
    found = (await by_code(app, code))["LabCable"]["attributes"]
    assert found["userID"]["value"] == "somebody"
    assert found["maxRating"]["value"] == "PG"
    assert found["channelID"]["value"] == ["one", "two"]


async def test_it_is_a_login_as_by_the_form(app: App) -> None:
    browser = Browser(lab=app.lab)
    code = await code_for(app)
    landing = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    await browser.submit(landing, SAMLResponse=await made(app, **OURS))
    await app.logged_out("LabCable")
    # The provider knows the viewer again.
    code = await code_for(app)
    assert (await browser.open(f"/api/v2/authenticate/LABSP/{code}")).url == DONE


async def test_an_account_without_a_package_is_told(app: App) -> None:
    await app.lab.admin("POST", "subscribers", {"id": "poor", "password": "x", "entitlements": []})
    code = await code_for(app)
    reply = await send(app, code, await made(app, mvpd="LabCable", subscriber="poor"))
    assert reply.status == 400
    assert "This account has no TV package." in reply.text


def _unsigned(text: str) -> str:
    root = etree.fromstring(base64.b64decode(text))
    (signature,) = root.iterfind(".//ds:Signature", NAMES)
    parent = signature.getparent()
    assert parent is not None
    parent.remove(signature)
    return as_text(root)


BOMB: Final = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
UNUSABLE: Final[dict[str, tuple[Callable[[str], list[str]], str]]] = {
    "empty": (lambda _: [""], "it is missing"),
    "no Base64": (lambda _: ["<xml/>"], "it is not Base64"),
    "no XML": (lambda _: [base64.b64encode(b"no xml").decode()], "decodes to no XML"),
    "another document": (lambda _: [base64.b64encode(b"<a/>").decode()], "no Response of SAML 2.0"),
    "a bomb": (lambda _: [base64.b64encode(BOMB.encode()).decode()], "document type"),
    "too long": (lambda _: ["A" * 600_000], "longer than"),
    "given twice": (lambda good: [good, good], "given more than once"),
    "changed": (
        lambda good: [changed(good, "viewer-ann", "viewer-bob")],
        "its signature is wrong",
    ),
    "not signed": (lambda good: [_unsigned(good)], "it is not signed"),
    "a failure": (
        lambda good: [changed(good, "status:Success", "status:Responder")],
        "its status does not tell of success but of Responder",
    ),
}


@pytest.mark.parametrize("name", UNUSABLE)
async def test_a_response_that_cannot_be_used_says_why(app: App, name: str) -> None:
    make, words = UNUSABLE[name]
    code = await code_for(app)
    good = await made(app, **OURS)
    assert words in await refused(app, code, *make(good))
    # The page can be left, and the right response is still good.
    again = await send(app, code, good)
    assert again.status == 302, again.text


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"mvpd": "LabDish"}, "its issuer is 'urn:pass-simulator:mvpd:LabDish'"),
        ({"in_response_to": "_OTHER"}, "it answers the request '_OTHER'"),
    ],
)
async def test_a_response_to_somebody_else_is_refused(
    app: App, order: dict[str, str], words: str
) -> None:
    code = await code_for(app)
    assert words in await refused(app, code, await made(app, **{**OURS, **order}))


async def test_a_response_is_good_for_its_time_by_the_sandboxs_clock(app: App) -> None:
    code = await code_for(app)
    response = await made(app, **OURS)
    await app.lab.admin("POST", "clock/advance", {"by": "PT6M"})
    text = await refused(app, code, response)
    assert "it was good until 2026-01-01T00:05:00Z" in text
    assert "the sandbox's clock shows 2026-01-01T00:06:00Z" in text
    await app.lab.admin("PUT", "clock", {"mode": "frozen", "now": "2025-12-31T23:58:00Z"})
    assert "it is good from 2026-01-01T00:00:00Z on" in await refused(app, code, response)


async def test_all_that_is_wrong_is_told_at_once(app: App) -> None:
    code = await code_for(app)
    response = await made(app, mvpd="LabDish", name_id="jane", in_response_to="_OTHER")
    await app.lab.admin("POST", "clock/advance", {"by": "PT10M"})
    text = await refused(app, code, changed(response, ">jane<", "><"))
    for words in ("signature", "issuer", "no NameID", "good until", "'_OTHER'"):
        assert words in text


@pytest.mark.parametrize("code", ["", "AAAAAAA", "%20", "<b>"])
async def test_a_response_without_a_session_is_refused(app: App, code: str) -> None:
    reply = await send(app, code, await made(app, **OURS))
    assert reply.status == 400
    assert "This login cannot go on" in reply.text
