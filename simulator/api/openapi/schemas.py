"""What the bodies of the device-facing API look like, as JSON Schema."""

from collections.abc import Mapping
from typing import Final

from simulator.domain.access.registration import SCOPE
from simulator.domain.decisions.decision_rules import Source
from simulator.domain.errors import ERRORS, HELP_URL
from simulator.domain.sessions.profiles import ProfileType

from .shapes import (
    FLAG,
    MOMENT,
    MOMENT_AS_TEXT,
    SECONDS,
    TEXT,
    UUID,
    Schema,
    list_of,
    map_of,
    maybe,
    obj,
    one,
    ref,
)

_WINDOW: Final = {"notBefore": MOMENT, "notAfter": MOMENT}
_WINDOW_AS_TEXT: Final = {"notBefore": MOMENT_AS_TEXT, "notAfter": MOMENT_AS_TEXT}
_PARAMETERS: Final = one("mvpd", "domainName", "domain", "redirectUrl")

_ENHANCED_ERROR: Final = {
    **obj(
        {
            "action": one(*sorted({each.action for each in ERRORS.values()}), "authorization"),
            "status": {"type": "integer"},
            "code": one(*ERRORS),
            "message": TEXT,
            "helpUrl": {"type": "string", "const": HELP_URL},
            "trace": UUID,
        },
        {"details": {**TEXT, "description": "The own words of an MVPD or a degradation rule."}},
    ),
    "description": "What went wrong, and what the app can do about it.",
}

_CODE: Final = {"type": "string", "pattern": "^[A-Z0-9]{6,8}$"}
_OF_SESSION: Final = {"sessionId": UUID, "serviceProvider": TEXT}


def _authenticate(*reasons: str) -> Schema:
    return obj(
        {
            "actionName": one("authenticate"),
            "actionType": one("interactive"),
            "reasonType": one(*reasons),
            "url": TEXT,
            "code": _CODE,
            "mvpd": TEXT,
            **_OF_SESSION,
            **_WINDOW_AS_TEXT,
        }
    )


def _resume(name: str, *reasons: str) -> Schema:
    return obj(
        {
            "actionName": one(name),
            "actionType": one("direct"),
            "reasonType": one(*reasons),
            "missingParameters": {**list_of(_PARAMETERS), "minItems": 1},
            "url": TEXT,
            "code": _CODE,
            **_OF_SESSION,
            **_WINDOW_AS_TEXT,
        },
        {"mvpd": TEXT},
    )


def _authorize(*reasons: str) -> Schema:
    return obj(
        {
            "actionName": one("authorize"),
            "actionType": one("direct"),
            "reasonType": one(*reasons),
            "url": TEXT,
            "mvpd": TEXT,
            **_OF_SESSION,
        }
    )


_PARTNER_PROFILE: Final = obj(
    {
        "actionName": one("partner_profile"),
        "actionType": one("direct"),
        "reasonType": one("none"),
        "url": TEXT,
        "mvpd": TEXT,
        **_OF_SESSION,
        "authenticationRequest": obj(
            {"type": one("saml"), "request": TEXT, "attributesNames": list_of(TEXT)}
        ),
    }
)
_REASONS: Final = ("temporary", "degraded", "authenticated", "authenticatedSSO")
_VERSION: Final = obj(
    {
        "major": {"type": "integer"},
        "minor": {"type": "integer"},
        "patch": {"type": "integer"},
        "profile": TEXT,
    }
)
_WHOLE: Final = {"type": "integer"}
_DEVICE: Final = obj(
    {
        "type": TEXT,
        "model": maybe(TEXT),
        "version": ref("Version"),
        "hardware": obj(
            {
                "name": maybe(TEXT),
                "vendor": maybe(TEXT),
                "version": ref("Version"),
                "manufacturer": maybe(TEXT),
            }
        ),
        "operatingSystem": obj(
            {
                "name": maybe(TEXT),
                "family": maybe(TEXT),
                "vendor": maybe(TEXT),
                "version": ref("Version"),
            }
        ),
        "browser": obj(
            {
                "name": maybe(TEXT),
                "vendor": maybe(TEXT),
                "version": ref("Version"),
                "userAgent": maybe(TEXT),
                "originalUserAgent": maybe(TEXT),
            }
        ),
        "display": obj(
            {
                "width": _WHOLE,
                "height": _WHOLE,
                "ppi": _WHOLE,
                "name": TEXT,
                "vendor": maybe(TEXT),
                "version": {"type": "null"},
                "diagonalSize": maybe(TEXT),
            }
        ),
        "applicationId": maybe(TEXT),
        "connection": obj(
            {
                "ipAddress": maybe(TEXT),
                "port": maybe(TEXT),
                "secure": FLAG,
                "type": maybe(TEXT),
            }
        ),
    }
)
_ATTRIBUTE: Final = {
    **obj({"state": one("plain", "enc")}, {"value": {}, "error": one(*ERRORS)}),
    "oneOf": [{"required": ["value"]}, {"required": ["error"]}],
}
_PROFILE: Final = obj(
    {
        **_WINDOW,
        "issuer": TEXT,
        "type": one(*ProfileType),
        "attributes": map_of(ref("Attribute"), "the attribute's name"),
    }
)
_DECIDED: Final = {
    "resource": TEXT,
    "serviceProvider": TEXT,
    "mvpd": TEXT,
    "source": one(*Source),
}
_PERMIT: Final = {"authorized": {"type": "boolean", "const": True}}
_DENIAL: Final = {"authorized": {"type": "boolean", "const": False}, "error": ref("EnhancedError")}
_MEDIA_TOKEN: Final = obj({**_WINDOW, "serializedToken": {**TEXT, "contentEncoding": "base64"}})

_LOGOUTS: Final = (
    obj(
        {
            "actionName": one("logout"),
            "actionType": one("interactive"),
            "mvpd": TEXT,
            "url": TEXT,
        }
    ),
    obj(
        {
            "actionName": one("partner_logout"),
            "actionType": one("partner_interactive"),
            "mvpd": TEXT,
        }
    ),
    obj({"actionName": one("complete", "invalid"), "actionType": one("none"), "mvpd": TEXT}),
)
_NAMED: Final = obj({"id": TEXT})
_MEASURE: Final = obj(
    {
        "id": one("authn-all", "authz-all", "authz-none"),
        "programmer": _NAMED,
        "mvpd": _NAMED,
        "degradation-measure-enable": FLAG,
        "degradation-measure-status": one("APPLIED", "NOT_APPLIED"),
    },
    {"ttl": SECONDS, "activation-time": SECONDS},
)
_MVPD: Final = obj(
    {"id": TEXT, "displayName": TEXT, "authPerAggregator": FLAG},
    {
        "logoUrl": TEXT,
        "isTempPass": FLAG,
        "isProxy": FLAG,
        "boardingStatus": one("SUPPORTED", "PICKER"),
        "platformMappingId": TEXT,
        "authPerBrowserSession": FLAG,
        "passiveAuthnEnabled": FLAG,
        "enablePlatformServices": FLAG,
        "displayInPlatformPicker": FLAG,
        "enforcePlatformPermissions": FLAG,
    },
)

SCHEMAS: Final[Mapping[str, Schema]] = {
    "EnhancedError": _ENHANCED_ERROR,
    "RegistrationError": obj({"error": TEXT}),
    "ManagementError": obj({"status": {"type": "integer"}, "message": TEXT}),
    "ServiceError": obj(
        {
            "status": TEXT,
            "error": obj(
                {
                    "status": {"type": "integer"},
                    "code": TEXT,
                    "message": TEXT,
                    "action": TEXT,
                    "helpUrl": TEXT,
                    "trace": UUID,
                }
            ),
        }
    ),
    "SimulatorError": obj(
        {
            "error": obj(
                {
                    "code": TEXT,
                    "message": TEXT,
                    "hint": TEXT,
                    "fields": list_of(obj({"path": TEXT, "problem": TEXT})),
                }
            )
        }
    ),
    "Client": obj(
        {
            "client_id": TEXT,
            "client_secret": TEXT,
            "client_id_issued_at": SECONDS,
            "redirect_uris": list_of(TEXT),
            "grant_types": list_of(TEXT),
            "scopes": {**list_of(TEXT), "examples": [[SCOPE]]},
        }
    ),
    "AccessToken": obj(
        {
            "id": TEXT,
            "access_token": TEXT,
            "created_at": MOMENT,
            "expires_in": SECONDS,
            "token_type": one("bearer"),
        }
    ),
    "Configuration": obj(
        {
            "device": TEXT,
            "clientType": TEXT,
            "os": TEXT,
            "requestor": obj(
                {
                    "id": TEXT,
                    "name": TEXT,
                    "domains": list_of(obj({"name": TEXT, "mvpdInitiated": FLAG})),
                    "mvpds": list_of(ref("Mvpd")),
                }
            ),
        }
    ),
    "Mvpd": _MVPD,
    "CreatedSession": {
        "oneOf": [_authenticate("none"), _resume("resume", "none"), _authorize(*_REASONS)]
    },
    "ResumedSession": {
        "oneOf": [_authenticate("none"), _resume("retry", "none"), _authorize(*_REASONS)]
    },
    "PartnerSession": {
        "oneOf": [
            _PARTNER_PROFILE,
            _authenticate("pfs_fallback", "configuration_fallback"),
            _resume("resume", "missing_parameters_fallback", "pfs_fallback"),
            _authorize("authenticated", "authenticatedSSO", "degraded"),
        ]
    },
    "Session": obj(
        {
            "existingParameters": map_of(TEXT, "the parameter's name"),
            "device": ref("Device"),
            **_WINDOW_AS_TEXT,
        },
        {"missingParameters": {**list_of(_PARAMETERS), "minItems": 1}},
    ),
    "Device": _DEVICE,
    "Version": _VERSION,
    "Profiles": obj({"profiles": map_of(ref("Profile"), "MVPD")}),
    "Profile": _PROFILE,
    "Attribute": _ATTRIBUTE,
    "Resources": {
        "type": "object",
        "required": ["resources"],
        "properties": {"resources": {**list_of({**TEXT, "minLength": 1}), "minItems": 1}},
    },
    "Authorizations": obj(
        {
            "decisions": list_of(
                {
                    "oneOf": [
                        obj({**_DECIDED, **_PERMIT, "token": ref("MediaToken")}, _WINDOW),
                        obj({**_DECIDED, **_DENIAL}, _WINDOW),
                    ]
                }
            )
        }
    ),
    "Preauthorizations": obj(
        {
            "decisions": list_of(
                {"oneOf": [obj({**_DECIDED, **_PERMIT}), obj({**_DECIDED, **_DENIAL})]}
            )
        }
    ),
    "MediaToken": _MEDIA_TOKEN,
    "Logouts": obj({"logouts": map_of({"oneOf": [*_LOGOUTS]}, "MVPD")}),
    "Degradations": {
        "oneOf": [
            obj({"degradation-measure": _MEASURE}),
            obj({"degradation-measures": list_of(_MEASURE)}),
        ]
    },
    "ServiceToken": obj({"status": one("CREATED", "OK"), "serviceToken": TEXT, **_WINDOW}),
    "LinkCode": obj(
        {"status": one("CREATED"), "code": {**TEXT, "pattern": "^[0-9]{6}$"}, **_WINDOW}
    ),
    "Unlinked": obj({"status": one("OK"), "unlinkedDevices": list_of(TEXT)}),
    "SsoDevices": obj(
        {
            "devices": map_of(
                obj(
                    {
                        "deviceType": maybe(TEXT),
                        "model": maybe(TEXT),
                        "os": maybe(TEXT),
                        "osVersion": maybe(TEXT),
                        "lastSeen": MOMENT,
                        "type": one("regular", "sso"),
                    }
                ),
                "device",
            )
        }
    ),
}
