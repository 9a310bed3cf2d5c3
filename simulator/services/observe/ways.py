"""The way to every cell of coverage: what is put into the sandbox, and the call that meets it then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from simulator.domain.coverage.axes import AXES
from simulator.domain.decisions.degradation import Degradation
from simulator.domain.decisions.viewing import DENIED_BEFOREHAND, PARENTAL
from simulator.domain.errors import ERRORS
from simulator.domain.faults import ITEM_CODES
from simulator.domain.operations import OPERATION_NAMES
from simulator.domain.sessions.profiles import ProfileType
from simulator.domain.sso.identities import LinkKind

from .staging import Stage

Prepare = Callable[[Stage], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How a cell is met: what is prepared, in words and in deed, and the `call` of the app that meets it.

    `note` says what that call has to be like, `first` which call has to come before the preparation. A way
    that `passes_time` moves the sandbox's clock on until access tokens have expired.
    """

    call: str
    says: str = ""
    note: str = ""
    first: str | None = None
    prepare: Prepare | None = None
    passes_time: bool = False


def _provider(*steps: Prepare) -> Prepare:
    def prepare(stage: Stage) -> None:
        stage.at_provider()
        for each in steps:
            each(stage)

    return prepare


def _partner(*steps: Prepare) -> Prepare:
    def prepare(stage: Stage) -> None:
        stage.at_partner()
        stage.call.tokens["partner_status"] = "granted"
        for each in steps:
            each(stage)

    return prepare


def _temp_pass(*steps: Prepare, promotional: bool = False) -> Prepare:
    def prepare(stage: Stage) -> None:
        stage.at_temp_pass(promotional=promotional)
        for each in steps:
            each(stage)

    return prepare


def _log_in(stage: Stage) -> None:
    stage.log_in()


def _expired(stage: Stage) -> None:
    stage.log_in(ended=True)


def _open(stage: Stage) -> None:
    stage.open_session()


def _by_partner(stage: Stage) -> None:
    stage.log_in(ProfileType.APPLE_SSO)


def _degrade(rule: Degradation, *, ended: bool = False) -> Prepare:
    return lambda stage: stage.degrade(rule, ended=ended)


def _denied(code: str) -> Prepare:
    return _provider(lambda stage: stage.log_in_denied(code))


def _shared(kind: LinkKind, *, here: bool = False) -> Prepare:
    return _provider(lambda stage: stage.share(kind, here=here))


def _integration(**members: object) -> Prepare:
    return lambda stage: stage.change_integration(**members)


def _mvpd(**members: object) -> Prepare:
    return lambda stage: stage.change_mvpd(**members)


def _sending(**parameters: str) -> Prepare:
    return lambda stage: stage.call.parameters.update(parameters)


def _status(access: str | None) -> Prepare:
    def prepare(stage: Stage) -> None:
        if access is None:
            stage.call.tokens.pop("partner_status", None)
        else:
            stage.call.tokens["partner_status"] = access

    return prepare


def _identity(stage: Stage) -> None:
    stage.call.tokens["identity"] = stage.integration.temp_pass_key or ""


def _saml(stage: Stage) -> None:
    stage.call.tokens["saml_response"] = "yes"


def _unknown_partner(stage: Stage) -> None:
    stage.call.partner = "Nobody"


def _by_name(stage: Stage) -> None:
    stage.call.parameters["mvpd"] = stage.call.mvpd or ""


def _by_no_name(stage: Stage) -> None:
    del stage.call.parameters["mvpd"]


def _full(stage: Stage) -> None:
    # Their values are filled in when the call is told.
    stage.call.parameters |= {"domainName": "", "redirectUrl": ""}
    _by_name(stage)


_ENDS: Final = 60_000
_ALL_USED: Final = tuple(f"coverage-{number}" for number in range(100))

_LOGOUT: Final[Mapping[str, Way]] = {
    "L1": Way(call="logout", says="nothing is needed but a TempPass", prepare=_temp_pass()),
    "L2": Way(
        call="logout",
        says="puts AuthNAll in force at the MVPD for ten minutes",
        prepare=_provider(_log_in, _degrade(Degradation.AUTHN_ALL)),
    ),
    "L3": Way(
        call="logout",
        says="puts AuthZAll in force at the MVPD for ten minutes",
        prepare=_provider(_log_in, _degrade(Degradation.AUTHZ_ALL)),
    ),
    "L4": Way(
        call="logout",
        says="gives the device a profile from the partner framework",
        prepare=_provider(_by_partner),
    ),
    "L5": Way(
        call="logout",
        says="logs the device in at an MVPD with a logout page",
        prepare=_provider(_log_in),
    ),
    "L6": Way(
        call="logout",
        says="logs the device in, and takes the MVPD's logout page away",
        prepare=_provider(_mvpd(logout_endpoint=False), _log_in),
    ),
    "L7": Way(
        call="logout",
        says="logs another device in, shared by platform identity",
        note="with the Adobe-Subject-Token that is given out for it",
        prepare=_shared(LinkKind.PLATFORM_IDENTITY),
    ),
    "L8": Way(
        call="logout",
        says="logs another device in, shared by service token",
        note="with the AD-Service-Token that is given out for it",
        prepare=_shared(LinkKind.SERVICE_TOKEN),
    ),
    "L9": Way(
        call="logout",
        says="logs another app in on the device, shared by service token",
        note="without an AD-Service-Token",
        prepare=_shared(LinkKind.SERVICE_TOKEN, here=True),
    ),
    "L10": Way(call="logout", says="logs the device out at the MVPD", prepare=_provider()),
}

_SESSIONS: Final[Mapping[str, Way]] = {
    "N1": Way(call="create_session", note="without an mvpd", prepare=_provider()),
    "N2": Way(
        call="create_session",
        note="with an mvpd that there is not",
        prepare=_provider(_full, _sending(mvpd="no-such-mvpd")),
    ),
    "N3": Way(
        call="create_session",
        says="switches the integration off",
        prepare=_provider(_full, _integration(active=False)),
    ),
    "N4": Way(call="create_session", note="with a TempPass as its mvpd", prepare=_temp_pass(_full)),
    "N5": Way(
        call="create_session",
        says="puts AuthNAll in force at the MVPD for ten minutes",
        prepare=_provider(_full, _degrade(Degradation.AUTHN_ALL)),
    ),
    "N6": Way(call="create_session", says="logs the device in", prepare=_provider(_full, _log_in)),
    "N7": Way(
        call="create_session",
        says="logs another device in, shared by service token",
        note="with the AD-Service-Token that is given out for it",
        prepare=_provider(_full, lambda stage: stage.share(LinkKind.SERVICE_TOKEN)),
    ),
    "N8": Way(
        call="create_session",
        says="gives the device a profile from the partner framework",
        prepare=_provider(_full, _by_partner),
    ),
    "N9": Way(
        call="create_session",
        note="with an mvpd, but without domainName and redirectUrl",
        prepare=_provider(_by_name),
    ),
    "N10": Way(
        call="create_session",
        says="logs the device out at the MVPD",
        prepare=_provider(_full),
    ),
    "N11": Way(
        call="profile_by_code",
        says="ends the time of the code that the device shows",
        note="with the same code",
        first="create_session",
        prepare=Stage.end_session,
    ),
    "N12": Way(
        call="resume_session",
        says="logs a viewer in with the code that the device shows",
        note="with the same code",
        first="create_session",
        prepare=Stage.finish_session,
    ),
}

_DECISIONS: Final[Mapping[str, Way]] = {
    "D1": Way(call="authorize", says="takes the trial of the device away", prepare=_temp_pass()),
    "D2": Way(
        call="authorize",
        says="lets the trial of the device have begun too long ago",
        prepare=_temp_pass(lambda stage: stage.begin_trial(ago=stage.trial_length + _ENDS)),
    ),
    "D3": Way(
        call="authorize",
        says="uses up the resources of the device's trial",
        note="at a promotional TempPass, with an AP-TempPass-Identity",
        prepare=_temp_pass(
            lambda stage: stage.begin_trial(used=_ALL_USED[: stage.trial_resources]),
            _identity,
            promotional=True,
        ),
    ),
    "D4": Way(
        call="authorize",
        note="at a promotional TempPass, without an AP-TempPass-Identity",
        prepare=_temp_pass(promotional=True),
    ),
    "D5": Way(
        call="authorize",
        says="takes the time of the TempPass away from its integration",
        prepare=_temp_pass(_integration(temp_pass_ttl=None)),
    ),
    "D6": Way(
        call="authorize",
        says="puts AuthZNone in force at the MVPD for ten minutes",
        prepare=_provider(_log_in, _degrade(Degradation.AUTHZ_NONE)),
    ),
    "D7": Way(
        call="authorize",
        says="puts AuthNAll in force at the MVPD for ten minutes",
        prepare=_provider(_degrade(Degradation.AUTHN_ALL)),
    ),
    "D8": Way(
        call="authorize",
        says="puts AuthZAll in force at the MVPD for ten minutes",
        prepare=_provider(_log_in, _degrade(Degradation.AUTHZ_ALL)),
    ),
    "D9": Way(
        call="authorize",
        says="lets the integration allow no resource at all",
        prepare=_provider(_log_in, _integration(authorize_limit=0, preauthorize_limit=0)),
    ),
    "D10": Way(call="authorize", says="logs the device out at the MVPD", prepare=_provider()),
    "D11": Way(
        call="authorize",
        says="gives the device a profile from the partner framework",
        note="without an AP-Partner-Framework-Status",
        prepare=_provider(_by_partner),
    ),
    "D12": Way(
        call="authorize",
        says="logs in a viewer who may watch everything",
        prepare=_provider(_log_in),
    ),
    "D13": Way(
        call="authorize",
        says="logs in a viewer to whom the MVPD denies everything",
        prepare=_denied("authorization_denied_by_mvpd"),
    ),
    "D14": Way(
        call="authorize",
        says="logs in a viewer for whom everything is rated too high",
        prepare=_denied(PARENTAL),
    ),
    "D15": Way(
        call="authorize",
        says="logs in a viewer whom the MVPD does not recognize any more",
        prepare=_denied("identity_not_recognized_by_mvpd"),
    ),
    "D16": Way(
        call="authorize",
        says="lets the exchange with the MVPD fail",
        prepare=_denied("network_connection_timeout"),
    ),
    "D17": Way(
        call="authorize",
        says="logs the device in, and lets there be nobody to ask",
        prepare=_provider(
            _mvpd(authorization_endpoint=False, preauthorization_endpoint=False), _log_in
        ),
    ),
}

_PARTNER_SESSIONS: Final[Mapping[str, Way]] = {
    "P1": Way(
        call="partner_session",
        note="for a partner that there is not",
        prepare=_partner(_full, _unknown_partner),
    ),
    "P2": Way(
        call="partner_session",
        says="switches the integration off",
        prepare=_partner(_full, _integration(active=False)),
    ),
    "P3": Way(
        call="partner_session",
        says="puts AuthNAll in force at the MVPD for ten minutes",
        prepare=_partner(_full, _degrade(Degradation.AUTHN_ALL)),
    ),
    "P4": Way(call="partner_session", says="logs the device in", prepare=_partner(_full, _log_in)),
    "P5": Way(
        call="partner_session",
        says="gives the device a profile from the partner framework",
        prepare=_partner(_full, _by_partner),
    ),
    "P6": Way(
        call="partner_session",
        note="without domainName and redirectUrl",
        prepare=_partner(),
    ),
    "P7": Way(
        call="partner_session",
        note="without an AP-Partner-Framework-Status, and without an mvpd",
        prepare=_partner(_full, _status(None), _by_no_name),
    ),
    "P8": Way(
        call="partner_session",
        note="with a status that denies the app access",
        prepare=_partner(_full, _status("denied")),
    ),
    "P9": Way(
        call="partner_session",
        says="lets the integration make no use of the platform's services",
        prepare=_partner(_full, _integration(enable_platform_services=False)),
    ),
    "P10": Way(
        call="partner_session",
        says="lets the integration take part in the partner framework",
        note="from an Apple device, with the AP-Partner-Framework-Status that is given out for it",
        prepare=_partner(_full),
    ),
}

_PARTNER_PROFILES: Final[Mapping[str, Way]] = {
    "Q1": Way(
        call="partner_profile",
        note="for a partner that there is not",
        prepare=_partner(_saml, _unknown_partner),
    ),
    "Q2": Way(
        call="partner_profile",
        note="with a status that denies the app access",
        prepare=_partner(_saml, _status("denied")),
    ),
    "Q3": Way(
        call="partner_profile",
        note="with a SAMLResponse that cannot be read",
        prepare=_partner(_sending(SAMLResponse="unreadable")),
    ),
    "Q4": Way(
        call="partner_profile",
        says="switches the integration off",
        prepare=_partner(_saml, _integration(active=False)),
    ),
    "Q5": Way(
        call="partner_profile",
        says="puts AuthNAll in force at the MVPD for ten minutes",
        prepare=_partner(_saml, _degrade(Degradation.AUTHN_ALL)),
    ),
    "Q6": Way(
        call="partner_profile",
        says="lets the integration make no use of the platform's services",
        prepare=_partner(_saml, _integration(enable_platform_services=False)),
    ),
    "Q7": Way(
        call="partner_profile",
        says="lets the integration take part in the partner framework",
        note="from an Apple device, with the status and the SAMLResponse that are given out for it",
        prepare=_partner(_saml),
    ),
}

_CLOCK: Final[Mapping[str, Way]] = {
    "code": _SESSIONS["N11"],
    "profile": Way(
        call="authorize",
        says="lets the profile of the device have expired a second ago",
        prepare=_provider(_expired),
    ),
    "token": Way(
        call="profiles",
        says="moves the sandbox's clock on until access tokens have expired",
        note="with the token that the app has",
        passes_time=True,
    ),
    "temp-pass": _DECISIONS["D2"],
    "degradation": Way(
        call="authorize",
        says="logs the device in, and lets degraded access have ended a second ago",
        prepare=_provider(_log_in, _degrade(Degradation.AUTHN_ALL, ended=True)),
    ),
}

_ACTIONS: Final[Mapping[str, Way]] = {
    "authenticate": _SESSIONS["N10"],
    "resume": _SESSIONS["N1"],
    "retry": Way(
        call="resume_session",
        note="without an mvpd, of a session that has none either",
        first="create_session without an mvpd",
        prepare=_open,
    ),
    "authorize": _SESSIONS["N6"],
    "partner_profile": _PARTNER_SESSIONS["P10"],
    "logout": _LOGOUT["L5"],
    "partner_logout": _LOGOUT["L4"],
    "complete": _LOGOUT["L6"],
    "invalid": _LOGOUT["L10"],
}

_REASONS: Final[Mapping[str, Way]] = {
    "none": _SESSIONS["N10"],
    "temporary": _SESSIONS["N4"],
    "degraded": _SESSIONS["N5"],
    "authenticated": _SESSIONS["N6"],
    "authenticatedSSO": _SESSIONS["N7"],
    "missing_parameters_fallback": _PARTNER_SESSIONS["P6"],
    "pfs_fallback": _PARTNER_SESSIONS["P7"],
    "configuration_fallback": _PARTNER_SESSIONS["P9"],
}

_FAULTS: Final[Mapping[str, Mapping[str, object]]] = {
    "error": {"code": "internal_server_error"},
    "status": {"status": 503},
    "delay": {"seconds": 1.0},
    "hang": {"seconds": 30.0},
    "reset": {},
    "close": {},
    "truncate": {"after": 1},
    "garble": {},
    "slow_body": {"seconds": 1.0},
    "throttle": {},
}


def _code(code: str) -> Way:
    """By a fault: on a decision those codes that are told there, any other instead of an answer."""
    action = {"kind": "error", "code": code}
    if code not in ITEM_CODES:
        return Way(
            call="profiles",
            says=f"lets the next call of the device fail with {code}",
            prepare=lambda stage: stage.fault(action),
        )
    operation = "preauthorize" if code == DENIED_BEFOREHAND else "authorize"
    return Way(
        call=operation,
        says=f"logs the device in, and lets its next {operation} be answered with {code}",
        prepare=_provider(_log_in, lambda stage: stage.fault(action, operation=operation)),
    )


def _fault(kind: str) -> Way:
    action = {"kind": kind, **_FAULTS[kind]}
    return Way(
        call="profiles",
        says=f"lets the next call of the device meet {AXES['faults'].cells[kind]}",
        prepare=lambda stage: stage.fault(action),
    )


# What makes an app show whether it keeps a rule of conduct; for the others its usual calls do.
_PROVOKED: Final[Mapping[str, str]] = {
    "back-off-after-429": "faults:throttle",
    "retries-limited": "codes:internal_server_error",
    "actions-heeded": "codes:invalid_parameter_mvpd",
    "polling-stops-on-expiry": "clock:code",
    "session-restarted": "clock:code",
    "expired-tokens-not-sent": "clock:token",
    "logout-url-opened": "logout:L5",
    "logout-only-on-request": "decisions:D13",
    "permits-cached": "decisions:D12",
    "partner-response-used": "partner-sessions:P10",
}

WAYS: Final[Mapping[str, Way]] = {
    **{f"operations:{name}": Way(call=name) for name in OPERATION_NAMES},
    **{f"logout:{rule}": way for rule, way in _LOGOUT.items()},
    **{f"sessions:{rule}": way for rule, way in _SESSIONS.items()},
    **{f"decisions:{rule}": way for rule, way in _DECISIONS.items()},
    **{f"partner-sessions:{rule}": way for rule, way in _PARTNER_SESSIONS.items()},
    **{f"partner-profiles:{rule}": way for rule, way in _PARTNER_PROFILES.items()},
    **{f"codes:{code}": _code(code) for code in ERRORS},
    **{f"actions:{name}": way for name, way in _ACTIONS.items()},
    **{f"reasons:{name}": way for name, way in _REASONS.items()},
    **{f"faults:{kind}": _fault(kind) for kind in _FAULTS},
    **{f"clock:{event}": way for event, way in _CLOCK.items()},
}
"""The way to each cell, but for those of conduct."""


def way_to(cell: str) -> Way:
    """The way to a cell; to one of conduct, what makes an app show how it takes it."""
    axis, _, name = cell.partition(":")
    if axis != "conduct":
        return WAYS[cell]
    return WAYS[_PROVOKED[name]] if name in _PROVOKED else Way(call="its usual calls")
