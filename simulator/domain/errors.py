"""The 47 enhanced error codes of REST API V2 as one table (Adobe: error codes, ERR2)."""

from dataclasses import dataclass
from typing import Final

HELP_URL: Final = (
    "https://experienceleague.adobe.com/docs/pass/authentication/auth-features/"
    "error-reportn/enhanced-error-codes.html"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorKind:
    """One row of the table: what a client reads in `code`, `status`, `action` and `message`."""

    code: str
    status: int
    action: str
    message: str


class EnhancedError(Exception):
    """An answer in the enhanced error shape (Adobe: error codes, ERR1).

    `code` is one of `ERRORS`; `message` replaces the table's text where the cause can be named more
    exactly; `details` carries the custom text of an MVPD or of a degradation rule.
    """

    def __init__(
        self, code: str, message: str | None = None, *, details: str | None = None
    ) -> None:
        self.kind = ERRORS[code]
        self.message = message or self.kind.message
        self.details = details
        super().__init__(f"{code}: {self.message}")


# code, status, action, message
_TABLE: Final = (
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

ERRORS: Final = {
    code: ErrorKind(code=code, status=status, action=action, message=message)
    for code, status, action, message in _TABLE
}
