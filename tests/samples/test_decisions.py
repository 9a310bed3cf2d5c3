"""The samples of the decisions pages: authorize and preauthorize."""

import json
from typing import Any, Final

import pytest

from tests.samples.pages import (
    DEVICE,
    IDENTITY,
    JSON,
    TOKEN,
    WINDOW,
    Sample,
    degraded,
    login,
    problem,
    resources,
)
from tests.support.lab import Lab
from tests.support.replies import Json

MINUTE: Final = 60_000
DETAILS: Final = 'Your subscription package does not include the "Live" channel'
FOO: Final = json.dumps({"email": "foo@bar.com"})
POSTED: Final[dict[str, Any]] = {"method": "POST", "body_type": JSON}


def _decided(mvpd: str, source: str, resource: str, provider: str, **more: Json) -> Json:
    about = {"resource": resource, "serviceProvider": provider, "mvpd": mvpd, "source": source}
    return {**about, **more}


def _permit(mvpd: str, source: str, resource: str = "REF30", provider: str = "REF30",
            **more: Json) -> Json:  # fmt: skip
    return _decided(mvpd, source, resource, provider, authorized=True, **more)


def _denial(mvpd: str, source: str, error: Json, resource: str = "REF30", provider: str = "REF30",
            **more: Json) -> Json:  # fmt: skip
    return _decided(mvpd, source, resource, provider, authorized=False, error=error, **more)


def _at(operation: str, mvpd: str, provider: str = "REF30") -> str:
    return f"/api/v2/{provider}/decisions/{operation}/{mvpd}"


def _viewer(**members: Json) -> dict[str, Any]:
    return {
        "subscribers": [{"id": "viewer", **members}],
        "profiles": [login("Cablevision", subscriber="viewer")],
    }


BOTH: Final = ("REF30", "apasstest1")
DENIED_BY_RULE: Final = [
    _denial(
        "degradedMvpd", "degradation", problem("authorization_denied_by_degradation_rule"), each
    )
    for each in BOTH
]


def _under(rule: str, operation: str, items: Json, lasts: int | None = None) -> Sample:
    return Sample(
        **POSTED,
        path=_at(operation, "degradedMvpd"),
        body=resources(*BOTH),
        given=degraded(rule),
        answer={"decisions": items},
        lasts=lasts,
    )


def _trial(mvpd: str, item: Json, *, named: bool = True, lasts: int | None = None,
           **given: Any) -> Sample:  # noqa: ANN401 - entries of a scenario # fmt: skip
    return Sample(
        **POSTED,
        path=_at("authorize", mvpd, "apasstest1"),
        headers=IDENTITY if named and mvpd == "flexibleTempPass" else {},
        body=resources("REF30"),
        given=given,
        answer={"decisions": [{**item, "mvpd": mvpd, "serviceProvider": "apasstest1"}]},
        lasts=lasts,
    )


def _of(mvpd: str, **members: Json) -> list[dict[str, Any]]:
    at = {"service_provider": "apasstest1", "mvpd": mvpd, "device": DEVICE}
    return [{**at, **members}]


def _refused(code: str) -> Json:
    return _denial("", "temppass", problem(code))


BASIC: Final = "TempPass_TEST40"
FLEXIBLE: Final = "flexibleTempPass"
PERMITTED: Final = _permit("", "temppass", token=TOKEN, **WINDOW)
OVER: Final = "temporary_access_duration_limit_exceeded"
SPENT: Final = "temporary_access_resources_limit_exceeded"
MISCONFIGURED: Final = "invalid_configuration_temporary_access"
NOBODY: Final = "invalid_header_identity_for_temporary_access"
LATE: Final = {"first_authorized": "-PT61S"}
USED: Final = {"identity": FOO, "used_resources": ["res01", "res02", "res03", "res04", "res05"]}


def _unset(mvpd: str) -> list[dict[str, str]]:
    """A TempPass that nobody told how long it lasts."""
    return [{"service_provider": "apasstest1", "mvpd": mvpd}]


AUTHORIZED: Final = {
    "1": Sample(
        **POSTED, path=_at("authorize", "Cablevision"), body=resources("REF30"), given=_viewer(),
        answer={"decisions": [_permit("Cablevision", "mvpd", token=TOKEN, **WINDOW)]},
    ),
    "2": Sample(
        **POSTED, path=_at("authorize", "Cablevision"), body=resources("REF30"),
        given=_viewer(
            denials={"REF30": {"code": "authorization_denied_by_mvpd", "details": DETAILS}}
        ),
        answer={
            "decisions": [
                _denial("Cablevision", "mvpd",
                        problem("authorization_denied_by_mvpd", details=DETAILS), **WINDOW)
            ]
        },
    ),
    "3, AuthNAll": _under(
        "AuthNAll", "authorize",
        [_permit("degradedMvpd", "degradation", each, token=TOKEN, **WINDOW) for each in BOTH],
        lasts=MINUTE,
    ),
    "3, AuthZAll": _under(
        "AuthZAll", "authorize",
        [_permit("degradedMvpd", "degradation", each, token=TOKEN) for each in BOTH],
    ),
    "3, AuthZNone": _under("AuthZNone", "authorize", DENIED_BY_RULE),
    "4, available": _trial(BASIC, PERMITTED, lasts=MINUTE),
    "4, duration": _trial(BASIC, _refused(OVER), temp_passes=_of(BASIC, **LATE)),
    "4, configuration": _trial(BASIC, _refused(MISCONFIGURED), integrations=_unset(BASIC)),
    "5, available": _trial(FLEXIBLE, PERMITTED, lasts=MINUTE),
    "5, duration": _trial(
        FLEXIBLE, _refused(OVER), temp_passes=_of(FLEXIBLE, identity=FOO, **LATE)
    ),
    "5, resources": _trial(FLEXIBLE, _refused(SPENT), temp_passes=_of(FLEXIBLE, **USED)),
    "5, configuration": _trial(FLEXIBLE, _refused(MISCONFIGURED), integrations=_unset(FLEXIBLE)),
    "5, identity": _trial(FLEXIBLE, _refused(NOBODY), named=False),
}  # fmt: skip
PREAUTHORIZED: Final = {
    # A blank after the first resource of its answer is a slip: resources are echoed.
    "1": Sample(
        **POSTED, path=_at("preauthorize", "Cablevision"),
        body=resources("resource1", "resource2", "resource3"),
        given=_viewer(entitlements=["resource1", "resource2"]),
        answer={
            "decisions": [
                _permit("Cablevision", "mvpd", "resource1"),
                _permit("Cablevision", "mvpd", "resource2"),
                _denial("Cablevision", "mvpd", problem("preauthorization_denied_by_mvpd"),
                        "resource3"),
            ]
        },
    ),
    "2, AuthNAll": _under(
        "AuthNAll", "preauthorize", [_permit("degradedMvpd", "degradation", each) for each in BOTH]
    ),
    "2, AuthZAll": _under(
        "AuthZAll", "preauthorize", [_permit("degradedMvpd", "degradation", each) for each in BOTH]
    ),
    "2, AuthZNone": _under("AuthZNone", "preauthorize", DENIED_BY_RULE),
}  # fmt: skip


@pytest.mark.parametrize("sample", AUTHORIZED.values(), ids=AUTHORIZED)
async def test_authorizing(lab: Lab, sample: Sample) -> None:
    await sample.check(lab)


@pytest.mark.parametrize("sample", PREAUTHORIZED.values(), ids=PREAUTHORIZED)
async def test_preauthorizing(lab: Lab, sample: Sample) -> None:
    await sample.check(lab)
