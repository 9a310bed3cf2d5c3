"""SAML: what we write can be read, and nothing hostile gets in (Adobe: Apple cookbook, PFS2)."""

import base64
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from simulator.domain.sso.saml import (
    ENTITY,
    SamlError,
    SamlResponse,
    authentication_request,
    read_response,
    response,
)

NOW: Final = 1_767_225_600_000
TOLD: Final = SamlResponse(
    name_id="u-77",
    issuer="urn:lab",
    in_response_to="_1",
    attributes={"zip": "10036", "channels": ["one", "two"]},
)

names = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cn"]), min_size=1)


def _written(told: SamlResponse = TOLD) -> str:
    return response(told, response_id="_2", now=NOW)


def _as_base64(xml: str) -> str:
    return base64.b64encode(xml.encode()).decode()


def _changed(old: str, new: str) -> str:
    xml = base64.b64decode(_written()).decode()
    assert old in xml
    return _as_base64(xml.replace(old, new))


def test_what_is_written_is_read() -> None:
    assert read_response(_written()) == TOLD


@given(name=names, attribute=names, value=names)
def test_any_text_survives(name: str, attribute: str, value: str) -> None:
    told = SamlResponse(name_id=name, attributes={attribute: value})
    assert read_response(_written(told)) == told


def test_blanks_in_base64_do_not_count() -> None:
    text = _written()
    assert read_response(f" {text[:40]}\r\n\t{text[40:]} \n") == TOLD


def test_a_request_says_who_asks_when_and_for_whom() -> None:
    text = authentication_request(request_id="_abc", now=NOW, provider_name="Lab & Co")
    root = etree.fromstring(base64.b64decode(text))
    assert root.tag == "{urn:oasis:names:tc:SAML:2.0:protocol}AuthnRequest"
    assert root.get("ID") == "_abc"
    assert root.get("IssueInstant") == "2026-01-01T00:00:00Z"
    assert root.get("ProviderName") == "Lab & Co"
    assert root.findtext("{urn:oasis:names:tc:SAML:2.0:assertion}Issuer") == ENTITY


BOMB: Final = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
SECRETS: Final = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'

BAD: Final = {
    "nothing": ("", "missing"),
    "blanks": (" \n ", "missing"),
    "no Base64": ("<xml/>", "Base64"),
    "encoded twice": ("PHg%2BPC94Pg%3D%3D", "percent-encoded"),
    "no XML": (_as_base64("no xml"), "no XML"),
    "half of it": (_as_base64("<a><b></a>"), "no XML"),
    "another root": (_as_base64("<a/>"), "no Response"),
    "a bomb": (_as_base64(BOMB), "document type"),
    "a thief": (_as_base64(SECRETS), "document type"),
    "too long": ("A" * 600_000, "longer than"),
    "a failure": (_changed("status:Success", "status:Responder"), "success"),
    "nobody": (_changed(">u-77<", "><"), "NameID"),
    "no assertion": (_changed("saml:Assertion", "saml:EncryptedAssertion"), "assertion"),
    "NUL": (_as_base64("<a>\0</a>"), "no XML"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_good_response_is_refused_with_the_reason(case: str) -> None:
    text, reason = BAD[case]
    with pytest.raises(SamlError, match=reason):
        read_response(text)


def test_a_comment_cannot_cut_a_name_short() -> None:
    assert read_response(_changed(">u-77<", ">u-<!-- x -->77<")).name_id == "u-77"


@given(st.binary() | st.text().map(lambda text: text.encode(errors="replace")))
def test_no_bytes_lead_to_anything_but_a_refusal(data: bytes) -> None:
    with pytest.raises(SamlError):
        read_response(base64.b64encode(data).decode())


@given(st.text())
def test_no_text_does_either(text: str) -> None:
    with pytest.raises(SamlError):
        read_response(text)
