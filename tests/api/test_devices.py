"""What the device headers and the User-Agent of a call say of the device, and what follows from it.

(Adobe: X-Device-Info header, HDR3, HDR8, C51; dashboard integrations, HDR9, C52; AP-Device-Identifier
header, C50; retrieve session, API4)
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.decisions import seeded
from tests.support.devices import GALAXY, TVOS_AGENT
from tests.support.lab import App, Lab
from tests.support.logins import FULL, by_code, create, log_in, post
from tests.support.replies import Json
from tests.support.shapes import assert_enhanced
from tests.support.worlds import Entry, changed, world

CHROME: Final = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)


def _info(document: object) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


async def _device(app: App, **headers: str) -> Json:
    """The device of a session that is created with these headers."""
    code = (await create(app.sending(**headers), FULL))["code"]
    return (await app.get(f"sessions/{code}")).data()["device"]


@pytest.fixture
async def app(lab: Lab) -> App:
    return await seeded(lab, world())


# The device of a session


async def test_a_browser_s_session_is_described_as_in_the_sample(app: App) -> None:
    device = await _device(app, User_Agent=CHROME, X_Forwarded_For="203.0.113.24, 10.0.0.1")
    nothing = {"major": 0, "minor": 0, "patch": 0, "profile": ""}
    assert (device["type"], device["model"], device["version"]) == ("Desktop", None, nothing)
    assert (device["hardware"]["vendor"], device["hardware"]["manufacturer"]) == ("Apple", "Apple")
    assert device["operatingSystem"] == {
        "name": "macOS",
        "family": "macOS",
        "vendor": "Apple",
        "version": {"major": 10, "minor": 15, "patch": 7, "profile": ""},
    }
    assert device["browser"] == {
        "name": "Chrome",
        "vendor": "Google",
        "version": {"major": 140, "minor": 0, "patch": 0, "profile": ""},
        "userAgent": CHROME,
        "originalUserAgent": CHROME,
    }
    assert device["connection"]["ipAddress"] == "203.0.113.24"
    assert device["connection"]["port"].isdecimal()


async def test_without_a_proxy_the_connection_tells_the_address(app: App) -> None:
    assert (await _device(app))["connection"]["ipAddress"] == "127.0.0.1"


async def test_a_resumed_session_keeps_the_address_of_its_device(app: App) -> None:
    code = (await create(app.sending(X_Forwarded_For="203.0.113.24")))["code"]
    await post(app.sending(X_Forwarded_For="198.51.100.7"), f"sessions/{code}", FULL)
    device = (await app.get(f"sessions/{code}")).data()["device"]
    assert device["connection"]["ipAddress"] == "203.0.113.24"


async def test_x_device_info_comes_before_user_agent_and_connection(app: App) -> None:
    info = {
        "osName": "Mac OS",
        "osVersion": "15.1",
        "model": "Mac14,2",
        "connectionIp": "192.0.2.1",
    }
    device = await _device(app, User_Agent=CHROME, X_Device_Info=_info(info))
    assert device["operatingSystem"]["name"] == "Mac OS"
    assert device["operatingSystem"]["version"]["major"] == 15
    assert device["model"] == "Mac14,2"
    assert device["type"] == "Desktop"
    assert device["browser"]["name"] == "Chrome"
    assert device["connection"]["ipAddress"] == "192.0.2.1"


async def test_a_user_agent_of_another_system_adds_nothing(app: App) -> None:
    device = await _device(app, User_Agent=CHROME, X_Device_Info=_info({"osName": "Roku OS"}))
    assert device["operatingSystem"]["name"] == "Roku OS"
    assert (device["type"], device["browser"]["name"]) == ("Unknown", None)


@pytest.mark.parametrize(
    ("version", "profile"), [("14", ""), ("11.0.2", ""), ("8,1", ""), ("r0q", "r0q"), ("4850X", "4850X")]
)  # fmt: skip
async def test_a_version_of_plain_numbers_has_no_profile(
    app: App, version: str, profile: str
) -> None:
    device = await _device(app, X_Device_Info=_info({"version": version, "osVersion": version}))
    assert device["version"]["profile"] == profile
    assert device["operatingSystem"]["version"]["profile"] == profile


# The platform, by the settings that hold on it

PLATFORMS: Final = {
    name: {"display_name": name} for name in ("desktop", "mobile", "TV connected", "unidentified")
}
OWN: Final = {name: {"display_name": name} for name in ("iOS", "tvOS", "FireTV", "Roku", "Android")}


async def _on(lab: Lab, overrides: Mapping[str, Entry], **headers: str) -> str:
    """The platform, or its category, whose settings hold for a call with these headers."""
    app = await seeded(lab, changed(("LABSP", "LabCable"), overrides=overrides), **headers)
    mvpds = (await app.get("configuration")).data()["requestor"]["mvpds"]
    return next(str(each["displayName"]) for each in mvpds if each["id"] == "LabCable")


@pytest.mark.parametrize(
    ("info", "category"),
    [
        (
            {"primaryHardwareType": "GamesConsole", "osName": "Linux", "model": "PS5"},
            "TV connected",
        ),
        ({"primaryHardwareType": "GamesConsole", "osName": "Windows"}, "TV connected"),
        ({"primaryHardwareType": "SetTopBox", "osName": "Linux"}, "TV connected"),
        ({"primaryHardwareType": "TV", "osName": "Linux", "osFamily": "Tizen"}, "TV connected"),
        ({"osName": "webOS", "model": "OLED55"}, "TV connected"),
        ({"primaryHardwareType": "TV", "osName": "Android"}, "TV connected"),
        ({"primaryHardwareType": "Tablet", "osName": "Windows"}, "mobile"),
        ({"osName": "OpenBSD"}, "desktop"),
        ({"primaryHardwareType": "Camera", "model": "x"}, "unidentified"),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else value,
)
async def test_settings_by_category_go_by_the_hardware(
    lab: Lab, info: Mapping[str, str], category: str
) -> None:
    assert await _on(lab, PLATFORMS, X_Device_Info=_info(info)) == category


@pytest.mark.parametrize("system", ["iPadOS", "iPhone OS", "iOS"])
async def test_an_ipad_is_on_ios(lab: Lab, system: str) -> None:
    info = {"osName": system, "model": "iPad", "primaryHardwareType": "Tablet"}
    assert await _on(lab, OWN, X_Device_Info=_info(info)) == "iOS"


AGENTS: Final = {
    "an iPhone": ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15", "iOS"),
    "an app on an iPhone": ("LabStream/7 CFNetwork/1490.0.4 Darwin/23.2.0", "iOS"),
    "a Fire TV": ("Dalvik/2.1.0 (Linux; U; Android 7.1.2; AFTMM Build/NS6265)", "FireTV"),
    "an Apple TV": ("AppleTV/tvOS/9.1.1", "tvOS"),
    "an app on an Apple TV": ("LabStream/1.0 (AppleTV; tvOS 17.2; Scale/2.00)", "tvOS"),
    "the sample's Apple TV": (TVOS_AGENT, "tvOS"),
    "a Roku": ("Roku4640X/DVP-7.70 (297.70E04154A)", "Roku"),
    "webOS": ("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/94.0.4606.128", "TV connected"),
    "Tizen": ("Mozilla/5.0 (SMART-TV; LINUX; Tizen 5.0) AppleWebKit/537.36 TV Safari/537.36", "TV connected"),
    "a PlayStation": ("Mozilla/5.0 (PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15", "TV connected"),
    "an Xbox": ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) Edge/18.17763", "TV connected"),
    "Chrome on a computer": (CHROME, "desktop"),
    "a library": ("okhttp/4.12.0", "unidentified"),
}  # fmt: skip


@pytest.mark.parametrize("name", AGENTS)
async def test_a_user_agent_alone_gives_the_platform(lab: Lab, name: str) -> None:
    agent, platform = AGENTS[name]
    assert await _on(lab, {**PLATFORMS, **OWN}, User_Agent=agent) == platform


@pytest.mark.parametrize("name", ["a Fire TV", "webOS"])
async def test_the_user_agent_inside_x_device_info_comes_first(lab: Lab, name: str) -> None:
    agent, platform = AGENTS[name]
    info = _info({"userAgent": agent})
    found = await _on(lab, {**PLATFORMS, **OWN}, X_Device_Info=info, User_Agent=CHROME)
    assert found == platform


async def test_android_on_a_television_is_mobile_where_a_switch_says_so(lab: Lab) -> None:
    info = _info({"primaryHardwareType": "TV", "osName": "Android", "model": "BRAVIA"})
    document = changed(("LABSP", "LabCable"), overrides={**PLATFORMS, **OWN})
    settings = {"platforms.android_tv": "mobile"}
    app = await seeded(lab, {**document, "settings": settings}, X_Device_Info=info)
    mvpds = (await app.get("configuration")).data()["requestor"]["mvpds"]
    assert {each["displayName"] for each in mvpds if each["id"] == "LabCable"} == {"Android"}


# The strict forms of the headers


async def test_browsers_may_leave_x_device_info_out_where_it_is_strict(app: App) -> None:
    await app.lab.settings(device_info="strict")
    assert (await app.sending(User_Agent=CHROME).get("profiles")).status == 200
    assert_enhanced(
        await app.sending(User_Agent=TVOS_AGENT).get("profiles"), "invalid_header_device_info"
    )
    broken = app.sending(User_Agent=CHROME, X_Device_Info="nonsense")
    assert_enhanced(await broken.get("profiles"), "invalid_header_device_info")


async def test_the_strict_form_takes_the_page_s_own_example(app: App) -> None:
    galaxy = app.sending(X_Device_Info=_info(GALAXY))
    await app.lab.settings(device_info="strict")
    assert (await galaxy.get("profiles")).status == 200
    await app.lab.settings(device_info="complete")
    assert_enhanced(await galaxy.get("profiles"), "invalid_header_device_info")
    full = app.sending(X_Device_Info=_info({**GALAXY, "connectionType": "WiFi"}))
    assert (await full.get("profiles")).status == 200


@pytest.mark.parametrize("name", ["model", "version", "osName", "osVersion"])
async def test_the_strict_form_asks_for_what_the_example_has(app: App, name: str) -> None:
    await app.lab.settings(device_info="strict")
    partial = app.sending(X_Device_Info=_info({**GALAXY, name: ""}))
    assert_enhanced(await partial.get("profiles"), "invalid_header_device_info")


# An identifier of any bytes

DIGEST: Final = hashlib.sha256(b"the id of a device").digest()
OPAQUE: Final = f"fingerprint {base64.b64encode(DIGEST).decode()}"


async def test_the_bytes_of_a_sha_256_identify_a_device(lab: Lab) -> None:
    ann = {"id": "ann", "password": "secret"}
    app = await seeded(lab, world(subscribers=[ann]), AP_Device_Identifier=OPAQUE)
    assert [*await by_code(app, await log_in(app))] == ["LabCable"]
    assert [*await app.profiles()] == ["LabCable"]
    (stored,) = (await lab.admin("GET", "profiles"))["items"]
    assert stored["device"] == f"hex:{DIGEST.hex()}"
    (entry, *_) = (await lab.admin("GET", "requests?operation=profiles"))["items"]
    assert entry["device"] == f"hex:{DIGEST.hex()}"


async def test_devices_with_other_bytes_are_other_devices(lab: Lab) -> None:
    await lab.seed(world(subscribers=[{"id": "ann", "password": "secret"}]))
    app = (await lab.app("", client="app-1")).sending(AP_Device_Identifier=OPAQUE)
    await log_in(app)
    other = hashlib.sha256(b"the id of another").digest()
    header = f"fingerprint {base64.b64encode(other).decode()}"
    assert await app.sending(AP_Device_Identifier=header).profiles() == {}


async def test_the_device_of_opaque_bytes_can_be_named_in_a_scenario(lab: Lab) -> None:
    login = {"service_provider": "LABSP", "mvpd": "LabCable", "device": f"hex:{DIGEST.hex()}"}
    app = await seeded(lab, world(profiles=[login]), AP_Device_Identifier=OPAQUE)
    assert [*await app.profiles()] == ["LabCable"]


async def test_a_switch_asks_for_a_printable_identifier(app: App) -> None:
    await app.lab.settings(device_identifier="printable")
    reply = await app.sending(AP_Device_Identifier=OPAQUE).get("profiles")
    assert_enhanced(reply, "invalid_header_device_identifier")
