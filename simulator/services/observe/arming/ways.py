"""The way to every cell of coverage: what is put into the sandbox, and the call that meets it then."""

from collections.abc import Mapping
from typing import Final

from simulator.domain.coverage.axes import AXES
from simulator.domain.decisions.degradation import Degradation
from simulator.domain.decisions.viewing import DENIED_BEFOREHAND
from simulator.domain.errors import ERRORS
from simulator.domain.faults import ITEM_CODES
from simulator.domain.operations import OPERATION_NAMES

from .decision_ways import DECISIONS
from .partner_ways import PARTNER_PROFILES, PARTNER_SESSIONS
from .preparing import Way, degrade, expired, log_in, provider, shows_code
from .session_ways import LOGOUT, SESSIONS

_CLOCK: Final[Mapping[str, Way]] = {
    "code": SESSIONS["N11"],
    "profile": Way(
        call="authorize",
        says="lets the profile of the device have expired a second ago",
        prepare=provider(expired),
    ),
    "token": Way(
        call="profiles",
        says="moves the sandbox's clock on until access tokens have expired",
        note="with the token that the app has",
        passes_time=True,
    ),
    "temp-pass": DECISIONS["D2"],
    "degradation": Way(
        call="authorize",
        says="logs the device in, and lets degraded access have ended a second ago",
        prepare=provider(log_in, degrade(Degradation.AUTHN_ALL, ended=True)),
    ),
}

_ACTIONS: Final[Mapping[str, Way]] = {
    "authenticate": SESSIONS["N10"],
    "resume": SESSIONS["N1"],
    "retry": Way(
        call="resume_session",
        note="without an mvpd, of a session that has none either",
        first="create_session without an mvpd",
        prepare=shows_code,
    ),
    "authorize": SESSIONS["N6"],
    "partner_profile": PARTNER_SESSIONS["P10"],
    "logout": LOGOUT["L5"],
    "partner_logout": LOGOUT["L4"],
    "complete": LOGOUT["L6"],
    "invalid": LOGOUT["L10"],
}

_REASONS: Final[Mapping[str, Way]] = {
    "none": SESSIONS["N10"],
    "temporary": SESSIONS["N4"],
    "degraded": SESSIONS["N5"],
    "authenticated": SESSIONS["N6"],
    "authenticatedSSO": SESSIONS["N7"],
    "missing_parameters_fallback": PARTNER_SESSIONS["P6"],
    "pfs_fallback": PARTNER_SESSIONS["P7"],
    "configuration_fallback": PARTNER_SESSIONS["P9"],
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
        prepare=provider(log_in, lambda stage: stage.fault(action, operation=operation)),
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
    **{f"logout:{rule}": way for rule, way in LOGOUT.items()},
    **{f"sessions:{rule}": way for rule, way in SESSIONS.items()},
    **{f"decisions:{rule}": way for rule, way in DECISIONS.items()},
    **{f"partner-sessions:{rule}": way for rule, way in PARTNER_SESSIONS.items()},
    **{f"partner-profiles:{rule}": way for rule, way in PARTNER_PROFILES.items()},
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
