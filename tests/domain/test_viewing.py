"""What an MVPD answers for a viewer and a resource."""

from dataclasses import replace
from typing import Final

import pytest

from simulator.domain.decisions.ratings import Resource, read_resource
from simulator.domain.decisions.viewing import (
    DENIED,
    DENIED_BEFOREHAND,
    OMITTED,
    PARENTAL,
    Answer,
    Viewer,
    renewed,
    viewer,
)
from simulator.domain.households import Subscriber
from simulator.domain.sessions.profiles import Profile
from tests.support.replies import Json

LIVE: Final = Resource(id="LIVE")
GOLD: Final = Resource(id="GOLD", channels=("LIVE",))
ADULT: Final = read_resource(
    '<rss><channel><title>LATE</title><rating scheme="urn:mpaa">NC-17</rating></channel></rss>'
)
BROKEN: Final = Resource(id="<rss>", malformed="It has no end.")
PROFILE: Final = Profile(
    id="p", service_provider="LABSP", mvpd="LabCable", device="tv", not_before=0, not_after=1
)
ANN: Final = Subscriber(id="ann", username="ann", password="x")
TIMEOUT: Final = {"code": "network_connection_timeout"}


def test_a_viewer_about_whom_nothing_is_known_may_watch_everything() -> None:
    for resource in (LIVE, GOLD, ADULT):
        assert Viewer().authorize(resource) == Viewer().preauthorize(resource, "omit") == Answer()


def test_what_nobody_can_read_is_denied_unless_it_is_named() -> None:
    denied = Answer(code=DENIED, details="It has no end.")
    for asked in (Viewer(), Viewer(entitlements=frozenset({"LIVE"}))):
        assert asked.authorize(BROKEN) == denied
        for unknown in ("deny", "permit", "omit"):
            assert asked.preauthorize(BROKEN, unknown) == denied
    named = Viewer(entitlements=frozenset({"<rss>"}))
    assert named.authorize(BROKEN) == named.preauthorize(BROKEN, "deny") == Answer()
    assert Viewer(denials={"*": TIMEOUT}).authorize(BROKEN) == Answer(code=TIMEOUT["code"])


def test_entitlements_name_what_is_permitted() -> None:
    asked = Viewer(entitlements=frozenset({"LIVE"}))
    assert asked.authorize(LIVE) == asked.authorize(GOLD) == Answer()
    assert asked.authorize(ADULT) == Answer(code=DENIED)
    assert Viewer(entitlements=frozenset()).authorize(LIVE) == Answer(code=DENIED)


@pytest.mark.parametrize(
    ("unknown", "code"), [("deny", DENIED), ("permit", None), ("omit", OMITTED)]
)
def test_what_neither_list_names_is_unknown(unknown: str, code: str | None) -> None:
    asked = Viewer(entitlements=frozenset({"LIVE"}), denials={"GOLD": {"code": DENIED}})
    assert asked.preauthorize(ADULT, unknown).code == code
    assert asked.preauthorize(LIVE, unknown).code is None
    assert asked.preauthorize(GOLD, unknown).code == DENIED


def test_an_unknown_resource_that_is_permitted_is_still_rated() -> None:
    asked = Viewer(entitlements=frozenset(), limit={"MPAA": "R"})
    assert asked.preauthorize(ADULT, "permit").code == PARENTAL


def test_denials_come_first_the_most_exact_before_the_others() -> None:
    denials = {"*": TIMEOUT, "LIVE": {"code": DENIED, "details": "No."}, "GOLD": {"code": PARENTAL}}
    asked = Viewer(entitlements=frozenset({"LIVE"}), denials=denials)
    assert asked.authorize(ADULT) == Answer(code=TIMEOUT["code"])
    assert asked.authorize(LIVE) == Answer(code=DENIED, details="No.")
    assert asked.authorize(GOLD) == Answer(code=PARENTAL)
    other = Viewer(denials={"LIVE": TIMEOUT})
    assert other.preauthorize(GOLD, "deny") == Answer(code=TIMEOUT["code"])


def test_a_denial_of_preflight_is_none_of_the_authorization() -> None:
    denials = {"*": {"code": DENIED_BEFOREHAND, "details": "Later."}}
    asked = Viewer(denials=denials)
    assert asked.preauthorize(LIVE, "deny") == Answer(code=DENIED_BEFOREHAND, details="Later.")
    assert asked.authorize(LIVE) == Answer()
    assert Viewer(entitlements=frozenset(), denials=denials).authorize(LIVE).code == DENIED


def test_what_lacks_the_package_is_not_rated() -> None:
    asked = Viewer(entitlements=frozenset(), limit={"MPAA": "G"})
    assert asked.authorize(ADULT).code == DENIED


@pytest.mark.parametrize(
    ("at_mvpd", "in_profile", "limit"),
    [
        (None, None, {}),
        ({"MPAA": "G"}, None, {"MPAA": "G"}),
        (None, {"MPAA": "R"}, {"MPAA": "R"}),
        ({"MPAA": "G"}, {"MPAA": "R"}, {"MPAA": "G"}),
        ({"value": {"MPAA": "G"}, "state": "plain"}, None, {"MPAA": "G"}),
        # Encrypted, or of no use otherwise.
        ({"value": "c2VjcmV0", "state": "enc"}, {"MPAA": "R"}, {"MPAA": "R"}),
        ("PG", ["G"], {}),
    ],
)
def test_the_limit_is_the_mvpd_s_or_else_the_profile_s(
    at_mvpd: Json, in_profile: Json, limit: dict[str, str]
) -> None:
    subscriber = replace(ANN, attributes={"maxRating": at_mvpd} if at_mvpd else {})
    attributes = {"maxRating": {"value": in_profile, "state": "plain"}} if in_profile else {}
    assert viewer(replace(PROFILE, attributes=attributes), subscriber).limit == limit


def test_without_a_subscriber_only_the_profile_counts() -> None:
    attributes = {"maxRating": {"value": {"MPAA": "R"}, "state": "plain"}}
    found = viewer(replace(PROFILE, attributes=attributes), None)
    assert found == Viewer(limit={"MPAA": "R"})


def test_a_permit_renews_what_comes_with_an_authorization() -> None:
    old = {"value": "old", "state": "plain"}
    profile = replace(PROFILE, attributes={"userID": old, "householdID": old, "zip": old})
    attributes = {"maxRating": {"MPAA": "G"}, "zip": "new", "userID": "new"}
    subscriber = replace(ANN, household="h-2", attributes=attributes)
    assert renewed(profile, subscriber) == {
        "userID": old,
        "householdID": {"value": "h-2", "state": "plain"},
        "zip": old,
        "maxRating": {"value": {"MPAA": "G"}, "state": "plain"},
    }
    assert renewed(profile, ANN) == profile.attributes
