"""The answers of the device-facing API: what each status means, with examples of our own."""

from collections.abc import Mapping
from typing import Any, Final

from simulator.domain.errors import ERRORS, SERVICE_ERRORS, EnhancedError, ServiceError

from .shapes import Schema, ref

Answer = Mapping[str, Any]

JSON: Final = "application/json"
HTML: Final = "text/html"
_TRACE: Final = "6f1c2a34-9b0d-4c55-8a6e-2f7d1b3c4e5f"

TOKEN: Final = ("invalid_access_token_client_application", "invalid_access_token_service_provider")
DEVICE: Final = ("invalid_header_device_identifier", "invalid_header_device_info")
PARTNER: Final = tuple(code for code in ERRORS if code.startswith("invalid_header_pfs_"))
CONFIGURED: Final = tuple(code for code in ERRORS if code.startswith("invalid_configuration_"))
PLATFORM: Final = tuple(code for code in CONFIGURED if "platform" in code)

UNKNOWN_SANDBOX: Final = "UnknownSandbox"
TOO_MANY: Final = "TooManyRequests"
TOO_LARGE: Final = "TooLarge"
WRONG_VERB: Final = "MethodNotAllowed"


def ref_to(name: str) -> Answer:
    """The answer of this name among the components."""
    return {"$ref": f"#/components/responses/{name}"}


def json_answer(about: str, schema: Schema, **examples: Any) -> Answer:  # noqa: ANN401 - JSON
    """An answer in JSON with named examples."""
    shown = {name: {"value": value} for name, value in examples.items()}
    return _in_json(about, schema, shown)


def _in_json(about: str, schema: Schema, examples: Mapping[str, Any]) -> Answer:
    media = {"schema": schema, **({"examples": examples} if examples else {})}
    return {"description": about, "content": {JSON: media}}


def page(about: str) -> Answer:
    """An answer for people."""
    return {"description": about, "content": {HTML: {"schema": {"type": "string"}}}}


def enhanced(codes: tuple[str, ...], about: str) -> Answer:
    """The enhanced errors with these codes."""
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    return _in_json(about, ref("EnhancedError"), examples)


def unlisted(status: int, about: str) -> Answer:
    """An enhanced error that none of the codes means, so that it has the least special of them.

    (Adobe: error codes, C45)
    """
    code = "internal_server_error"
    return json_answer(about, ref("EnhancedError"), **{code: _enhanced(code, status)})


def _enhanced(code: str, status: int | None = None) -> dict[str, Any]:
    return EnhancedError(code, status=status).body(_TRACE)


def registration(codes: tuple[str, ...]) -> Answer:
    """The errors of Dynamic Client Registration."""
    examples = {code: {"error": code} for code in codes}
    return json_answer(
        "The request is refused; `X-Sim-Reason` says what to mend.",
        ref("RegistrationError"),
        **examples,
    )


def management(status: int, about: str) -> Answer:
    """An error of the management calls."""
    return json_answer(
        about, ref("ManagementError"), refused={"status": status, "message": "What is wrong."}
    )


def service(status: int) -> Answer:
    """The SSO service's own errors with this status."""
    found = {}
    for code, kind in SERVICE_ERRORS.items():
        # A missing header is 400 for tokens and 401 for the calls about devices.
        if status in {kind.status, 401 if code == "header_missing" else kind.status}:
            found[code] = ServiceError(code, status=status).body(_TRACE)
    return json_answer("The request is refused.", ref("ServiceError"), **found)


EXAMPLES: Final[Mapping[str, Any]] = {
    code: {"summary": kind.message, "value": _enhanced(code)} for code, kind in ERRORS.items()
}

NOT_SERVED: Final = json_answer(
    "The path is switched off, or the sandbox that the request names does not exist.",
    {"oneOf": [ref("EnhancedError"), ref("SimulatorError")]},
    switched_off=_enhanced("internal_server_error", 404),
)

RESPONSES: Final[Mapping[str, Answer]] = {
    UNKNOWN_SANDBOX: json_answer(
        "The sandbox that the request names does not exist.",
        ref("SimulatorError"),
        sandbox_not_found={
            "error": {
                "code": "sandbox_not_found",
                "message": "There is no sandbox 'ci-42'.",
                "hint": "Make it with POST /admin/v1/sandboxes.",
                "fields": [],
            }
        },
    ),
    TOO_MANY: page("The device calls too often; only where the switch `throttle` is on."),
    TOO_LARGE: unlisted(413, "The body is larger than 1 MiB."),
    WRONG_VERB: unlisted(405, "The path takes other methods; `Allow` names them."),
}
