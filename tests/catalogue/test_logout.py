"""Scenarios 70 to 82 of the QA catalogue: logout."""

import hashlib

import pytest

from tests.catalogue.stage import (
    A2,
    D1,
    D2,
    SIGNED_OUT,
    Browser,
    apple_tv,
    by_mvpd,
    later,
    log_in,
    permitted,
    post,
    service_token,
    subject_token,
    tv,
)
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.shapes import assert_enhanced


def _action(entry: Json) -> tuple[str, str]:
    return entry["actionName"], entry["actionType"]


LOGOUT = ("logout", "interactive")
COMPLETE = ("complete", "none")
INVALID = ("invalid", "none")


async def test_070_logout_with_endpoint(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    reply = await app.logout("LabCable", SIGNED_OUT)
    entry = reply.data()["logouts"]["LabCable"]
    assert _action(entry) == LOGOUT
    assert entry["url"].startswith(f"{qa.origin}/adobe-services/logout?")
    assert await app.profiles() == {}
    landed = await Browser(lab=qa).open(entry["url"])
    assert landed.url == SIGNED_OUT
    assert {hop.status for hop in landed.hops} == {302}


async def test_071_logout_without_endpoint(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app, "LabDish")
    entry = await app.logged_out("LabDish")
    assert _action(entry) == COMPLETE
    assert "url" not in entry


async def test_072_slo_service_token(qa: Lab) -> None:
    token = await service_token(qa)
    first = (await tv(qa)).sending(AD_Service_Token=token)
    await log_in(first)
    second = (await tv(qa, D2, A2)).sending(AD_Service_Token=token)
    assert [*await second.profiles()] == ["LabCable"]
    assert _action(await second.logged_out("LabCable")) == LOGOUT
    assert await first.profiles() == await second.profiles() == {}


async def test_073_slo_platform(qa: Lab) -> None:
    token = await subject_token(qa)
    first = (await tv(qa)).sending(Adobe_Subject_Token=token)
    await log_in(first)
    second = (await tv(qa, D1, A2)).sending(Adobe_Subject_Token=token)
    entry = await second.logged_out("LabCable")
    assert _action(entry) == LOGOUT
    assert f"pt_device_id={hashlib.sha256(D1.encode()).hexdigest()}" in entry["url"]
    assert await first.profiles() == {}


async def test_074_logout_apple(qa: Lab) -> None:
    app = await apple_tv(qa)
    made = await qa.admin("POST", "saml-responses", {"mvpd": "LabCable"})
    form = {"SAMLResponse": made["saml_response"]}
    assert (await post(app, "profiles/sso/Apple", form)).status == 201
    entry = await app.logged_out("LabCable")
    assert _action(entry) == ("partner_logout", "partner_interactive")
    assert "url" not in entry
    assert await app.profiles() == {}


async def test_075_logout_degraded(qa: Lab) -> None:
    await qa.seed("qa-authn-all")
    assert _action(await (await tv(qa)).logged_out("LabCable")) == COMPLETE


async def test_076_logout_temp_pass(qa: Lab) -> None:
    app = await tv(qa)
    first = await permitted(app, mvpd="TempBasic")
    assert _action(await app.logged_out("TempBasic")) == COMPLETE
    await later(qa, "PT1M")
    assert (await permitted(app, mvpd="TempBasic"))["notAfter"] == first["notAfter"]


async def test_077_logout_nothing(qa: Lab) -> None:
    entry = await (await tv(qa)).logged_out("LabCable")
    assert _action(entry) == INVALID
    assert "url" not in entry


async def test_078_logout_expired(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    await later(qa, "P31D")
    assert _action(await (await tv(qa)).logged_out("LabCable")) == INVALID


@pytest.mark.parametrize("required", [True, False])
async def test_079_logout_without_redirect_url(qa: Lab, *, required: bool) -> None:
    await qa.settings(logout__redirect_url="required" if required else "optional")
    app = await tv(qa)
    await log_in(app)
    reply = await app.logout("LabCable", None)
    if required:
        assert_enhanced(reply, "invalid_parameter_redirect_url")
        assert [*await app.profiles()] == ["LabCable"]
    else:
        landed = await Browser(lab=qa).open(reply.data()["logouts"]["LabCable"]["url"])
        assert landed.url == "https://lab.example/goodbye"


async def test_080_double_logout(qa: Lab) -> None:
    app = await tv(qa)
    await log_in(app)
    assert _action(await app.logged_out("LabCable")) == LOGOUT
    assert _action(await app.logged_out("LabCable")) == INVALID


@pytest.mark.parametrize("served", [True, False])
async def test_081_logout_old_path_order(qa: Lab, *, served: bool) -> None:
    await qa.settings(logout__legacy_path="serve" if served else "reject")
    app = await tv(qa)
    path = f"/api/v2/logout/LABSP/LabCable?redirectUrl={SIGNED_OUT}"
    reply = await qa.call("GET", path, app.headers)
    assert reply.status == (200 if served else 404)


async def test_082_sso_logout_without_header(qa: Lab) -> None:
    token = await service_token(qa)
    await log_in((await tv(qa)).sending(AD_Service_Token=token))
    second = await tv(qa, D2, A2)
    assert _action(await second.logged_out("LabCable")) == INVALID
    assert [*await by_mvpd(second.sending(AD_Service_Token=token))] == ["LabCable"]
