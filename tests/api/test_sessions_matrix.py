"""The rows of the session matrix over HTTP: what creating and resuming a session leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from tests.support.decisions import seeded
from tests.support.lab import App, Lab, partner_status
from tests.support.logins import FULL, create, post
from tests.support.shapes import assert_enhanced
from tests.support.tokens import sso_token
from tests.support.worlds import (
    BOX,
    TV,
    Entry,
    platform_identity,
    profile,
    rule,
    service_token,
    world,
)

AUTHENTICATE: Final = ("authenticate", "interactive", "none")
AUTHORIZE: Final = ("authorize", "direct")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A world, what an app on the TV sends, and what comes of it.

    `expected` is the name, type and reason of the action, or the code of an error. `resumed` is what
    a session says that is resumed with the same parameters, where that differs.
    """

    profiles: Sequence[Entry] = ()
    degradations: Sequence[Entry] = ()
    sent: Mapping[str, str] = field(default_factory=lambda: FULL)
    headers: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[str, str, str] | str
    resumed: tuple[str, str, str] | None = None


RESUME: Final = ("resume", "direct", "none")
RETRY: Final = ("retry", "direct", "none")
TEMPORARY: Final = (*AUTHORIZE, "temporary")
DEGRADED: Final = (*AUTHORIZE, "degraded")
AUTHENTICATED: Final = (*AUTHORIZE, "authenticated")
SHARED: Final = (*AUTHORIZE, "authenticatedSSO")

TRIAL: Final = {"service_provider": "LABSP", "mvpd": "TempBasic", "device": TV}


def _at(mvpd: str) -> dict[str, str]:
    return {**FULL, "mvpd": mvpd}


def _without(*names: str) -> dict[str, str]:
    return {name: value for name, value in FULL.items() if name not in names}


def _incomplete(**members: Any) -> Row:  # noqa: ANN401 - of a row
    """A row whose session lacks something."""
    return Row(expected=RESUME, resumed=RETRY, **members)


CABLE: Final = {"mvpd": "LabCable"}
OWN: Final = profile("own")
APPLE: Final = profile("own", type="appleSSO")
THERE: Final = profile("there", BOX, links=[service_token("ann")])
ENDED: Final = profile("there", BOX, links=[service_token("ann")], expires_in="-PT1S")
ELSEWHERE: Final = {**THERE, "service_provider": "LABSP2"}
ROKUS: Final = profile("there", client="app-2", links=[platform_identity("roku-1")])
BY_TOKEN: Final = {"AD-Service-Token": sso_token("ann")}
BY_SUBJECT: Final = {"Adobe-Subject-Token": sso_token("roku-1")}
BY_ROKU: Final = {"X-Roku-Reserved-Roku-Connect-Token": sso_token("roku-1")}
STATUS: Final = {"AP-Partner-Framework-Status": partner_status("labcable_apple")}
AUTHN: Final = rule("AuthNAll")
NO_MVPD: Final = "invalid_parameter_mvpd"
OFF: Final = "invalid_integration"

ROWS: Final[dict[str, Row]] = {
    "N1 nothing given": _incomplete(sent={}),
    "N1 all but the mvpd": _incomplete(sent=_without("mvpd")),
    "N1 although logged in": _incomplete(profiles=[OWN], sent=_without("mvpd")),
    "N2 unknown": Row(sent=_at("Nope"), expected=NO_MVPD),
    "N2 unknown and incomplete": Row(sent={"mvpd": "Nope"}, expected=NO_MVPD),
    "N2 in another case": Row(sent=_at("labcable"), expected=NO_MVPD),
    "N3 switched off": Row(sent=_at("LabOff"), expected=OFF),
    "N3 logged in": Row(profiles=[{**OWN, "mvpd": "LabOff"}], sent=_at("LabOff"), expected=OFF),
    "N4 basic": Row(sent={"mvpd": "TempBasic"}, expected=TEMPORARY),
    "N4 promotional": Row(sent=_at("TempPromo"), expected=TEMPORARY),
    "N5 without a login": Row(degradations=[AUTHN], sent=CABLE, expected=DEGRADED),
    "N5 with a login": Row(profiles=[OWN], degradations=[AUTHN], expected=DEGRADED),
    "N5 by the proxy": Row(degradations=[AUTHN], sent=_at("LabProxied"), expected=DEGRADED),
    "N5 not by AuthZAll": Row(degradations=[rule("AuthZAll")], expected=AUTHENTICATE),
    "N5 not by AuthZNone": Row(degradations=[rule("AuthZNone")], expected=AUTHENTICATE),
    "N5 not elsewhere": Row(degradations=[rule("AuthNAll", "LabDish")], expected=AUTHENTICATE),
    "N5 not any more": Row(
        degradations=[{**AUTHN, "from": "-PT1H", "until": "-PT1S"}], expected=AUTHENTICATE
    ),
    "N6 own": Row(profiles=[{**OWN, "client": "app-1"}], sent=CABLE, expected=AUTHENTICATED),
    "N6 of nobody yet": Row(profiles=[OWN], expected=AUTHENTICATED),
    "N6 not a shared one": Row(profiles=[OWN, THERE], headers=BY_TOKEN, expected=AUTHENTICATED),
    "N6 not another app's": Row(profiles=[{**OWN, "client": "app-2"}], expected=AUTHENTICATE),
    "N6 not another device's": Row(profiles=[profile("own", BOX)], expected=AUTHENTICATE),
    "N6 not another channel's": Row(
        profiles=[{**OWN, "service_provider": "LABSP2"}], expected=AUTHENTICATE
    ),
    "N6 not expired": Row(profiles=[{**OWN, "expires_in": "-PT1S"}], expected=AUTHENTICATE),
    "N6 not invalidated": Row(profiles=[{**OWN, "invalidated": True}], expected=AUTHENTICATE),
    "N7 by a service token": Row(
        profiles=[THERE], sent=CABLE, headers=BY_TOKEN, expected=SHARED
    ),
    "N7 by a platform identity": Row(profiles=[ROKUS], headers=BY_SUBJECT, expected=SHARED),
    "N7 by Roku's header": Row(profiles=[ROKUS], headers=BY_ROKU, expected=SHARED),
    "N7 across channels": Row(profiles=[ELSEWHERE], headers=BY_TOKEN, expected=SHARED),
    "N7 not without the header": Row(profiles=[THERE], expected=AUTHENTICATE),
    "N7 not somebody else's": Row(
        profiles=[THERE], headers={"AD-Service-Token": sso_token("bob")}, expected=AUTHENTICATE
    ),
    "N7 not of the other family": Row(
        profiles=[THERE], headers={"Adobe-Subject-Token": sso_token("ann")}, expected=AUTHENTICATE
    ),
    "N7 not with an expired token": Row(
        profiles=[THERE], headers={"AD-Service-Token": sso_token("ann", exp=1)},
        expected=AUTHENTICATE,
    ),
    "N7 not an expired login": Row(profiles=[ENDED], headers=BY_TOKEN, expected=AUTHENTICATE),
    "N8 only Apple's": Row(profiles=[APPLE], expected=AUTHENTICATE),
    "N8 Apple's with its status": Row(profiles=[APPLE], headers=STATUS, expected=AUTHENTICATE),
    "N9 the mvpd alone": _incomplete(sent=CABLE),
    "N9 no domainName": _incomplete(sent=_without("domainName")),
    "N9 no redirectUrl": _incomplete(sent=_without("redirectUrl")),
    "N9 an empty redirectUrl": _incomplete(sent={**FULL, "redirectUrl": ""}),
    "N10 complete": Row(expected=AUTHENTICATE),
    "N10 a proxied one": Row(sent=_at("LabProxied"), expected=AUTHENTICATE),
}  # fmt: skip


every_row: Final = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)


async def _app(lab: Lab, row: Row) -> App:
    document = world(profiles=row.profiles, degradations=row.degradations)
    return await seeded(lab, document, **row.headers)


def _action(answer: Mapping[str, Any]) -> tuple[str, str, str]:
    return answer["actionName"], answer["actionType"], answer["reasonType"]


@every_row
async def test_creating_a_session(lab: Lab, row: Row) -> None:
    app = await _app(lab, row)
    reply = await post(app, "sessions", row.sent)
    if isinstance(row.expected, str):
        assert_enhanced(reply, row.expected)
    else:
        assert _action(reply.data()) == row.expected


@every_row
async def test_resuming_a_session_that_was_created_with_nothing(lab: Lab, row: Row) -> None:
    app = await _app(lab, row)
    code = (await create(app))["code"]
    reply = await post(app, f"sessions/{code}", row.sent)
    if isinstance(row.expected, str):
        assert_enhanced(reply, row.expected)
    else:
        assert _action(reply.data()) == (row.resumed or row.expected)


@pytest.mark.parametrize(
    "name",
    ["N1 nothing given", "N5 without a login", "N6 own", "N7 by a service token",
     "N9 no redirectUrl"],
)  # fmt: skip
async def test_whoever_resumes_a_session_it_is_about_the_one_who_created_it(
    lab: Lab, name: str
) -> None:
    row = ROWS[name]
    code = (await create(await _app(lab, row)))["code"]
    phone = await lab.app("a-phone", client="app-2")
    answer = (await post(phone, f"sessions/{code}", row.sent)).data()
    assert _action(answer) == (row.resumed or row.expected)


async def test_an_error_leaves_no_session_behind(lab: Lab) -> None:
    app = await seeded(lab, world())
    for sent in (_at("Nope"), _at("LabOff"), {**FULL, "redirectUrl": "::"}):
        assert (await post(app, "sessions", sent)).status == 400
    assert (await lab.admin("GET", "sessions"))["items"] == []


async def test_what_needs_no_login_leaves_no_session_behind(lab: Lab) -> None:
    app = await seeded(
        lab, world(profiles=[profile("own")], degradations=[rule("AuthNAll", "LabDish")])
    )
    for mvpd in ("LabCable", "LabDish", "TempBasic"):
        assert "code" not in await create(app, {"mvpd": mvpd})
    assert (await lab.admin("GET", "sessions"))["items"] == []


async def test_n4_a_used_up_temp_pass_is_told_by_its_profile_not_by_the_session(lab: Lab) -> None:
    app = await seeded(lab, world(temp_passes=[{"id": "t", **TRIAL, "first_authorized": "-P1D"}]))
    assert _action(await create(app, {"mvpd": "TempBasic"})) == TEMPORARY


async def test_n6_what_ended_a_moment_ago_asks_for_a_login(lab: Lab) -> None:
    app = await seeded(lab, world(profiles=[profile("own", client="app-1", expires_in="PT1H")]))
    lab.clock.advance(minutes=59, seconds=59, milliseconds=999)
    assert _action(await create(app, FULL)) == AUTHENTICATED
    lab.clock.advance(milliseconds=1)
    assert _action(await create(app, FULL)) == AUTHENTICATE


async def test_n7_the_identities_of_the_creator_count_when_somebody_else_resumes(lab: Lab) -> None:
    tv = await seeded(lab, world(profiles=[THERE]))
    code = (await create(tv))["code"]
    # The phone's own token is not the television's.
    phone = (await lab.app("a-phone")).sending(AD_Service_Token=sso_token("ann"))
    answer = (await post(phone, f"sessions/{code}", FULL)).data()
    assert _action(answer) == AUTHENTICATE


async def test_n7_a_token_that_expires_while_the_code_waits_does_not_count(lab: Lab) -> None:
    token = sso_token("ann", exp=lab.clock.seconds + 60)
    app = await seeded(lab, world(profiles=[THERE]), AD_Service_Token=token)
    code = (await create(app))["code"]
    assert _action((await post(app, f"sessions/{code}", FULL)).data()) == SHARED
    lab.clock.advance(seconds=60)
    assert _action((await post(app, f"sessions/{code}", FULL)).data()) == AUTHENTICATE


async def test_n9_parameters_add_up_and_later_ones_win(lab: Lab) -> None:
    app = await seeded(lab, world())
    answer = await create(app, {"redirectUrl": "https://app.example/first"})
    code = answer["code"]
    assert answer["missingParameters"] == ["mvpd", "domainName"]
    steps: tuple[tuple[dict[str, str], str, list[str] | None], ...] = (
        ({"mvpd": "LabCable"}, "retry", ["domainName"]),
        ({}, "retry", ["domainName"]),
        ({"mvpd": "LabDish", "redirectUrl": ""}, "retry", ["domainName"]),
        ({"domainName": "lab.example", "redirectUrl": "https://app.example/last"},
         "authenticate", None),
    )  # fmt: skip
    for sent, name, missing in steps:
        answer = (await post(app, f"sessions/{code}", sent)).data()
        assert (answer["actionName"], answer.get("missingParameters")) == (name, missing)
        assert answer["code"] == code
    assert (await app.get(f"sessions/{code}")).data()["existingParameters"] == {
        "mvpd": "LabDish",
        "domainName": "lab.example",
        "redirectUrl": "https://app.example/last",
        "serviceProvider": "LABSP",
    }
