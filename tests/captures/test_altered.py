"""A capture that differs in one place is graded as differing there, and nowhere else."""

import json
from collections.abc import Callable, Collection
from copy import deepcopy
from typing import Any, Final

import pytest

from simulator.cli.grade.grading import Grade
from tests.support.lab import Lab

from .playing import graded, learnt, recorded
from .test_journey import journey

Json = Any
Alter = Callable[[Json], None]


def _put(*path: str | int, to: Json) -> Alter:
    def alter(answer: Json) -> None:
        at = answer
        for each in path[:-1]:
            at = at[each]
        at[path[-1]] = to(at[path[-1]]) if callable(to) else to

    return alter


def _drop(*path: str | int) -> Alter:
    def alter(answer: Json) -> None:
        at = answer
        for each in path[:-1]:
            at = at[each]
        del at[path[-1]]

    return alter


def _status(status: int) -> Alter:
    def alter(entry: Json) -> None:
        entry["response"]["status"] = status

    return alter


def _header(name: str, value: str | None) -> Alter:
    def alter(entry: Json) -> None:
        headers = entry["response"]["headers"]
        headers[:] = [each for each in headers if each["name"].lower() != name]
        if value is not None:
            headers.append({"name": name, "value": value})

    return alter


def _text(text: str) -> Alter:
    def alter(entry: Json) -> None:
        entry["response"]["content"] |= {"text": text, "size": len(text)}

    return alter


DAY: Final = 86_400_000
PROFILE: Final = ("profiles", "LabCable")

# What is altered: operation and which of its answers, the place, and what the verdict calls it.
BODIES: Final[dict[str, tuple[str, int, Alter, str]]] = {
    "a member gone": ("create_session", 0, _drop("sessionId"), "$.sessionId"),
    "a type": ("create_session", 0, _put("notAfter", to=int), "$.notAfter"),
    "a number as text": ("authorize", 0, _put("decisions", 0, "notAfter", to=str),
        "$.decisions[0].notAfter"),
    "actionName": ("logout", 0, _put("logouts", "LabCable", "actionName", to="complete"),
        "$.logouts.LabCable.actionName"),
    "actionType": ("create_session", 0, _put("actionType", to="direct"), "$.actionType"),
    "reasonType": ("create_session", 0, _put("reasonType", to="authenticated"), "$.reasonType"),
    "the length of a login": ("profile_by_code", 1, _put(*PROFILE, "notAfter", to=lambda at: at + DAY),
        "$.profiles.LabCable.notAfter"),
    "the length of a decision": ("authorize", 0,
        _put("decisions", 0, "notAfter", to=lambda at: at - DAY // 2), "$.decisions[0].notAfter"),
    "the length of a media token": ("authorize", 0,
        _put("decisions", 0, "token", "notAfter", to=lambda at: at + 60_000),
        "$.decisions[0].token.notAfter"),
    "the code of a denial": ("authorize", 1,
        _put("decisions", 0, "error", "code", to="authorization_denied_by_parental_controls"),
        "$.decisions[0].error.code"),
    "the source of a decision": ("authorize", 0, _put("decisions", 0, "source", to="dummy"),
        "$.decisions[0].source"),
    "a url made relative": ("logout", 0,
        _put("logouts", "LabCable", "url", to=lambda url: "/" + url.split("/", 3)[3]),
        "$.logouts.LabCable.url"),
    "a name": ("configuration", 0, _put("requestor", "mvpds", 0, "displayName", to="Other"),
        "$.requestor.mvpds.LabCable.displayName"),
    "an MVPD less": ("configuration", 0, _drop("requestor", "mvpds", 1),
        "$.requestor.mvpds.LabDish"),
    "a member more": ("profiles", 0, _put("more", to=1), "$.more"),
    "the issuer": ("profile_by_code", 1, _put(*PROFILE, "issuer", to="Adobe"),
        "$.profiles.LabCable.issuer"),
    "an attribute gone": ("profile_by_code", 1, _drop(*PROFILE, "attributes", "language"),
        "$.profiles.LabCable.attributes.language"),
    "the grants of an app": ("register", 0, _put("grant_types", to=["password"]), "$.grant_types[0]"),
    "the lifetime of a token": ("token", 0, _put("expires_in", to=86_400), "$.expires_in"),
    "the type of a token": ("token", 0, _put("token_type", to="Bearer"), "$.token_type"),
    "no code": ("create_session", 0, _drop("code"), "$.code"),
    "a code that is none": ("create_session", 0, _put("code", to=[]), "$.code"),
    "a flag as text": ("configuration", 0,
        _put("requestor", "mvpds", 2, "authPerAggregator", to="false"),
        "$.requestor.mvpds.LabProxied.authPerAggregator"),
    "an empty name": ("configuration", 0, _put("requestor", "mvpds", 3, "displayName", to=""),
        "$.requestor.mvpds.TempBasic.displayName"),
    "the MVPD of a session": ("create_session", 0, _put("mvpd", to="Other"), "$.mvpd"),
    "an object for a word": ("logout", 0, _put("logouts", "LabCable", "actionName", to={"is": "no"}),
        "$.logouts.LabCable.actionName"),
    "a list for a word": ("preauthorize", 0, _put("decisions", 0, "source", to=["mvpd"]),
        "$.decisions[0].source"),
    "an instant as text": ("profile_by_code", 1, _put(*PROFILE, "notAfter", to=str),
        "$.profiles.LabCable.notAfter"),
    "an attribute that is none": ("profile_by_code", 1,
        _put(*PROFILE, "attributes", "householdID", to=None),
        "$.profiles.LabCable.attributes.householdID"),
    "the type of a profile": ("profile_by_code", 1, _put(*PROFILE, "type", to="other"),
        "$.profiles.LabCable.type"),
    "no media token": ("authorize", 0, _drop("decisions", 0, "token"), "$.decisions[0].token"),
    "no client": ("register", 0, _drop("client_id"), "$.client_id"),
    "a client that is none": ("register", 0, _put("client_id", to=None), "$.client_id"),
    "no secret": ("register", 0, _drop("client_secret"), "$.client_secret"),
    "a secret that is none": ("register", 0, _put("client_secret", to=[]), "$.client_secret"),
    "no beginning": ("profile_by_code", 1, _drop(*PROFILE, "notBefore"),
        "$.profiles.LabCable.notBefore"),
    "a beginning as text": ("profile_by_code", 1, _put(*PROFILE, "notBefore", to=str),
        "$.profiles.LabCable.notBefore"),
    "a beginning before the code": ("profile_by_code", 1,
        _put(*PROFILE, "notBefore", to=lambda at: at - 5_000), "$.profiles.LabCable.notBefore"),
    "a beginning that is long ago": ("profile_by_code", 1,
        _put(*PROFILE, "notBefore", to=lambda at: at - DAY), "$.profiles.LabCable.notBefore"),
    "a beginning that is to come": ("profile_by_code", 1,
        _put(*PROFILE, "notBefore", to=lambda at: at + DAY), "$.profiles.LabCable.notBefore"),
    "an empty profile": ("profile_by_code", 1, _put(*PROFILE, to={}), "$.profiles.LabCable"),
    "no attributes": ("profile_by_code", 1, _put(*PROFILE, "attributes", to={}),
        "$.profiles.LabCable.attributes"),
    "a profile that is none": ("profile_by_code", 0, _put("profiles", "more", to=1),
        "$.profiles.more"),
    "an empty decision": ("authorize", 0, _put("decisions", 0, to={}), "$.decisions[0]"),
    "an empty media token": ("authorize", 0, _put("decisions", 0, "token", to={}),
        "$.decisions[0].token"),
    "an empty denial": ("authorize", 1, _put("decisions", 0, "error", to={}),
        "$.decisions[0].error"),
    "decisions in another order": ("preauthorize", 0,
        _put("decisions", to=lambda each: each[::-1]), "$.decisions"),
    "an empty MVPD": ("configuration", 0, _put("requestor", "mvpds", 1, to={}),
        "$.requestor.mvpds[1]"),
    "a logout of nobody": ("logout", 0, _put("logouts", "LabCable", "actionName", to="invalid"),
        "$.logouts.LabCable.actionName"),
    "a login that is there": ("create_session", 0, _put("actionName", to="authorize"),
        "$.actionName"),
    "null for what was absent": ("profiles", 0, _put("more", to=None), "$.more"),
}  # fmt: skip
ENTRIES: Final[dict[str, tuple[str, int, Alter, str]]] = {
    "a status": ("profiles", 0, _status(203), "status"),
    "another status": ("register", 0, _status(200), "status"),
    "a header gone": ("preauthorize", 0, _header("content-type", None), "content-type"),
    "another header": ("profiles", 0, _header("content-type", "text/plain"), "content-type"),
    "a page": ("logout", 0, _text("<html>sorry</html>"), "body"),
    "nothing": ("configuration", 0, _text(""), "body"),
    "JSON that is cut off": ("authorize", 1, _text('{"decisions":[{"resource":"SPO'), "body"),
    "another media type": ("token", 0, _header("content-type", "text/html"), "content-type"),
    "a registration that is refused": ("register", 0, _status(400), "status"),
    "an access token that is refused": ("profile_by_code", 1, _status(401), "status"),
    "a session that is refused": ("create_session", 0, _status(404), "status"),
    "a page that is closed": ("authenticate", 0, _status(400), "status"),
    "an empty object": ("create_session", 0, _text("{}"), "$"),
    "where a redirect leads": ("authenticate", 0,
        _header("location", "https://elsewhere.example/"), "location"),
}  # fmt: skip

ALTERATIONS: Final = {**BODIES, **ENTRIES}


def _altered(archive: Json, names: Collection[str]) -> Json:
    """The archive with all of these alterations."""
    found = deepcopy(archive)
    for name in names:
        operation, which, alter, _ = ALTERATIONS[name]
        if name in ENTRIES:
            alter(_entry(found, operation, which))
        else:
            _alter(found, operation, which, alter)
    return found


def _entry(archive: Json, operation: str, which: int) -> Json:
    return [e for e in archive["log"]["entries"] if e["_sim"]["operation"] == operation][which]


def _alter(archive: Json, operation: str, which: int, alter: Alter) -> None:
    content = _entry(archive, operation, which)["response"]["content"]
    answer = json.loads(content["text"])
    alter(answer)
    content["text"] = json.dumps(answer)


LOGIN: Final = ("profile_by_code", 1, *PROFILE)
# Which answer, the path of a window in it, and what is added to its beginning and to its end.
MOVED: Final[dict[str, tuple[tuple[Any, ...], int, int]]] = {
    "a login that begins and ends later": (LOGIN, DAY, 30 * DAY),
    "a login that begins and ends long ago": (LOGIN, -DAY, -2 * DAY),
    "a decision that begins and ends later": (("authorize", 0, "decisions", 0), 5_000, DAY),
    "a media token": (("authorize", 0, "decisions", 0, "token"), 5_000, 60_000),
}


@pytest.mark.parametrize("name", MOVED)
async def test_a_beginning_does_not_hide_a_length(lab: Lab, name: str) -> None:
    (operation, which, *path), begins, ends = MOVED[name]
    await journey(lab)
    archive = await recorded(lab)
    world = learnt(archive).document

    def alter(answer: Json) -> None:
        _put(*path, "notBefore", to=lambda at: at + begins)(answer)
        _put(*path, "notAfter", to=lambda at: at + ends)(answer)

    _alter(archive, operation, which, alter)
    grade = await graded(lab, archive, world=world)
    where = "$" + "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)
    assert named(grade) == [
        (operation, f"{where}.notAfter"),
        (operation, f"{where}.notBefore"),
    ]


def _batches() -> list[list[str]]:
    """All alterations, in so many captures that no exchange is altered twice in one."""
    batches: list[dict[tuple[str, int], str]] = []
    for name, (operation, which, _, _) in ALTERATIONS.items():
        free = (each for each in batches if (operation, which) not in each)
        batch = next(free, None)
        if batch is None:
            batch = {}
            batches.append(batch)
        batch[operation, which] = name
    return [[*each.values()] for each in batches]


def named(grade: Grade) -> list[tuple[str, str]]:
    """The operation and the member of each difference."""
    return [(each.operation, one.what) for each in grade.differing for one in each.differences]


def _turned(value: Json) -> Json:
    """The same JSON, the members of each object the other way round."""
    if isinstance(value, dict):
        return {name: _turned(value[name]) for name in reversed(value)}
    return [_turned(each) for each in value] if isinstance(value, list) else value


async def test_in_which_order_members_and_headers_stand_is_no_difference(lab: Lab) -> None:
    await journey(lab)
    archive = await recorded(lab)
    world = learnt(archive).document
    for each in archive["log"]["entries"]:
        content = each["response"]["content"]
        if content.get("text", "").startswith("{"):
            content["text"] = json.dumps(_turned(json.loads(content["text"])), indent=1)
        for side in (each["request"], each["response"]):
            side["headers"].reverse()
    grade = await graded(lab, _turned(archive), world=world)
    assert named(grade) == []
    assert grade.total_agreed == grade.total == 13


async def test_a_token_that_is_good_later_did_not_end_with_a_refusal(lab: Lab) -> None:
    await journey(lab)
    archive = await recorded(lab)
    world = learnt(archive).document
    refused = next(e for e in archive["log"]["entries"] if e["_sim"]["operation"] == "preauthorize")
    refused["response"]["status"] = 401
    refused["response"]["content"]["text"] = '{"code":"other","status":401,"action":"none"}'
    grade = await graded(lab, archive, world=world)
    assert named(grade) == [("preauthorize", "status")]


async def test_each_alteration_is_named_once_and_nothing_else(lab: Lab) -> None:
    await journey(lab)
    archive = await recorded(lab)
    world = learnt(archive).document
    assert len(ALTERATIONS) >= 20
    for batch in _batches():
        grade = await graded(lab, _altered(archive, batch), world=world)
        expected = [
            (operation, what) for operation, _, _, what in (ALTERATIONS[each] for each in batch)
        ]
        assert sorted(named(grade)) == sorted(expected)
        assert grade.total - grade.total_agreed == len(batch)
        for each in grade.differing:
            assert each.url.startswith("https://experienceleague.adobe.com/")
            if each.operation in {"create_session", "logout", "authorize"}:
                # A table decided, and its row says why.
                assert each.rules
                assert each.why
