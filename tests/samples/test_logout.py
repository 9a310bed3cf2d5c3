"""The seven samples of Adobe's logout page, sent as they are printed there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from tests.samples.pages import DEVICE, HEADERS
from tests.support.lab import App, Lab, partner_status
from tests.support.replies import Json
from tests.support.shapes import JSON_TYPE

QUERY: Final = "?redirectUrl=https%3A%2F%2Fadobe.com"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One sample, as `logout.yaml` has it."""

    path: str
    scenario: str = "logout-samples"
    headers: Mapping[str, str] = field(default_factory=dict)
    mvpd: str
    action: Sequence[str]
    url: Mapping[str, str] | None = None
    absolute: bool = False
    deletes: Collection[str] = ()


SAMPLES: Final = {
    name: Sample(**members)
    for name, members in yaml.safe_load(Path(__file__).with_name("logout.yaml").read_text()).items()
}
SINGLE: Final = {
    **SAMPLES["3, a service token"].headers,
    **SAMPLES["4, a platform identity"].headers,
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
    if sample.url is None:
        assert url is None
    else:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
        assert origin == (lab.origin if sample.absolute else "")
        assert parts.path == "/adobe-services/logout"
        assert dict(parse_qsl(parts.query, strict_parsing=True)) == sample.url


@pytest.mark.parametrize("slash", ["", "/"])
async def test_exactly_the_profiles_of_the_logout_are_gone(
    lab: Lab, sample: Sample, slash: str
) -> None:
    """With the slash at the end that some clients send, too."""
    before = await lab.profile_ids()
    found = (await _send(lab, sample, await lab.token(), slash))["logouts"][sample.mvpd]
    assert found["actionName"] == sample.action[0]
    assert await lab.profile_ids() == before - {*sample.deletes}
    assert {*sample.deletes} <= before


async def test_every_device_sees_what_the_logout_left(lab: Lab, sample: Sample) -> None:
    token = await lab.token()
    apps = [
        App(lab=lab, device=device, token=token, service_provider="REF30").sending(
            **SINGLE,
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
    expected = ["invalid", "none"] if sample.deletes else sample.action
    assert [again["actionName"], again["actionType"]] == expected
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
