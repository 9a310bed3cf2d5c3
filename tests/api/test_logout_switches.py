"""The switches of a sandbox that change what logout answers, each on its other side."""

import hashlib
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import MakeLab
from tests.support.forgeries import NAMES, forged
from tests.support.lab import REDIRECT, App, Lab
from tests.support.shapes import assert_enhanced
from tests.support.tokens import segments, sso_token
from tests.support.worlds import BOX, TV, profile, service_token, world

OLD_PATH: Final = "/api/v2/logout/LABSP/LabCable?redirectUrl=https%3A%2F%2Fapp.example"
ANN: Final = [service_token("ann")]


@pytest.fixture
def lab(default_lab: Lab) -> Lab:
    """In any other sandbox the url names it as well."""
    return default_lab


@pytest.fixture
async def app(lab: Lab) -> App:
    """An app that is logged in, on a device that shares its login with a second one."""
    profiles = [profile("own", links=ANN), profile("linked", BOX, links=ANN)]
    await lab.seed(world(profiles=profiles))
    return await lab.app(TV, client="app-1")


# logout.redirect_url


async def test_a_redirect_url_is_required_unless_a_switch_says_otherwise(
    lab: Lab, app: App
) -> None:
    error = assert_enhanced(await app.logout("LabCable", None), "invalid_parameter_redirect_url")
    assert "missing" in error["message"]
    await lab.settings(logout__redirect_url="optional")
    url = (await app.logout("LabCable", None)).data()["logouts"]["LabCable"]["url"]
    assert parse_qs(urlsplit(url).query)["redirect_url"] == ["https://lab.example/default"]


async def test_a_redirect_url_that_is_given_wins_over_the_default(lab: Lab, app: App) -> None:
    await lab.settings(logout__redirect_url="optional")
    url = (await app.logged_out("LabCable"))["url"]
    assert parse_qs(urlsplit(url).query)["redirect_url"] == [REDIRECT]


@pytest.mark.parametrize("redirect_url", ["", "nope", "javascript:alert(1)"])
async def test_a_redirect_url_that_is_given_must_be_good_even_if_it_is_optional(
    lab: Lab, app: App, redirect_url: str
) -> None:
    await lab.settings(logout__redirect_url="optional")
    reply = await app.logout("LabCable", redirect_url)
    assert_enhanced(reply, "invalid_parameter_redirect_url")


async def test_without_a_default_an_optional_redirect_url_is_required_after_all(
    lab: Lab, app: App
) -> None:
    await lab.settings(logout__redirect_url="optional")
    reply = await app.at("LABSP2").logout("LabCable", None)
    assert_enhanced(reply, "invalid_parameter_redirect_url")


# logout.url


@pytest.mark.parametrize(
    ("form", "by_sso", "absolute"),
    [
        ("documented", False, True),
        ("documented", True, False),
        ("absolute", False, True),
        ("absolute", True, True),
        ("relative", False, False),
        ("relative", True, False),
    ],
)
async def test_the_url_is_absolute_or_relative_as_the_switch_says(
    lab: Lab, app: App, form: str, by_sso: bool, absolute: bool
) -> None:
    await lab.settings(logout__url=form)
    if by_sso:
        app = app.sending(AD_Service_Token=sso_token("ann"))
    url = (await app.logged_out("LabCable"))["url"]
    origin, path, query = url.partition("/adobe-services/logout?")
    assert path
    assert origin == (lab.origin if absolute else "")
    common = {"mso_id": ["LabCable"], "requestor_id": ["LABSP"], "redirect_url": [REDIRECT]}
    device = hashlib.sha256(TV.encode()).hexdigest()
    special = {"pt_device_id": [device]} if by_sso else {"noflash": ["true"]}
    assert parse_qs(query, strict_parsing=True) == common | special


@pytest.mark.parametrize(
    ("settings", "headers", "origin"),
    [
        ({}, {"Host": "tv.lab.local:8642"}, "http://tv.lab.local:8642"),
        ({}, {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.example"}, "https://a.example"),
        (
            {},
            {"X-Forwarded-Proto": "https, http", "X-Forwarded-Host": "a.example, b.example"},
            "https://a.example",
        ),
        (
            {"public_url": "https://public.example/pass/"},
            {"X-Forwarded-Host": "a.example"},
            "https://public.example/pass",
        ),
    ],
)
async def test_an_absolute_url_begins_where_the_client_reached_us(
    lab_with: MakeLab, settings: dict[str, str], headers: dict[str, str], origin: str
) -> None:
    lab = await lab_with(**settings)
    await lab.seed(world(profiles=[profile("own")]))
    app = await lab.app(TV)
    path = "/api/v2/LABSP/logout/LabCable?redirectUrl=https%3A%2F%2Fapp.example"
    reply = await lab.call("GET", path, app.headers | headers)
    url = reply.data()["logouts"]["LabCable"]["url"]
    assert url.startswith(f"{origin}/adobe-services/logout?")


# logout.legacy_path


async def test_the_old_path_is_served_like_the_proper_one(lab: Lab, app: App) -> None:
    reply = await lab.call("GET", OLD_PATH, app.headers)
    assert reply.data()["logouts"]["LabCable"]["actionName"] == "logout"
    assert await lab.profile_ids() == {"linked"}


@pytest.mark.parametrize("slash", ["", "/"])
async def test_the_old_path_can_be_turned_off(lab: Lab, app: App, slash: str) -> None:
    await lab.settings(logout__legacy_path="reject")
    before = await lab.state()
    reply = await lab.call("GET", OLD_PATH.replace("?", f"{slash}?"), app.headers)
    assert_enhanced(reply, "not_found")
    assert await lab.state() == before
    assert (await app.logged_out("LabCable"))["actionName"] == "logout"


async def test_the_old_path_that_is_off_is_404_to_everybody(lab: Lab) -> None:
    await lab.settings(logout__legacy_path="reject")
    reply = await lab.call("GET", OLD_PATH)
    assert_enhanced(reply, "not_found")


# access_token.verification


ACCEPTED: Final = set(NAMES) - {"garbage", "cut short", "without subject", "nested beyond reason"}


@pytest.mark.parametrize("name", NAMES)
async def test_with_structure_any_token_is_good_that_says_whose_it_is(
    lab: Lab, app: App, name: str
) -> None:
    await lab.settings(access_token__verification="structure")
    token = await forged(lab, name)
    reply = await lab.call(
        "GET",
        "/api/v2/LABSP/logout/LabCable?redirectUrl=https%3A%2F%2Fapp.example",
        app.headers | {"Authorization": f"Bearer {token}"},
    )
    if name in ACCEPTED:
        assert reply.data()["logouts"]["LabCable"]["actionName"] == "logout"
    else:
        assert_enhanced(reply, "invalid_access_token_client_application")


async def test_with_structure_a_token_of_ours_still_belongs_to_its_application(
    lab: Lab, app: App
) -> None:
    await lab.settings(access_token__verification="structure")
    token = await lab.token(application="second-app")
    reply = await lab.call(
        "GET",
        "/api/v2/LABSP/logout/LabCable?redirectUrl=https%3A%2F%2Fapp.example",
        app.headers | {"Authorization": f"Bearer {token}"},
    )
    assert_enhanced(reply, "invalid_access_token_service_provider")


async def test_with_structure_a_captured_token_keeps_its_own_profiles(lab: Lab) -> None:
    await lab.settings(access_token__verification="structure")
    await lab.seed(world(settings={"access_token.verification": "structure"}, profiles=[
        profile("captured", client="c4fc3e7e-12d9-495d-b742-6aeac8a490e7"),
        profile("other", BOX),
    ]))  # fmt: skip
    claims = {
        "sub": "c4fc3e7e-12d9-495d-b742-6aeac8a490e7",
        "iss": "auth.adobe.com",
        "scopes": "api:client:v2",
        "iat": 1_724_087_868,
        "nbf": 1_724_087_868,
        "exp": 1_724_109_468,
    }
    token = segments({"alg": "RS256"}, claims, b"a signature that nobody here can check")
    app = App(lab=lab, device=TV, token=token, service_provider="LABSP")
    assert [*await app.profiles()] == ["LabCable"]
    assert (await app.logged_out("LabCable"))["actionName"] == "logout"
    assert await lab.profile_ids() == {"other"}


@pytest.mark.parametrize(
    "claims",
    [
        b'{"sub": "x", "exp": 1e400}',
        b'{"sub": "x", "exp": NaN}',
        b'{"sub": "x", "exp": %s}' % (b"9" * 400),
        b'{"sub": "x", "exp": "soon"}',
        b'{"sub": "\\ud800"}',
        b'{"sub": ["x"], "scopes": 7}',
        b"null",
    ],
)
async def test_with_structure_no_claim_breaks_the_reader(lab: Lab, app: App, claims: bytes) -> None:
    await lab.settings(access_token__verification="structure")
    token = segments({"alg": "RS256"}, claims, b"x")
    headers = app.headers | {"Authorization": f"Bearer {token}"}
    reply = await lab.call("GET", "/api/v2/LABSP/profiles", headers)
    assert reply.status in {200, 401}


# device_info


COMPLETE: Final = (
    "eyJwcmltYXJ5SGFyZHdhcmVUeXBlIjoiU2V0VG9wQm94IiwibW9kZWwiOiJSb2t1IiwidmVyc2lvbiI6IjQ4NTBYIiwi"
    "bWFudWZhY3R1cmVyIjoiUm9rdSIsInZlbmRvciI6IlJva3UiLCJvc05hbWUiOiJSb2t1IE9TIiwib3NWZXJzaW9uIjoi"
    "MTQuMSIsImNvbm5lY3Rpb25UeXBlIjoiV2lyZWRDb25uZWN0aW9uIiwiY29ubmVjdGlvbklwIjoiMjAzLjAuMTEzLjI0"
    "IiwiY29ubmVjdGlvblBvcnQiOiI1MTAwMiIsImFwcGxpY2F0aW9uSWQiOiJMYWJTdHJlYW0ifQ=="
)
# The payload of all samples lacks a comma, and of the required keys two.
OF_THE_SAMPLES: Final = (
    "ewoJInByaW1hcnlIYXJkd2FyZVR5cGUiOiAiU2V0VG9wQm94IiwKCSJtb2RlbCI6ICJUViA1dGggR2VuIiwKCSJtYW51"
    "ZmFjdHVyZXIiOiAiQXBwbGUiLAoJIm9zTmFtZSI6ICJ0dk9TIgoJIm9zVmVuZG9yIjogIkFwcGxlIiwKCSJvc1ZlcnNp"
    "b24iOiAiMTEuMCIKfQ=="
)


@pytest.mark.parametrize(
    ("info", "accepted"),
    [
        (None, False),
        ("Roku Ultra", False),
        ("e30=", False),
        (OF_THE_SAMPLES, False),
        (COMPLETE, True),
    ],
    ids=["none", "plain text", "empty object", "the samples' own", "complete"],
)
@pytest.mark.parametrize("mode", ["lenient", "strict"])
async def test_device_info_matters_only_when_it_is_strict(
    lab: Lab, app: App, mode: str, info: str | None, accepted: bool
) -> None:
    await lab.settings(device_info=mode)
    reply = await (app.sending(X_Device_Info=info) if info else app).logout("LabCable")
    if accepted or mode == "lenient":
        assert reply.data()["logouts"]["LabCable"]["actionName"] == "logout"
    else:
        assert_enhanced(reply, "invalid_header_device_info")


# simulator_headers


async def test_the_headers_of_the_simulator_can_be_turned_off(lab: Lab, app: App) -> None:
    def ours(names: object) -> set[str]:
        return {str(name) for name in names if str(name).startswith("X-Sim-")}  # type: ignore[attr-defined]

    every = {"X-Sim-Sandbox", "X-Sim-Generation", "X-Sim-Request-Id"}
    assert ours((await app.logout("LabCable")).headers) == every
    await lab.settings(simulator_headers=False)
    for mvpd in ("LabCable", "Nope"):
        assert ours((await app.logout(mvpd)).headers) == set()
