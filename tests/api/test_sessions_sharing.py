"""Single sign-on begins at a login: whose session carried which identity, and who sees it then."""

from typing import Final

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import ANN, FULL, by_code, code_for, create, log_in
from tests.support.tokens import public_pem, sso_token
from tests.support.worlds import BOX, TV, changed, world

SERVICE: Final = "AD-Service-Token"
PLATFORM: Final = "Adobe-Subject-Token"
ROKU: Final = "X-Roku-Reserved-Roku-Connect-Token"

SEEN_AS: Final = {SERVICE: "serviceTokenSSO", PLATFORM: "platformSSO", ROKU: "platformSSO"}
HEADERS: Final = [*SEEN_AS]


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    await lab.seed(world(subscribers=[ANN]))
    return lab


async def _on_tv(lab: Lab, **headers: str) -> App:
    return (await lab.app(TV, client="app-1")).sending(**headers)


async def _on_box(lab: Lab, **headers: str) -> App:
    return (await lab.app(BOX, client="app-2")).sending(**headers)


async def _links(lab: Lab) -> list[tuple[str, str | None, str | None]]:
    found = (await lab.admin("GET", "sso-links"))["items"]
    return [(each["kind"], each["issuer"], each["subject"]) for each in found]


@pytest.mark.parametrize("header", HEADERS)
async def test_a_login_is_shared_with_whoever_sends_the_same_identity(
    lab: Lab, header: str
) -> None:
    token = {header: sso_token("ann")}
    tv, box = await _on_tv(lab, **token), await _on_box(lab, **token)
    await log_in(tv)

    own = (await tv.profiles())["LabCable"]
    assert own["type"] == "regular"
    seen = (await box.profiles())["LabCable"]
    named = {**own["attributes"], "mvpd": {"value": "LabCable", "state": "plain"}}
    assert seen == {**own, "type": SEEN_AS[header], "attributes": named}
    answer = await create(box, {"mvpd": "LabCable"})
    assert (answer["actionName"], answer["reasonType"]) == ("authorize", "authenticatedSSO")


@pytest.mark.parametrize("header", HEADERS)
async def test_without_the_header_nobody_sees_it(lab: Lab, header: str) -> None:
    await log_in(await _on_tv(lab, **{header: sso_token("ann")}))
    for box in (await _on_box(lab), await _on_box(lab, **{header: sso_token("bob")})):
        assert await box.profiles() == {}
        assert (await create(box, FULL))["actionName"] == "authenticate"


async def test_a_platforms_identity_counts_in_either_of_its_headers(lab: Lab) -> None:
    await log_in(await _on_tv(lab, **{PLATFORM: sso_token("roku-1", "roku")}))
    box = await _on_box(lab, **{ROKU: sso_token("roku-1", "roku")})
    assert (await box.profiles())["LabCable"]["type"] == "platformSSO"
    other = await _on_box(lab, **{SERVICE: sso_token("roku-1", "roku")})
    assert await other.profiles() == {}


async def test_a_login_is_shared_with_other_channels(lab: Lab) -> None:
    token = {SERVICE: sso_token("ann")}
    await log_in(await _on_tv(lab, **token))
    box = (await lab.app(BOX, application="second-app")).at("LABSP2").sending(**token)
    assert (await box.profiles())["LabCable"]["type"] == "serviceTokenSSO"


async def test_a_channel_that_shares_nothing_is_left_out(lab: Lab) -> None:
    await lab.seed(
        {**changed(("LABSP2", "LabCable"), auth_per_aggregator=True), "subscribers": [ANN]}
    )
    token = {SERVICE: sso_token("ann")}
    await log_in(await _on_tv(lab, **token))
    box = (await lab.app(BOX, application="second-app")).at("LABSP2").sending(**token)
    assert await box.profiles() == {}
    assert (await create(box, FULL))["actionName"] == "authenticate"


async def test_both_identities_of_a_session_are_linked(lab: Lab) -> None:
    await log_in(
        await _on_tv(lab, **{SERVICE: sso_token("ann"), PLATFORM: sso_token("box-1", "amazon")})
    )
    assert await _links(lab) == [
        ("platform_identity", "amazon", "box-1"),
        ("service_token", "lab-idp", "ann"),
    ]


async def test_an_opaque_identity_is_linked_as_it_stands(lab: Lab) -> None:
    await log_in(await _on_tv(lab, **{ROKU: "an opaque text of Roku's"}))
    box = await _on_box(lab, **{ROKU: "an opaque text of Roku's"})
    assert (await box.profiles())["LabCable"]["type"] == "platformSSO"
    assert await (await _on_box(lab, **{ROKU: "another one"})).profiles() == {}


async def test_an_expired_token_is_linked_to_nothing(lab: Lab) -> None:
    token = {SERVICE: sso_token("ann", exp=lab.clock.seconds - 1)}
    await log_in(await _on_tv(lab, **token))
    assert await _links(lab) == []
    assert await (await _on_box(lab, **token)).profiles() == {}


async def test_a_forged_token_is_linked_to_nothing(lab: Lab) -> None:
    await lab.admin("POST", "issuers", {"id": "lab-idp", "public_key": public_pem("idp")})
    forged = {SERVICE: sso_token("ann", key="other")}
    await log_in(await _on_tv(lab, **forged))
    assert await _links(lab) == []
    assert await (await _on_box(lab, **forged)).profiles() == {}


async def test_an_identity_counts_as_it_was_when_the_code_was_asked_for(lab: Lab) -> None:
    tv = await _on_tv(lab, **{SERVICE: sso_token("ann")})
    code = await code_for(tv)
    # What the app sends later has no say.
    assert await by_code(await _on_tv(lab, **{SERVICE: sso_token("bob")}), code) == {}
    await lab.admin("POST", f"codes/{code}/approve")
    assert await _links(lab) == [("service_token", "lab-idp", "ann")]


async def test_by_code_a_profile_is_the_owners_own_whatever_headers_say(lab: Lab) -> None:
    token = {SERVICE: sso_token("ann")}
    await log_in(await _on_tv(lab, **token))
    box = await _on_box(lab, **token)
    code = await code_for(box, mvpd="LabDish")
    assert await by_code(box, code) == {}


async def test_a_session_that_single_sign_on_settled_shows_no_profile_of_its_own(lab: Lab) -> None:
    token = {SERVICE: sso_token("ann")}
    box = await _on_box(lab, **token)
    code = (await create(box))["code"]
    await log_in(await _on_tv(lab, **token))
    answer = (
        await lab.call(
            "POST", f"/api/v2/LABSP/sessions/{code}", box.headers, data={"mvpd": "LabCable"}
        )
    ).data()
    assert answer["reasonType"] == "authenticatedSSO"
    assert await by_code(box, code) == {}


async def test_what_was_shared_ends_with_the_login(lab: Lab) -> None:
    token = {SERVICE: sso_token("ann")}
    tv, box = await _on_tv(lab, **token), await _on_box(lab, **token)
    await log_in(tv)
    assert (await box.logged_out("LabCable"))["actionName"] == "logout"
    assert (await create(tv, FULL))["actionName"] == "authenticate"
    assert await _links(lab) == []


async def test_a_new_login_does_not_keep_the_links_of_the_old_one(lab: Lab) -> None:
    tv = await _on_tv(lab, **{SERVICE: sso_token("ann")})
    await log_in(tv)
    await lab.admin("POST", f"profiles/{next(iter(await lab.profile_ids()))}/expire")
    await log_in(await _on_tv(lab, **{SERVICE: sso_token("bob")}))
    assert await _links(lab) == [("service_token", "lab-idp", "bob")]
