"""The rows of the logout matrix over HTTP: what is answered, whose profiles are gone, and why.

(Adobe: logout, L1 to L10)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

from simulator.domain.sso.identities import SSO_HEADERS
from tests.support.decisions import seeded
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.tokens import sso_token
from tests.support.worlds import (
    BOX,
    TV,
    Entry,
    changed,
    platform_identity,
    profile,
    rule,
    service_token,
)

LOGOUT: Final = ("logout", "interactive")
PARTNER: Final = ("partner_logout", "partner_interactive")
COMPLETE: Final = ("complete", "none")
INVALID: Final = ("invalid", "none")

# Somebody else's, in every world: another device, another MVPD, another service provider.
BYSTANDERS: Final = (
    profile("other-device", "neighbour"),
    profile("other-mvpd", mvpd="LabProxied"),
    profile("other-provider", service_provider="LABSP2"),
)
ANN: Final = [service_token("ann")]
ROKU: Final = [platform_identity("roku-1")]
OWN: Final = profile("own")
LINKED: Final = profile("linked", BOX, links=ANN)
ON_THIS_TV: Final = profile("linked", client="app-2", links=ANN)
BY_TOKEN: Final = {"AD-Service-Token": sso_token("ann")}
BY_SUBJECT: Final = {"Adobe-Subject-Token": sso_token("ann")}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A world, an app on the TV that logs out, and what comes of it.

    `rules` are the rows that the journal names, the last of which decides; `deletes` names profiles.
    """

    action: tuple[str, str]
    rules: str
    profiles: tuple[Entry, ...]
    deletes: str
    mvpd: str
    headers: Mapping[str, str]
    integration: Mapping[str, Any]
    lists: Mapping[str, Any]

    @property
    def document(self) -> dict[str, Any]:
        profiles = {"profiles": [*BYSTANDERS, *self.profiles]}
        return changed(("LABSP", "LabCable"), **self.integration) | profiles | {**self.lists}


def _row(
    action: tuple[str, str],
    rules: str,
    *profiles: Entry,
    deletes: str = "",
    mvpd: str = "LabCable",
    headers: Mapping[str, str] | None = None,
    integration: Mapping[str, Any] | None = None,
    **lists: Any,  # noqa: ANN401 - of a world
) -> Row:
    return Row(
        action=action,
        rules=rules,
        profiles=profiles,
        deletes=deletes,
        mvpd=mvpd,
        headers=headers or {},
        integration=integration or {},
        lists=lists,
    )


def _ruled(kind: str, **members: str) -> dict[str, Any]:
    return {"degradations": [rule(kind, **members)]}


def _trial(mvpd: str, began: str) -> list[Entry]:
    place = {"service_provider": "LABSP", "mvpd": mvpd, "device": TV}
    return [{"id": "t", **place, "first_authorized": began}]


def _platforms(mvpd: str) -> tuple[Entry, ...]:
    return (
        profile("other-app", mvpd=mvpd, client="app-2", links=ROKU),
        profile("other-box", BOX, mvpd, links=ROKU),
        profile("other-account", "third", mvpd, links=[platform_identity("roku-2")]),
        profile("other-family", "fourth", mvpd, links=[service_token("roku-1")]),
    )


def _tokens(mvpd: str) -> tuple[Entry, ...]:
    return (
        profile("own", mvpd=mvpd, client="app-1"),
        profile("linked", BOX, mvpd, links=[service_token("ann", issuer="lab-idp")]),
        profile("other-issuer", "third", mvpd, links=[service_token("ann", issuer="other")]),
        profile("other-viewer", "fourth", mvpd, links=[service_token("bob")]),
        profile("other-family", "fifth", mvpd, links=[platform_identity("ann")]),
    )


ROWS: Final = {
    **{
        f"L1 {mvpd} since {began}": _row(
            COMPLETE, "L1", profile("own", mvpd=mvpd, type="temporary"),
            mvpd=mvpd, temp_passes=_trial(mvpd, began),
        )
        for mvpd in ("TempBasic", "TempPromo") for began in ("-PT1M", "-P1D")
    },
    "L1 without a trial": _row(COMPLETE, "L1", mvpd="TempBasic"),
    "L2 without any profile": _row(COMPLETE, "L2", **_ruled("AuthNAll")),
    "L2 without an endpoint": _row(
        COMPLETE, "L2", mvpd="LabDish", **_ruled("AuthNAll", mvpd="LabDish")
    ),
    "L2 ends stored and linked logins": _row(
        COMPLETE, "L2", OWN, LINKED, deletes="own linked", headers=BY_TOKEN, **_ruled("AuthNAll")
    ),
    "L2 with its proxy": _row(
        COMPLETE, "L2", deletes="other-mvpd", mvpd="LabProxied", **_ruled("AuthNAll")
    ),
    "L2 stored, after the rule": _row(COMPLETE, "L2", profile("own", type="degraded"),
                                      deletes="own"),
    "L2 not yet over": _row(COMPLETE, "L2", OWN, deletes="own", **_ruled("AuthNAll", until="PT1H")),
    "L2 begun": _row(COMPLETE, "L2", OWN, deletes="own", **_ruled("AuthNAll", **{"from": "-PT1H"})),
    "L2 over": _row(LOGOUT, "L5", OWN, deletes="own", **_ruled("AuthNAll", until="-PT1S")),
    "L2 not begun": _row(LOGOUT, "L5", OWN, deletes="own", **_ruled("AuthNAll", **{"from": "PT1S"})),
    "L3 AuthZAll, nobody": _row(INVALID, "L3 L10", **_ruled("AuthZAll")),
    "L3 AuthZNone, nobody": _row(INVALID, "L3 L10", **_ruled("AuthZNone")),
    "L3 AuthZAll": _row(LOGOUT, "L3 L5", OWN, deletes="own", **_ruled("AuthZAll")),
    "L3 AuthZNone": _row(LOGOUT, "L3 L5", OWN, deletes="own", **_ruled("AuthZNone")),
    "L4": _row(PARTNER, "L4", profile("own", type="appleSSO"), deletes="own"),
    "L4 without an endpoint": _row(
        PARTNER, "L4", profile("own", mvpd="LabDish", type="appleSSO"),
        deletes="own", mvpd="LabDish",
    ),
    "L4 takes linked ones along": _row(
        PARTNER, "L4", profile("own", type="appleSSO"), LINKED,
        profile("not-linked", BOX, mvpd="LabDish", links=ANN),
        deletes="own linked", headers=BY_TOKEN,
    ),
    "L5": _row(LOGOUT, "L5", OWN, deletes="own"),
    "L6": _row(COMPLETE, "L6", profile("own", mvpd="LabDish"), deletes="own", mvpd="LabDish"),
    **{
        f"L7 {header} at {mvpd}": _row(
            action, "L7", *_platforms(mvpd), deletes="other-app other-box", mvpd=mvpd,
            headers={header: sso_token("roku-1", "roku")},
        )
        for header in ("Adobe-Subject-Token", "X-Roku-Reserved-Roku-Connect-Token")
        for mvpd, action in (("LabCable", LOGOUT), ("LabDish", COMPLETE))
    },
    **{
        f"L8 at {mvpd}": _row(
            action, "L8", *_tokens(mvpd), deletes="own linked", mvpd=mvpd, headers=BY_TOKEN
        )
        for mvpd, action in (("LabCable", LOGOUT), ("LabDish", COMPLETE))
    },
    "L8 without an own login": _row(LOGOUT, "L8", LINKED, deletes="linked", headers=BY_TOKEN),
    "L7 and L8 by both headers": _row(
        LOGOUT, "L7",
        profile("by-platform", BOX, links=ROKU),
        profile("by-token", "third", links=ANN),
        profile("by-roku", "fourth", links=[platform_identity("roku-2")]),
        deletes="by-platform by-token by-roku",
        headers={
            "Adobe-Subject-Token": sso_token("roku-1"),
            "X-Roku-Reserved-Roku-Connect-Token": sso_token("roku-2"), **BY_TOKEN,
        },
    ),
    # A login that the right header would have shown, as long as it can be shared at all.
    "L9 by a platform": _row(INVALID, "L9", profile("other-app", client="app-2", links=ROKU)),
    "L9 by a token": _row(INVALID, "L9", ON_THIS_TV),
    "L9 by the other header": _row(INVALID, "L9", ON_THIS_TV, headers=BY_SUBJECT),
    "L10 not to be shared": _row(INVALID, "L10", ON_THIS_TV, integration={"single_sign_on": False}),
    "L10 shared and expired": _row(INVALID, "L10", {**ON_THIS_TV, "expires_in": "-PT1S"}),
    "L10 of the other family": _row(INVALID, "L10", LINKED, headers=BY_SUBJECT),
    "L10 nobody": _row(INVALID, "L10", headers=BY_TOKEN),
    "L10 expired": _row(INVALID, "L10", profile("other", expires_in="-PT1S")),
    "L10 not yet valid": _row(
        INVALID, "L10", profile("other", not_before="PT1H", expires_in="PT2H")
    ),
    "L10 invalidated": _row(INVALID, "L10", profile("other", invalidated=True)),
    "L10 another app's": _row(INVALID, "L10", profile("other", client="app-2")),
    "L10 platformSSO": _row(INVALID, "L10", profile("other", type="platformSSO")),
    "L10 token SSO": _row(INVALID, "L10", profile("other", type="serviceTokenSSO")),
}  # fmt: skip


async def _entry(lab: Lab) -> Json:
    """What the journal tells of the last logout."""
    return (await lab.admin("GET", "requests?operation=logout&order=newest"))["items"][0]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
async def test_a_row_says_what_is_answered_and_deleted(lab: Lab, row: Row) -> None:
    app = await seeded(lab, row.document, **row.headers)
    before = await lab.profile_ids()
    trials = (await lab.admin("GET", "temp-passes"))["items"]
    answer = await app.logged_out(row.mvpd)
    assert (answer["actionName"], answer["actionType"]) == row.action
    assert ("url" in answer) is (answer["actionName"] == "logout")
    deletes = {*row.deletes.split()}
    assert deletes <= before
    assert await lab.profile_ids() == before - deletes
    assert (await lab.admin("GET", "temp-passes"))["items"] == trials
    entry, rules = await _entry(lab), row.rules.split()
    assert entry["rules"] == rules
    gone = {each["id"] for each in entry["changes"]["deleted"] if each["kind"] == "profiles"}
    assert gone == deletes
    named = [each.partition(":")[0] for each in entry["explanation"]]
    assert [each for each in named if each in rules] == rules


@pytest.mark.parametrize("header", SSO_HEADERS)
async def test_the_reasons_begin_with_what_the_sso_headers_said(lab: Lab, header: str) -> None:
    for value, says in (
        (sso_token("ann"), "identity lab-idp/ann"),
        (sso_token("ann", exp=lab.clock.seconds), "has expired"),
        ("opaque", "is no JWS"),
    ):
        app = await seeded(lab, ROWS["L10 nobody"].document, **{header: value})
        await app.logged_out("LabCable")
        reason = (await _entry(lab))["explanation"][0]
        assert reason.startswith(f"{SSO_HEADERS[header].value}: ")
        assert says in reason


async def test_a_profile_is_valid_until_the_last_moment(lab: Lab) -> None:
    document = _row(LOGOUT, "L5", profile("own", expires_in="PT1H")).document
    for milliseconds, action in ((3_599_999, "logout"), (3_600_000, "invalid")):
        app = await seeded(lab, document)
        lab.clock.advance(milliseconds=milliseconds)
        assert (await app.logged_out("LabCable"))["actionName"] == action
        assert ("own" in await lab.profile_ids()) is (action == "invalid")


@pytest.mark.parametrize("action", ["expire", "invalidate"])
async def test_what_the_admin_api_ended_cannot_be_logged_out_of(lab: Lab, action: str) -> None:
    app = await seeded(lab, ROWS["L5"].document)
    await lab.admin("POST", f"profiles/own/{action}")
    assert (await app.logged_out("LabCable"))["actionName"] == "invalid"


async def test_who_logs_out_twice_was_logged_in_once(lab: Lab) -> None:
    app = await seeded(lab, ROWS["L5"].document)
    found = [(await app.logged_out("LabCable"))["actionName"] for _ in range(3)]
    assert found == ["logout", "invalid", "invalid"]
