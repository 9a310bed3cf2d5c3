"""What an app can be shown by name: the tables that the backend decides by."""

from collections.abc import Mapping
from typing import Final

from simulator.domain.decisions import decision_rules
from simulator.domain.sessions import authentication_sessions, logout
from simulator.domain.sso import partner_sso

# Rows that no table of the code has, because more than one fact decides them.
_SESSIONS_BESIDE: Final = {
    "N8": "an appleSSO profile does not count, as nothing confirms it",
    "N11": "the code is unknown, replaced or expired",
    "N12": "the session was finished before",
}


def _session_rules() -> dict[str, str]:
    found = {each.id: each.because for each in authentication_sessions.ROWS} | _SESSIONS_BESIDE
    return dict(sorted(found.items(), key=lambda item: int(item[0][1:])))


def _decision_rules() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in decision_rules.ROWS:
        found.setdefault(row.journalled_as, row.because)
    return dict(sorted(found.items(), key=lambda item: int(item[0][1:])))


def _actions() -> dict[str, str]:
    steps = authentication_sessions.Outcome
    return {
        **{name: "of a session" for step in steps for name in (step.created, step.resumed)},
        partner_sso.Outcome.PARTNER_PROFILE.action_name: "of a partner session",
        **{each.action_name: "of a logout" for each in logout.Action},
    }


def _reasons() -> dict[str, str]:
    rows = (*authentication_sessions.ROWS, *partner_sso.SESSION_ROWS)
    return {each.reason: "" for each in rows if each.error is None}


FAULT_KINDS: Final = {
    "error": "an error code",
    "status": "a bare status",
    "delay": "a late answer",
    "hang": "no answer",
    "reset": "a connection that is reset",
    "close": "a connection that is closed",
    "truncate": "an answer that is cut off",
    "garble": "an answer that cannot be read",
    "slow_body": "an answer that comes slowly",
    "throttle": "429, as the throttle answers",
}

RULES: Final[Mapping[str, Mapping[str, str]]] = {
    "logout": {each.id: each.because for each in logout.ROWS},
    "sessions": _session_rules(),
    "decisions": _decision_rules(),
    "partner-sessions": {each.id: each.because for each in partner_sso.SESSION_ROWS},
    "partner-profiles": {each.id: each.because for each in partner_sso.PROFILE_ROWS},
}
"""The tables of rules: by axis, each rule with its reason, by the id that the journal has."""

RULE_CELLS: Final[Mapping[str, str]] = {
    rule: f"{axis}:{rule}" for axis, rules in RULES.items() for rule in rules
}
"""The cell of each rule."""

ACTIONS: Final = _actions()
"""The values of `actionName`, each with what it is an action of."""

REASONS: Final = _reasons()
"""The values of `reasonType`."""
