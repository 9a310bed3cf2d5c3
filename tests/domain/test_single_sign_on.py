"""Single sign-on: which identity a header carries, and which links it matches.

(Adobe: AD-Service-Token header, HDR5; Adobe-Subject-Token header, HDR4)
"""

from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.sso.identities import (
    SSO_HEADERS,
    Issuer,
    LinkKind,
    SsoIdentity,
    SsoLink,
    read_identity,
)
from tests.support.tokens import hmac_token, public_pem, segments, sso_token

NOW: Final = 1_767_225_600_000
SERVICE: Final = LinkKind.SERVICE_TOKEN
PLATFORM: Final = LinkKind.PLATFORM_IDENTITY


def _read(value: str, **issuers: Issuer) -> SsoIdentity:
    found, _ = read_identity(SERVICE, value, now=NOW, issuer=issuers.get)
    return found


def test_the_roku_header_is_read_like_the_subject_token() -> None:
    assert {
        "Adobe-Subject-Token": PLATFORM,
        "X-Roku-Reserved-Roku-Connect-Token": PLATFORM,
        "AD-Service-Token": SERVICE,
    } == SSO_HEADERS


@pytest.mark.parametrize(
    "value",
    [
        sso_token("ann"),
        sso_token("ann", exp=NOW // 1000 + 1),
        sso_token("ann", exp=float("nan")),
        sso_token("ann", exp="soon", iat="then", nbf=NOW),
        sso_token("ann", key="idp"),
        segments({"alg": "none"}, {"sub": "ann", "iss": "lab-idp"}) + ".",
    ],
    ids=["signed", "not yet expired", "exp NaN", "odd times", "RS256", "unsigned"],
)
def test_any_well_formed_token_identifies_its_subject(value: str) -> None:
    assert _read(value) == SsoIdentity(kind=SERVICE, value=value, issuer="lab-idp", subject="ann")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "opaque",
        "a.b.c",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJZemsxTXpNMk4yWXRZMk0wTWkwME1X .....",
        "\udcff.\udcff.\udcff",
        sso_token("ann")[:-60],
        sso_token(""),
        sso_token("a\x00b"),
        segments({"alg": "RS256"}, {"iss": "lab-idp"}, b"x"),
        segments({"alg": "RS256"}, {"sub": 7}, b"x"),
        segments({"alg": "RS256"}, b'{"sub":"\\ud800"}', b"x"),
        segments({"alg": "RS256"}, ["sub"], b"x"),
        segments({"alg": "RS256"}, b"[" * 30_000, b"x"),
        segments(b"[" * 30_000, {"sub": "ann"}, b"x"),
    ],
)
def test_a_value_without_usable_subject_is_good_for_a_literal_match_alone(value: str) -> None:
    assert _read(value) == SsoIdentity(kind=SERVICE, value=value)


@pytest.mark.parametrize("exp", [0, NOW // 1000 - 1, NOW // 1000, NOW / 1000 - 0.5])
def test_an_expired_token_is_ignored(exp: float) -> None:
    found, why = read_identity(SERVICE, sso_token("ann", exp=exp), now=NOW, issuer=lambda _: None)
    assert found.subject is None
    assert "expired" in why


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        (lambda: sso_token("ann", key="idp"), "ann"),
        (lambda: sso_token("ann", key="someone else"), None),
        (lambda: sso_token("ann"), None),
        (lambda: segments({"alg": "none"}, {"sub": "ann", "iss": "lab-idp"}) + ".", None),
        (lambda: sso_token("ann", key="idp", exp=NOW // 1000), None),
        (lambda: sso_token("ann", "other-idp", key="someone else"), "ann"),
    ],
    ids=["its key", "another key", "shared secret", "no signature", "expired", "another issuer"],
)
def test_a_registered_key_turns_signature_checking_on_for_its_issuer(
    value: Callable[[], str], subject: str | None
) -> None:
    issuer = Issuer(id="lab-idp", public_key=public_pem("idp"))
    assert _read(value(), **{"lab-idp": issuer}).subject == subject


def test_the_public_key_is_no_shared_secret() -> None:
    forged = hmac_token({"sub": "ann", "iss": "lab-idp"}, public_pem("idp").encode())
    issuer = Issuer(id="lab-idp", public_key=public_pem("idp"))
    assert _read(forged).subject == "ann"
    assert _read(forged, **{"lab-idp": issuer}).subject is None


def _link(kind: LinkKind = SERVICE, **members: str) -> SsoLink:
    return SsoLink(id="l", profile="p", kind=kind, **members)


@pytest.mark.parametrize(
    ("link", "matches"),
    [
        (_link(subject="ann"), True),
        (_link(subject="ann", issuer="lab-idp"), True),
        (_link(subject="ann", issuer="other-idp"), False),
        (_link(subject="bob"), False),
        (_link(PLATFORM, subject="ann"), False),
        (_link(value=sso_token("ann")), True),
        (_link(value=sso_token("ann") + "x"), False),
        (_link(PLATFORM, value=sso_token("ann")), False),
    ],
)
def test_a_link_matches_its_subject_or_its_literal_value(link: SsoLink, matches: bool) -> None:
    identity = _read(sso_token("ann"))
    assert link.matches(identity) is matches


@pytest.mark.parametrize("link", [_link(subject="ann"), _link(value="opaque")])
def test_without_a_subject_only_the_literal_value_matches(link: SsoLink) -> None:
    assert link.matches(_read("opaque")) is (link.value == "opaque")


@given(
    subject=st.text(min_size=1, max_size=20).filter(lambda each: "\x00" not in each),
    literal=st.booleans(),
)
def test_a_link_that_matches_is_found_by_the_keys_of_the_identity(
    subject: str, literal: bool
) -> None:
    value = sso_token(subject)
    link = _link(value=value) if literal else _link(subject=subject)
    identity = _read(value)
    assert link.matches(identity)
    assert link.key in identity.keys


@given(value=st.text(st.characters(codec=None)))
def test_no_header_breaks_the_reader(value: str) -> None:
    identity = _read(value)
    assert identity.value == value
    assert all(key.isascii() or "subject" in key for key in identity.keys)
