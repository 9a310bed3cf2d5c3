"""The 47 enhanced error codes against their list (Adobe: error codes, ERR2)."""

from typing import Final

import pytest

from simulator.domain.errors import ERRORS, EnhancedError

# Status and action, then the codes that have them.
EXPECTED: Final = {
    (400, "none"): """
        invalid_parameter_service_provider invalid_parameter_mvpd invalid_parameter_code
        invalid_parameter_resources invalid_parameter_redirect_url invalid_parameter_partner
        invalid_parameter_saml_response invalid_header_device_info invalid_header_device_identifier
        invalid_header_identity_for_temporary_access
        invalid_header_pfs_permission_access_not_present
        invalid_header_pfs_permission_access_not_determined
        invalid_header_pfs_permission_access_not_granted
        invalid_header_pfs_provider_id_not_determined invalid_header_pfs_provider_id_mismatch
        invalid_header_pfs_provider_info_expired invalid_integration
        invalid_authentication_session
    """,
    (403, "none"): """
        preauthorization_denied_by_mvpd authorization_denied_by_mvpd
        authorization_denied_by_parental_controls authorization_denied_by_degradation_rule
    """,
    (500, "none"): "internal_server_error",
    (403, "configuration"): "too_many_resources",
    (500, "configuration"): """
        invalid_configuration_user_metadata_certificate invalid_configuration_temporary_access
        invalid_configuration_platform invalid_configuration_platform_id
        invalid_configuration_platform_trait invalid_configuration_platform_category_trait
        invalid_configuration_platform_services invalid_configuration_mvpd_platform
        invalid_configuration_mvpd_platform_boarding_status
        invalid_configuration_mvpd_platform_profile_exchange
    """,
    (401, "application-registration"): """
        invalid_access_token_service_provider invalid_access_token_client_application
    """,
    (403, "authentication"): """
        authenticated_profile_missing authenticated_profile_expired
        authenticated_profile_invalidated temporary_access_duration_limit_exceeded
        temporary_access_resources_limit_exceeded authorization_denied_by_hba_policies
        authorization_denied_by_session_invalidated identity_not_recognized_by_mvpd
    """,
    (403, "retry"): """
        network_received_error network_connection_timeout maximum_execution_time_exceeded
    """,
}
CODES: Final = {
    code: status_and_action
    for status_and_action, codes in EXPECTED.items()
    for code in codes.split()
}


def test_there_are_the_47_documented_codes_and_no_others() -> None:
    assert ERRORS.keys() == CODES.keys()
    assert len(ERRORS) == 47


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_its_documented_status_and_action(code: str) -> None:
    kind = ERRORS[code]
    assert (kind.code, kind.status, kind.action) == (code, *CODES[code])


@pytest.mark.parametrize("code", CODES)
def test_a_message_is_a_sentence_of_our_own(code: str) -> None:
    message = ERRORS[code].message
    assert message[0].isupper()
    assert message.endswith(".")
    assert code not in message


@pytest.mark.parametrize(
    ("code", "fragment"),
    [
        ("invalid_integration", "does not exist or is disabled"),
        (
            "invalid_parameter_service_provider",
            "service provider parameter value is missing or invalid",
        ),
    ],
)
def test_a_message_keeps_the_fragment_that_clients_look_for(code: str, fragment: str) -> None:
    assert fragment in ERRORS[code].message


def test_an_error_says_what_the_table_says_unless_it_knows_better() -> None:
    plain = EnhancedError("invalid_integration")
    exact = EnhancedError("invalid_integration", "It is switched off.", details="Ask Dish.")
    assert (plain.message, plain.details) == (ERRORS["invalid_integration"].message, None)
    assert (exact.message, exact.details) == ("It is switched off.", "Ask Dish.")


def test_there_is_no_error_beside_the_list() -> None:
    with pytest.raises(KeyError):
        EnhancedError("degraded_integration")
