"""Every operation that Adobe documents, and how far it is simulated: what you see is all there is."""

from dataclasses import asdict, dataclass
from typing import Final, Literal

from aiohttp import web

from simulator.services.refusals import Refusal

Fidelity = Literal["exact", "simplified", "not simulated"]

_V2: Final = "rest-apis/rest-api-v2/apis"
_DCR: Final = "rest-apis/rest-api-dcr/apis"
_NAME: Final = "rest-api-v2"


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
              fidelity="exact",
              page=f"{_V2}/profiles-apis/{_NAME}-profiles-apis-retrieve-profiles.md"),
    Operation(name="profile_by_mvpd", method="GET",
              path="/api/v2/{service_provider}/profiles/{mvpd}", fidelity="exact",
              page=f"{_V2}/profiles-apis/{_NAME}-profiles-apis-retrieve-profile-for-specific-mvpd.md"),
    Operation(name="logout", method="GET", path="/api/v2/{service_provider}/logout/{mvpd}",
              fidelity="exact",
              page=f"{_V2}/logout-apis/{_NAME}-logout-apis-initiate-logout-for-specific-mvpd.md"),
    _simple("configuration", "GET", "/api/v2/{service_provider}/configuration",
             f"{_V2}/configuration-apis/{_NAME}-configuration-apis-retrieve-configuration-for-"
             "specific-service-provider.md", "the same picker for every type of client"),
    Operation(name="create_session", method="POST", path="/api/v2/{service_provider}/sessions",
              fidelity="exact",
              page=f"{_V2}/sessions-apis/{_NAME}-sessions-apis-create-authentication-session.md"),
    Operation(name="partner_session", method="POST",
              path="/api/v2/{service_provider}/sessions/sso/{partner}", fidelity="exact",
              page=f"{_V2}/partner-single-sign-on-apis/{_NAME}-partner-single-sign-on-apis-retrieve-"
              "partner-authentication-request.md"),
    Operation(name="resume_session", method="POST",
              path="/api/v2/{service_provider}/sessions/{code}", fidelity="exact",
              page=f"{_V2}/sessions-apis/{_NAME}-sessions-apis-resume-authentication-session.md"),
    _simple("get_session", "GET", "/api/v2/{service_provider}/sessions/{code}",
             f"{_V2}/sessions-apis/{_NAME}-sessions-apis-retrieve-authentication-session-"
             "information-using-code.md", "the device is described by X-Device-Info alone"),
    _simple("authenticate", "GET", "/api/v2/authenticate/{service_provider}/{code}",
             f"{_V2}/sessions-apis/{_NAME}-sessions-apis-perform-authentication-in-user-agent.md",
             "the provider's page is our own, so no SAML assertion is exchanged"),
    Operation(name="profile_by_code", method="GET",
              path="/api/v2/{service_provider}/profiles/code/{code}", fidelity="exact",
              page=f"{_V2}/profiles-apis/{_NAME}-profiles-apis-retrieve-profile-for-specific-code.md"),
    _simple("partner_profile", "POST", "/api/v2/{service_provider}/profiles/sso/{partner}",
             f"{_V2}/partner-single-sign-on-apis/{_NAME}-partner-single-sign-on-apis-retrieve-"
             "profile-using-partner-authentication-response.md",
             "the response's signature and InResponseTo are not checked"),
    Operation(name="authorize", method="POST",
              path="/api/v2/{service_provider}/decisions/authorize/{mvpd}", fidelity="exact",
              page=f"{_V2}/decisions-apis/{_NAME}-decisions-apis-retrieve-authorization-decisions-"
              "using-specific-mvpd.md",
              note="media tokens are signed with a key of the simulator's own: GET /admin/v1/keys"),
    Operation(name="preauthorize", method="POST",
              path="/api/v2/{service_provider}/decisions/preauthorize/{mvpd}", fidelity="exact",
              page=f"{_V2}/decisions-apis/{_NAME}-decisions-apis-retrieve-preauthorization-"
              "decisions-using-specific-mvpd.md"),
    Operation(name="reset_temp_pass", method="DELETE", path="/reset-tempass/v3/reset",
              fidelity="exact", page="features-premium/temporary-access/temp-pass-feature.md"),
    _simple("degradation", "GET", "/control/v3/degradation/{media_company}/{measure}",
            "features-premium/degraded-access/degradation-feature.md",
            "reading is as far as it is documented; POST and DELETE are its obvious counterparts"),
    _simple("sso_service", "POST", "/api/{service_provider}/serviceToken",
            "features-premium/sso-service/sso-service.md",
            "which tokens count as recently expired is our own choice: those of the last day"),
    _missing("esm", "GET", "/esm/v3", "features-premium/esm/entitlement-service-monitoring-api.md"),
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
