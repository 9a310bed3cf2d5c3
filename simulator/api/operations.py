"""Every operation of the device surface and its neighbours, and how far it is simulated."""

from dataclasses import asdict, dataclass
from typing import Annotated, Final, Literal

from aiohttp import web
from pydantic import Field

from simulator.http.documented import Doc, ListOf
from simulator.services.errors import NotSimulated

Fidelity = Literal["exact", "simplified", "not simulated"]

_V2: Final = "rest-apis/rest-api-v2/apis"
_DCR: Final = "rest-apis/rest-api-dcr/apis"
_NAME: Final = "rest-api-v2"


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """An operation: its name, method and path, how far it is simulated, and Adobe's page on it.

    `page` is relative to the programmers' integration guide in Adobe's public documentation.
    """

    name: Annotated[str, Field(description="Its name, for faults, journal and verification.")]
    method: Annotated[str, Field(description="The HTTP method.")]
    path: Annotated[str, Field(description="The path, without the query.")]
    fidelity: Annotated[Fidelity, Field(description="How far it is simulated.")]
    page: Annotated[str, Field(description="Adobe's page on it.")]
    note: Annotated[
        str, Field(description="In what it differs from the real one, if in anything.")
    ] = ""


def _missing(name: str, method: str, path: str, page: str) -> Operation:
    return Operation(name=name, method=method, path=path, fidelity="not simulated", page=page)


def _simple(name: str, method: str, path: str, page: str, note: str) -> Operation:
    return Operation(
        name=name, method=method, path=path, fidelity="simplified", page=page, note=note
    )


_DEGRADATION: Final = (
    ("GET", "as far as it is documented: one measure of one service provider"),
    ("POST", "not documented: the obvious counterpart of reading, with the rule's ttl"),
    ("DELETE", "not documented: the obvious counterpart of reading"),
)
_SSO_SERVICE: Final = (
    ("POST", "serviceToken", "the token is signed with a key of the simulator's own"),
    ("GET", "serviceToken",
     "which tokens count as recently expired is our own choice: those of the last day"),
    ("POST", "link", "the code lives for 15 minutes, one of the lifetimes that are documented"),
    ("POST", "unlink", "devices are those that asked for a token of the same person"),
    ("GET", "list", "devices are those that asked for a token of the same person"),
)  # fmt: skip

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
    Operation(name="logout", method="GET", path="/api/v2/logout/{service_provider}/{mvpd}",
              fidelity="exact",
              page=f"{_V2}/logout-apis/{_NAME}-logout-apis-initiate-logout-for-specific-mvpd.md",
              note="the path order of the page's seventh sample; a switch turns it off"),
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
    *(Operation(name="reset_temp_pass", method="DELETE", path=path, fidelity="exact",
                page="features-premium/temporary-access/temp-pass-feature.md")
      for path in ("/reset-tempass/v3/reset", "/reset-tempass/v3/reset/generic")),
    *(_simple("degradation", method, "/control/v3/degradation/{media_company}/{measure}",
              "features-premium/degraded-access/degradation-feature.md", note)
      for method, note in _DEGRADATION),
    *(_simple("sso_service", method, f"/api/{{service_provider}}/{path}",
              "features-premium/sso-service/sso-service.md", note)
      for method, path, note in _SSO_SERVICE),
    _missing("esm", "GET", "/esm/v3", "features-premium/esm/entitlement-service-monitoring-api.md"),
)  # fmt: skip


@Doc(
    name="listOperations",
    summary="List the operations of the backend",
    tag="Service",
    answer=ListOf[Operation],
)
async def show_all(request: web.Request) -> object:
    """`GET operations`: each operation of the backend, how far it is simulated, and its page."""
    del request
    return {"items": [asdict(operation) for operation in OPERATIONS], "next": None}


async def not_simulated(request: web.Request) -> object:
    """501 with the reason, where the real backend would answer."""
    raise NotSimulated(
        f"{request.method} {request.path} is an operation of the real backend that this version "
        "does not simulate.",
        "GET /admin/v1/operations lists what is simulated and how far.",
    )
