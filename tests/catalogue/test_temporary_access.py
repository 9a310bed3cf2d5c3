"""Scenarios 103 to 116 of the QA catalogue: TempPass and its reset."""

from typing import Final
from urllib.parse import urlencode

import pytest

from tests.catalogue.stage import (
    D1,
    D2,
    FULL,
    MINUTE,
    by_code,
    by_mvpd,
    decide,
    denied,
    full_session,
    identity,
    later,
    log_in,
    permitted,
    post,
    preauthorize,
    session,
    tv,
)
from tests.support.lab import App, Lab
from tests.support.shapes import assert_enhanced

SPENT: Final = "temporary_access_resources_limit_exceeded"
OVER: Final = "temporary_access_duration_limit_exceeded"
PROMO: Final = "TempPromo"


async def test_103_basic_temp_pass(qa: Lab) -> None:
    item = await permitted(await tv(qa), mvpd="TempBasic")
    assert item["source"] == "temppass"
    assert item["notAfter"] - item["notBefore"] == 3 * MINUTE


async def test_104_basic_temp_pass_over(qa: Lab) -> None:
    app = await tv(qa)
    await permitted(app, mvpd="TempBasic")
    await later(qa, "PT181S")
    assert (await denied(app, mvpd="TempBasic"))["code"] == OVER
    assert_enhanced(await app.get("profiles/TempBasic"), OVER)


async def test_105_temp_pass_session(qa: Lab) -> None:
    answer = await full_session(await tv(qa), mvpd="TempBasic")
    assert (answer["actionName"], answer["reasonType"]) == ("authorize", "temporary")


async def test_106_temp_pass_via_code(qa: Lab) -> None:
    app = await tv(qa)
    code = (await session(app))["code"]
    answer = (await post(app, f"sessions/{code}", {**FULL, "mvpd": "TempBasic"})).data()
    assert (answer["actionName"], answer["reasonType"]) == ("authorize", "temporary")
    found = (await by_code(app, code))["TempBasic"]
    assert (found["type"], found["issuer"]) == ("temporary", "Adobe")
    assert found["attributes"]["userID"]["value"].startswith("temppass_")


async def test_107_temp_pass_beside_mvpd(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    assert (await permitted(app))["source"] == "mvpd"
    assert (await permitted(app, mvpd="TempBasic"))["source"] == "temppass"


async def _promo(qa: Lab, device: str = D1, who: str = '{"email": "ann@lab.example"}') -> App:
    return (await tv(qa, device)).sending(AP_TempPass_Identity=identity(who))


async def _spend(app: App) -> None:
    for resource in ("one", "two"):
        await permitted(app, resource, mvpd=PROMO)


async def test_108_promo_quota(qa: Lab) -> None:
    app = await _promo(qa)
    await _spend(app)
    assert (await denied(app, "three", mvpd=PROMO))["code"] == SPENT
    assert_enhanced(await app.get("profiles/TempPromo"), SPENT)


@pytest.mark.parametrize("strict", [True, False])
async def test_109_promo_replay(qa: Lab, *, strict: bool) -> None:
    await qa.settings(temp_pass__strict_quota=strict)
    app = await _promo(qa)
    await _spend(app)
    if strict:
        assert (await denied(app, "one", mvpd=PROMO))["code"] == SPENT
    else:
        await permitted(app, "one", mvpd=PROMO)


async def test_110_promo_no_identity(qa: Lab) -> None:
    app = await tv(qa)
    code = "invalid_header_identity_for_temporary_access"
    error = await denied(app, mvpd=PROMO)
    assert (error["code"], error["status"]) == (code, 400)
    assert_enhanced(await app.get("profiles/TempPromo"), code)


async def _attributes(app: App) -> tuple[object, object]:
    found = (await by_mvpd(app, PROMO))[PROMO]["attributes"]
    return found["remaining_resources"]["value"], found["used_assets"]["value"]


async def test_111_promo_same_user_new_device(qa: Lab) -> None:
    await permitted(await _promo(qa), "one", mvpd=PROMO)
    assert await _attributes(await _promo(qa, D2)) == (1, ["one"])


async def test_112_promo_new_user_same_device(qa: Lab) -> None:
    await permitted(await _promo(qa), "one", mvpd=PROMO)
    assert await _attributes(await _promo(qa, D1, "somebody else")) == (1, ["one"])
    assert await _attributes(await _promo(qa, D2, "somebody else")) == (2, [])


async def test_113_temp_pass_misconfigured(qa: Lab) -> None:
    await qa.seed("qa-temp-pass-broken")
    app = await tv(qa)
    code = "invalid_configuration_temporary_access"
    assert_enhanced(await app.get("profiles/TempBasic"), code)
    error = await denied(app, mvpd="TempBasic")
    assert (error["code"], error["status"]) == (code, 500)
    assert (await decide(app, "authorize", "TempBasic", "x")).status == 200


async def _reset(app: App, path: str = "reset", **parameters: str) -> int:
    query = urlencode({"requestor_id": "LABSP", **parameters})
    bearer = {"Authorization": f"Bearer {await app.lab.token(application='lab-app')}"}
    reply = await app.lab.call("DELETE", f"/reset-tempass/v3/{path}?{query}", bearer)
    assert reply.text == ""
    return reply.status


async def test_114_reset_one_device(qa: Lab) -> None:
    apps = [await tv(qa, device) for device in (D1, D2)]
    for app in apps:
        await permitted(app, mvpd="TempBasic")
    await later(qa, "PT4M")
    assert await _reset(apps[0], mvpd_id="TempBasic", device_id=D1) == 204
    await permitted(apps[0], mvpd="TempBasic")
    assert (await denied(apps[1], mvpd="TempBasic"))["code"] == OVER


@pytest.mark.parametrize("key", ["all", "ann@lab.example", '{"email": "ann@lab.example"}', None])
async def test_115_reset_all_or_by_key(qa: Lab, key: str | None) -> None:
    ann, bob = await _promo(qa), await _promo(qa, D2, "bob")
    for app in (ann, bob):
        await _spend(app)
    keys = {} if key is None else {"key": key}
    assert await _reset(ann, "reset/generic", mvpd_id=PROMO, **keys) == 204
    await permitted(ann, "three", mvpd=PROMO)
    if key in {"all", None}:
        await permitted(bob, "three", mvpd=PROMO)
    else:
        assert (await denied(bob, "three", mvpd=PROMO))["code"] == SPENT


async def test_116_temp_pass_preauthorize(qa: Lab) -> None:
    items = await preauthorize(await tv(qa), "one", "two", "three", mvpd="TempBasic")
    assert [each["authorized"] for each in items] == [True] * 3
    assert {each["source"] for each in items} == {"temppass"}
