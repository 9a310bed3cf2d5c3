"""User metadata as apps get it: which attributes, of which type, and what is encrypted.

(Adobe: user metadata, META1, META2, META3; dashboard integrations, META4)
"""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.support.decisions import seeded
from tests.support.lab import App, Lab
from tests.support.logins import ANN, by_code, code_for, log_in
from tests.support.replies import Json
from tests.support.tokens import sso_token
from tests.support.worlds import BOX, changed, profile, rule, service_token, world

SCENARIOS: Final = Path(__file__).parents[2] / "scenarios"
NO_CERTIFICATE: Final = {
    "state": "enc",
    "error": "invalid_configuration_user_metadata_certificate",
}


async def _attributes(app: App, mvpd: str = "LabCable") -> dict[str, Json]:
    found: dict[str, Json] = (await app.profiles())[mvpd]["attributes"]
    return found


def _plain(value: object) -> dict[str, object]:
    return {"value": value, "state": "plain"}


def _opened(attribute: Json) -> object:
    """What the holder of demo's key reads in an encrypted attribute."""
    key = load_pem_private_key((SCENARIOS / "demo-metadata-key.pem").read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    assert attribute["state"] == "enc"
    return json.loads(key.decrypt(base64.b64decode(attribute["value"]), PKCS1v15()))


# What every MVPD gives


async def test_a_login_has_an_upstream_user_id_beside_the_user_id(lab: Lab) -> None:
    app = await seeded(lab, world(subscribers=[ANN]))
    found = (await by_code(app, await log_in(app)))["LabCable"]["attributes"]
    assert found["userID"] == _plain("viewer-ann")
    assert found["upstreamUserID"] == _plain("viewer-ann")


async def test_a_profile_of_the_scenario_has_an_upstream_user_id(lab: Lab) -> None:
    app = await seeded(lab, world(profiles=[profile("login")]))
    found = await _attributes(app)
    assert found["upstreamUserID"] == found["userID"]


async def test_an_mvpd_may_give_an_upstream_user_id_of_its_own(lab: Lab) -> None:
    attributes = {"userID": "kid", "upstreamUserID": "home"}
    app = await seeded(lab, world(profiles=[profile("login", attributes=attributes)]))
    found = await _attributes(app)
    assert (found["userID"], found["upstreamUserID"]) == (_plain("kid"), _plain("home"))


async def test_a_login_that_single_sign_on_shares_names_its_mvpd(lab: Lab) -> None:
    shared = profile("login", BOX, links=[service_token("ann")])
    app = await seeded(lab, world(profiles=[shared]), AD_Service_Token=sso_token("ann"))
    found = await _attributes(app)
    assert found["upstreamUserID"] == found["userID"]
    assert found["mvpd"] == _plain("LabCable")


async def test_what_adobe_makes_up_has_no_upstream_user_id(lab: Lab) -> None:
    app = await seeded(lab, world(degradations=[rule("AuthNAll")]))
    degraded = (await app.get("profiles/LabCable")).data()["profiles"]["LabCable"]
    trial = (await app.get("profiles/TempBasic")).data()["profiles"]["TempBasic"]
    assert {*degraded["attributes"]} == {"userID"}
    assert {*trial["attributes"]} == {"userID", "expiration_date"}


# Sensitive attributes


async def test_demo_encrypts_the_zip_codes_of_a_login(lab: Lab) -> None:
    await lab.seed("demo")
    app = await lab.app("a-new-tv", service_provider="REF30", application="sample-app")
    code = await code_for(app, mvpd="Cablevision")
    await lab.admin("POST", f"codes/{code}/approve", {"subscriber": "demo"})
    found = await _attributes(app, "Cablevision")
    assert _opened(found["zip"]) == ["10036"]
    assert found["language"] == _plain("en")


async def test_demo_encrypts_the_zip_codes_of_a_profile_that_is_there(lab: Lab) -> None:
    await lab.seed("demo")
    app = await lab.app("demo-roku", service_provider="REF30", application="sample-app")
    assert _opened((await _attributes(app, "Cablevision"))["zip"]) == ["10036"]


@pytest.mark.parametrize("name", ["zip", "encryptedZip"])
async def test_what_is_sensitive_is_an_error_without_a_certificate(lab: Lab, name: str) -> None:
    app = await seeded(lab, world(profiles=[profile("login", attributes={name: "10036"})]))
    assert (await _attributes(app))[name] == NO_CERTIFICATE


async def test_a_login_without_a_certificate_keeps_working(lab: Lab) -> None:
    viewer = {**ANN, "attributes": {"zip": "10036"}}
    app = await seeded(lab, world(subscribers=[viewer]))
    found = (await by_code(app, await log_in(app)))["LabCable"]["attributes"]
    assert found["zip"] == NO_CERTIFICATE
    assert found["userID"] == _plain("viewer-ann")


async def test_a_switch_delivers_zip_codes_plain_and_as_a_list(lab: Lab) -> None:
    app = await seeded(lab, world(profiles=[profile("login", attributes={"zip": "10036"})]))
    await lab.settings(user_metadata__sensitive="plain")
    assert (await _attributes(app))["zip"] == _plain(["10036"])


@pytest.mark.parametrize(
    ("given", "delivered"),
    [
        ({"channelID": "NEWS"}, ["NEWS"]),
        ({"householdID": 77}, "77"),
        ({"is_hoh": True}, "1"),
        ({"hba_status": "true"}, True),
        ({"allowMirroring": "false"}, False),
        ({"maxRating": {"MPAA": "PG"}}, {"MPAA": "PG"}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, Mapping) else "",
)
async def test_attributes_have_the_type_of_the_page(
    lab: Lab, given: Mapping[str, object], delivered: object
) -> None:
    app = await seeded(lab, world(profiles=[profile("login", attributes=given)]))
    assert (await _attributes(app))[next(iter(given))] == _plain(delivered)


async def test_an_export_says_what_the_scenario_said(lab: Lab) -> None:
    given = {"userID": "u", "zip": ["10036"], "language": {"value": "en", "state": "enc"}}
    await lab.seed(world(profiles=[profile("login", attributes=given)]))
    exported = json.loads((await lab.ask("GET", "state")).text)
    assert exported["profiles"][0]["attributes"] == given


# What the dashboard sets for an integration

LOGIN: Final = {"language": "en", "householdID": "home", "zip": ["10036"]}


async def _with_settings(lab: Lab, **settings: Mapping[str, bool]) -> App:
    document = changed(("LABSP", "LabCable"), user_metadata=settings)
    return await seeded(lab, {**document, "profiles": [profile("login", attributes=LOGIN)]})


async def test_what_an_integration_does_not_enable_is_absent(lab: Lab) -> None:
    app = await _with_settings(lab, language={"enabled": False}, zip={"enabled": False})
    assert {*await _attributes(app)} == {"userID", "upstreamUserID", "householdID"}


async def test_what_every_mvpd_gives_can_be_switched_off_too(lab: Lab) -> None:
    app = await _with_settings(lab, upstreamUserID={"enabled": False})
    assert "upstreamUserID" not in await _attributes(app)


async def test_an_integration_can_have_any_attribute_encrypted(lab: Lab) -> None:
    app = await _with_settings(lab, householdID={"encrypted": True}, zip={"encrypted": False})
    found = await _attributes(app)
    assert found["householdID"] == NO_CERTIFICATE
    assert found["zip"] == _plain(["10036"])


async def test_another_integration_has_settings_of_its_own(lab: Lab) -> None:
    document = changed(("LABSP", "LabCable"), user_metadata={"language": {"enabled": False}})
    logins = [
        profile(mvpd, mvpd=mvpd, attributes={"language": "en"}) for mvpd in ("LabCable", "LabDish")
    ]
    app = await seeded(lab, {**document, "profiles": logins})
    assert "language" not in await _attributes(app)
    assert (await _attributes(app, "LabDish"))["language"] == _plain("en")


async def test_the_admin_api_sets_the_user_metadata_of_an_integration(lab: Lab) -> None:
    app = await seeded(lab, world(profiles=[profile("login", attributes=LOGIN)]))
    settings = {"language": {"enabled": False}, "householdID": {"enabled": True}}
    body = {"user_metadata": settings}
    changed_to = await lab.admin("PATCH", "integrations/LABSP:LabCable", body)
    assert changed_to["user_metadata"] == settings
    assert "language" not in await _attributes(app)
    await lab.admin("PATCH", "integrations/LABSP:LabCable", {"user_metadata": None})
    assert (await _attributes(app))["language"] == _plain("en")


async def test_the_user_id_cannot_be_switched_off(lab: Lab) -> None:
    await seeded(lab, world())
    body = {"user_metadata": {"userID": {"enabled": False}}}
    error = await lab.refused("PATCH", "integrations/LABSP:LabCable", body)
    assert "userID" in json.dumps(error)


async def test_settings_of_user_metadata_survive_an_export(lab: Lab) -> None:
    app = await _with_settings(lab, language={"enabled": False}, zip={"encrypted": False})
    before = await lab.state()
    await lab.admin("PUT", "state", json.loads(before))
    assert await lab.state() == before
    assert "language" not in await _attributes(app)
