"""The logout matrix as a table: facts in, row, action and deletions out (Adobe: logout, L1 to L10)."""

from typing import Any, Final

import pytest

from simulator.domain.configuration import Mvpd, MvpdKind
from simulator.domain.decisions.degradation import Degradation
from simulator.domain.sessions.logout import ROWS, Action, Deletes, Facts, decide
from simulator.domain.sessions.profiles import Profile, ProfileType
from simulator.domain.sso.identities import LinkKind

CABLE: Final = Mvpd(id="LabCable", display_name="Lab Cable")
DISH: Final = Mvpd(id="LabDish", display_name="Lab Dish", logout_endpoint=False)
BASIC: Final = Mvpd(id="TempBasic", display_name="Free", kind=MvpdKind.TEMP_PASS_BASIC)
PROMO: Final = Mvpd(id="TempPromo", display_name="Free", kind=MvpdKind.TEMP_PASS_PROMOTIONAL)


def _own(kind: ProfileType) -> Profile:
    return Profile(
        id="p",
        service_provider="LABSP",
        mvpd="LabCable",
        device="tv",
        type=kind,
        not_before=0,
        not_after=1,
    )


REGULAR: Final = _own(ProfileType.REGULAR)
APPLE: Final = _own(ProfileType.APPLE_SSO)
DEGRADED: Final = _own(ProfileType.DEGRADED)

AUTHN: Final = frozenset({Degradation.AUTHN_ALL})
AUTHZ: Final = frozenset({Degradation.AUTHZ_ALL})
NONE: Final = frozenset({Degradation.AUTHZ_NONE})

TOKEN: Final = frozenset({LinkKind.SERVICE_TOKEN})
PLATFORM: Final = frozenset({LinkKind.PLATFORM_IDENTITY})
BOTH: Final = TOKEN | PLATFORM

NOTHING, OWN, LINKED = Deletes.NOTHING, Deletes.OWN, Deletes.OWN_AND_LINKED

# MVPD, the other facts, then the row that decides, its action and what it deletes.
CASES: Final[tuple[tuple[Mvpd, dict[str, Any], str, Action, Deletes], ...]] = (
    # Each row by itself.
    (BASIC, {}, "L1", Action.COMPLETE, NOTHING),
    (PROMO, {}, "L1", Action.COMPLETE, NOTHING),
    (CABLE, {"degradations": AUTHN}, "L2", Action.COMPLETE, LINKED),
    (DISH, {"degradations": AUTHN}, "L2", Action.COMPLETE, LINKED),
    (CABLE, {"own": DEGRADED}, "L2", Action.COMPLETE, LINKED),
    (CABLE, {"own": APPLE}, "L4", Action.PARTNER_LOGOUT, LINKED),
    (DISH, {"own": APPLE}, "L4", Action.PARTNER_LOGOUT, LINKED),
    (CABLE, {"own": REGULAR}, "L5", Action.LOGOUT, OWN),
    (DISH, {"own": REGULAR}, "L6", Action.COMPLETE, OWN),
    (CABLE, {"matched": PLATFORM}, "L7", Action.LOGOUT, LINKED),
    (DISH, {"matched": PLATFORM}, "L7", Action.COMPLETE, LINKED),
    (CABLE, {"matched": TOKEN}, "L8", Action.LOGOUT, LINKED),
    (DISH, {"matched": TOKEN}, "L8", Action.COMPLETE, LINKED),
    (CABLE, {"out_of_reach": True}, "L9", Action.INVALID, NOTHING),
    (DISH, {"out_of_reach": True}, "L9", Action.INVALID, NOTHING),
    (CABLE, {}, "L10", Action.INVALID, NOTHING),
    (DISH, {}, "L10", Action.INVALID, NOTHING),
    # L3 decides nothing: rules on authorization leave a logout as it is.
    (CABLE, {"degradations": AUTHZ}, "L10", Action.INVALID, NOTHING),
    (CABLE, {"degradations": NONE}, "L10", Action.INVALID, NOTHING),
    (CABLE, {"degradations": AUTHZ, "own": REGULAR}, "L5", Action.LOGOUT, OWN),
    (DISH, {"degradations": NONE, "own": REGULAR}, "L6", Action.COMPLETE, OWN),
    (CABLE, {"degradations": NONE, "own": APPLE}, "L4", Action.PARTNER_LOGOUT, LINKED),
    (CABLE, {"degradations": AUTHZ | NONE, "matched": TOKEN}, "L8", Action.LOGOUT, LINKED),
    # What comes before what.
    (BASIC, {"degradations": AUTHN, "own": REGULAR, "matched": BOTH}, "L1",
     Action.COMPLETE, NOTHING),
    (CABLE, {"degradations": AUTHN, "own": APPLE, "matched": BOTH}, "L2",
     Action.COMPLETE, LINKED),
    (CABLE, {"degradations": AUTHN | NONE, "own": REGULAR}, "L2", Action.COMPLETE, LINKED),
    (CABLE, {"own": DEGRADED, "matched": BOTH}, "L2", Action.COMPLETE, LINKED),
    (CABLE, {"own": APPLE, "matched": BOTH}, "L4", Action.PARTNER_LOGOUT, LINKED),
    (CABLE, {"own": REGULAR, "matched": PLATFORM}, "L7", Action.LOGOUT, LINKED),
    (CABLE, {"own": REGULAR, "matched": TOKEN}, "L8", Action.LOGOUT, LINKED),
    (DISH, {"own": REGULAR, "matched": TOKEN}, "L8", Action.COMPLETE, LINKED),
    (CABLE, {"matched": BOTH}, "L7", Action.LOGOUT, LINKED),
    (CABLE, {"matched": TOKEN, "out_of_reach": True}, "L8", Action.LOGOUT, LINKED),
    (CABLE, {"own": REGULAR, "out_of_reach": True}, "L5", Action.LOGOUT, OWN),
)  # fmt: skip


def _name(value: object) -> str:
    match value:
        case Mvpd():
            return value.id
        case dict():
            return ", ".join(value) or "nothing else"
        case Action() | Deletes():
            return value.name
        case _:
            return str(value)


@pytest.mark.parametrize(("mvpd", "others", "row", "action", "deletes"), CASES, ids=_name)
def test_the_facts_lead_to_the_row(
    mvpd: Mvpd, others: dict[str, Any], row: str, action: Action, deletes: Deletes
) -> None:
    found, _ = decide(Facts(mvpd=mvpd, **others))
    assert (found.id, found.action_for(mvpd), found.deletes) == (row, action, deletes)


def test_the_rows_stand_in_the_order_of_the_contract() -> None:
    assert [row.id for row in ROWS] == [f"L{number}" for number in range(1, 11)]


def test_every_row_that_decides_is_in_the_table() -> None:
    assert {row for _, _, row, _, _ in CASES} == {row.id for row in ROWS if not row.passes}


def test_a_row_that_passes_still_explains_itself() -> None:
    row, passed = decide(Facts(mvpd=CABLE, degradations=AUTHZ, own=REGULAR))
    assert ([each.id for each in passed], row.id) == (["L3"], "L5")


def test_each_row_says_why() -> None:
    row, _ = decide(Facts(mvpd=DISH, own=REGULAR))
    assert row.because == "a regular profile, and the MVPD has no logout endpoint"


@pytest.mark.parametrize(
    ("action", "name", "kind"),
    [
        (Action.LOGOUT, "logout", "interactive"),
        (Action.PARTNER_LOGOUT, "partner_logout", "partner_interactive"),
        (Action.COMPLETE, "complete", "none"),
        (Action.INVALID, "invalid", "none"),
    ],
    ids=_name,
)
def test_an_action_has_the_documented_name_and_type(action: Action, name: str, kind: str) -> None:
    assert (action.action_name, action.action_type) == (name, kind)
