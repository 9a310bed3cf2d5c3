"""TempPass over HTTP: when a trial begins, what it is used for, and whose it is.

(Adobe: TempPass, TMP1, TMP2)
"""

import asyncio
from typing import Any, Final

import pytest

from tests.support.decisions import (
    MINUTE,
    PREAUTHORIZE,
    decision,
    decisions,
    identity,
    outcome,
    permit,
    seeded,
)
from tests.support.lab import App, Lab
from tests.support.replies import Json
from tests.support.shapes import assert_enhanced
from tests.support.worlds import BOX, TV, changed, profile, rule, world

PERMIT: Final = permit("temppass")
DURATION: Final = ("temppass", "temporary_access_duration_limit_exceeded")
QUOTA: Final = ("temppass", "temporary_access_resources_limit_exceeded")


async def _promo(lab: Lab, who: str, device: str = TV) -> App:
    app = await lab.app(device, client="app-1")
    return app.sending(AP_TempPass_Identity=identity(who))


async def _trials(lab: Lab) -> list[Json]:
    return list((await lab.admin("GET", "temp-passes"))["items"])


async def test_the_first_authorization_begins_a_basic_trial(lab: Lab) -> None:
    app = await seeded(lab, world())
    await decision(app, mvpd="TempBasic", operation=PREAUTHORIZE)
    await app.get("profiles/TempBasic")
    assert await _trials(lab) == []
    began = lab.clock.now()
    lab.clock.advance(minutes=1)
    item = await decision(app, mvpd="TempBasic")
    assert (item["notBefore"], item["notAfter"]) == (began + MINUTE, began + 4 * MINUTE)
    (trial,) = await _trials(lab)
    assert (trial["device"], trial["identity"], trial["used_resources"]) == (TV, None, [])
    lab.clock.advance(seconds=179)
    assert (await decision(app, "another", "TempBasic"))["notAfter"] == item["notAfter"]
    assert len(await _trials(lab)) == 1


async def test_a_basic_trial_that_is_over_is_over_everywhere(lab: Lab) -> None:
    app = await seeded(lab, world())
    assert await outcome(app, mvpd="TempBasic") == PERMIT
    lab.clock.advance(seconds=181)
    assert await outcome(app, mvpd="TempBasic") == DURATION
    assert await outcome(app, mvpd="TempBasic", operation=PREAUTHORIZE) == DURATION
    assert_enhanced(await app.get("profiles/TempBasic"), DURATION[1])
    # The key is the device: another app on it does not help, another device does.
    assert await outcome(await lab.app(TV, client="app-2"), mvpd="TempBasic") == DURATION
    assert await outcome(await lab.app(BOX, client="app-1"), mvpd="TempBasic") == PERMIT


async def test_a_temp_pass_permits_any_number_of_resources_at_once(lab: Lab) -> None:
    app = await seeded(lab, world())
    for operation in (PREAUTHORIZE, "authorize"):
        items = await decisions(app, *"abcdefg", mvpd="TempBasic", operation=operation)
        assert all(item["authorized"] for item in items)


async def test_a_promotional_trial_counts_each_resource_once(lab: Lab) -> None:
    await lab.seed(world())
    app = await _promo(lab, "ann")
    for _ in range(2):
        assert await outcome(app, "one", "TempPromo") == PERMIT
    await decisions(app, "one", "two", "three", mvpd="TempPromo", operation=PREAUTHORIZE)
    (trial,) = await _trials(lab)
    assert (trial["identity"], trial["used_resources"]) == ("ann", ["one"])
    items = await decisions(app, "two", "three", "one", "two", mvpd="TempPromo")
    assert [item["authorized"] for item in items] == [True, False, False, False]
    (trial,) = await _trials(lab)
    assert trial["used_resources"] == ["one", "two"]
    assert_enhanced(await app.get("profiles/TempPromo"), QUOTA[1])
    items = await decisions(app, "two", "three", mvpd="TempPromo", operation=PREAUTHORIZE)
    assert [item.get("error") for item in items] == [QUOTA[1], QUOTA[1]]


async def test_a_lenient_quota_permits_what_was_used_before(lab: Lab) -> None:
    await lab.seed(world(settings={"temp_pass.strict_quota": False}))
    app = await _promo(lab, "ann")
    items = await decisions(app, "one", "two", "three", "one", mvpd="TempPromo")
    assert [item["authorized"] for item in items] == [True, True, False, True]
    items = await decisions(app, "two", "three", mvpd="TempPromo", operation=PREAUTHORIZE)
    assert [item.get("error") for item in items] == [None, QUOTA[1]]


async def test_a_used_up_quota_denies_what_was_used_before(lab: Lab) -> None:
    await lab.seed(world())
    app = await _promo(lab, "ann")
    assert await outcome(app, "one", "TempPromo") == PERMIT
    assert await outcome(app, "one", "TempPromo") == PERMIT
    assert await outcome(app, "two", "TempPromo") == PERMIT
    assert await outcome(app, "two", "TempPromo") == QUOTA
    assert await outcome(app, "one", "TempPromo", PREAUTHORIZE) == QUOTA


async def test_two_that_race_for_the_last_resource_do_not_both_get_it(lab: Lab) -> None:
    await lab.seed(world())
    app = await _promo(lab, "ann")
    await decision(app, "one", "TempPromo")
    racing = [outcome(app, f"resource-{number}", "TempPromo") for number in range(8)]
    found = await asyncio.gather(*racing)
    assert (found.count(PERMIT), found.count(QUOTA)) == (1, 7)
    (trial,) = await _trials(lab)
    assert len(trial["used_resources"]) == 2


async def test_the_profile_tells_what_is_left(lab: Lab) -> None:
    await lab.seed(world())
    app = await _promo(lab, "ann")
    await decision(app, "one", "TempPromo")
    found = (await app.get("profiles/TempPromo")).data()["profiles"]["TempPromo"]
    attributes = {name: each["value"] for name, each in found["attributes"].items()}
    assert attributes["remaining_resources"] == 1
    assert attributes["used_assets"] == ["one"]


@pytest.mark.parametrize(
    ("who", "device"), [("ann", BOX), ("bob", TV)], ids=["same user", "same device"]
)
async def test_a_known_identity_or_device_goes_on_with_its_trial(
    lab: Lab, who: str, device: str
) -> None:
    await lab.seed(world())
    first = await decision(await _promo(lab, "ann"), "one", "TempPromo")
    lab.clock.advance(minutes=1)
    app = await _promo(lab, who, device)
    item = await decision(app, "two", "TempPromo")
    assert (item["notBefore"], item["notAfter"]) == (first["notBefore"], first["notAfter"])
    assert await outcome(app, "three", "TempPromo") == QUOTA
    (trial,) = await _trials(lab)
    assert trial["used_resources"] == ["one", "two"]


async def test_somebody_new_on_a_new_device_begins_anew(lab: Lab) -> None:
    await lab.seed(world())
    await decision(await _promo(lab, "ann"), "one", "TempPromo")
    await decision(await _promo(lab, "bob", BOX), "one", "TempPromo")
    assert len(await _trials(lab)) == 2


async def test_of_two_trials_the_stricter_counts(lab: Lab) -> None:
    await lab.seed(world())
    await decision(await _promo(lab, "ann"), "one", "TempPromo")
    lab.clock.advance(minutes=5)
    full = await _promo(lab, "bob", BOX)
    await decision(full, "two", "TempPromo")
    await decision(full, "three", "TempPromo")
    # Bob's identity on Ann's device: the clock is hers, the quota his.
    both = await _promo(lab, "bob")
    assert await outcome(both, "two", "TempPromo") == QUOTA
    lab.clock.advance(minutes=5)
    assert await outcome(both, "two", "TempPromo") == DURATION


async def test_preflight_of_a_promotional_temp_pass_makes_do_with_the_device(lab: Lab) -> None:
    await lab.seed(world())
    app = await _promo(lab, "ann")
    await decisions(app, "one", "two", mvpd="TempPromo")
    plain = await lab.app(TV, client="app-1")
    assert await outcome(plain, "three", "TempPromo", PREAUTHORIZE) == QUOTA
    stranger = await lab.app(BOX, client="app-1")
    assert await outcome(stranger, "three", "TempPromo", PREAUTHORIZE) == PERMIT
    # With the identity, its trial counts there, too.
    known = await _promo(lab, "ann", BOX)
    assert await outcome(known, "three", "TempPromo", PREAUTHORIZE) == QUOTA


async def test_a_temp_pass_and_a_login_stand_side_by_side(lab: Lab) -> None:
    app = await seeded(lab, world(profiles=[profile("login", client="app-1")]))
    assert await outcome(app, mvpd="TempBasic") == PERMIT
    assert await outcome(app) == permit()
    await app.logged_out("TempBasic")
    lab.clock.advance(seconds=181)
    assert await outcome(app, mvpd="TempBasic") == DURATION
    assert await outcome(app) == permit()


async def test_deleting_the_trial_lets_it_begin_anew(lab: Lab) -> None:
    app = await seeded(lab, world())
    await decision(app, mvpd="TempBasic")
    lab.clock.advance(minutes=4)
    (trial,) = await _trials(lab)
    await lab.admin("DELETE", f"temp-passes/{trial['id']}")
    assert await outcome(app, mvpd="TempBasic") == PERMIT


async def test_trials_of_service_providers_are_apart(lab: Lab) -> None:
    pair: dict[str, Any] = {"service_provider": "LABSP2", "mvpd": "TempBasic"}
    app = await seeded(lab, world(integrations=[{**pair, "temp_pass_ttl": "PT1H"}]))
    await decision(app, mvpd="TempBasic")
    lab.clock.advance(minutes=4)
    assert await outcome(app, mvpd="TempBasic") == DURATION
    assert await outcome(app.at("LABSP2"), mvpd="TempBasic") == PERMIT


async def test_the_platform_s_ttl_counts(lab: Lab) -> None:
    overrides = {"TV connected": {"temp_pass_ttl": "PT1H"}}
    app = await seeded(
        lab,
        changed(("LABSP", "TempBasic"), overrides=overrides),
        X_Device_Info="eyJvc05hbWUiOiJSb2t1IE9TIn0=",
    )
    item = await decision(app, mvpd="TempBasic")
    assert item["notAfter"] - item["notBefore"] == 60 * MINUTE


KEYED: Final = {
    "the key": ('{"email": "a@lab.example"}', None),
    "more beside the key": ('{"name": "Ann", "email": "a@lab.example"}', None),
    "no JSON": ("f7ee5ec7312165148b69fcca1d29075b", None),
    "another key": ('{"phone": "555-0100"}', "invalid_header_identity_for_temporary_access"),
    "no members": ("{}", "invalid_header_identity_for_temporary_access"),
    "nothing under the key": ('{"email": " "}', "invalid_header_identity_for_temporary_access"),
    "no text under the key": ('{"email": 7}', "invalid_header_identity_for_temporary_access"),
}


@pytest.mark.parametrize("name", KEYED)
async def test_an_identity_in_json_stands_under_the_key_of_the_integration(
    lab: Lab, name: str
) -> None:
    text, code = KEYED[name]
    await lab.seed(world())
    app = await _promo(lab, text)
    wanted = PERMIT if code is None else ("temppass", code)
    reply = await app.get("profiles/TempPromo")
    assert reply.status == (200 if code is None else 400)
    if code is not None:
        assert_enhanced(reply, code)
    assert await outcome(app, mvpd="TempPromo") == wanted
    assert len(await _trials(lab)) == (1 if code is None else 0)


async def test_another_integration_has_another_key(lab: Lab) -> None:
    await lab.seed(changed(("LABSP", "TempPromo"), temp_pass_key="phone"))
    assert await outcome(await _promo(lab, '{"phone": "555-0100"}'), mvpd="TempPromo") == PERMIT
    problem = "invalid_header_identity_for_temporary_access"
    app = await _promo(lab, '{"email": "a@lab.example"}', BOX)
    assert await outcome(app, mvpd="TempPromo") == ("temppass", problem)


async def test_a_used_up_quota_denies_all_and_not_only_what_is_new(lab: Lab) -> None:
    """Preflight goes by the total: it permits what is more than is left, and then nothing."""
    await lab.seed(world())
    app = await _promo(lab, "ann")
    await decision(app, "one", "TempPromo")
    items = await decisions(app, "a", "b", "c", mvpd="TempPromo", operation=PREAUTHORIZE)
    assert [item["authorized"] for item in items] == [True, True, True]
    await decision(app, "two", "TempPromo")
    for operation in ("authorize", PREAUTHORIZE):
        items = await decisions(app, "one", "new", mvpd="TempPromo", operation=operation)
        assert [item.get("error") for item in items] == [QUOTA[1], QUOTA[1]]
    assert_enhanced(await app.get("profiles/TempPromo"), QUOTA[1])
    # Somebody else's quota is another.
    assert await outcome(await _promo(lab, "bob", BOX), "one", "TempPromo") == PERMIT


async def test_who_has_no_account_is_the_same_40_digits_of_the_device_everywhere(lab: Lab) -> None:
    await lab.seed(world(degradations=[rule("AuthNAll")]))
    seen = {}
    for device in (TV, BOX):
        app = await _promo(lab, "ann", device)
        for mvpd in ("TempBasic", "TempPromo", "LabCable"):
            found = (await app.get(f"profiles/{mvpd}")).data()["profiles"][mvpd]
            user = found["attributes"]["userID"]["value"]
            prefix = "95cf93bcd183214a" if mvpd == "LabCable" else "temppass_"
            assert user.startswith(prefix)
            seen[device, mvpd] = user.removeprefix(prefix)
            assert len(seen[device, mvpd]) == 40
    assert {each[0] for each in seen} == {TV, BOX}
    assert len({*seen.values()}) == 2


async def test_with_an_id_seed_trials_are_called_the_same(lab: Lab) -> None:
    names = []
    for _ in range(2):
        app = await seeded(lab, world(settings={"id_seed": "42"}))
        await decision(app, mvpd="TempBasic", operation=PREAUTHORIZE)
        await decision(app, mvpd="TempBasic")
        names.append([trial["id"] for trial in await _trials(lab)])
    assert names[0] == names[1]
