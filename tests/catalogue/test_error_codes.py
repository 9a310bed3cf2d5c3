"""Each of the 47 codes, provoked through documented means: state, a setting, or a fault.

(Adobe: error codes, ERR2)
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

import pytest

from simulator.domain.errors import ERRORS
from tests.catalogue.stage import (
    FULL,
    TVOS,
    apple_tv,
    decide,
    fault,
    identity,
    later,
    log_in,
    permitted,
    post,
    tv,
    with_status,
)
from tests.catalogue.test_decisions import PLATFORM_CODES
from tests.support.lab import App, Lab
from tests.support.replies import Reply

Provoke: TypeAlias = Callable[[Lab], Awaitable[Reply]]


def _get(path: str, scenario: str = "qa-catalogue") -> Provoke:
    async def provoke(qa: Lab) -> Reply:
        await qa.seed(scenario)
        return await (await tv(qa)).get(path)

    return provoke


def _post(path: str, form: Mapping[str, str], *, partner: bool = False) -> Provoke:
    async def provoke(qa: Lab) -> Reply:
        return await post(await (apple_tv if partner else tv)(qa), path, form)

    return provoke


def _ask(
    resource: str = "LAB-LIVE", operation: str = "authorize", *, login: bool = True
) -> Provoke:
    async def provoke(qa: Lab) -> Reply:
        app = await tv(qa)
        if login:
            await log_in(app)
        return await decide(app, operation, "LabCable", *filter(None, resource.split(" ")))

    return provoke


def _denied(code: str) -> Provoke:
    """By an account that the provider denies everything."""

    async def provoke(qa: Lab) -> Reply:
        await qa.admin("PATCH", "subscribers/viewer", {"denials": {"*": code}})
        return await _ask()(qa)

    return provoke


def _fault(code: str) -> Provoke:
    async def provoke(qa: Lab) -> Reply:
        await fault(qa, code, match={"operation": "configuration"})
        return await (await tv(qa)).get("configuration")

    return provoke


def _status(**wanted: object) -> Provoke:
    async def provoke(qa: Lab) -> Reply:
        app = await with_status(await tv(qa, told=TVOS), **wanted)
        made = await qa.admin("POST", "saml-responses", {"mvpd": "LabCable"})
        return await post(app, "profiles/sso/Apple", {"SAMLResponse": made["saml_response"]})

    return provoke


def _headers(**changes: str | None) -> Provoke:
    async def provoke(qa: Lab) -> Reply:
        await qa.settings(device_info="strict")
        headers: dict[str, Any] = (await tv(qa)).headers
        for name, value in changes.items():
            headers[name.replace("_", "-")] = value
        sent = {name: value for name, value in headers.items() if value is not None}
        return await qa.call("GET", "/api/v2/LABSP/profiles", sent)

    return provoke


async def _unknown_channel(qa: Lab) -> Reply:
    return await (await tv(qa)).at("NOPE").get("profiles")


async def _wrong_channel(qa: Lab) -> Reply:
    return await (await qa.app("tv", application="second-channel-app")).get("profiles")


async def _expired(qa: Lab) -> Reply:
    await log_in(await tv(qa))
    await later(qa, "P31D")
    return await decide(await tv(qa), "authorize", "LabCable", "LAB-LIVE")


async def _invalidated(qa: Lab) -> Reply:
    app = await tv(qa)
    await log_in(app)
    (profile,) = await qa.profile_ids()
    await qa.admin("POST", f"profiles/{profile}/invalidate")
    return await decide(app, "authorize", "LabCable", "LAB-LIVE")


async def _degraded(qa: Lab) -> Reply:
    await qa.seed("qa-authz-none")
    return await decide(await tv(qa), "authorize", "LabCable", "LAB-LIVE")


async def _over(qa: Lab) -> Reply:
    app = await tv(qa)
    await permitted(app, mvpd="TempBasic")
    await later(qa, "PT4M")
    return await app.get("profiles/TempBasic")


async def _spent(qa: Lab) -> Reply:
    app: App = (await tv(qa)).sending(AP_TempPass_Identity=identity("ann"))
    for resource in ("one", "two"):
        await permitted(app, resource, mvpd="TempPromo")
    return await app.get("profiles/TempPromo")


async def _no_certificate(qa: Lab) -> Reply:
    await qa.seed("qa-no-certificate")
    await qa.settings(user_metadata__certificate_error="top")
    app = await tv(qa)
    await log_in(app)
    return await app.get("profiles")


HOW: Final[dict[str, Provoke]] = {
    "invalid_parameter_service_provider": _unknown_channel,
    "invalid_parameter_mvpd": _get("profiles/NOPE"),
    "invalid_parameter_code": _get("sessions/!"),
    "invalid_parameter_resources": _ask(""),
    "invalid_parameter_redirect_url": _post("sessions", {"redirectUrl": "nowhere"}),
    "invalid_parameter_partner": _post("sessions/sso/Nobody", FULL),
    "invalid_parameter_saml_response": _post(
        "profiles/sso/Apple", {"SAMLResponse": "x"}, partner=True
    ),
    "invalid_header_device_info": _headers(X_Device_Info=None),
    "invalid_header_device_identifier": _headers(AP_Device_Identifier="fingerprint"),
    "invalid_header_identity_for_temporary_access": _get("profiles/TempPromo"),
    "invalid_header_pfs_permission_access_not_present": _status(access_status=None),
    "invalid_header_pfs_permission_access_not_determined": _status(access_status="notDetermined"),
    "invalid_header_pfs_permission_access_not_granted": _status(access_status="denied"),
    "invalid_header_pfs_provider_id_not_determined": _status(provider="nobody"),
    "invalid_header_pfs_provider_id_mismatch": _status(mvpd="LabDish"),
    "invalid_header_pfs_provider_info_expired": _status(mvpd="LabCable", expires_in=-1),
    "invalid_integration": _get("profiles/LabOff"),
    "invalid_authentication_session": _get("sessions/ZZZZZZZ"),
    "preauthorization_denied_by_mvpd": _ask("LAB-GOLD", "preauthorize"),
    "authorization_denied_by_mvpd": _ask("LAB-GOLD"),
    "authorization_denied_by_parental_controls": _denied(
        "authorization_denied_by_parental_controls"
    ),
    "authorization_denied_by_degradation_rule": _degraded,
    "internal_server_error": _fault("internal_server_error"),
    "too_many_resources": _ask("LAB-LIVE LAB-NEWS"),
    "invalid_configuration_user_metadata_certificate": _no_certificate,
    "invalid_configuration_temporary_access": _get("profiles/TempBasic", "qa-temp-pass-broken"),
    **{code: _fault(code) for code in PLATFORM_CODES},
    "invalid_access_token_service_provider": _wrong_channel,
    "invalid_access_token_client_application": _headers(Authorization="Bearer expired"),
    "authenticated_profile_missing": _ask(login=False),
    "authenticated_profile_expired": _expired,
    "authenticated_profile_invalidated": _invalidated,
    "temporary_access_duration_limit_exceeded": _over,
    "temporary_access_resources_limit_exceeded": _spent,
    **{
        code: _denied(code)
        for code in (
            "authorization_denied_by_hba_policies",
            "authorization_denied_by_session_invalidated",
            "identity_not_recognized_by_mvpd",
            "network_received_error",
            "network_connection_timeout",
            "maximum_execution_time_exceeded",
        )
    },
}


def test_there_is_a_way_to_every_code() -> None:
    assert HOW.keys() == ERRORS.keys()
    assert len(HOW) == 47


@pytest.mark.parametrize("code", HOW)
async def test_the_code_comes_as_the_catalogue_of_codes_has_it(qa: Lab, code: str) -> None:
    reply = await HOW[code](qa)
    body = reply.json
    (error, *_) = [each["error"] for each in body.get("decisions", [])] or [body]
    if error is body:
        assert reply.status == ERRORS[code].status
    else:
        assert reply.status == 200
    kind = ERRORS[code]
    assert (error["code"], error["status"], error["action"]) == (code, kind.status, kind.action)
