"""The media token verifier, and the keys that others check our signatures with."""

import base64
from pathlib import Path
from typing import Any, Final

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import RSAAlgorithm

from tests.conftest import MakeLab
from tests.support.decisions import decision, seeded, viewer
from tests.support.lab import App, Lab
from tests.support.replies import Json
from tests.support.worlds import profile, world

GETTERS: Final = (
    "resource_id",
    "requestor_id",
    "mvpd_id",
    "proxy_mvpd_id",
    "user_session_guid",
    "time_issued",
    "time_to_live",
)


async def _token(app: App, resource: str = "LAB-LIVE", mvpd: str = "LabCable") -> str:
    text: str = (await decision(app, resource, mvpd))["token"]["serializedToken"]
    return text


async def _verify(lab: Lab, token: str, **members: str | None) -> Json:
    found = await lab.admin("POST", "media-tokens/verify", {"token": token, **members})
    assert [*found] == ["status", *GETTERS]
    return found


async def _certificate(lab: Lab) -> x509.Certificate:
    (found,) = (await lab.admin("GET", "keys"))["certificates"]
    assert found["purpose"] == "media"
    return x509.load_pem_x509_certificate(found["pem"].encode())


def _tampered(token: str, old: str, new: str) -> str:
    text = base64.b64decode(token).decode()
    assert old in text
    return base64.b64encode(text.replace(old, new).encode()).decode()


async def test_a_good_token_is_valid_and_says_what_it_is_for(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    token = await _token(app)
    for resource in ("LAB-LIVE", None):
        found = await _verify(lab, token, resource=resource)
        guid = found.pop("user_session_guid")
        assert len(guid) == 40
        assert found == {
            "status": "VALID_TOKEN",
            "resource_id": "LAB-LIVE",
            "requestor_id": "LABSP",
            "mvpd_id": "LabCable",
            "proxy_mvpd_id": None,
            "time_issued": "2026-01-01T00:00:00.000Z",
            "time_to_live": "PT7M",
        }


async def test_the_guid_is_the_viewer_s_on_every_device_and_at_every_time(lab: Lab) -> None:
    ann: dict[str, Any] = {"subscriber": "ann", "attributes": {"userID": "u-77"}}
    logins = [profile("tv", client="app-1", **ann), profile("box", "box", client="app-1", **ann)]
    app = await seeded(lab, world(subscribers=[{"id": "ann"}], profiles=logins))
    found = [await _verify(lab, await _token(app))]
    lab.clock.advance(hours=1)
    found.append(await _verify(lab, await _token(await lab.app("box", client="app-1"))))
    assert found[0]["user_session_guid"] == found[1]["user_session_guid"]
    assert "u-77" not in found[0]["user_session_guid"]


async def test_a_proxied_mvpd_names_its_proxy(lab: Lab) -> None:
    login = profile("login", mvpd="LabProxied", client="app-1")
    app = await seeded(lab, world(profiles=[login]))
    found = await _verify(lab, await _token(app, mvpd="LabProxied"))
    assert (found["mvpd_id"], found["proxy_mvpd_id"]) == ("LabProxied", "LabCable")


async def test_a_token_expires_by_the_sandbox_s_clock(lab: Lab) -> None:
    token = await _token(await seeded(lab, viewer()))
    lab.clock.advance(seconds=419)
    assert (await _verify(lab, token))["status"] == "VALID_TOKEN"
    await lab.admin("POST", "clock/advance", {"by": "PT1S"})
    found = await _verify(lab, token, resource="another")
    assert (found["status"], found["resource_id"]) == ("TOKEN_EXPIRED", "LAB-LIVE")


async def test_a_token_is_for_its_resource_alone(lab: Lab) -> None:
    token = await _token(await seeded(lab, viewer()))
    for resource in ("LAB-GOLD", "lab-live", "LAB-LIVE ", ""):
        found = await _verify(lab, token, resource=resource)
        assert found["status"] == "INVALID_RESOURCE_ID"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LAB-LIVE", "LAB-GOLD"),
        ("<ttl>420000", "<ttl>4200000"),
        ("<signatureInfo>", "<signatureInfo>AAAA"),
    ],
)
async def test_a_tampered_token_is_seen_through(lab: Lab, old: str, new: str) -> None:
    token = _tampered(await _token(await seeded(lab, viewer())), old, new)
    found = await _verify(lab, token, resource="LAB-GOLD")
    assert found["status"] == "INVALID_SIGNATURE"
    # What it claims can be read all the same.
    assert found["resource_id"] == ("LAB-GOLD" if new == "LAB-GOLD" else "LAB-LIVE")


@pytest.mark.parametrize("token", ["", "x", "PHNpZ25hdHVyZUluZm8+", "é", "a" * 100_000])
async def test_garbage_is_no_token(lab: Lab, token: str) -> None:
    found = await _verify(lab, token, resource="LAB-LIVE")
    assert found == {"status": "INVALID_TOKEN_FORMAT", **dict.fromkeys(GETTERS)}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": None},
        {"token": 1},
        {"token": "x", "resource": 1},
        {"token": "x", "resources": ["x"]},
        [],
    ],
)
async def test_a_bad_body_is_refused(lab: Lab, body: Json) -> None:
    assert (await lab.refused("POST", "media-tokens/verify", body))["status"] in {400, 422}


async def test_a_token_is_signed_as_the_certificate_proves(lab: Lab) -> None:
    text = base64.b64decode(await _token(await seeded(lab, viewer()))).decode()
    head, _, signed = text.partition("</signatureInfo>")
    signature = base64.b64decode(head.removeprefix("<signatureInfo>"))
    certificate = await _certificate(lab)
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signature, signed.encode(), padding.PKCS1v15(), SHA256())
    certificate.verify_directly_issued_by(certificate)


async def test_the_certificate_outlives_every_clock(lab: Lab) -> None:
    certificate = await _certificate(lab)
    assert certificate.not_valid_before_utc.year == 1970
    assert certificate.not_valid_after_utc.year == 9999


async def test_access_tokens_are_signed_as_the_key_set_proves(lab: Lab) -> None:
    keys = (await lab.admin("GET", "keys"))["keys"]
    token = await lab.token()
    (found,) = [each for each in keys if each["kid"] == jwt.get_unverified_header(token)["kid"]]
    assert (found["kty"], found["use"], found["alg"]) == ("RSA", "sig", "RS256")
    assert "d" not in found
    key = RSAAlgorithm.from_jwk(found)
    assert isinstance(key, rsa.RSAPublicKey)
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    assert jwt.decode(token, key, ["RS256"], options=options)["iss"] == "auth.adobe.com"


async def test_the_keys_outlive_the_process(make_lab: MakeLab, tmp_path: Path) -> None:
    db = str(tmp_path / "state.db")
    first = await make_lab(db=db)
    token = await _token(await seeded(first, viewer()))
    keys = await first.admin("GET", "keys")
    await first.client.close()
    second = await make_lab(db=db)
    assert await second.admin("GET", "keys") == keys
    assert (await _verify(second, token))["status"] == "VALID_TOKEN"
