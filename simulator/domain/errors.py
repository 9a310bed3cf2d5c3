"""The errors of the device surface: each a class, with its status, code and message.

The 47 codes of REST API V2 and those of the SSO service stand in a table each (Adobe: error codes, ERR2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar, Final, Literal

HELP_URL: Final = (
    "https://experienceleague.adobe.com/docs/pass/authentication/auth-features/"
    "error-reportn/enhanced-error-codes.html"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorKind:
    """One row of a table: what a client reads in `code`, `status`, `action` and `message`."""

    code: str
    status: int
    action: str
    message: str


def _kinds(*rows: tuple[str, int, str, str]) -> Mapping[str, ErrorKind]:
    return {
        code: ErrorKind(code=code, status=status, action=action, message=message)
        for code, status, action, message in rows
    }


# code, status, action, message
ERRORS: Final = _kinds(
    ("invalid_parameter_service_provider", 400, "none",
     "The service provider parameter value is missing or invalid."),
    ("invalid_parameter_mvpd", 400, "none",
     "The mvpd parameter value is missing or names no known MVPD."),
    ("invalid_parameter_code", 400, "none",
     "The code parameter value is missing or is not shaped like an authentication code."),
    ("invalid_parameter_resources", 400, "none",
     "The resources parameter is missing, empty or not a list of strings."),
    ("invalid_parameter_redirect_url", 400, "none",
     "The redirectUrl parameter value is missing or is not an absolute URL."),
    ("invalid_parameter_partner", 400, "none",
     "The partner parameter value is missing or names no known partner."),
    ("invalid_parameter_saml_response", 400, "none",
     "The SAMLResponse parameter value is missing or cannot be read as a SAML response."),
    ("invalid_header_device_info", 400, "none",
     "The X-Device-Info header is missing or invalid."),
    ("invalid_header_device_identifier", 400, "none",
     "The AP-Device-Identifier header is missing or invalid."),
    ("invalid_header_identity_for_temporary_access", 400, "none",
     "The AP-TempPass-Identity header is missing or invalid."),
    ("invalid_header_pfs_permission_access_not_present", 400, "none",
     "The AP-Partner-Framework-Status header carries no permission access status."),
    ("invalid_header_pfs_permission_access_not_determined", 400, "none",
     "The partner framework has not determined the permission access status yet."),
    ("invalid_header_pfs_permission_access_not_granted", 400, "none",
     "The partner framework reports that access was not granted."),
    ("invalid_header_pfs_provider_id_not_determined", 400, "none",
     "The partner framework's provider id maps to no MVPD."),
    ("invalid_header_pfs_provider_id_mismatch", 400, "none",
     "The partner framework's provider id maps to another MVPD than the one requested."),
    ("invalid_header_pfs_provider_info_expired", 400, "none",
     "The partner framework's provider information has expired."),
    ("invalid_integration", 400, "none",
     "The integration between the service provider and the MVPD does not exist or is disabled."),
    ("invalid_authentication_session", 400, "none",
     "The authentication session is missing, expired or replaced by a newer one."),
    ("preauthorization_denied_by_mvpd", 403, "none",
     "The MVPD denied the preauthorization of the resource."),
    ("authorization_denied_by_mvpd", 403, "none",
     "The MVPD denied the authorization of the resource."),
    ("authorization_denied_by_parental_controls", 403, "none",
     "The MVPD denied the authorization because of the viewer's parental controls."),
    ("authorization_denied_by_degradation_rule", 403, "none",
     "A degradation rule denies authorization for this integration."),
    ("internal_server_error", 500, "none",
     "The server met an unexpected condition."),
    ("too_many_resources", 403, "configuration",
     "The request names more resources than the integration allows."),
    ("invalid_configuration_user_metadata_certificate", 500, "configuration",
     "The service provider's certificate for user metadata is missing or invalid."),
    ("invalid_configuration_temporary_access", 500, "configuration",
     "The temporary access configuration is incomplete or invalid."),
    ("invalid_configuration_platform", 500, "configuration",
     "The platform configuration of the integration is invalid."),
    ("invalid_configuration_platform_id", 500, "configuration",
     "The platform id configuration is missing or invalid."),
    ("invalid_configuration_platform_trait", 500, "configuration",
     "The platform trait configuration is missing or invalid."),
    ("invalid_configuration_platform_category_trait", 500, "configuration",
     "The platform category trait configuration is missing or invalid."),
    ("invalid_configuration_platform_services", 500, "configuration",
     "The platform services configuration of the integration is invalid."),
    ("invalid_configuration_mvpd_platform", 500, "configuration",
     "The MVPD's configuration for the platform is missing or invalid."),
    ("invalid_configuration_mvpd_platform_boarding_status", 500, "configuration",
     "The MVPD's boarding status for the platform is missing or invalid."),
    ("invalid_configuration_mvpd_platform_profile_exchange", 500, "configuration",
     "The MVPD's profile exchange for the platform is missing or invalid."),
    ("invalid_access_token_service_provider", 401, "application-registration",
     "The access token is not valid for the requested service provider."),
    ("invalid_access_token_client_application", 401, "application-registration",
     "The access token is missing, invalid or expired, or its client application is unknown."),
    ("authenticated_profile_missing", 403, "authentication",
     "No authenticated profile exists for this request."),
    ("authenticated_profile_expired", 403, "authentication",
     "The authenticated profile has expired."),
    ("authenticated_profile_invalidated", 403, "authentication",
     "The authenticated profile was invalidated."),
    ("temporary_access_duration_limit_exceeded", 403, "authentication",
     "The duration of the temporary access has been used up."),
    ("temporary_access_resources_limit_exceeded", 403, "authentication",
     "The resources of the temporary access have been used up."),
    ("authorization_denied_by_hba_policies", 403, "authentication",
     "The MVPD denied the authorization because the device is no longer at home."),
    ("authorization_denied_by_session_invalidated", 403, "authentication",
     "The MVPD ended the viewer's session."),
    ("identity_not_recognized_by_mvpd", 403, "authentication",
     "The MVPD does not recognize the viewer's identity."),
    ("network_received_error", 403, "retry",
     "Reading the answer of the MVPD failed."),
    ("network_connection_timeout", 403, "retry",
     "Connecting to the MVPD timed out."),
    ("maximum_execution_time_exceeded", 403, "retry",
     "The request exceeded its time budget."),
)  # fmt: skip
SERVICE_ERRORS: Final = _kinds(
    ("header_missing", 400, "check_headers", "A header is missing."),
    ("header_invalid", 401, "get_new_token", "A header is invalid."),
    ("token_invalid", 400, "get_new_token", "The service token is none of this service."),
    ("token_expired", 401, "get_new_token", "The service token has expired."),
    ("request_null", 400, "none", "The body is missing."),
    ("request_invalid", 400, "check_request_body", "The body cannot be read."),
    ("unauthorized", 401, "none", "The access token is missing, invalid or expired."),
    ("internal_error", 500, "none", "The server met an unexpected condition."),
)

OWN_ERRORS: Final = _kinds(
    ("bad_request", 400, "none", "This is no request that can be read."),
    ("not_found", 404, "none", "Nothing is served at this path."),
    ("method_not_allowed", 405, "none", "The path does not take this method."),
    ("request_timeout", 408, "none", "The rest of the body did not come in time."),
    ("gone", 410, "none", "The call belongs to an API that has ended."),
    ("request_entity_too_large", 413, "none", "The body is larger than the path takes."),
    ("expectation_failed", 417, "none", "The Expect header asks for what nobody can fulfil."),
    ("database_away", 503, "retry", "The simulator's database is not there."),
    ("database_full", 507, "retry", "The simulator's database is full."),
)
"""What no documented code means: the simulator's own, and never in the place of one that is documented.

Answers with them say so in the header `X-Sim-Reason` (Adobe: error codes, C45).
"""


class DeviceError(Exception):
    """A request of a device that cannot be answered as it asks: what is wrong, and its status."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


class EnhancedError(DeviceError):
    """An answer in the enhanced error shape (Adobe: error codes, ERR1).

    `kind` is one of the codes of `kinds`, or a row of its own; `message` and `status` replace what the
    row says where the cause can be named more exactly; `details` carries the custom text of an MVPD or
    of a degradation rule.
    """

    kinds: ClassVar[Mapping[str, ErrorKind]] = ERRORS

    def __init__(
        self,
        kind: str | ErrorKind,
        message: str | None = None,
        *,
        status: int | None = None,
        details: str | None = None,
    ) -> None:
        row = self.kinds[kind] if isinstance(kind, str) else kind
        super().__init__(status or row.status, row.code, message or row.message)
        self.action = row.action
        self.details = details

    def body(self, trace: str) -> dict[str, Any]:
        """The error as Adobe writes it in JSON; `trace` is its id."""
        return {
            "action": self.action,
            "status": self.status,
            "code": self.code,
            "message": self.message,
            **({} if self.details is None else {"details": self.details}),
            "helpUrl": HELP_URL,
            "trace": trace,
        }


class ServiceError(EnhancedError):
    """An error of the SSO service: it has codes of its own, and is wrapped (Adobe: SSO service, SVC2)."""

    kinds = SERVICE_ERRORS

    def body(self, trace: str) -> dict[str, Any]:
        return {"status": HTTPStatus(self.status).name, "error": super().body(trace)}


RegistrationCode = Literal[
    "invalid_client", "invalid_redirect_uri", "invalid_request", "invalid_software_statement",
    "unapproved_software_statement", "unauthorized_client", "unsupported_grant_type",
]  # fmt: skip


class RegistrationError(DeviceError):
    """A request that one of the two DCR endpoints turns down; always HTTP 400.

    `message` says what to mend; it goes beside the code that Adobe documents (Adobe: client
    credentials, DCR2; access token, DCR3).
    """

    def __init__(self, code: RegistrationCode, message: str) -> None:
        super().__init__(400, code, message)


class ManagementError(DeviceError):
    """A management call that is turned down, with everything that is wrong with it."""

    def __init__(self, status: int, *problems: str) -> None:
        self.problems = problems
        super().__init__(status, "management_error", " ".join(problems))
