"""Calls of old apps, and of what is not simulated (Adobe: faq, LEG1)."""

import json
from typing import Final

import pytest

from simulator.domain.errors import ERRORS
from tests.support.dcr import app_with, registered
from tests.support.lab import Lab, device_header
from tests.support.shapes import JSON_TYPE
from tests.support.worlds import TV, world

PROFILES: Final = "GET /api/v2/{serviceProvider}/profiles"
AUTHORIZE: Final = "POST /api/v2/{serviceProvider}/decisions/authorize/{mvpd}"
SESSIONS: Final = "POST /api/v2/{serviceProvider}/sessions"
AUTHENTICATE: Final = "GET /api/v2/authenticate/{serviceProvider}/{code}"

# The table of rest-api-v2-faqs, and what it leaves out of the reference of REST API V1.
MIGRATION: Final = [
    ("GET", "/api/v1/config/LABSP", "GET /api/v2/{serviceProvider}/configuration"),
    ("GET", "/api/v1/config/LABSP.xml", "GET /api/v2/{serviceProvider}/configuration"),
    ("POST", "/reggie/v1/LABSP/regcode", f"{SESSIONS}."),
    ("POST", "/reggie/v1/LABSP/regcode.json", f"{SESSIONS}."),
    ("GET", "/reggie/v1/LABSP/regcode/TJJCFK", "GET /api/v2/{serviceProvider}/sessions/{code}"),
    ("DELETE", "/reggie/v1/LABSP/regcode/TJJCFK", "nothing"),
    ("GET", "/api/v1/authenticate?reg_code=TJJCFK", AUTHENTICATE),
    ("GET", "/api/v1/authenticate/freepreview", "nothing"),
    ("GET", "/api/v1/checkauthn?deviceId=x", PROFILES),
    ("GET", "/api/v1/checkauthn/TJJCFK", PROFILES),
    ("GET", "/api/v1/tokens/authn", PROFILES),
    ("POST", "/api/v1/tokens/authn", "POST /api/v2/{serviceProvider}/profiles/sso/{partner}"),
    ("GET", "/api/v1/tokens/usermetadata", PROFILES),
    ("GET", "/api/v1/preauthorize", "/decisions/preauthorize/{mvpd}"),
    ("GET", "/api/v1/preauthorize/TJJCFK", "/decisions/preauthorize/{mvpd}"),
    ("GET", "/api/v1/authorize", AUTHORIZE),
    ("GET", "/api/v1/tokens/authz.json", AUTHORIZE),
    ("GET", "/api/v1/tokens/media", AUTHORIZE),
    ("GET", "/api/v1/mediatoken", AUTHORIZE),
    ("DELETE", "/api/v1/logout", "GET /api/v2/{serviceProvider}/logout/{mvpd}"),
    ("GET", "/api/v1/LABSP/profile-requests/Apple", "/sessions/sso/{partner}"),
    ("GET", "/api/v1/whatever/else", "REST API V2"),
    ("GET", "/adobe-services/config/LABSP", "GET /api/v2/{serviceProvider}/configuration"),
    ("POST", "/adobe-services/authorize", AUTHORIZE),
    ("POST", "/adobe-services/1.0/shortAuthorize", AUTHORIZE),
    ("POST", "/adobe-services/preauthorize", "/decisions/preauthorize/{mvpd}"),
    ("GET", "/adobe-services/1.0/authenticate/saml", SESSIONS),
    ("POST", "/adobe-services/sessionDevice", "REST API V2"),
    ("GET", "/entitlement/v4/AccessEnabler.js", "REST API V2"),
]


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    await lab.seed(world())
    return lab


@pytest.mark.parametrize(("method", "path", "replacement"), MIGRATION)
async def test_a_call_of_an_old_app_is_gone_and_says_what_takes_its_place(
    lab: Lab, method: str, path: str, replacement: str
) -> None:
    reply = await lab.call(method, path)
    body = reply.data(410)
    assert reply.headers["Content-Type"] == JSON_TYPE
    assert (body["status"], body["code"], body["action"]) == (410, "gone", "none")
    assert body["code"] not in ERRORS
    assert "ends with 2026" in body["message"]
    assert replacement in body["message"]
    (entry,) = (await lab.admin("GET", "requests?operation=legacy"))["items"]
    assert (entry["method"], entry["status"], entry["error"]) == (method, 410, "gone")
    assert replacement.rstrip(".") in json.dumps(entry)


@pytest.mark.parametrize(
    "path", ["/api/v1/config/LABSP", "/reggie/v1/LABSP/regcode", "/adobe-services/config/LABSP"]
)
async def test_a_switch_makes_it_a_404_that_is_journalled_all_the_same(lab: Lab, path: str) -> None:
    await lab.settings(legacy="unknown")
    assert (await lab.call("GET", path)).status == 404
    (entry,) = (await lab.admin("GET", "requests?operation=legacy"))["items"]
    assert entry["status"] == 404
    assert "in its place" in json.dumps(entry)


async def test_the_path_may_name_the_sandbox(lab: Lab) -> None:
    reply = await lab.call("GET", "/s/lab/api/v1/checkauthn")
    assert PROFILES in reply.data(410)["message"]
    assert reply.headers["X-Sim-Sandbox"] == "lab"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/adobe-services/logout", 400),
        ("POST", "/adobe-services/logout", 405),
        ("GET", "/adobe-services/authenticate/saml", 400),
        ("GET", "/entitlement/logo.png", 404),
        ("GET", "/api/v3/config/LABSP", 404),
        ("GET", "/api/v1", 410),
        ("GET", "/api/LABSP/list", 401),
    ],
)
async def test_what_rest_v2_uses_and_what_never_was_is_not_legacy(
    lab: Lab, method: str, path: str, status: int
) -> None:
    assert (await lab.call(method, path)).status == status


async def test_a_browser_may_read_that_it_is_gone(lab: Lab) -> None:
    origin = {"Origin": "https://app.example"}
    reply = await lab.call("GET", "/api/v1/config/LABSP", origin)
    assert reply.status == 410
    assert reply.headers["Access-Control-Allow-Origin"] == "https://app.example"


async def _findings(lab: Lab) -> dict[str, str]:
    (app,) = [each for each in (await lab.admin("GET", "conduct"))["items"] if each["client"]]
    return {each["rule"]: each["verdict"] for each in app["findings"]}


async def test_conduct_tells_of_legacy_calls_and_of_mixtures(lab: Lab) -> None:
    app = await app_with(lab, await registered(lab), TV)
    await app.get("configuration")
    found = await _findings(lab)
    assert (found["legacy-not-called"], found["no-hybrid"]) == ("kept", "kept")
    await lab.call("GET", "/api/v1/checkauthn", {"Authorization": f"Bearer {app.token}"})
    found = await _findings(lab)
    assert (found["legacy-not-called"], found["no-hybrid"]) == ("broken", "broken")


async def test_an_app_of_v1_alone_is_no_mixture(lab: Lab) -> None:
    app = await app_with(lab, await registered(lab), TV)
    await lab.call("GET", "/api/v1/checkauthn", {"Authorization": f"Bearer {app.token}"})
    found = await _findings(lab)
    assert (found["legacy-not-called"], found["no-hybrid"]) == ("broken", "not seen")


async def test_the_board_counts_legacy_calls(lab: Lab) -> None:
    assert "AccessEnabler" not in (await lab.call("GET", "/s/lab/console")).text
    for path in ("/api/v1/checkauthn", "/reggie/v1/LABSP/regcode"):
        await lab.call("GET", path, {"AP-Device-Identifier": device_header(TV)})
    page = (await lab.call("GET", "/s/lab/console")).text
    assert "2 calls</a> of REST API V1 or the AccessEnabler" in page


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize(
    "path",
    [
        "/esm/v3/media-company/year.json",
        "/esm/v3/media-company/year/month/day/hour/mvpd?start=2026-01-01&format=csv",
        "/s/lab/esm/v3/media-company/year",
    ],
)
async def test_entitlement_service_monitoring_is_not_simulated_wherever_it_is_asked(
    lab: Lab, method: str, path: str
) -> None:
    reply = await lab.call(method, path)
    assert reply.status == 501
    if method != "HEAD":
        assert "does not simulate" in reply.json["error"]["message"]
        (entry,) = (await lab.admin("GET", "requests?operation=esm"))["items"]
        assert entry["status"] == 501
