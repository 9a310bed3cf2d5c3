"""A response that logs somebody in: whatever is done to one, it names who was signed, or nobody."""

import base64
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from simulator.domain.sso.saml import SamlError
from simulator.domain.sso.saml_login import SKEW, Expected, logged_in
from tests.support.clock import START
from tests.support.identity_provider import ENTITY, Answer, as_text, certificate

GOOD: Final = Answer(now=START)


def _expected(seconds: float = 0) -> Expected:
    return Expected(
        issuer=ENTITY,
        certificates=(certificate("idp"),),
        request_id="_ABC",
        now=int((START.timestamp() + seconds) * 1000),
    )


def _name(text: str) -> str | None:
    """Whom a response logs in; None for one that is refused."""
    with suppress(SamlError):
        return logged_in([text], _expected()).name_id
    return None


def _spoilt(good: etree._Element) -> Iterator[etree._Element]:
    """The document without each of its elements, with each one twice, and with each text changed."""
    count = len([*good.iter()])
    for place in range(1, count):
        for way in ("drop", "double", "text"):
            copy = etree.fromstring(etree.tostring(good))
            element = [*copy.iter()][place]
            parent = element.getparent()
            assert parent is not None
            if way == "drop":
                parent.remove(element)
            elif way == "double":
                element.addnext(etree.fromstring(etree.tostring(element)))
            else:
                element.text = f"{element.text or ''}x"
            yield copy


@pytest.mark.parametrize("signs", [("saml:Assertion",), ("samlp:Response",)])
def test_whatever_is_changed_nobody_else_is_logged_in(signs: tuple[str, ...]) -> None:
    good = GOOD.but(signs=signs).xml
    assert _name(as_text(good)) == GOOD.name
    names = [_name(as_text(each)) for each in _spoilt(good)]
    assert {*names} <= {None, GOOD.name}
    assert names.count(None) > len(names) / 2


@given(st.binary() | st.text().map(lambda text: f"<a>{text}</a>".encode(errors="replace")))
def test_no_bytes_log_anybody_in(data: bytes) -> None:
    assert _name(base64.b64encode(data).decode()) is None


@pytest.mark.parametrize(
    ("seconds", "good"),
    [(-61, False), (-60, True), (0, True), (299, True), (359, True), (360, False)],
)
def test_clocks_may_differ_by_a_minute(seconds: float, good: bool) -> None:
    assert SKEW == 60_000
    text = GOOD.but(lasts=timedelta(minutes=5)).text
    if good:
        assert logged_in([text], _expected(seconds)).name_id == GOOD.name
    else:
        with pytest.raises(SamlError, match="the sandbox's clock shows"):
            logged_in([text], _expected(seconds))


def test_a_time_that_is_none_is_told() -> None:
    text = GOOD.but(signs=()).text
    xml = base64.b64decode(text).decode().replace('NotBefore="2026-', 'NotBefore="soon-')
    with pytest.raises(SamlError, match="is no time"):
        logged_in([base64.b64encode(xml.encode()).decode()], _expected())
