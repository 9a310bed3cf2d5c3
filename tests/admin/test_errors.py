"""The errors of the admin API: one class for each code, and the codes that its document names."""

import re
from collections.abc import Iterator
from typing import Final, get_args

from simulator import routes
from simulator.admin.openapi import document
from simulator.services.errors import AdminError, NotFound, ResourceName

STATUSES: Final = {
    400: """
        bad_request client_of_other_application invalid_after invalid_body
        invalid_event_id invalid_format invalid_generation invalid_instant invalid_lease
        invalid_limit invalid_order invalid_request unknown_filter unknown_reset_target
    """,
    401: "unauthorized",
    403: "cross_origin",
    404: """
        application_not_found claim_not_found client_not_found code_not_found
        degradation_not_found device_not_found fault_not_found integration_not_found
        issuer_not_found lease_not_found mvpd_not_found profile_not_found request_not_found
        route_not_found sandbox_not_found scenario_not_found service_provider_not_found
        snapshot_not_found sso_link_not_found subscriber_not_found temp_pass_not_found
    """,
    405: "method_not_allowed",
    408: "request_timeout",
    409: "already_exists claimed code_not_open in_use leased limit_reached nothing_to_arm",
    413: "body_too_large",
    421: "misdirected_request",
    422: "invalid_document unknown_cell unusable_capture",
    500: "internal_server_error",
    501: "not_simulated",
    503: "database_away",
    507: "database_full",
}
CODES: Final = {(code, status) for status, codes in STATUSES.items() for code in codes.split()}

# What any request can meet, or only one that is none of the admin API's.
UNLISTED: Final = {
    "bad_request",
    "body_too_large",
    "cross_origin",
    "database_away",
    "database_full",
    "internal_server_error",
    "invalid_request",
    "method_not_allowed",
    "misdirected_request",
    "not_simulated",
    "request_timeout",
    "route_not_found",
}


def _told(error: type[AdminError]) -> Iterator[tuple[str, int]]:
    if error is NotFound:
        yield from ((NotFound.code_of(what), error.status) for what in get_args(ResourceName))
    else:
        yield error.code, error.status


def test_every_error_has_its_code_and_status() -> None:
    classes = AdminError.__subclasses__()
    assert [each for each in classes if each.__subclasses__()] == []
    found = [each for error in classes for each in _told(error)]
    assert sorted(found) == sorted(CODES)


def test_the_document_names_exactly_the_codes_that_there_are() -> None:
    paths = document(routes.ENDPOINTS, "http://lab.example")["paths"]
    named = {
        (code, int(status))
        for operations in paths.values()
        for operation in operations.values()
        for status, response in operation["responses"].items()
        if status.startswith(("4", "5"))
        for code in re.findall("`([a-z_]+)`", response["description"])
    }
    assert named == {(code, status) for code, status in CODES if code not in UNLISTED}
