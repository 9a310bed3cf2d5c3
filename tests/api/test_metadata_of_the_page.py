"""User metadata by the table of its page, home-based authentication, and resources as MRSS.

(Adobe: user metadata, META1; home-based authentication, WEB3; decisions feature, DEC2)
"""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.support.decisions import (
    DAY,
    PREAUTHORIZE,
    START_OF_TOKEN,
    ask,
    decision,
    denied,
    outcome,
    seeded,
    viewer,
)
from tests.support.lab import App, Lab
from tests.support.logins import DONE, FULL, Browser, create, log_in
from tests.support.replies import Json
from tests.support.worlds import TV, changed, world

ATTRIBUTES: Final[Mapping[str, Json]] = {
    "upstreamUserID": "1o7241p",
    "primaryOID": "uuidd1e19ec9-012c-124f-b520-acaf118d16a0",
    "typeID": "Primary",
    "is_hoh": "1",
    "allowMirroring": True,
    "channelID": ["channel-1", "channel-2"],
    "maxRating": {"MPAA": "NR", "VCHIP": "X", "URL": "http://manage.my/parental"},
    "language": "English",
    "onNet": True,
    "inHome": False,
}
ANN: Final[dict[str, Any]] = {
    "id": "ann",
    "password": "secret",
    "user_id": "1o7241p",
    "household": "home-7",
    "attributes": dict(ATTRIBUTES),
}


async def _logged_in(lab: Lab) -> App:
    app = await seeded(lab, world(subscribers=[ANN]))
    await log_in(app)
    return app


@pytest.mark.parametrize("name", ["userID", "householdID", *ATTRIBUTES])
async def test_an_attribute_of_the_mvpd(lab: Lab, name: str) -> None:
    app = await _logged_in(lab)
    wanted = {"userID": "1o7241p", "householdID": "home-7", **ATTRIBUTES}[name]
    for path in ("profiles", "profiles/LabCable"):
        found = (await app.get(path)).data()["profiles"]["LabCable"]["attributes"].get(name)
        assert found == {"value": wanted, "state": "plain"}


async def _household(lab: Lab, **integration: object) -> App:
    document = changed(("LABSP", "LabCable"), **integration)
    document["subscribers"] = [ANN]
    document["devices"] = [{"id": TV, "subscriber": "ann"}]
    return await seeded(lab, document)


async def _attributes(app: App) -> Json:
    return (await app.profiles())["LabCable"]


async def test_at_home_a_login_needs_no_password(lab: Lab) -> None:
    app = await _household(lab, home_based_authentication=True, home_authentication_ttl="PT2H")
    landed = await Browser(lab=lab).open((await create(app, FULL))["url"])
    assert landed.url == DONE
    found = await _attributes(app)
    assert found["attributes"].get("hba_status") == {"value": True, "state": "plain"}
    assert found["notAfter"] - found["notBefore"] == 2 * 3_600_000


async def test_away_from_home_a_login_says_so(lab: Lab) -> None:
    app = await seeded(
        lab,
        {**changed(("LABSP", "LabCable"), home_based_authentication=True), "subscribers": [ANN]},
    )
    await log_in(app)
    found = await _attributes(app)
    assert found["attributes"].get("hba_status") == {"value": False, "state": "plain"}
    assert found["notAfter"] - found["notBefore"] == 30 * DAY


async def test_switched_off_home_based_authentication_asks_for_a_password(lab: Lab) -> None:
    app = await _household(lab, home_based_authentication=False)
    landed = await Browser(lab=lab).open((await create(app, FULL))["url"])
    assert "password" in landed.form.fields
    await log_in(app)
    assert (await _attributes(app))["attributes"].get("hba_status") is None


def _mrss(title: str, scheme: str = "", rating: str = "") -> str:
    rated = (
        f'<item><media:rating scheme="{scheme}">{rating}</media:rating></item>' if scheme else ""
    )
    return (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>'
        f"<title>{title}</title>{rated}</channel></rss>"
    )


RESOURCES: Final = {"a plain name": "REF30", "MRSS with its title": _mrss("REF30"),
                    "MRSS with a rating": _mrss("REF30", "urn:v-chip", "tv-pg")}  # fmt: skip


@pytest.mark.parametrize("name", RESOURCES)
async def test_a_resource_is_named_plainly_or_by_mrss(lab: Lab, name: str) -> None:
    app = await seeded(lab, viewer(entitlements=["REF30"]))
    resource = RESOURCES[name]
    for operation in ("authorize", PREAUTHORIZE):
        (item,) = (await ask(app, resource, operation=operation)).data()["decisions"]
        assert (item["resource"], item["authorized"]) == (resource, True)
    assert await outcome(app, _mrss("REF40")) == ("mvpd", "authorization_denied_by_mvpd")


RATED: Final[Mapping[str, tuple[str, str, str | None]]] = {
    "MPAA above": ("urn:mpaa", "R", "authorization_denied_by_parental_controls"),
    "MPAA within": ("urn:mpaa", "pg", None),
    "V-chip above": ("urn:v-chip", "TV-MA", "authorization_denied_by_parental_controls"),
    "V-chip within": ("urn:v-chip", "TV-PG", None),
    "another scheme": ("urn:lab", "X", None),
}


@pytest.mark.parametrize("name", RATED)
async def test_a_rating_is_held_against_the_viewer_s(lab: Lab, name: str) -> None:
    scheme, rating, code = RATED[name]
    limit = {"maxRating": {"MPAA": "PG", "VCHIP": "TV-PG"}}
    app = await seeded(lab, viewer(attributes=limit))
    item = await decision(app, _mrss("REF30", scheme, rating))
    if code is None:
        assert (item["source"], item["authorized"]) == ("mvpd", True)
    else:
        assert item == denied(code)


async def _token(app: App, resource: str = "LAB-LIVE") -> Json:
    (item,) = (await ask(app, resource)).data()["decisions"]
    assert item["authorized"] is True
    token = item.get("token")
    assert token
    assert str(token["serializedToken"]).startswith(START_OF_TOKEN)
    return token


async def _verified(lab: Lab, token: str, resource: str | None = "LAB-LIVE") -> Json:
    return await lab.admin("POST", "media-tokens/verify", {"token": token, "resource": resource})


async def test_a_media_token_says_what_its_verifier_is_asked_for(lab: Lab) -> None:
    app = await seeded(lab, viewer(entitlements=["LAB-LIVE"]))
    token = await _token(app)
    now = lab.clock.now()
    assert (token["notBefore"], token["notAfter"]) == (now, now + 420_000)
    found = await _verified(lab, token["serializedToken"])
    assert found["status"] == "VALID_TOKEN"
    assert (found["resource_id"], found["mvpd_id"]) == ("LAB-LIVE", "LabCable")
    assert (found["requestor_id"], found["proxy_mvpd_id"]) == ("LABSP", None)
    assert found["time_to_live"] == "PT7M"
    assert found["user_session_guid"]
    assert (await _verified(lab, token["serializedToken"], "LAB-NEWS"))["status"] == (
        "INVALID_RESOURCE_ID"
    )
    assert (await _verified(lab, token["serializedToken"], None))["status"] == "VALID_TOKEN"


async def test_each_permit_brings_a_media_token_of_its_own(lab: Lab) -> None:
    app = await seeded(lab, viewer(entitlements=["LAB-LIVE"]))
    first = await _token(app)
    lab.clock.advance(minutes=1)
    again = await _token(app)
    assert again["notBefore"] == first["notBefore"] + 60_000
    assert again["serializedToken"] != first["serializedToken"]
