"""Logout and single sign-on: which apps, devices and service providers share a login's end."""

from typing import Final

import pytest

from tests.support.decisions import seeded
from tests.support.lab import Lab
from tests.support.tokens import hmac_token, public_pem, segments, sso_token
from tests.support.worlds import (
    BOX,
    TV,
    Entry,
    changed,
    platform_identity,
    profile,
    service_token,
    world,
)

ANN: Final = (service_token("ann"),)
ROKU: Final = (platform_identity("roku-1"),)
# Roku's own example of X-Device-Info, shortened.
ROKU_INFO: Final = "eyJvc05hbWUiOiJSb2t1IE9TIn0="
TVOS_INFO: Final = "eyJvc05hbWUiOiJ0dk9TIn0="

BOTH: Final = {"here", "there"}


def _shared(service_provider: str = "LABSP", links: tuple[Entry, ...] = ANN) -> tuple[Entry, ...]:
    """A login on the TV, and one of the same viewer on the box at `service_provider`."""
    return (
        profile("here", client="app-1"),
        profile("there", BOX, service_provider=service_provider, links=links),
    )


async def _gone(lab: Lab, document: Entry, **headers: str) -> set[str]:
    """What a logout on the TV deletes, sent with Ann's token unless `headers` say else."""
    await lab.seed(document)
    before = await lab.profile_ids()
    app = (await lab.app(TV, client="app-1")).sending(
        **(headers or {"AD_Service_Token": sso_token("ann")})
    )
    await app.logged_out("LabCable")
    return before - await lab.profile_ids()


@pytest.mark.parametrize("service_provider", ["LABSP", "LABSP2"])
async def test_a_service_token_reaches_across_devices_and_service_providers(
    lab: Lab, service_provider: str
) -> None:
    assert await _gone(lab, world(profiles=_shared(service_provider))) == BOTH


async def test_without_the_header_only_the_own_login_ends(lab: Lab) -> None:
    assert await _gone(lab, world(profiles=_shared()), Accept="application/json") == {"here"}


@pytest.mark.parametrize(
    "pair", [("LABSP", "LabCable"), ("LABSP2", "LabCable")], ids=["ours", "theirs"]
)
@pytest.mark.parametrize(
    "members",
    [
        {"single_sign_on": False},
        {"auth_per_aggregator": True},
        {"overrides": {"Roku": {"single_sign_on": False}}},
        {"overrides": {"TV connected": {"single_sign_on": False}}},
        {"overrides": {"Roku": {"auth_per_aggregator": True}}},
        {
            "single_sign_on": False,
            "overrides": {
                "TV connected": {"single_sign_on": True},
                "Roku": {"single_sign_on": False},
            },
        },
    ],
    ids=["SSO off", "aggregator", "off on Roku", "off on TVs", "aggregator on Roku", "layers"],
)
async def test_an_integration_that_shares_nothing_keeps_its_logins_apart(
    lab: Lab, pair: tuple[str, str], members: dict[str, object]
) -> None:
    document = {**changed(pair, **members), "profiles": _shared("LABSP2")}
    headers = {"AD_Service_Token": sso_token("ann"), "X_Device_Info": ROKU_INFO}
    assert await _gone(lab, document, **headers) == {"here"}


async def test_an_override_for_another_platform_does_not_count(lab: Lab) -> None:
    overrides = {"Roku": {"single_sign_on": False}}
    document = {**changed(("LABSP", "LabCable"), overrides=overrides), "profiles": _shared()}
    headers = {"AD_Service_Token": sso_token("ann"), "X_Device_Info": TVOS_INFO}
    assert await _gone(lab, document, **headers) == BOTH


async def test_a_platform_without_single_sign_on_still_logs_its_own_app_out(lab: Lab) -> None:
    overrides = {"Roku": {"single_sign_on": False}}
    await lab.seed({**changed(("LABSP", "LabCable"), overrides=overrides), "profiles": _shared()})
    app = (await lab.app(TV, client="app-1")).sending(
        AD_Service_Token=sso_token("ann"), X_Device_Info=ROKU_INFO
    )
    # No SSO header led to this deletion, so the url is that of a plain login.
    assert "noflash=true" in (await app.logged_out("LabCable"))["url"]


async def test_an_integration_that_is_switched_off_shares_nothing(lab: Lab) -> None:
    document = {**changed(("LABSP2", "LabCable"), active=False), "profiles": _shared("LABSP2")}
    assert await _gone(lab, document) == {"here"}


async def test_the_source_of_a_shared_login_ends_what_others_see_of_it(lab: Lab) -> None:
    await lab.seed(world(profiles=[profile("source", client="app-1", links=[*ANN, *ROKU])]))
    source = await lab.app(TV, client="app-1")
    others = [
        (await lab.app(BOX)).sending(AD_Service_Token=sso_token("ann")),
        (await lab.app(TV, client="app-2")).sending(Adobe_Subject_Token=sso_token("roku-1")),
    ]
    seen = [(await other.profiles())["LabCable"]["type"] for other in others]
    assert seen == ["serviceTokenSSO", "platformSSO"]
    await source.logged_out("LabCable")
    assert [await other.profiles() for other in others] == [{}, {}]


async def test_the_source_takes_the_stored_views_of_others_along(lab: Lab) -> None:
    profiles = [
        profile("source", client="app-1", links=ANN),
        profile("view", BOX, client="app-2", type="serviceTokenSSO", links=ANN),
        profile("own-login-there", "third", client="app-2", links=ANN),
        profile("view-elsewhere", BOX, "LabDish", type="serviceTokenSSO", links=ANN),
        profile("view-of-bob", "fourth", type="serviceTokenSSO", links=[service_token("bob")]),
    ]
    gone = await _gone(lab, world(profiles=profiles), Accept="application/json")
    assert gone == {"source", "view"}


async def test_who_sees_a_login_through_its_header_can_end_it_at_its_source(lab: Lab) -> None:
    await lab.seed(world(profiles=[profile("source", client="app-1", links=ANN)]))
    source = await lab.app(TV, client="app-1")
    viewer = (await lab.app(BOX)).sending(AD_Service_Token=sso_token("ann"))
    assert (await viewer.logged_out("LabCable"))["actionName"] == "logout"
    assert await source.profiles() == {}


async def test_links_go_with_their_profiles(lab: Lab) -> None:
    await _gone(lab, world(profiles=_shared()))
    assert (await lab.admin("GET", "sso-links"))["items"] == []


async def test_an_expired_login_that_the_header_matches_does_not_make_a_logout(lab: Lab) -> None:
    expired = profile("there", BOX, links=ANN, expires_in="-PT1S")
    assert await _gone(lab, world(profiles=[expired])) == set()


async def test_an_expired_login_is_cleared_away_with_a_valid_one(lab: Lab) -> None:
    expired = profile("expired", "third", links=ANN, expires_in="-PT1S")
    assert await _gone(lab, world(profiles=[*_shared(), expired])) == {*BOTH, "expired"}


async def test_a_token_counts_until_it_expires_by_the_clock_of_the_sandbox(lab: Lab) -> None:
    token = sso_token("ann", exp=lab.clock.seconds + 60)
    await lab.seed(world(profiles=[profile("a", BOX, links=ANN), profile("b", TV, links=ANN)]))
    app = (await lab.app("third")).sending(AD_Service_Token=token)
    lab.clock.advance(seconds=60)
    assert (await app.logged_out("LabCable"))["actionName"] == "invalid"
    lab.clock.advance(milliseconds=-1)
    assert (await app.logged_out("LabCable"))["actionName"] == "logout"


@pytest.mark.parametrize(
    ("token", "counts"),
    [
        ("signed with the key", True),
        ("signed with another key", False),
        ("not signed", False),
        ("signed with the public key as a secret", False),
        ("of an issuer without key", True),
    ],
)
async def test_a_key_that_is_registered_for_an_issuer_must_fit(
    lab: Lab, token: str, counts: bool
) -> None:
    claims = {"iss": "lab-idp", "sub": "ann"}
    value = {
        "signed with the key": lambda: sso_token("ann", key="idp"),
        "signed with another key": lambda: sso_token("ann", key="other"),
        "not signed": lambda: segments({"alg": "none"}, claims) + ".",
        "signed with the public key as a secret": lambda: hmac_token(
            claims, public_pem("idp").encode()
        ),
        "of an issuer without key": lambda: sso_token("ann", "free-idp", key="other"),
    }[token]()
    issuer = {"id": "lab-idp", "public_key": public_pem("idp")}
    document = world(profiles=_shared(), issuers=[issuer])
    expected = BOTH if counts else {"here"}
    assert await _gone(lab, document, AD_Service_Token=value) == expected


async def test_a_key_can_be_registered_and_forgotten_while_the_simulator_runs(lab: Lab) -> None:
    forged = sso_token("ann", key="other")
    app = await seeded(
        lab, world(profiles=[profile("there", BOX, links=ANN)]), AD_Service_Token=forged
    )
    assert [*await app.profiles()] == ["LabCable"]
    await lab.admin("POST", "issuers", {"id": "lab-idp", "public_key": public_pem("idp")})
    assert await app.profiles() == {}
    await lab.admin("DELETE", "issuers/lab-idp")
    assert [*await app.profiles()] == ["LabCable"]


async def test_an_opaque_header_counts_where_a_link_names_it_literally(lab: Lab) -> None:
    opaque = {"kind": "platform_identity", "value": "cut short ....."}
    document = world(profiles=_shared(links=(opaque,)))
    assert await _gone(lab, document, Adobe_Subject_Token="cut short .....") == BOTH
    assert await _gone(lab, document, Adobe_Subject_Token="cut shorter ....") == {"here"}
    assert await _gone(lab, document, AD_Service_Token="cut short .....") == {"here"}


async def test_the_url_of_a_single_logout_names_the_hashed_device_and_stays_relative(
    lab: Lab,
) -> None:
    app = await seeded(lab, world(profiles=_shared()), AD_Service_Token=sso_token("ann"))
    url = (await app.logged_out("LabCable"))["url"]
    assert url.startswith("/adobe-services/logout?requestor_id=LABSP&mso_id=LabCable&pt_device_id=")
    assert TV not in url
