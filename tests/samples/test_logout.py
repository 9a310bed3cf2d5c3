"""The seven samples of Adobe's logout page, sent as they are printed there."""

import hashlib
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.samples.pages import DEVICE, HEADERS
from tests.support.lab import App, Lab, partner_status
from tests.support.replies import Json
from tests.support.shapes import JSON_TYPE

SERVICE_TOKEN: Final = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJZemsxTXpNMk4yWXRZMk0wTWkwME1X ....."
SUBJECT_TOKEN: Final = (
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJObUZtWmpjek5XVXROVFJoWWkwME5ERmlMV0V6Wm ....."
)
QUERY: Final = "?redirectUrl=https%3A%2F%2Fadobe.com"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One sample: what is sent, what comes back, and whose profiles are gone then."""

    path: str
    scenario: str = "logout-samples"
    headers: dict[str, str] = field(default_factory=dict)
    mvpd: str
    action: tuple[str, str]
    query_of_url: dict[str, str] | None = None
    absolute: bool = False
    deletes: frozenset[str] = frozenset()


# The page cuts the SHA-256 short; any client sees the whole.
_SSO_QUERY: Final = {
    "requestor_id": "REF30",
    "pt_device_id": hashlib.sha256(DEVICE.encode()).hexdigest(),
    "redirect_url": "https://adobe.com",
}
SAMPLES: Final = {
    "1, a logout endpoint": Sample(
        path="/api/v2/REF30/logout/Cablevision",
        mvpd="Cablevision",
        action=("logout", "interactive"),
        # The page's redirect_url begins with http: that change is deliberately not made.
        query_of_url={
            "noflash": "true",
            "mso_id": "Cablevision",
            "requestor_id": "REF30",
            "redirect_url": "https://adobe.com",
        },
        absolute=True,
        deletes=frozenset({"sample-cablevision"}),
    ),
    "2, no logout endpoint": Sample(
        path="/api/v2/REF30/logout/Dish",
        mvpd="Dish",
        action=("complete", "none"),
        deletes=frozenset({"sample-dish"}),
    ),
    "3, a service token": Sample(
        path="/api/v2/REF30/logout/Spectrum",
        headers={"AD-Service-Token": SERVICE_TOKEN},
        mvpd="Spectrum",
        action=("logout", "interactive"),
        query_of_url={"mso_id": "Spectrum", **_SSO_QUERY},
        deletes=frozenset({"sample-spectrum", "sample-second-spectrum"}),
    ),
    "4, a platform identity": Sample(
        path="/api/v2/REF30/logout/Comcast_SSO",
        headers={"Adobe-Subject-Token": SUBJECT_TOKEN},
        mvpd="Comcast_SSO",
        action=("logout", "interactive"),
        query_of_url={"mso_id": "Comcast_SSO", **_SSO_QUERY},
        deletes=frozenset({"sample-comcast", "sample-second-comcast"}),
    ),
    "5, the partner Apple": Sample(
        path="/api/v2/REF30/logout/Cablevision",
        scenario="logout-sample-apple",
        mvpd="Cablevision",
        action=("partner_logout", "partner_interactive"),
        deletes=frozenset({"sample-cablevision"}),
    ),
    "6, degradation": Sample(
        path="/api/v2/REF30/logout/ATTOTT", mvpd="ATTOTT", action=("complete", "none")
    ),
    "7, TempPass on the old path": Sample(
        path="/api/v2/logout/REF30/TempPass_5mins",
        mvpd="TempPass_5mins",
        action=("complete", "none"),
    ),
}


@pytest.fixture(params=[*SAMPLES.values()], ids=[*SAMPLES])
async def sample(request: pytest.FixtureRequest, lab: Lab) -> Sample:
    """Each sample in its world."""
    found: Sample = request.param
    await lab.seed(found.scenario)
    return found


async def _send(lab: Lab, sample: Sample, token: str, slash: str = "") -> Json:
    headers = {"Authorization": f"Bearer {token}", **HEADERS, **sample.headers}
    reply = await lab.call("GET", sample.path + slash + QUERY, headers)
    assert reply.headers["Content-Type"] == JSON_TYPE
    return reply.data()


async def test_the_answer_is_the_one_on_the_page(lab: Lab, sample: Sample) -> None:
    body = await _send(lab, sample, await lab.token())
    entry = body["logouts"][sample.mvpd]
    url = entry.pop("url", None)
    assert body == {
        "logouts": {
            sample.mvpd: {
                "actionName": sample.action[0],
                "actionType": sample.action[1],
                "mvpd": sample.mvpd,
            }
        }
    }
    if sample.query_of_url is None:
        assert url is None
    else:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
        assert origin == (lab.origin if sample.absolute else "")
        assert parts.path == "/adobe-services/logout"
        assert dict(parse_qsl(parts.query, strict_parsing=True)) == sample.query_of_url


@pytest.mark.parametrize("slash", ["", "/"])
async def test_exactly_the_profiles_of_the_logout_are_gone(
    lab: Lab, sample: Sample, slash: str
) -> None:
    """With the slash at the end that some clients send, too."""
    before = await lab.profile_ids()
    found = (await _send(lab, sample, await lab.token(), slash))["logouts"][sample.mvpd]
    assert found["actionName"] == sample.action[0]
    assert await lab.profile_ids() == before - sample.deletes
    assert sample.deletes <= before


async def test_every_device_sees_what_the_logout_left(lab: Lab, sample: Sample) -> None:
    token = await lab.token()
    apps = [
        App(lab=lab, device=device, token=token, service_provider="REF30").sending(
            AD_Service_Token=SERVICE_TOKEN,
            Adobe_Subject_Token=SUBJECT_TOKEN,
            AP_Partner_Framework_Status=partner_status("cablevision_apple"),
        )
        for device in (DEVICE, "sample-second-device")
    ]
    apps.append(App(lab=lab, device="sample-bystander", token=token, service_provider="REF30"))
    before = [set(await app.profiles()) for app in apps]
    assert before[0] == {"Cablevision", "Comcast_SSO", "Dish", "Spectrum"}
    await _send(lab, sample, token)
    gone = {sample.mvpd} if sample.deletes else set()
    shared = gone & {"Spectrum", "Comcast_SSO"}
    assert [set(await app.profiles()) for app in apps] == [
        before[0] - gone,
        before[1] - shared,
        {"Cablevision", "Comcast_SSO", "Spectrum"},
    ]


async def test_sent_once_more_the_samples_find_no_profile(lab: Lab, sample: Sample) -> None:
    token = await lab.token()
    await _send(lab, sample, token)
    again = (await _send(lab, sample, token))["logouts"][sample.mvpd]
    # Nothing is stored for degraded and temporary access, so those answer as before.
    expected = ("invalid", "none") if sample.deletes else sample.action
    assert (again["actionName"], again["actionType"]) == expected
    assert "url" not in again


async def test_the_temp_pass_trial_of_sample_7_goes_on(lab: Lab) -> None:
    await lab.admin(
        "POST",
        "temp-passes",
        {"id": "t", "service_provider": "REF30", "mvpd": "TempPass_5mins", "device": DEVICE},
    )
    before = await lab.state()
    await _send(lab, SAMPLES["7, TempPass on the old path"], await lab.token())
    assert await lab.state() == before
    assert (await lab.admin("GET", "temp-passes/t"))["device"] == DEVICE
