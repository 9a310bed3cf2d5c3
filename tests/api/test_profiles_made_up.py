"""Temporary and degraded profiles: made up when they are asked for, and never stored."""

import re
from typing import Any, Final

import pytest

from tests.support.decisions import identity as encoded
from tests.support.decisions import seeded
from tests.support.lab import App, Lab
from tests.support.replies import Json
from tests.support.shapes import assert_enhanced
from tests.support.worlds import BOX, TV, Entry, changed, profile, rule, world

BASIC: Final = {"id": "t", "service_provider": "LABSP", "mvpd": "TempBasic", "device": TV}
PROMO: Final = {**BASIC, "mvpd": "TempPromo"}

DURATION: Final = "temporary_access_duration_limit_exceeded"
RESOURCES: Final = "temporary_access_resources_limit_exceeded"
IDENTITY: Final = "invalid_header_identity_for_temporary_access"
CONFIGURATION: Final = "invalid_configuration_temporary_access"


async def _at(app: App, mvpd: str) -> Json:
    """The one profile of the app at an MVPD."""
    found = (await app.get(f"profiles/{mvpd}")).data()["profiles"]
    assert [*found] == [mvpd]
    return found[mvpd]


async def _app(lab: Lab, *trials: Entry, device: str = TV, identity: str | None = None) -> App:
    await lab.seed(world(temp_passes=trials))
    return await _again(lab, device, identity)


async def _again(lab: Lab, device: str = TV, identity: str | None = None) -> App:
    app = await lab.app(device)
    return app if identity is None else app.sending(AP_TempPass_Identity=encoded(identity))


def _values(found: Json) -> dict[str, Any]:
    assert {each["state"] for each in found["attributes"].values()} == {"plain"}
    return {name: each["value"] for name, each in found["attributes"].items()}


# Temporary


async def test_a_basic_temp_pass_nobody_has_used_yet(lab: Lab) -> None:
    found = await _at(await _app(lab), "TempBasic")
    now = lab.clock.now()
    values = _values(found)
    assert re.fullmatch(r"temppass_[0-9a-f]{40}", values.pop("userID"))
    assert values == {"expiration_date": now + 180_000}
    del found["attributes"]
    assert found == {
        "notBefore": now,
        "notAfter": now + 180_000,
        "issuer": "Adobe",
        "type": "temporary",
    }


async def test_asking_does_not_begin_a_trial(lab: Lab) -> None:
    app = await _app(lab, identity="ann")
    before = await lab.state()
    for mvpd in ("TempBasic", "TempPromo"):
        first = await _at(app, mvpd)
        lab.clock.advance(minutes=1)
        later = await _at(app, mvpd)
        assert later["notAfter"] - first["notAfter"] == 60_000
        assert later["attributes"]["userID"] == first["attributes"]["userID"]
    assert (await lab.admin("GET", "temp-passes"))["items"] == []
    assert await lab.state() == before


async def test_a_trial_goes_on_from_its_first_authorization(lab: Lab) -> None:
    app = await _app(lab, {**BASIC, "first_authorized": "-PT1M"})
    began = lab.clock.now() - 60_000
    for _ in range(2):
        found = await _at(app, "TempBasic")
        assert (found["notBefore"], found["notAfter"]) == (began, began + 180_000)
        lab.clock.advance(seconds=30)


async def test_a_trial_is_over_to_the_millisecond(lab: Lab) -> None:
    app = await _app(lab, {**BASIC, "first_authorized": "PT0S"})
    lab.clock.advance(seconds=179, milliseconds=999)
    assert (await _at(app, "TempBasic"))["type"] == "temporary"
    lab.clock.advance(milliseconds=1)
    assert_enhanced(await app.get("profiles/TempBasic"), DURATION)


async def test_a_trial_is_one_devices(lab: Lab) -> None:
    await _app(lab, {**BASIC, "first_authorized": "-P1D"})
    assert (await _at(await _again(lab, BOX), "TempBasic"))["type"] == "temporary"


async def test_every_app_on_the_device_has_the_same_trial(lab: Lab) -> None:
    await _app(lab, {**BASIC, "first_authorized": "-P1D"})
    for client in ("app-1", "app-2"):
        app = await lab.app(TV, client=client)
        assert_enhanced(await app.get("profiles/TempBasic"), DURATION)


async def test_a_platform_may_have_a_longer_trial(lab: Lab) -> None:
    await lab.seed(changed(("LABSP", "TempBasic"), overrides={"Roku": {"temp_pass_ttl": "PT1H"}}))
    roku = (await lab.app(TV)).sending(X_Device_Info="eyJvc05hbWUiOiJSb2t1IE9TIn0=")
    found = await _at(roku, "TempBasic")
    assert found["notAfter"] - found["notBefore"] == 3_600_000


async def test_a_promotional_temp_pass_nobody_has_used_yet(lab: Lab) -> None:
    found = await _at(await _app(lab, identity="ann"), "TempPromo")
    values = _values(found)
    assert values.pop("userID").startswith("temppass_")
    assert values == {
        "expiration_date": lab.clock.now() + 600_000,
        "remaining_resources": 2,
        "used_assets": [],
    }


async def test_a_promotional_temp_pass_counts_what_was_watched(lab: Lab) -> None:
    trial = {**PROMO, "identity": "ann", "used_resources": ["show-1"], "first_authorized": "PT0S"}
    values = _values(await _at(await _app(lab, trial, identity="ann"), "TempPromo"))
    assert (values["remaining_resources"], values["used_assets"]) == (1, ["show-1"])


async def test_a_promotional_temp_pass_that_is_used_up(lab: Lab) -> None:
    used = {**PROMO, "identity": "ann", "used_resources": ["show-1", "show-2"]}
    app = await _app(lab, {**used, "first_authorized": "PT0S"}, identity="ann")
    assert_enhanced(await app.get("profiles/TempPromo"), RESOURCES)
    # Once the time is over as well, that is what is told.
    lab.clock.advance(minutes=10)
    assert_enhanced(await app.get("profiles/TempPromo"), DURATION)


@pytest.mark.parametrize(
    ("device", "who", "goes_on"),
    [(BOX, "ann", True), (TV, "bob", True), (BOX, "bob", False)],
    ids=["a known viewer", "a known device", "neither"],
)
async def test_a_trial_goes_on_for_its_viewer_and_on_its_device(
    lab: Lab, device: str, who: str, goes_on: bool
) -> None:
    trial = {**PROMO, "identity": "ann", "used_resources": ["show-1"], "first_authorized": "-PT5M"}
    found = await _at(await _app(lab, trial, device=device, identity=who), "TempPromo")
    assert lab.clock.now() - found["notBefore"] == (300_000 if goes_on else 0)
    values = _values(found)
    used = (1, ["show-1"]) if goes_on else (2, [])
    assert (values["remaining_resources"], values["used_assets"]) == used


async def test_of_the_devices_and_the_viewers_trial_the_stricter_counts(lab: Lab) -> None:
    trials = (
        {**PROMO, "id": "of-device", "identity": "bob", "first_authorized": "-PT8M"},
        {
            **PROMO,
            "id": "of-viewer",
            "device": BOX,
            "identity": "ann",
            "used_resources": ["show-1"],
            "first_authorized": "-PT1M",
        },
    )
    found = await _at(await _app(lab, *trials, identity="ann"), "TempPromo")
    assert found["notBefore"] == lab.clock.now() - 480_000
    assert _values(found)["remaining_resources"] == 1


async def test_the_viewer_of_a_trial_is_the_device_whoever_it_is_for(lab: Lab) -> None:
    ids = [
        _values(await _at(await _app(lab, device=device, identity=who), "TempPromo"))["userID"]
        for device, who in ((TV, "ann"), (BOX, "ann"), (TV, "bob"))
    ]
    assert ids[0] == ids[2] != ids[1]


@pytest.mark.parametrize("header", [None, "", "no Base64!", "IA==", "/w==", "AA=="])
async def test_a_promotional_temp_pass_needs_an_identity(lab: Lab, header: str | None) -> None:
    app = await _app(lab)
    if header is not None:
        app = app.sending(AP_TempPass_Identity=header)
    assert_enhanced(await app.get("profiles/TempPromo"), IDENTITY)
    # The basic one does not ask for any.
    assert (await app.get("profiles/TempBasic")).status == 200


@pytest.mark.parametrize(
    ("mvpd", "members"),
    [
        ("TempBasic", {"temp_pass_ttl": "PT0S"}),
        ("TempPromo", {"temp_pass_ttl": "PT0S"}),
        ("TempPromo", {"temp_pass_resources": 0}),
    ],
)
async def test_a_temp_pass_that_is_misconfigured(
    lab: Lab, mvpd: str, members: dict[str, object]
) -> None:
    await lab.seed(changed(("LABSP", mvpd), **members))
    app = await _again(lab, identity="ann")
    assert_enhanced(await app.get(f"profiles/{mvpd}"), CONFIGURATION)


async def test_temporary_access_is_not_in_the_list_and_beside_a_login(lab: Lab) -> None:
    app = await seeded(lab, world(profiles=[profile("own")]))
    assert [*await app.profiles()] == ["LabCable"]
    assert (await _at(app, "TempBasic"))["type"] == "temporary"
    assert (await _at(app, "LabCable"))["type"] == "regular"


async def test_a_rule_means_nothing_to_a_temp_pass(lab: Lab) -> None:
    await lab.seed(world(degradations=[rule("AuthNAll", "TempBasic")]))
    assert (await _at(await lab.app(TV), "TempBasic"))["type"] == "temporary"


# Degraded


async def test_with_authn_all_everybody_is_logged_in(lab: Lab) -> None:
    await lab.seed(world(degradations=[rule("AuthNAll")]))
    found = await _at(await lab.app(TV), "LabCable")
    now = lab.clock.now()
    user = found["attributes"].pop("userID")
    assert re.fullmatch(r"95cf93bcd183214a[0-9a-f]{40}", user["value"])
    assert user["state"] == "plain"
    assert found == {
        "notBefore": now,
        "notAfter": now + 60_000,
        "issuer": "Adobe",
        "type": "degraded",
        "attributes": {},
    }


async def test_a_degraded_viewer_stays_the_same_on_a_device(lab: Lab) -> None:
    await lab.seed(world(degradations=[rule("AuthNAll"), rule("AuthNAll", "LabDish")]))
    apps = [await lab.app(TV), await lab.app(TV, client="app-2"), await lab.app(BOX)]
    ids = [(await _at(app, "LabCable"))["attributes"]["userID"]["value"] for app in apps]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("until", "lasts"), [("PT1H", 60_000), ("PT60S", 60_000), ("PT59S", 59_000), ("PT1S", 1_000)]
)
async def test_degraded_access_ends_with_its_rule(lab: Lab, until: str, lasts: int) -> None:
    await lab.seed(world(degradations=[rule("AuthNAll", until=until)]))
    found = await _at(await lab.app(TV), "LabCable")
    assert found["notAfter"] - lab.clock.now() == lasts


async def test_of_two_rules_the_longer_one_counts(lab: Lab) -> None:
    rules = [rule("AuthNAll", id="a", until="PT10S"), rule("AuthNAll", id="b", until="PT30S")]
    app = await seeded(lab, world(degradations=rules))
    assert (await _at(app, "LabCable"))["notAfter"] - lab.clock.now() == 30_000
    lab.clock.advance(seconds=10)
    assert (await _at(app, "LabCable"))["notAfter"] - lab.clock.now() == 20_000


async def test_a_rule_that_ended_is_felt_at_once(lab: Lab) -> None:
    app = await seeded(lab, world(degradations=[rule("AuthNAll", until="PT1M")]))
    lab.clock.advance(seconds=59, milliseconds=999)
    assert (await _at(app, "LabCable"))["type"] == "degraded"
    lab.clock.advance(milliseconds=1)
    assert (await app.get("profiles/LabCable")).data() == {"profiles": {}}


async def test_a_rule_that_has_not_begun_is_none(lab: Lab) -> None:
    app = await seeded(lab, world(degradations=[rule("AuthNAll", **{"from": "PT1M"})]))
    assert (await app.get("profiles/LabCable")).data() == {"profiles": {}}
    lab.clock.advance(minutes=1)
    assert (await _at(app, "LabCable"))["type"] == "degraded"


@pytest.mark.parametrize("kind", ["AuthZAll", "AuthZNone"])
async def test_rules_on_authorization_make_no_profile(lab: Lab, kind: str) -> None:
    app = await seeded(lab, world(degradations=[rule(kind)]))
    assert (await app.get("profiles/LabCable")).data() == {"profiles": {}}


async def test_a_rule_comes_before_the_own_login(lab: Lab) -> None:
    app = await seeded(
        lab, world(profiles=[profile("own")], degradations=[rule("AuthNAll", until="PT1M")])
    )
    assert (await _at(app, "LabCable"))["type"] == "degraded"
    lab.clock.advance(minutes=1)
    assert (await _at(app, "LabCable"))["type"] == "regular"


async def test_degraded_access_is_not_in_the_list(lab: Lab) -> None:
    await lab.seed(world(degradations=[rule("AuthNAll")]))
    assert await (await lab.app(TV)).profiles() == {}
    await lab.seed(world(profiles=[profile("own")], degradations=[rule("AuthNAll")]))
    assert (await (await lab.app(TV)).profiles())["LabCable"]["type"] == "regular"


async def test_a_proxied_mvpd_inherits_the_rule_of_its_proxy(lab: Lab) -> None:
    await lab.seed(world(degradations=[rule("AuthNAll")]))
    assert (await _at(await lab.app(TV), "LabProxied"))["type"] == "degraded"


async def test_a_rule_is_one_channels_and_one_mvpds(lab: Lab) -> None:
    app = await seeded(lab, world(degradations=[rule("AuthNAll")]))
    for other, mvpd in ((app.at("LABSP2"), "LabCable"), (app, "LabDish")):
        assert (await other.get(f"profiles/{mvpd}")).data() == {"profiles": {}}


async def test_degraded_profiles_are_never_stored(lab: Lab) -> None:
    await lab.seed(world(degradations=[rule("AuthNAll")]))
    before = await lab.state()
    await _at(await lab.app(TV, client="app-1"), "LabCable")
    assert await lab.profile_ids() == set()
    assert await lab.state() == before


async def test_an_integration_that_is_off_is_not_degraded_either(lab: Lab) -> None:
    app = await seeded(lab, world(degradations=[rule("AuthNAll", "LabOff")]))
    assert_enhanced(await app.get("profiles/LabOff"), "invalid_integration")
