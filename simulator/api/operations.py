"""Every operation that Adobe documents, and how far it is simulated: what you see is all there is."""

from dataclasses import asdict, dataclass
from typing import Final, Literal

from aiohttp import web

from simulator.services.refusals import Refusal

Fidelity = Literal["exact", "simplified", "not simulated"]

_V2: Final = "rest-apis/rest-api-v2/apis"
_DCR: Final = "rest-apis/rest-api-dcr/apis"
_NAME: Final = "rest-api-v2"
_STORED: Final = "encrypted attributes are given as they were stored"
_ANY_DOMAIN: Final = "domainName is not checked against the service provider's domains"


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """An operation: its name, method and path, how far it is simulated, and Adobe's page on it.

    `page` is relative to the programmers' integration guide in Adobe's public documentation.
    """

    name: str
    method: str
    path: str
    fidelity: Fidelity
    page: str
    note: str = ""


def _missing(name: str, method: str, path: str, page: str) -> Operation:
    return Operation(name=name, method=method, path=path, fidelity="not simulated", page=page)


def _simple(name: str, method: str, path: str, page: str, note: str) -> Operation:
    return Operation(
        name=name, method=method, path=path, fidelity="simplified", page=page, note=note
    )


OPERATIONS: Final = (
    Operation(name="register", method="POST", path="/o/client/register", fidelity="exact",
              page=f"{_DCR}/dynamic-client-registration-apis-retrieve-client-credentials.md"),
    Operation(name="token", method="POST", path="/o/client/token", fidelity="exact",
              page=f"{_DCR}/dynamic-client-registration-apis-retrieve-access-token.md"),
    Operation(name="profiles", method="GET", path="/api/v2/{service_provider}/profiles",
              fidelity="simplified",
              page=f"{_V2}/profiles-apis/{_NAME}-profiles-apis-retrieve-profiles.md",
              note=_STORED),
    Operation(name="profile_by_mvpd", method="GET",
              path="/api/v2/{service_provider}/profiles/{mvpd}", fidelity="simplified",
              page=f"{_V2}/profiles-apis/{_NAME}-profiles-apis-retrieve-profile-for-specific-mvpd.md",
              note=_STORED),
    Operation(name="logout", method="GET", path="/api/v2/{service_provider}/logout/{mvpd}",
              fidelity="exact",
              page=f"{_V2}/logout-apis/{_NAME}-logout-apis-initiate-logout-for-specific-mvpd.md"),
    _simple("configuration", "GET", "/api/v2/{service_provider}/configuration",
             f"{_V2}/configuration-apis/{_NAME}-configuration-apis-retrieve-configuration-for-"
             "specific-service-provider.md", "the same picker for every type of client"),
    _simple("create_session", "POST", "/api/v2/{service_provider}/sessions",
             f"{_V2}/sessions-apis/{_NAME}-sessions-apis-create-authentication-session.md",
             _ANY_DOMAIN),
    _missing("partner_session", "POST", "/api/v2/{service_provider}/sessions/sso/{partner}",
             f"{_V2}/partner-single-sign-on-apis/{_NAME}-partner-single-sign-on-apis-retrieve-"
             "partner-authentication-request.md"),
    _simple("resume_session", "POST", "/api/v2/{service_provider}/sessions/{code}",
             f"{_V2}/sessions-apis/{_NAME}-sessions-apis-resume-authentication-session.md",
             _ANY_DOMAIN),
    _simple("get_session", "GET", "/api/v2/{service_provider}/sessions/{code}",
             f"{_V2}/sessions-apis/{_NAME}-sessions-apis-retrieve-authentication-session-"
             "information-using-code.md", "the device is described by X-Device-Info alone"),
    _simple("authenticate", "GET", "/api/v2/authenticate/{service_provider}/{code}",
             f"{_V2}/sessions-apis/{_NAME}-sessions-apis-perform-authentication-in-user-agent.md",
             "the provider's page is our own, so no SAML assertion is exchanged"),
    _simple("profile_by_code", "GET", "/api/v2/{service_provider}/profiles/code/{code}",
             f"{_V2}/profiles-apis/{_NAME}-profiles-apis-retrieve-profile-for-specific-code.md",
             _STORED),
    _missing("partner_profile", "POST", "/api/v2/{service_provider}/profiles/sso/{partner}",
             f"{_V2}/partner-single-sign-on-apis/{_NAME}-partner-single-sign-on-apis-retrieve-"
             "profile-using-partner-authentication-response.md"),
    Operation(name="authorize", method="POST",
              path="/api/v2/{service_provider}/decisions/authorize/{mvpd}", fidelity="exact",
              page=f"{_V2}/decisions-apis/{_NAME}-decisions-apis-retrieve-authorization-decisions-"
              "using-specific-mvpd.md",
              note="media tokens are signed with a key of the simulator's own: GET /admin/v1/keys"),
    Operation(name="preauthorize", method="POST",
              path="/api/v2/{service_provider}/decisions/preauthorize/{mvpd}", fidelity="exact",
              page=f"{_V2}/decisions-apis/{_NAME}-decisions-apis-retrieve-preauthorization-"
              "decisions-using-specific-mvpd.md"),
    _missing("reset_temp_pass", "DELETE", "/reset-tempass/v3/reset",
             "features-premium/temporary-access/temp-pass-feature.md"),
    _missing("degradation", "GET", "/control/v3/degradation/{media_company}/{rule}",
             "features-premium/degraded-access/degradation-feature.md"),
    _missing("sso_service", "POST", "/api/{service_provider}/serviceToken",
             "features-premium/sso-service/sso-service.md"),
)  # fmt: skip


async def show_all(request: web.Request) -> object:
    """`GET /admin/v1/operations`."""
    del request
    return {"items": [asdict(operation) for operation in OPERATIONS], "next": None}


async def not_simulated(request: web.Request) -> object:
    """501 with the reason, where the real backend would answer."""
    raise Refusal(
        "not_simulated",
        f"{request.method} {request.path} is an operation of the real backend that this version "
        "does not simulate.",
        "GET /admin/v1/operations lists what is simulated and how far.",
    )
