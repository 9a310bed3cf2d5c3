"""The shipped scenarios hold what the documentation's samples and the README need."""

import base64
from typing import Any

import pytest

from simulator.domain.access.device_info import platform
from simulator.domain.access.registration import Application
from simulator.domain.configuration import (
    BoardingStatus,
    Integration,
    Mvpd,
    MvpdKind,
    ServiceProvider,
)
from simulator.domain.decisions.degradation import Degradation, DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.households import Device, Subscriber
from simulator.domain.sessions.profiles import Profile, ProfileType
from simulator.domain.sso.identities import LinkKind, SsoLink
from simulator.scenarios.compiling import check, records
from simulator.scenarios.library import Library

# As the logout page prints them.
SAMPLE = base64.b64decode("YmEyM2QxNDEtZDcxNS01NjFjLTk0ZjQtZTllNGM5NjZiMWVi").decode()
SERVICE_TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJZemsxTXpNMk4yWXRZMk0wTWkwME1X ....."
SUBJECT_TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJObUZtWmpjek5XVXROVFJoWWkwME5ERmlMV0V6Wm ....."


def world(name: str) -> dict[tuple[type[Any], str], Any]:
    library = Library()
    document = library.resolve(library.load(name))
    check(document)
    return {(type(record), record.id): record for record in records(document)}


def at(found: dict[tuple[type[Any], str], Any], device: str, mvpd: str) -> Profile:
    profiles = (record for record in found.values() if isinstance(record, Profile))
    (profile,) = (each for each in profiles if (each.device, each.mvpd) == (device, mvpd))
    return profile


def links(
    found: dict[tuple[type[Any], str], Any], profile: Profile
) -> list[tuple[LinkKind, str | None]]:
    tied = (each for each in found.values() if isinstance(each, SsoLink))
    return [(each.kind, each.value) for each in tied if each.profile == profile.id]


def test_all_shipped_scenarios_are_sound() -> None:
    found = Library().summaries()
    assert {"demo", "logout-samples", "logout-sample-apple"} <= {each.name for each in found}
    for each in found:
        assert not each.problems
        assert each.title
        assert len(each.description) > 40


def test_every_shipped_profile_can_be_replaced_by_its_id() -> None:
    library = Library()
    for name in library.names():
        document = library.load(name)
        assert all(each.id for each in document.profiles), name
        assert all(each.id for each in document.temp_passes), name
        assert all(each.id for each in document.degradations), name


def test_the_samples_find_their_configuration() -> None:
    found = world("logout-samples")
    provider = found[ServiceProvider, "REF30"]
    assert provider.domains == ("adobe.com",)
    assert provider.default_redirect_url == "https://adobe.com"
    endpoints = {key[1]: mvpd.logout_endpoint for key, mvpd in found.items() if key[0] is Mvpd}
    assert endpoints.pop("Dish") is False
    assert all(endpoints.values())
    assert found[Mvpd, "TempPass_5mins"].kind is MvpdKind.TEMP_PASS_BASIC
    assert found[Integration, "REF30:TempPass_5mins"].temp_pass_ttl == 300_000
    assert found[Application, "sample-app"].service_providers == ("REF30",)
    assert platform(found[Device, SAMPLE].info).name == "tvOS"
    (rule,) = (each for each in found.values() if isinstance(each, DegradationRule))
    assert (rule.mvpd, rule.rule, rule.until) == ("ATTOTT", Degradation.AUTHN_ALL, None)


@pytest.mark.parametrize("device", [SAMPLE, "sample-second-device"])
def test_the_samples_find_their_profiles(device: str) -> None:
    found = world("logout-samples")
    mvpds = ["Spectrum", "Comcast_SSO"]
    if device == SAMPLE:
        mvpds += ["Cablevision", "Dish"]
        assert not links(found, at(found, device, "Cablevision"))
        assert not links(found, at(found, device, "Dish"))
    for mvpd in mvpds:
        profile = at(found, device, mvpd)
        assert (profile.client, profile.type) == (None, ProfileType.REGULAR)
        assert profile.valid(0)
    assert links(found, at(found, device, "Spectrum")) == [(LinkKind.SERVICE_TOKEN, SERVICE_TOKEN)]
    assert links(found, at(found, device, "Comcast_SSO")) == [
        (LinkKind.PLATFORM_IDENTITY, SUBJECT_TOKEN)
    ]


def test_the_bystander_is_tied_to_nobody() -> None:
    found = world("logout-samples")
    for mvpd in ("Cablevision", "Spectrum", "Comcast_SSO"):
        assert links(found, at(found, "sample-bystander", mvpd)) == []


def test_the_apple_sample_differs_in_one_login() -> None:
    samples, apple = world("logout-samples"), world("logout-sample-apple")
    changed = {key for key in samples if samples[key] != apple[key]}
    assert samples.keys() == apple.keys()
    assert changed == {
        (Mvpd, "Cablevision"),
        (Integration, "REF30:Cablevision"),
        (Profile, "sample-cablevision"),
    }
    profile = at(apple, SAMPLE, "Cablevision")
    assert (profile.type, profile.issuer) == (ProfileType.APPLE_SSO, "Apple")
    integration = apple[Integration, "REF30:Cablevision"]
    assert integration.enable_platform_services
    assert integration.boarding_status is BoardingStatus.SUPPORTED
    assert apple[Mvpd, "Cablevision"].platform_mappings["apple"]


def test_the_demo_has_the_samples_and_more() -> None:
    samples, demo = world("logout-samples"), world("demo")
    assert samples.keys() < demo.keys()
    assert all(
        demo[key] == each for key, each in samples.items() if key[0] in {Profile, SsoLink, Device}
    )
    viewer = demo[Subscriber, "demo"]
    assert (viewer.username, viewer.password) == ("demo", "demo")
    assert not demo[Integration, "REF30:SunsetTV"].active
    kinds = {each.kind for each in demo.values() if isinstance(each, Mvpd)}
    assert kinds == set(MvpdKind)
    assert any(each.proxy for each in demo.values() if isinstance(each, Mvpd))
    assert len([key for key in demo if key[0] is ServiceProvider]) == 2
    assert any(each.entitlements for each in demo.values() if isinstance(each, Subscriber))
    assert any(isinstance(each, TempPassTrial) for each in demo.values())
    devices = [each for each in demo.values() if isinstance(each, Device) and each.subscriber]
    assert {platform(each.info).name for each in devices} == {"Roku", "tvOS", "desktop"}
    assert all(platform(each.info).name == each.platform for each in devices)
