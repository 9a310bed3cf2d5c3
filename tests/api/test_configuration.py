"""The configuration: the channel and the TV providers that its picker shows.

(Adobe: configuration, API1, CFG1)
"""

from typing import Final
from urllib.parse import quote

import pytest
from lxml.etree import fromstring

from tests.support.decisions import seeded
from tests.support.lab import App, Lab
from tests.support.replies import Json
from tests.support.shapes import assert_enhanced
from tests.support.worlds import TV, Entry, changed, rule, world

TVOS: Final = "eyJvc05hbWUiOiJ0dk9TIn0="
ROKU: Final = "eyJvc05hbWUiOiJSb2t1IE9TIn0="
IPHONE: Final = "eyJvc05hbWUiOiJpT1MifQ=="


async def _configuration(lab: Lab, document: Entry, **headers: str) -> Json:
    app = await seeded(lab, document, **headers)
    return (await app.get("configuration")).data()


async def _picker(lab: Lab, document: Entry, **headers: str) -> dict[str, Json]:
    found = await _configuration(lab, document, **headers)
    return {each["id"]: each for each in found["requestor"]["mvpds"]}


async def test_only_active_integrations_of_the_channel_are_listed(lab: Lab) -> None:
    found = await _picker(lab, world(mvpds=[{"id": "NoIntegration"}]))
    assert {*found} == {"LabCable", "LabDish", "LabProxied", "TempBasic", "TempPromo"}


async def test_each_channel_has_its_own(lab: Lab) -> None:
    app = (await seeded(lab, world())).at("LABSP2")
    found = (await app.get("configuration")).data()["requestor"]
    assert (found["id"], [each["id"] for each in found["mvpds"]]) == ("LABSP2", ["LabCable"])


async def test_what_was_not_set_is_left_out(lab: Lab) -> None:
    found = await _picker(lab, world())
    plain = {
        "id": "LabDish",
        "displayName": "LabDish",
        "logoUrl": f"{lab.origin}/logos/LabDish.svg",
        "authPerAggregator": False,
    }
    assert found["LabDish"] == plain


@pytest.mark.parametrize(
    ("member", "name", "values"),
    [
        ("enable_platform_services", "enablePlatformServices", (True, False)),
        ("display_in_platform_picker", "displayInPlatformPicker", (True, False)),
        ("enforce_platform_permissions", "enforcePlatformPermissions", (True, False)),
        ("auth_per_browser_session", "authPerBrowserSession", (True, False)),
        ("passive_authentication", "passiveAuthnEnabled", (True, False)),
        ("auth_per_aggregator", "authPerAggregator", (True, False)),
        ("boarding_status", "boardingStatus", ("SUPPORTED", "PICKER")),
    ],
)
async def test_a_member_is_shown_as_it_was_set(
    lab: Lab, member: str, name: str, values: tuple[object, ...]
) -> None:
    for value in values:
        found = await _picker(lab, changed(("LABSP", "LabDish"), **{member: value}))
        assert found["LabDish"][name] == value


async def test_a_temp_pass_says_that_it_is_one(lab: Lab) -> None:
    found = await _picker(lab, world())
    said = {name for name, each in found.items() if each.get("isTempPass") is True}
    assert said == {"TempBasic", "TempPromo"}
    assert not any(each.get("isTempPass") is False for each in found.values())


async def test_a_proxied_mvpd_says_that_it_is_one(lab: Lab) -> None:
    found = await _picker(lab, world())
    assert found["LabProxied"]["isProxy"] is True
    assert "isProxy" not in found["LabCable"]


@pytest.mark.parametrize(
    ("info", "flag", "boarding", "listed"),
    [
        (None, None, None, True),
        (TVOS, True, "SUPPORTED", True),
        (ROKU, False, "PICKER", True),
        (IPHONE, None, None, False),
    ],
    ids=["unknown", "tvOS", "Roku", "iOS"],
)
async def test_a_platform_has_settings_of_its_own(
    lab: Lab, info: str | None, flag: bool | None, boarding: str | None, listed: bool
) -> None:
    overrides = {
        "TV connected": {"boarding_status": "PICKER", "enable_platform_services": False},
        "tvOS": {"boarding_status": "SUPPORTED", "enable_platform_services": True},
        "iOS": {"active": False},
    }
    document = changed(("LABSP", "LabCable"), overrides=overrides)
    headers = {} if info is None else {"X_Device_Info": info}
    found = await _picker(lab, document, **headers)
    assert ("LabCable" in found) is listed
    if listed:
        entry = found["LabCable"]
        assert entry.get("enablePlatformServices") == flag
        assert entry.get("boardingStatus") == boarding


@pytest.mark.parametrize(
    ("headers", "device", "system"),
    [
        ({"X_Device_Info": TVOS}, "tvOS", "tvOS"),
        ({"X_Device_Info": ROKU}, "Roku", "Roku OS"),
        ({"User_Agent": "Mozilla/5.0 (Windows NT 10.0)"}, "desktop", "Windows"),
        ({"User_Agent": "Mozilla/5.0 (Apple TV; U; CPU AppleTV5,3 OS 11.0)"}, "unknown", "Unknown"),
        ({"X_Device_Info": "not Base64"}, "unknown", "Unknown"),
    ],
    ids=["tvOS", "Roku", "browser", "User-Agent of a television", "nonsense"],
)
async def test_the_device_is_named(
    lab: Lab, headers: dict[str, str], device: str, system: str
) -> None:
    found = await _configuration(lab, world(), **headers)
    assert (found["device"], found["os"]) == (device, system)


async def test_no_device_is_needed_and_a_strange_one_does_not_matter(lab: Lab) -> None:
    await lab.seed(world())
    await lab.settings(device_info="strict")
    app: App = await lab.app(TV)
    token = {"Authorization": f"Bearer {app.token}"}
    path = "/api/v2/LABSP/configuration"
    plain = (await lab.call("GET", path, token)).data()
    odd = {**token, "AP-Device-Identifier": "nonsense", "X-Device-Info": "nonsense"}
    assert (await lab.call("GET", path, odd)).data() == plain
    assert (await lab.call("GET", f"{path}/?profile=x", token)).data() == plain


async def test_a_degradation_hides_nothing(lab: Lab) -> None:
    plain = await _picker(lab, world())
    assert await _picker(lab, world(degradations=[rule("AuthNAll")])) == plain


async def test_a_change_shows_at_once(lab: Lab) -> None:
    app = await seeded(lab, world())
    await lab.admin("PATCH", "integrations/LABSP:LabOff", {"active": True})
    await lab.admin("PATCH", "mvpds/LabDish", {"display_name": "A new name"})
    mvpds = (await app.get("configuration")).data()["requestor"]["mvpds"]
    found = {each["id"]: each["displayName"] for each in mvpds}
    assert (found["LabOff"], found["LabDish"]) == ("LabOff", "A new name")


async def test_every_mvpd_has_a_logo_that_we_serve(lab: Lab) -> None:
    found = await _picker(lab, world())
    for entry in found.values():
        assert entry["logoUrl"].startswith(f"{lab.origin}/logos/")
        picture = await lab.call("GET", entry["logoUrl"].removeprefix(lab.origin))
        assert picture.status == 200
        assert picture.headers["Content-Type"] == "image/svg+xml"
        assert f">{entry['displayName']}</text>" in picture.text


async def test_the_logo_is_found_where_the_app_reached_us(lab: Lab) -> None:
    public = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "pass.example"}
    found = await _picker(lab, world(), **public)
    assert found["LabDish"]["logoUrl"] == "https://pass.example/logos/LabDish.svg"


async def test_a_logo_of_the_scenario_comes_first(lab: Lab) -> None:
    mvpd = {"id": "Own", "logo_url": "https://own.example/logo.png"}
    pair = {"service_provider": "LABSP", "mvpd": "Own"}
    found = await _picker(lab, world(mvpds=[mvpd], integrations=[pair]))
    assert found["Own"]["logoUrl"] == "https://own.example/logo.png"


async def test_a_platform_may_have_a_name_and_a_logo_of_its_own(lab: Lab) -> None:
    overrides = {"Roku": {"display_name": "Cable", "logo_url": "https://own.example/roku.png"}}
    document = changed(("LABSP", "LabCable"), overrides=overrides, display_name="Lab TV")
    on_roku = (await _picker(lab, document, X_Device_Info=ROKU))["LabCable"]
    elsewhere = (await _picker(lab, document))["LabCable"]
    assert on_roku["displayName"] == "Cable"
    assert on_roku["logoUrl"] == "https://own.example/roku.png"
    assert elsewhere["displayName"] == "Lab TV"
    assert elsewhere["logoUrl"] == f"{lab.origin}/logos/Lab%20TV.svg"


@pytest.mark.parametrize("name", ['"><script>alert(1)</script>', "a/b & c%", "x" * 500, "\x01é"])
async def test_a_picture_is_made_of_any_name_and_never_does_anything(lab: Lab, name: str) -> None:
    reply = await lab.call("GET", f"/logos/{quote(name, safe='')}.svg")
    assert reply.status == 200
    root = fromstring(reply.text.encode())
    assert [str(each.tag).rpartition("}")[2] for each in root] == ["rect", "text"]
    assert (root[1].text or "").startswith(name.lstrip("\x01")[:60])
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'"


async def test_demo_shows_every_member_that_an_mvpd_can_have(lab: Lab) -> None:
    await lab.seed("demo")
    app = await lab.app("a-tv", service_provider="REF30", application="sample-app")
    found = (await app.get("configuration")).data()["requestor"]["mvpds"]
    shown = {name for each in found for name in each}
    assert shown == {
        *("id", "displayName", "logoUrl", "authPerAggregator", "isTempPass", "isProxy"),
        *("boardingStatus", "platformMappingId", "enablePlatformServices"),
        *("displayInPlatformPicker", "enforcePlatformPermissions"),
        *("passiveAuthnEnabled", "authPerBrowserSession"),
    }


async def test_names_are_given_as_they_were_written(lab: Lab) -> None:
    mvpd = {"id": "Ü & <Co>", "display_name": 'Kabel "Süd" <b>'}
    pair = {"service_provider": "LABSP", "mvpd": mvpd["id"]}
    found = await _picker(lab, world(mvpds=[mvpd], integrations=[pair]))
    assert found["Ü & <Co>"]["displayName"] == 'Kabel "Süd" <b>'


async def test_asking_changes_nothing(lab: Lab) -> None:
    await lab.seed(world())
    before = await lab.state()
    await (await lab.app(TV, client="app-1")).get("configuration")
    assert await lab.state() == before


async def test_a_channel_that_nobody_knows(lab: Lab) -> None:
    app = await seeded(lab, world())
    for unknown in ("NOPE", "labsp"):
        reply = await app.at(unknown).get("configuration")
        assert_enhanced(reply, "invalid_parameter_service_provider")


async def test_a_token_is_needed_and_must_be_one_for_the_channel(lab: Lab) -> None:
    await lab.seed(world())
    reply = await lab.call("GET", "/api/v2/LABSP/configuration")
    assert_enhanced(reply, "invalid_access_token_client_application")
    stranger = await lab.app(TV, application="second-app")
    assert_enhanced(await stranger.get("configuration"), "invalid_access_token_service_provider")
