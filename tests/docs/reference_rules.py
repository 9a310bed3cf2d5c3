"""The reference of how it decides: rules, switches, error codes."""

from collections.abc import Iterator, Sequence
from typing import Final

from simulator.domain.conduct.report import RULES as CONDUCT
from simulator.domain.conduct.report import UNSEEN
from simulator.domain.decisions import decision_rules
from simulator.domain.decisions.degradation import Degradation
from simulator.domain.decisions.viewing import OMITTED
from simulator.domain.errors import ERRORS, OWN_ERRORS
from simulator.domain.sessions import authentication_sessions, logout
from simulator.domain.sso import partner_sso
from simulator.domain.switches import SWITCHES
from simulator.evidence.pages import Page
from tests.docs.backend import backend, span
from tests.docs.tables import code, prose, table

_HEAD: Final = ("Rule", "When", "What comes of it")


def rules() -> str:
    """The tables of the rules, by their ids."""
    return f"""# Rules and their ids

Each answer is decided by one row of one of these tables: the first that holds, from top to bottom. The
journal names it in `rule`, and a test can ask for it: `{{"match": {{"operation": "logout", "rule": "L5"}}}}`.

## Logout

{table(_HEAD, map(_logout, logout.ROWS))}

## Sessions

Creating and resuming one. The words are those of `actionName` and `reasonType`; resuming says `retry` where
creating says `resume`.

{table(_HEAD, map(_session, authentication_sessions.ROWS))}

## The life of a session

What a code is good for in each status. A new code of the same app instance on the same device replaces the
one before; {authentication_sessions.LIFETIME // 60_000} minutes after its creation it is expired.

{table(("Status", "Retrieve and resume", "Log in", "Profile by code"), _life_cycle())}

## Decisions

Authorize and preauthorize; each resource is decided by itself.

{table((*_HEAD[:2], "Decision", "Source"), map(_decision, decision_rules.ROWS))}

## Partner session

{table(_HEAD, map(_partner_session, partner_sso.SESSION_ROWS))}

## Partner profile

{table(_HEAD, map(_partner_profile, partner_sso.PROFILE_ROWS))}

## Beside the tables

What the simulator takes from Adobe's pages otherwise, in our own words.

{_further()}

## Adobe's pages

What the rules are taken from. The code cites pages and rules by these names: `(Adobe: logout, L1 to L10)`.

{table(("Page", "Title", "Rules"), map(_page, backend().pages.values()))}
"""


def _further() -> str:
    """What no table decides row by row: a section for each family of rules."""
    rules = [each for each in backend().rules.values() if each.says]
    head = ("Rule", "What holds", "Pages")
    sections = [
        f"### {title}\n\n"
        + table(
            head,
            [(each.id, each.says, ", ".join(each.pages)) for each in rules if each.family == name],
        )
        for name, title in backend().families.items()
    ]
    return "\n\n".join(sections)


def _page(page: Page) -> tuple[str, ...]:
    found = [each.id for each in backend().rules.values() if page.name in each.pages]
    return page.name, f"[{page.title}]({page.url})", ", ".join(spans(found))


def spans(rules: Sequence[str]) -> Iterator[str]:
    """The ids with those that follow one another as "L1 to L10"."""
    runs: list[list[str]] = []
    for each in rules:
        if runs and span(runs[-1][-1], each)[1:] == [each]:
            runs[-1].append(each)
        else:
            runs.append([each])
    for run in runs:
        yield ", ".join(run) if len(run) < _RUN else f"{run[0]} to {run[-1]}"


# That many ids in a row are written as a range.
_RUN: Final = 3


def _logout(row: logout.Row) -> tuple[str, ...]:
    if row.passes:
        return row.id, prose(row.because), "goes on to the next rows"
    action = (
        code(row.action.action_name)
        if row.action
        else "`logout`, or `complete` where the MVPD has no logout endpoint"
    )
    return row.id, prose(row.because), f"{action}; deletes {row.deletes.value}"


def _session(row: authentication_sessions.Row) -> tuple[str, ...]:
    if row.error:
        return row.id, prose(row.because), f"error {code(row.error)}"
    reason = f", {code(row.reason)}" if row.reason != "none" else ""
    return row.id, prose(row.because), code(row.outcome.created) + reason


def _life_cycle() -> Iterator[tuple[str, ...]]:
    def word(holds: bool) -> str:
        return "yes" if holds else "no"

    for status, each in authentication_sessions.LIFE_CYCLE.items():
        if status is not authentication_sessions.Status.RESERVED:
            yield code(status.value), word(each.known), word(each.opens), word(each.shows)
    yield "expired", "no", "no", "no"


def _decision(row: decision_rules.Row) -> tuple[str, ...]:
    codes = _codes(row)
    if not row.shown:
        outcome = "left out of the answer"
    elif codes == [None]:
        outcome = "permit"
    elif len(codes) <= _FEW:
        outcome = "deny: " + " or ".join(code(each) for each in codes)
    else:
        outcome = "deny, with the code of what is wrong"
    return row.journalled_as, prose(row.because), outcome, code(row.source.value)


# Of more codes than these, a row just hands on the one that it was given.
_FEW: Final = 4


def _codes(row: decision_rules.Row) -> list[str | None]:
    """The codes that a row denies with, over whatever it holds for; None is a permit."""
    rest = frozenset({Degradation.AUTHZ_NONE, Degradation.AUTHN_ALL, Degradation.AUTHZ_ALL})
    tried = [
        *({name: each} for name in ("trial", "profile", "partner", "answer") for each in ERRORS),
        {"degradations": rest},
        {"temporary": True},
        {"asked": 2},
        {"endpoint": False},
        {"answer": OMITTED},
        {},
    ]
    facts = [
        decision_rules.Facts(operation=decision_rules.Operation.AUTHORIZE, **each)  # type: ignore[arg-type]
        for each in tried
    ]
    return list(dict.fromkeys(row.code(each) for each in facts if row.when(each)))


def _partner_session(row: partner_sso.SessionRow) -> tuple[str, ...]:
    if row.error:
        return row.id, prose(row.because), f"error {code(row.error)}"
    reason = f", {code(row.reason)}" if row.reason != "none" else ""
    return row.id, prose(row.because), code(row.outcome.action_name) + reason


def _partner_profile(row: partner_sso.ProfileRow) -> tuple[str, ...]:
    told = row.error(partner_sso.ProfileFacts())
    if row.comes_to is not partner_sso.Creation.REFUSED:
        return row.id, prose(row.because), row.comes_to.value
    return row.id, prose(row.because), f"error {code(told)}" if told else "error with its code"


def switches() -> str:
    """The switches of a sandbox."""
    rows = [
        (
            code(each.name),
            code(str(each.default).lower() if isinstance(each.default, bool) else each.default)
            if each.default != ""
            else "empty",
            " or ".join(code(choice) for choice in each.choices[1:]),
            prose(each.about),
        )
        for each in SWITCHES.values()
    ]
    return f"""# Switches of a sandbox

Where Adobe's pages leave something open, or contradict each other or what live apps were seen to do, the
choice is a switch. `GET /admin/v1/settings` shows each with its value and where that came from; `PATCH`
sets some of them, null takes one back; a scenario has them under `settings:`. No answer changes because of
a switch that nobody set.

{table(("Switch", "Default", "Or", "What it decides"), rows)}
"""


def errors() -> str:
    """The enhanced error codes."""
    rows = [
        (code(each.code), str(each.status), code(each.action), prose(each.message))
        for each in ERRORS.values()
    ]
    own = [(code(each.code), str(each.status), prose(each.message)) for each in OWN_ERRORS.values()]
    return f"""# Error codes

The {len(ERRORS)} enhanced error codes of REST API V2. `status` is what the error's body says; an error on a
single decision comes with HTTP 200. Each can be ordered:
`{{"match": {{"operation": "authorize"}}, "action": "network_connection_timeout"}}` as the body of
`POST /admin/v1/faults`.

{table(("Code", "Status", "Action", "Message"), rows)}

What none of them means has a code that is the simulator's own, never one of the list with another
status; the header `X-Sim-Reason` of the answer says so:

{table(("Code", "Status", "Message"), own)}

Registration and access tokens have errors of their own, in the shape of OAuth 2.0:
`{{"error": "invalid_grant", "error_description": "…"}}`. `error_description`, and the header `X-Sim-Reason`,
say what exactly was wrong; with the switch `simulator_headers` off, the code is all, as on the page.

The admin API has another shape, the same for all of it:
`{{"error": {{"code", "message", "hint", "fields"}}}}`.
"""


def conduct() -> str:
    """The rules that client apps are held against."""
    rows = [
        (code(each.id), prose(each.says), "must" if each.mandatory else "should")
        for each in CONDUCT
    ]
    unseen = "\n".join(f"- {prose(each)}" for each in UNSEEN)
    return f"""# Rules of conduct

The lines of Adobe's integration checklist for REST API V2 that traffic can show. The
[conduct report](conduct.md) says of each whether an app kept it, broke it, or gave no occasion to see.

{table(("Rule", "What an app does", "It"), rows)}

The checklist asks for more, which no traffic shows:

{unseen}
"""
