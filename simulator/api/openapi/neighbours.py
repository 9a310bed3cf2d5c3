"""Dynamic Client Registration, the management calls and the SSO service, described."""

from collections.abc import Mapping
from typing import Any, Final

from .answers import (
    Answer,
    json_answer,
    management,
    registration,
    service,
)
from .descriptions import FAILED, FORM, JSON, Description, Descriptions
from .parameters import DEVICE as DEVICE_HEADER
from .parameters import (
    INFO,
    SERVICE_TOKEN,
    SSO_ID,
    SSO_LINK,
    Parameter,
    query,
)
from .shapes import TEXT, Schema, ref


def _managed(good: Mapping[int, Answer], *, scoped: str) -> dict[int, Answer]:
    return {
        **good,
        400: management(400, "A parameter is missing or wrong."),
        401: management(401, "The access token is not good; get a new one."),
        403: management(403, scoped),
        500: FAILED,
    }


_RESET: Final = _managed(
    {204: {"description": "The trials are forgotten."}}, scoped="The app has to register again."
)
_REQUESTOR: Final = (
    query("requestor_id", "The service provider.", "REF30", required=True),
    query("mvpd_id", "The TempPass.", "TempPass_5mins", required=True),
)
_SCOPED: Final = "The token lacks the scope `entitlement:degradation`, or its app is revoked."
_PAIR: Final = (
    query("programmer", "The service provider.", "REF30", required=True),
    query("mvpd", "The MVPD, or several with commas between them.", "Cablevision", required=True),
    query("format", "Only `json` is served.", "json"),
)


def _measured(name: str, summary: str, good: Mapping[int, Answer]) -> Description:
    more = (
        (
            query("ttl", "For how many seconds the rule holds.", "21600"),
            query("message", "What AuthZNone says in the details.", "Back at eight."),
        )
        if name == "apply_degradation"
        else ()
    )
    return Description(
        id=name,
        tag="Management",
        summary=summary,
        parameters=(*_PAIR, *more),
        answers=_managed(good, scoped=_SCOPED),
    )


def _sso(
    name: str,
    summary: str,
    good: Mapping[int, Answer],
    parameters: tuple[Parameter, ...],
    body: Mapping[str, Schema] | None = None,
) -> Description:
    return Description(
        id=name,
        tag="SSO service",
        summary=summary,
        parameters=parameters,
        body=body or {},
        answers={**good, 400: service(400), 401: service(401), 500: service(500)},
    )


_PERSON: Final = (DEVICE_HEADER, SERVICE_TOKEN)
_DEGRADATION: Final = "/control/v3/degradation/{media_company}/{measure}"
_MEASURES: Final = json_answer("Whether the rules hold.", ref("Degradations"))
_CREDENTIALS: Final[Mapping[str, Any]] = {
    "client_id": TEXT,
    "client_secret": TEXT,
    "grant_type": {**TEXT, "examples": ["client_credentials"]},
}
# Clients send them either way; each is required, in one place or the other.
_IN_QUERY: Final = (
    query("client_id", "The client, unless the body names it.", "5e0c2d0e"),
    query("client_secret", "Its secret, unless the body has it.", "secret"),
    query("grant_type", "The grant, unless the body names it.", "client_credentials"),
)

NEIGHBOURS: Final[Descriptions] = {
    ("POST", "/o/client/register"): Description(
        id="register",
        tag="Dynamic Client Registration",
        summary="Register an app instance",
        parameters=(INFO,),
        body={
            JSON: {
                "type": "object",
                "required": ["software_statement"],
                "properties": {"software_statement": TEXT, "redirect_uri": TEXT},
            }
        },
        answers={
            201: json_answer("The credentials of the app instance.", ref("Client")),
            400: registration(
                (
                    "invalid_request",
                    "invalid_redirect_uri",
                    "invalid_software_statement",
                    "unapproved_software_statement",
                )
            ),
            500: FAILED,
        },
        open=True,
    ),
    ("POST", "/o/client/token"): Description(
        id="token",
        tag="Dynamic Client Registration",
        summary="Get an access token",
        parameters=(INFO, *_IN_QUERY),
        body={FORM: {"type": "object", "properties": _CREDENTIALS}},
        body_required=False,
        answers={
            201: json_answer("An access token.", ref("AccessToken")),
            400: registration(
                (
                    "invalid_request",
                    "invalid_client",
                    "unauthorized_client",
                    "unsupported_grant_type",
                )
            ),
            500: FAILED,
        },
        open=True,
    ),
    ("DELETE", "/reset-tempass/v3/reset"): Description(
        id="reset_temp_pass",
        tag="Management",
        summary="Forget the TempPass trials of a device, or of all",
        parameters=(*_REQUESTOR, query("device_id", "The device; all when absent.", "all")),
        answers=_RESET,
    ),
    ("DELETE", "/reset-tempass/v3/reset/generic"): Description(
        id="reset_promotional_temp_pass",
        tag="Management",
        summary="Forget the promotional TempPass trials of a user, or of all",
        parameters=(*_REQUESTOR, query("key", "The user's identity or its hash.", "all")),
        answers=_RESET,
    ),
    ("GET", _DEGRADATION): _measured("degradation", "Whether rules hold", {200: _MEASURES}),
    ("POST", _DEGRADATION): _measured("apply_degradation", "Let a rule hold", {201: _MEASURES}),
    ("DELETE", _DEGRADATION): _measured(
        "remove_degradation", "Remove rules", {204: {"description": "The rules are gone."}}
    ),
    ("POST", "/api/{service_provider}/serviceToken"): _sso(
        "create_service_token",
        "A token for a person",
        {201: json_answer("The token.", ref("ServiceToken"))},
        (DEVICE_HEADER, {**INFO, "required": True}, SSO_ID, SSO_LINK),
    ),
    ("GET", "/api/{service_provider}/serviceToken"): _sso(
        "renew_service_token",
        "A new token for an old one",
        {200: json_answer("The token.", ref("ServiceToken"))},
        (SERVICE_TOKEN,),
    ),
    ("POST", "/api/{service_provider}/link"): _sso(
        "create_link",
        "A code for another device",
        {201: json_answer("The code.", ref("LinkCode"))},
        _PERSON,
    ),
    ("POST", "/api/{service_provider}/unlink"): _sso(
        "unlink",
        "Let devices go",
        {200: json_answer("Those that were the person's.", ref("Unlinked"))},
        _PERSON,
        {
            JSON: {
                "type": "object",
                "required": ["devices"],
                "properties": {"devices": {"type": "array", "items": TEXT}},
            }
        },
    ),
    ("GET", "/api/{service_provider}/list"): _sso(
        "list_devices",
        "The devices of a person",
        {200: json_answer("The devices, by identifier.", ref("SsoDevices"))},
        _PERSON,
    ),
    ("GET", "/esm/v3"): Description(
        id="esm",
        tag="Management",
        summary="Entitlement service monitoring, which is not simulated",
        answers={501: json_answer("It is not simulated.", ref("SimulatorError"))},
    ),
}
