"""The operations of REST API V2, described."""

from collections.abc import Mapping
from typing import Final

from .answers import (
    CONFIGURED,
    DEVICE,
    NOT_SERVED,
    PARTNER,
    PLATFORM,
    TOKEN,
    Answer,
    enhanced,
    json_answer,
    page,
)
from .descriptions import FAILED, FORM, JSON, Description, Descriptions
from .parameters import DEVICE as DEVICE_HEADER
from .parameters import (
    FORWARDED,
    IDENTITY,
    INFO,
    PARTNER_STATUS,
    SINGLE_SIGN_ON,
    VISITOR,
    query,
)
from .shapes import TEXT, Schema, ref


def _v2(
    good: Mapping[int, Answer],
    codes: tuple[str, ...],
    *,
    forbidden: tuple[str, ...] = (),
    broken: tuple[str, ...] = (),
) -> dict[int, Answer]:
    """The answers of an operation of REST API V2: the good ones, and errors by their codes."""
    refused = ("invalid_parameter_service_provider", *codes)
    failed = ("internal_server_error", *broken)
    found = {
        **good,
        400: enhanced(refused, "Something that was sent is missing or wrong."),
        401: enhanced(TOKEN, "The access token is not good for this."),
    }
    if forbidden:
        found[403] = enhanced(forbidden, "Access is denied to the request as a whole.")
    return {**found, 500: enhanced(failed, "The server failed, or is configured wrongly.")}


_MVPD: Final = ("invalid_parameter_mvpd", "invalid_integration")
_REDIRECT: Final = ("invalid_parameter_redirect_url",)
_SESSION: Final = ("invalid_parameter_code", "invalid_authentication_session")
_TEMPORARY: Final = (
    "temporary_access_duration_limit_exceeded",
    "temporary_access_resources_limit_exceeded",
)
_IDENTITY: Final = ("invalid_header_identity_for_temporary_access",)
_METADATA: Final = ("invalid_configuration_user_metadata_certificate",)
_TRIAL: Final = ("invalid_configuration_temporary_access",)
_ON_TOP: Final = (
    "too_many_resources",
    "authenticated_profile_missing",
    "authenticated_profile_expired",
    "authenticated_profile_invalidated",
)
_CALLER: Final = (DEVICE_HEADER, INFO, FORWARDED, VISITOR)
_BY_CODE: Final = (FORWARDED, VISITOR)

_FORM: Final[Mapping[str, Schema]] = {
    FORM: {
        "type": "object",
        "properties": {
            "mvpd": {**TEXT, "examples": ["Cablevision"]},
            "domainName": {**TEXT, "examples": ["adobe.com"]},
            "redirectUrl": {**TEXT, "examples": ["https://adobe.com"]},
        },
    }
}
_RESOURCES: Final[Mapping[str, Schema]] = {JSON: ref("Resources")}
_LOGOUT: Final = Description(
    id="logout",
    tag="Logout",
    summary="Log out of one MVPD",
    parameters=(
        *_CALLER,
        *SINGLE_SIGN_ON,
        query(
            "redirectUrl",
            "Where the provider's logout page leads in the end. The switch "
            "`logout.redirect_url: optional` falls back to the service provider's default.",
            "https://adobe.com",
            required=True,
        ),
    ),
    answers=_v2(
        {200: json_answer("What the app has to do next.", ref("Logouts"))},
        (*_MVPD, *_REDIRECT, *DEVICE),
    ),
)
_PROFILES: Final = json_answer("The valid profiles, by MVPD; perhaps none.", ref("Profiles"))


def _decisions(name: str, summary: str, schema: str) -> Description:
    return Description(
        id=name,
        tag="Decisions",
        summary=summary,
        parameters=(*_CALLER, *SINGLE_SIGN_ON, PARTNER_STATUS, IDENTITY),
        body=_RESOURCES,
        answers=_v2(
            {200: json_answer("A decision on each resource, in their order.", ref(schema))},
            ("invalid_parameter_resources", *_MVPD, *DEVICE, *PARTNER),
            forbidden=_ON_TOP,
        ),
    )


_V2: Final = "/api/v2/{service_provider}"

REST_API_V2: Final[Descriptions] = {
    ("GET", f"{_V2}/configuration"): Description(
        id="configuration",
        tag="Configuration",
        summary="The service provider and its active MVPDs",
        parameters=(INFO, FORWARDED),
        answers=_v2(
            {200: json_answer("What to show a provider picker from.", ref("Configuration"))},
            (),
            broken=PLATFORM,
        ),
    ),
    ("POST", f"{_V2}/sessions"): Description(
        id="create_session",
        tag="Sessions",
        summary="Ask for a login",
        parameters=(*_CALLER, *SINGLE_SIGN_ON),
        body=_FORM,
        body_required=False,
        answers=_v2(
            {200: json_answer("What the app does next.", ref("CreatedSession"))},
            (*_MVPD, *_REDIRECT, *DEVICE),
        ),
    ),
    ("POST", f"{_V2}/sessions/{{code}}"): Description(
        id="resume_session",
        tag="Sessions",
        summary="Add what a session lacks",
        parameters=_BY_CODE,
        body=_FORM,
        body_required=False,
        answers=_v2(
            {200: json_answer("What comes next.", ref("ResumedSession"))},
            (*_SESSION, *_MVPD, *_REDIRECT),
        ),
    ),
    ("GET", f"{_V2}/sessions/{{code}}"): Description(
        id="get_session",
        tag="Sessions",
        summary="What a session has and lacks",
        parameters=_BY_CODE,
        answers=_v2(
            {200: json_answer("The session and its streaming device.", ref("Session"))}, _SESSION
        ),
    ),
    ("GET", "/api/v2/authenticate/{service_provider}/{code}"): Description(
        id="authenticate",
        tag="Sessions",
        summary="Log in, in a user agent",
        answers={
            200: page("A form that posts itself on, for an MVPD with `login: form_post`."),
            302: {
                "description": "On towards the provider's login page.",
                "headers": {"Location": {"required": True, "schema": TEXT}},
            },
            400: page("The code cannot be used."),
            500: FAILED,
        },
        open=True,
    ),
    ("GET", f"{_V2}/profiles"): Description(
        id="profiles",
        tag="Profiles",
        summary="All profiles of the app on the device",
        parameters=(*_CALLER, *SINGLE_SIGN_ON, PARTNER_STATUS),
        answers=_v2({200: _PROFILES}, DEVICE, broken=_METADATA),
    ),
    ("GET", f"{_V2}/profiles/{{mvpd}}"): Description(
        id="profile_by_mvpd",
        tag="Profiles",
        summary="The profile at one MVPD",
        parameters=(*_CALLER, *SINGLE_SIGN_ON, PARTNER_STATUS, IDENTITY),
        answers=_v2(
            {200: _PROFILES},
            (*_MVPD, *DEVICE, *_IDENTITY),
            forbidden=_TEMPORARY,
            broken=(*_TRIAL, *_METADATA),
        ),
    ),
    ("GET", f"{_V2}/profiles/code/{{code}}"): Description(
        id="profile_by_code",
        tag="Profiles",
        summary="The profile that a code led to",
        parameters=(*_BY_CODE, IDENTITY),
        answers=_v2(
            {200: _PROFILES},
            (*_SESSION, "invalid_integration", *_IDENTITY),
            forbidden=_TEMPORARY,
            broken=(*_TRIAL, *_METADATA),
        ),
    ),
    ("POST", f"{_V2}/decisions/authorize/{{mvpd}}"): _decisions(
        "authorize", "Authorize resources, with media tokens", "Authorizations"
    ),
    ("POST", f"{_V2}/decisions/preauthorize/{{mvpd}}"): _decisions(
        "preauthorize", "Which resources would be authorized", "Preauthorizations"
    ),
    ("GET", f"{_V2}/logout/{{mvpd}}"): _LOGOUT,
    ("GET", "/api/v2/logout/{service_provider}/{mvpd}"): Description(
        id="logout_on_legacy_path",
        tag="Logout",
        summary="The same on the path of an old sample; `logout.legacy_path: reject` answers 404",
        parameters=_LOGOUT.parameters,
        answers={**_LOGOUT.answers, 404: NOT_SERVED},
    ),
    ("POST", f"{_V2}/sessions/sso/{{partner}}"): Description(
        id="partner_session",
        tag="Partner single sign-on",
        summary="The request for the partner's framework, or a fallback",
        parameters=(*_CALLER, *SINGLE_SIGN_ON, PARTNER_STATUS),
        body=_FORM,
        body_required=False,
        answers=_v2(
            {200: json_answer("What the app does next.", ref("PartnerSession"))},
            ("invalid_parameter_partner", *_REDIRECT, "invalid_integration", *DEVICE),
            broken=PLATFORM,
        ),
    ),
    ("POST", f"{_V2}/profiles/sso/{{partner}}"): Description(
        id="partner_profile",
        tag="Partner single sign-on",
        summary="A profile of the partner's response",
        parameters=(*_CALLER, PARTNER_STATUS),
        body={FORM: {"type": "object", "properties": {"SAMLResponse": TEXT}}},
        answers=_v2(
            {
                200: json_answer("The profile that there is without it.", ref("Profiles")),
                201: json_answer("The new profile.", ref("Profiles")),
            },
            (
                "invalid_parameter_partner",
                "invalid_parameter_saml_response",
                "invalid_integration",
                *PARTNER,
                *DEVICE,
            ),
            broken=CONFIGURED,
        ),
    ),
}
