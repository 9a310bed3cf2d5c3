"""A login with a lab's own identity provider, which answers by SAML."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import pytest
from lxml import etree

from tests.support.identity_provider import (
    ENTITY,
    NAMES,
    SSO,
    Answer,
    as_text,
    certificate,
    metadata,
    request_in,
)
from tests.support.lab import App, Lab
from tests.support.logins import ANN, DONE, FORM, Browser, by_code, code_for, form_of
from tests.support.saml import CONSUMER, changed, made, refused, send
from tests.support.worlds import TV, world

OUTSIDE: Final = {"id": "Outside", "identity_provider": {"metadata": metadata()}}


@pytest.fixture
async def outside(lab: Lab) -> App:
    """The app at an MVPD whose viewers log in with a provider of the lab's own."""
    pair = {"service_provider": "LABSP", "mvpd": "Outside"}
    await lab.admin("POST", "sandboxes", {"id": "bench"})
    bench = replace(lab, sandbox="bench")
    await bench.seed(world(subscribers=[ANN], mvpds=[OUTSIDE], integrations=[pair]))
    return await bench.app(TV, client="app-1")


def _answer(app: App, **changes: object) -> Answer:
    return Answer(now=app.lab.clock._now).but(**changes)


async def _asked(app: App) -> str:
    return await code_for(app, mvpd="Outside")


@pytest.mark.parametrize("entry", ["/api/v2/authenticate/LABSP/{}", "/provider/login?reg_code={}"])
async def test_the_browser_is_sent_to_the_outside_provider(outside: App, entry: str) -> None:
    code = await _asked(outside)
    landing = await Browser(lab=outside.lab).open(entry.format(code))
    assert landing.url.startswith(f"{SSO}?")
    request, relay_state = request_in(landing.url)
    assert (relay_state, request.get("ID"), request.get("Destination")) == (code, f"_{code}", SSO)
    consumer = request.get("AssertionConsumerServiceURL", "")
    assert consumer == f"{outside.lab.origin}{CONSUMER}"
    assert request.findtext("saml:Issuer", namespaces=NAMES) == "https://saml.sp.auth.adobe.com"


async def test_an_outside_provider_can_be_asked_by_a_form(outside: App) -> None:
    given = {"metadata": metadata(binding="HTTP-POST")}
    await outside.lab.admin("PATCH", "mvpds/Outside", {"identity_provider": given})
    code = await _asked(outside)
    landing = await Browser(lab=outside.lab).open(f"/api/v2/authenticate/LABSP/{code}")
    form = landing.form
    assert (form.action, form.fields["RelayState"]) == (SSO, code)
    request = etree.fromstring(base64.b64decode(form.fields["SAMLRequest"]))
    assert request.get("Destination") == SSO


@pytest.mark.parametrize(
    "signs", [("saml:Assertion",), ("samlp:Response",), ("saml:Assertion", "samlp:Response")]
)
async def test_the_response_of_an_outside_provider_logs_in(
    outside: App, signs: tuple[str, ...]
) -> None:
    code = await _asked(outside)
    answer = _answer(
        outside,
        signs=signs,
        in_response_to=f"_{code}",
        attributes={"zip": ("10036",), "channelID": ("one", "two")},
    )
    # It comes back by the browser, to the one address of all sandboxes.
    anywhere = replace(outside.lab, sandbox=None)
    reply = await send(outside, code, answer.text, lab=anywhere)
    assert (reply.status, reply.headers["Location"]) == (302, DONE)
    found = (await by_code(outside, code))["Outside"]["attributes"]
    assert found["userID"]["value"] == "jane@lab.example"
    assert found["channelID"]["value"] == ["one", "two"]
    (stored,) = (await outside.lab.admin("GET", "profiles"))["items"]
    assert stored["subscriber"] is None


@pytest.mark.parametrize("name", ["ann", "ann@lab.example"])
async def test_a_viewer_that_is_a_subscriber_has_its_package(outside: App, name: str) -> None:
    await outside.lab.admin("PATCH", "subscribers/ann", {"username": "ann@lab.example"})
    code = await _asked(outside)
    assert (await send(outside, code, _answer(outside, name=name).text)).status == 302
    (stored,) = (await outside.lab.admin("GET", "profiles"))["items"]
    assert stored["subscriber"] == "ann"


async def test_any_key_of_the_metadata_will_do(outside: App) -> None:
    given = {"metadata": metadata("older", "newer")}
    await outside.lab.admin("PATCH", "mvpds/Outside", {"identity_provider": given})
    for key in ("older", "newer"):
        code = await _asked(outside)
        assert (await send(outside, code, _answer(outside, key=key).text)).status == 302
        await outside.logged_out("Outside")
    code = await _asked(outside)
    assert "its signature is wrong" in await refused(outside, code, _answer(outside).text)


async def test_a_provider_can_be_named_by_its_certificate(outside: App) -> None:
    given = {"entity_id": ENTITY, "certificate": certificate("own"), "sso_url": f"{SSO}?tv=1"}
    await outside.lab.admin("PATCH", "mvpds/Outside", {"identity_provider": given})
    code = await _asked(outside)
    landing = await Browser(lab=outside.lab).open(f"/api/v2/authenticate/LABSP/{code}")
    assert landing.url.startswith(f"{SSO}?tv=1&SAMLRequest=")
    assert (await send(outside, code, _answer(outside, key="own").text)).status == 302


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"key": "another"}, "its signature is wrong"),
        ({"signs": ()}, "it is not signed"),
        ({"issuer": "https://evil.example"}, f"that of the session's MVPD is '{ENTITY}'"),
        ({"audience": "https://other.example"}, "its audience is 'https://other.example'"),
        ({"name": None}, "it names nobody"),
        ({"lasts": timedelta(minutes=-2)}, "it was good until 2025-12-31T23:58:00.000Z"),
        ({"in_response_to": "_OTHER"}, "it answers the request '_OTHER'"),
        ({"status": "AuthnFailed", "signs": ("samlp:Response",)}, "success but of AuthnFailed"),
    ],
)
async def test_what_is_wrong_with_an_outside_response_is_told(
    outside: App, changes: dict[str, object], words: str
) -> None:
    code = await _asked(outside)
    assert words in await refused(outside, code, _answer(outside, **changes).text)


async def test_a_response_of_ours_is_none_of_an_outside_provider(outside: App) -> None:
    code = await _asked(outside)
    text = await refused(outside, code, await made(outside, mvpd="Outside", subscriber="ann"))
    assert "its issuer is 'urn:pass-simulator:mvpd:Outside'" in text
    assert "its signature is wrong" in text


async def test_no_password_leads_past_an_outside_provider(outside: App) -> None:
    code = await _asked(outside)
    answers = {"RelayState": code, "username": "ann", "password": "secret"}
    reply = await outside.lab.call("POST", CONSUMER, {"Content-Type": FORM}, **form_of(answers))
    assert reply.status == 400
    assert "answers with a SAMLResponse" in reply.text
    assert await by_code(outside, code) == {}


def _evil(app: App) -> etree._Element:
    """An assertion about somebody else, which nobody signed."""
    (found,) = _answer(app, name="evil", signs=()).xml.iterfind("saml:Assertion", NAMES)
    return found


def _beside(app: App) -> etree._Element:
    root = _answer(app).xml
    root.insert(0, _evil(app))
    return root


def _around(app: App) -> etree._Element:
    """The evil assertion in the place of the signed one, which lies within it."""
    root, evil = _answer(app).xml, _evil(app)
    (good,) = root.iterfind("saml:Assertion", NAMES)
    root.replace(good, evil)
    evil.append(good)
    return root


def _with_its_signature(app: App) -> etree._Element:
    """The evil assertion with the signature of the good one, which lies within that."""
    root, evil = _answer(app).xml, _evil(app)
    (good,) = root.iterfind("saml:Assertion", NAMES)
    (signature,) = good.iterfind("ds:Signature", NAMES)
    # What stood behind it stays, or the digest would tell.
    (issuer,) = good.iterfind("saml:Issuer", NAMES)
    issuer.tail, signature.tail = f"{issuer.tail or ''}{signature.tail or ''}", None
    root.replace(good, evil)
    evil.insert(1, signature)
    etree.SubElement(signature, f"{{{NAMES['ds']}}}Object").append(good)
    return root


def _other_id(app: App) -> etree._Element:
    root = _with_its_signature(app)
    (evil,) = root.iterfind("saml:Assertion", NAMES)
    evil.set("ID", "evil-1")
    return root


WRAPPED: Final[dict[str, Callable[[App], etree._Element]]] = {
    "beside the signed one": _beside,
    "around the signed one": _around,
    "with the signature of another": _with_its_signature,
    "with the signature and another id": _other_id,
}


@pytest.mark.parametrize("name", WRAPPED)
async def test_what_was_not_signed_is_never_read(outside: App, name: str) -> None:
    code = await _asked(outside)
    reply = await send(outside, code, as_text(WRAPPED[name](outside)))
    assert reply.status == 400
    assert await by_code(outside, code) == {}


async def test_a_comment_does_not_cut_a_name_short(outside: App) -> None:
    code = await _asked(outside)
    text = _answer(outside, name="jane@lab.example.evil").text
    cut = changed(text, "jane@lab.example.evil", "jane@lab.example<!-- -->.evil")
    assert (await send(outside, code, cut)).status == 302
    found = (await by_code(outside, code))["Outside"]["attributes"]["userID"]["value"]
    assert found == "jane@lab.example.evil"


async def test_an_encrypted_assertion_says_what_to_set(outside: App) -> None:
    code = await _asked(outside)
    text = changed(_answer(outside, signs=()).text, "saml:Assertion", "saml:EncryptedAssertion")
    assert "its assertion is encrypted" in await refused(outside, code, text)


async def test_the_provider_is_kept_with_the_state(outside: App) -> None:
    before = await outside.lab.state()
    (mvpd,) = [each for each in (await outside.lab.admin("GET", "mvpds"))["items"]
               if each["id"] == "Outside"]  # fmt: skip
    assert mvpd["identity_provider"] == {
        "entity_id": ENTITY,
        "certificate": certificate("idp"),
        "sso_url": SSO,
        "binding": "redirect",
    }
    await outside.lab.call(
        "PUT", "/admin/v1/state", {"Content-Type": "application/yaml"}, data=before.encode()
    )
    assert await outside.lab.state() == before


async def test_an_address_with_a_sandbox_in_its_path_works_as_well(outside: App) -> None:
    code = await _asked(outside)
    anywhere = replace(outside.lab, sandbox=None)
    path = f"/s/{outside.lab.sandbox}/adobe-services/authenticate/saml?reg_code={code}"
    reply = await anywhere.call("GET", path)
    request, _ = request_in(reply.headers["Location"])
    consumer = urlsplit(request.get("AssertionConsumerServiceURL", ""))
    assert consumer.path == CONSUMER
