"""Media tokens: any resource survives the round trip, and a verifier sees through the rest."""

import base64
from dataclasses import replace
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.decisions.media_token import (
    MediaToken,
    Status,
    serialized,
    session_guid,
    verified,
)

NOW: Final = 1_767_225_600_000
TTL: Final = 420_000
TOKEN: Final = MediaToken(
    session_guid="guid",
    requestor="LABSP",
    resource="LAB-LIVE",
    ttl=TTL,
    issued=NOW,
    mvpd="LabProxied",
    proxy_mvpd="LabCable",
)

texts = st.text(st.characters(codec="utf-8"))


def _sign(text: bytes) -> bytes:
    """No signature that is worth something, but one that only this text has."""
    return b"signed " + text[::-1]


def _signed(text: bytes, signature: bytes) -> bool:
    return signature == _sign(text)


def _verified(
    text: str, *, now: int = NOW, resource: str | None = None
) -> tuple[Status, MediaToken | None]:
    return verified(text, signed=_signed, now=now, resource=resource)


def _decoded(token: MediaToken = TOKEN) -> str:
    return base64.b64decode(serialized(token, _sign)).decode()


def _encoded(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def test_a_token_has_the_documented_parts_in_their_order() -> None:
    signature = _encoded(_sign(TOKEN.text.encode()))
    assert _decoded() == (
        f"<signatureInfo>{signature}</signatureInfo>"
        "<shortAuthorizationToken><sessionGUID>guid</sessionGUID><requestorID>LABSP</requestorID>"
        f"<resourceID>LAB-LIVE</resourceID><ttl>{TTL}</ttl><issueTime>{NOW}</issueTime>"
        "<mvpdId>LabProxied</mvpdId><proxyMvpdId>LabCable</proxyMvpdId>"
        "</shortAuthorizationToken>"
    )
    assert serialized(TOKEN, _sign).startswith("PHNpZ25hdHVyZUluZm8")


def test_without_a_proxy_that_element_is_empty() -> None:
    token = replace(TOKEN, proxy_mvpd=None)
    assert "<proxyMvpdId></proxyMvpdId>" in _decoded(token)
    assert _verified(serialized(token, _sign)) == (Status.VALID_TOKEN, token)


@given(resource=texts)
def test_any_resource_survives(resource: str) -> None:
    token = replace(TOKEN, resource=resource)
    text = serialized(token, _sign)
    assert _verified(text, resource=resource) == (Status.VALID_TOKEN, token)
    assert _verified(text, resource=f"{resource}?") == (Status.INVALID_RESOURCE_ID, token)


@given(token=st.builds(
    MediaToken, session_guid=texts, requestor=texts, resource=texts, mvpd=texts,
    ttl=st.integers(1, 10**12), issued=st.just(NOW), proxy_mvpd=st.none() | texts.filter(bool),
))  # fmt: skip
def test_any_token_survives(token: MediaToken) -> None:
    assert _verified(serialized(token, _sign)) == (Status.VALID_TOKEN, token)


@pytest.mark.parametrize(
    "resource",
    ["<", "]]>", "<![CDATA[x]]>", "&amp;", "&#60;", "&#x3c;", "a\nb\r\nc\td", "</resourceID>",
     "</shortAuthorizationToken>", "\0", "\u0001\x85\u2028\ufffe", "&#55296;", "&#9999999;", " x "],
)  # fmt: skip
def test_markup_and_references_in_a_resource_are_text(resource: str) -> None:
    token = replace(TOKEN, resource=resource)
    assert _verified(serialized(token, _sign), resource=resource) == (Status.VALID_TOKEN, token)


@given(resource=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"])))
def test_an_xml_parser_reads_the_same(resource: str) -> None:
    token = replace(TOKEN, resource=f"{resource}\r\n\t")
    found = ET.fromstring(token.text)  # noqa: S314 - our own text
    assert found.findtext("resourceID") == token.resource


@pytest.mark.parametrize(
    ("later", "status"),
    [
        (-1, Status.VALID_TOKEN),
        (0, Status.VALID_TOKEN),
        (TTL - 1, Status.VALID_TOKEN),
        (TTL, Status.TOKEN_EXPIRED),
        (TTL + 1, Status.TOKEN_EXPIRED),
    ],
)
def test_a_token_expires(later: int, status: Status) -> None:
    assert _verified(serialized(TOKEN, _sign), now=NOW + later) == (status, TOKEN)


def test_what_is_told_first() -> None:
    text = serialized(TOKEN, _sign)
    assert _verified(text, now=NOW + TTL, resource="x")[0] is Status.TOKEN_EXPIRED
    tampered = _encoded(_decoded().replace("LAB-LIVE", "LAB-GOLD"))
    found, token = _verified(tampered, now=NOW + TTL, resource="x")
    assert found is Status.INVALID_SIGNATURE
    assert token == replace(TOKEN, resource="LAB-GOLD")


@given(
    place=st.integers(0, len(TOKEN.text) - 1),
    letter=st.characters(codec="ascii", categories=["L", "N"]),
)
def test_no_letter_of_a_signed_text_can_be_changed(place: int, letter: str) -> None:
    part = TOKEN.text[:place] + letter + TOKEN.text[place + 1 :]
    text = _decoded().replace(TOKEN.text, part)
    status, _ = _verified(_encoded(text))
    expected = {Status.VALID_TOKEN} if part == TOKEN.text else {
        Status.INVALID_SIGNATURE, Status.INVALID_TOKEN_FORMAT,
    }  # fmt: skip
    assert status in expected


GARBAGE: Final = {
    "nothing": "",
    "no Base64": "!!!",
    "characters beyond Base64": "é",
    "half a character": "\ud800",
    "no text": _encoded(b"\xff\xfe"),
    "another text": _encoded("hello"),
    "no signature": _encoded(TOKEN.text),
    "no token": _encoded("<signatureInfo>AA==</signatureInfo>"),
    "a signature that is no Base64": _encoded(f"<signatureInfo>A</signatureInfo>{TOKEN.text}"),
    "something before": _encoded(" " + _decoded()),
    "something behind": _encoded(_decoded() + "\n"),
    "twice": _encoded(_decoded() * 2),
    "another order": _encoded(_decoded().replace("ttl>", "x>").replace("issueTime>", "ttl>")),
    "a ttl that is no number": _encoded(_decoded().replace(f"<ttl>{TTL}", "<ttl>x")),
    "a ttl in other digits": _encoded(_decoded().replace(f"<ttl>{TTL}", "<ttl>٤٢")),
    "a negative ttl": _encoded(_decoded().replace(f"<ttl>{TTL}", "<ttl>-1")),
    "a time beyond all calendars": _encoded(_decoded().replace(str(NOW), "9" * 15)),
    "a time beyond all numbers": _encoded(_decoded().replace(str(NOW), "9" * 5_000)),
    "cut short": serialized(TOKEN, _sign)[:-8],
}


@pytest.mark.parametrize("name", GARBAGE)
def test_what_is_not_shaped_like_a_token_says_nothing(name: str) -> None:
    assert _verified(GARBAGE[name]) == (Status.INVALID_TOKEN_FORMAT, None)


@given(st.text(st.characters(codec=None)) | st.binary().map(_encoded) | st.text().map(_encoded))
def test_no_text_is_an_accident(text: str) -> None:
    assert _verified(text) == (Status.INVALID_TOKEN_FORMAT, None)


def test_blanks_around_a_token_do_no_harm() -> None:
    assert _verified(f"\n {serialized(TOKEN, _sign)} \n")[0] is Status.VALID_TOKEN


def test_the_session_guid_is_that_of_the_viewer_everywhere() -> None:
    guid = session_guid("LabCable", "u-77")
    assert guid == session_guid("LabCable", "u-77")
    assert len({guid, session_guid("LabCable", "u-78"), session_guid("LabDish", "u-77")}) == 3
    assert "u-77" not in guid
