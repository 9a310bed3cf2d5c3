"""Scenarios 40 to 46 of the QA catalogue: profiles and their attributes."""

import base64
import json
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.catalogue.stage import (
    DAY,
    DONE,
    FULL,
    Browser,
    by_mvpd,
    create,
    denied,
    later,
    log_in,
    permitted,
    tv,
)
from tests.support.lab import Lab

KEY: Final = Path(__file__).parents[2] / "scenarios" / "qa-metadata-key.pem"


async def test_040_profile_by_mvpd(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    found = await by_mvpd(app)
    assert [*found] == ["LabCable"]
    profile = found["LabCable"]
    assert (profile["issuer"], profile["type"]) == ("LabCable", "regular")
    assert profile["notAfter"] - profile["notBefore"] == 30 * DAY
    assert profile["attributes"]["userID"] == {"value": "u-77", "state": "plain"}


async def test_041_profile_expiry(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    await later(qa, "P30DT1S")
    app = await tv(qa)
    assert await by_mvpd(app) == {}
    assert (await denied(app))["code"] == "authenticated_profile_expired"


async def test_042_two_mvpds(qa: Lab) -> None:
    app = await tv(qa)
    for mvpd in ("LabCable", "LabDish"):
        await log_in(app, mvpd)
    assert {*await app.profiles()} == {"LabCable", "LabDish"}


async def test_043_hba_login(qa: Lab) -> None:
    await qa.seed("qa-home")
    app = await tv(qa, "home-tv")
    answer = await create(app, FULL)
    landed = await Browser(lab=qa).open(answer["url"])
    assert landed.url == DONE
    profile = (await by_mvpd(app))["LabCable"]
    assert profile["attributes"]["hba_status"] == {"value": True, "state": "plain"}
    assert profile["notAfter"] - profile["notBefore"] == DAY


async def test_044_encrypted_zip(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    found = (await app.profiles())["LabCable"]["attributes"]["zip"]
    assert found["state"] == "enc"
    key = load_pem_private_key(KEY.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    assert json.loads(key.decrypt(base64.b64decode(found["value"]), PKCS1v15())) == ["10036"]


@pytest.mark.parametrize("level", ["attribute", "top"])
async def test_045_certificate_missing(qa: Lab, level: str) -> None:
    await qa.seed("qa-no-certificate")
    await qa.settings(user_metadata__certificate_error=level)
    app = await tv(qa)
    await log_in(app)
    reply = await app.get("profiles")
    code = "invalid_configuration_user_metadata_certificate"
    if level == "top":
        assert reply.data(500)["code"] == code
    else:
        zips = reply.data()["profiles"]["LabCable"]["attributes"]["zip"]
        assert zips == {"state": "enc", "error": code}


async def test_046_metadata_refresh_at_authz(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    await qa.admin("PATCH", "subscribers/viewer", {"household": "home-8"})
    before = (await by_mvpd(app))["LabCable"]["attributes"]["householdID"]["value"]
    await permitted(app)
    after = (await by_mvpd(app))["LabCable"]["attributes"]["householdID"]["value"]
    assert (before, after) == ("home-7", "home-8")
