"""The samples of the partner single sign-on pages."""

from typing import Any, Final

import pytest

from tests.samples.pages import (
    BASE64,
    DEGRADED_USER,
    FORM,
    UUID,
    WINDOW,
    WINDOW_AS_TEXT,
    Sample,
    degraded,
    form,
    next_code,
    partner_status,
    plain,
)
from tests.support.lab import Lab
from tests.support.replies import Json

MINUTE: Final = 60_000
SESSION: Final = "/api/v2/REF30/sessions/sso/Apple"
PROFILE: Final = "/api/v2/REF30/profiles/sso/Apple"
POSTED: Final[dict[str, Any]] = {"method": "POST", "body_type": FORM}
FALLBACK: Final = form(domainName="adobe.com", redirectUrl="https://adobe.com")
HALF_AN_HOUR: Final = 30 * 60 * 1000


def _coded(code: str, **settings: str) -> Any:  # noqa: ANN401 - what is done before
    async def before(lab: Lab) -> None:
        await lab.settings(**settings)
        await next_code(lab, code)

    return before


def _fallback(reason: str) -> Json:
    return {
        "actionName": "authenticate",
        "actionType": "interactive",
        "reasonType": reason,
        "url": "/api/v2/authenticate/REF30/OKTWW2W",
        "code": "OKTWW2W",
        "sessionId": UUID,
        "mvpd": "Cablevision",
        "serviceProvider": "REF30",
        **WINDOW_AS_TEXT,
    }


SESSIONS: Final = {
    "1": Sample(
        **POSTED, path=SESSION, headers=partner_status("Cablevision"), body=FALLBACK,
        answer={
            "actionName": "partner_profile",
            "actionType": "direct",
            "reasonType": "none",
            "url": PROFILE,
            "sessionId": UUID,
            "mvpd": "Cablevision",
            "serviceProvider": "REF30",
            "authenticationRequest": {
                "type": "saml",
                "request": BASE64,
                "attributesNames": ["uid", "NameID", "uniqueId"],
            },
        },
    ),
    "2": Sample(
        **POSTED, path=SESSION, headers=partner_status("degradedMvpd"), body=FALLBACK,
        given=degraded("AuthNAll"),
        answer={
            "actionName": "authorize",
            "actionType": "direct",
            "reasonType": "degraded",
            "url": "/api/v2/REF30/decisions/authorize/degradedMvpd",
            "sessionId": UUID,
            "mvpd": "degradedMvpd",
            "serviceProvider": "REF30",
        },
    ),
    # Its MVPD comes out of nowhere, so a switch has to name it (Adobe: partner request, C27).
    "3": Sample(
        **POSTED, path=SESSION, headers=partner_status(None), body=FALLBACK,
        before=_coded("OKTWW2W", partner_session__default_mvpd="Cablevision"),
        answer=_fallback("pfs_fallback"), lasts=HALF_AN_HOUR,
    ),
    "4": Sample(
        **POSTED, path=SESSION, headers=partner_status("Cablevision"), body=FALLBACK,
        before=_coded("OKTWW2W"),
        given={"integrations": [{"service_provider": "REF30", "mvpd": "Cablevision"}]},
        answer=_fallback("configuration_fallback"), lasts=HALF_AN_HOUR,
    ),
    "5": Sample(
        **POSTED, path=SESSION, headers=partner_status("Cablevision"),
        body=form(domainName="adobe.com"), before=_coded("SB7ZRIO"),
        answer={
            "actionName": "resume",
            "actionType": "direct",
            "reasonType": "missing_parameters_fallback",
            "missingParameters": ["redirectUrl"],
            "url": "/api/v2/REF30/sessions/SB7ZRIO",
            "code": "SB7ZRIO",
            "sessionId": UUID,
            "mvpd": "Cablevision",
            "serviceProvider": "REF30",
            **WINDOW_AS_TEXT,
        },
        lasts=HALF_AN_HOUR,
    ),
}  # fmt: skip


async def _response(lab: Lab, mvpd: str) -> bytes:
    """What the partner's framework hands the app: it cannot be copied from a page, which cuts it short."""
    attributes = {"householdID": "BASE64_value_householdId"}
    made = await lab.admin(
        "POST",
        "saml-responses",
        {"mvpd": mvpd, "name_id": "BASE64_value_userId", "attributes": attributes},
    )
    return form(SAMLResponse=made["saml_response"])


@pytest.mark.parametrize("sample", SESSIONS.values(), ids=SESSIONS)
async def test_the_partner_s_authentication_request(lab: Lab, sample: Sample) -> None:
    await sample.check(lab)


async def test_the_profile_of_the_partner_s_response(lab: Lab) -> None:
    """Sample 1; ours says besides where the attributes come from (Adobe: user metadata, META1)."""
    sample = Sample(
        **POSTED, path=PROFILE, headers=partner_status("Cablevision"), status=201,
        answer={
            "profiles": {
                "Cablevision": {
                    **WINDOW,
                    "issuer": "Apple",
                    "type": "appleSSO",
                    "attributes": {
                        "userID": plain("BASE64_value_userId"),
                        "householdID": plain("BASE64_value_householdId"),
                        "tokenSource": plain("Apple"),
                    },
                }
            }
        },
    )  # fmt: skip
    await sample.check(lab, body=lambda: _response(lab, "Cablevision"))


async def test_the_profile_of_the_partner_s_response_while_degraded(lab: Lab) -> None:
    """Sample 2."""
    sample = Sample(
        **POSTED, path=PROFILE, headers=partner_status("degradedMvpd"), given=degraded("AuthNAll"),
        answer={
            "profiles": {
                "degradedMvpd": {
                    **WINDOW,
                    "issuer": "Adobe",
                    "type": "degraded",
                    "attributes": {"userID": plain(DEGRADED_USER)},
                }
            }
        },
        lasts=MINUTE,
    )  # fmt: skip
    await sample.check(lab, body=lambda: _response(lab, "degradedMvpd"))
