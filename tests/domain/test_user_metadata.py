"""Encrypted user metadata: only who has the key can read it (Adobe: user metadata, META2, C20)."""

import base64
import json
from datetime import UTC, datetime
from functools import cache
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.sessions.user_metadata import (
    CERTIFICATE_ERROR,
    CertificateError,
    delivered,
    encrypted,
)
from tests.support.tokens import private_key

KEY_BYTES: Final = 256


@cache
def _certificate(*, curve: bool = False) -> str:
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = private_key("metadata")
    if curve:
        key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lab")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


def _decrypted(text: str) -> str:
    data, key = base64.b64decode(text), private_key("metadata")
    blocks = [data[start : start + KEY_BYTES] for start in range(0, len(data), KEY_BYTES)]
    return b"".join(key.decrypt(block, PKCS1v15()) for block in blocks).decode()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=600))
def test_a_text_comes_out_as_it_went_in(text: str) -> None:
    assert _decrypted(encrypted(text, _certificate())) == text


@pytest.mark.parametrize("value", [["10036"], {"MPAA": "PG"}, 7, None, True, ["é"] * 200])
def test_anything_else_goes_as_json(value: object) -> None:
    assert json.loads(_decrypted(encrypted(value, _certificate()))) == value


@pytest.mark.parametrize("certificate", [None, "", "x", "-----BEGIN CERTIFICATE-----\nAA==\n"])
def test_without_a_certificate_nothing_can_be_encrypted(certificate: str | None) -> None:
    with pytest.raises(CertificateError):
        encrypted("x", certificate)


def test_a_certificate_must_have_an_rsa_key() -> None:
    with pytest.raises(CertificateError, match="RSA"):
        encrypted("x", _certificate(curve=True))


def test_only_what_is_sensitive_is_touched() -> None:
    attributes = {
        "userID": {"value": "u", "state": "plain"},
        "zip": {"value": "10036", "state": "enc"},
    }
    found = delivered(attributes, {}, _certificate())
    assert found["userID"] == attributes["userID"]
    assert json.loads(_decrypted(str(found["zip"]["value"]))) == ["10036"]
    lost = delivered(attributes, {}, None)
    assert lost["zip"] == {"state": "enc", "error": CERTIFICATE_ERROR}


@pytest.mark.parametrize(
    ("name", "value", "normalized"),
    [
        ("zip", "10036", ["10036"]),
        ("zip", 10036, ["10036"]),
        ("zip", ["10036", 10037], ["10036", "10037"]),
        ("zip", None, None),
        ("channelID", "NEWS", ["NEWS"]),
        ("userID", 77, "77"),
        ("is_hoh", True, "1"),
        ("is_hoh", 0, "0"),
        ("hba_status", "true", True),
        ("hba_status", "FALSE", False),
        ("allowMirroring", 1, True),
        ("allowMirroring", "perhaps", "perhaps"),
        ("maxRating", {"MPAA": "PG"}, {"MPAA": "PG"}),
        ("onNet", "true", "true"),
    ],
)
def test_every_attribute_has_the_type_of_the_page(
    name: str, value: object, normalized: object
) -> None:
    found = delivered({name: {"value": value, "state": "plain"}}, {}, None)
    assert found[name] == {"value": normalized, "state": "plain"}
