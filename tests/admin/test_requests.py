"""`/admin/v1/requests`: the journal, read, counted and held against what was expected."""

from typing import Any, Final

import pytest

from tests.support.lab import App, Lab
from tests.support.replies import Json
from tests.support.worlds import BOX, TV, profile, world

HOUR: Final = 3_600_000


@pytest.fixture
def lab(default_lab: Lab) -> Lab:
    """Entries say that they are of `default`."""
    return default_lab


@pytest.fixture
async def tv(lab: Lab) -> App:
    """A TV that is logged in at LabCable."""
    await lab.seed(world(profiles=[profile("login", client="app-1")]))
    return await lab.app(TV, client="app-1")


async def _items(lab: Lab, query: str = "") -> list[Json]:
    found = await lab.admin("GET", f"requests{query}")
    items: list[Json] = found["items"]
    return items


async def test_an_entry_tells_what_was_asked_and_what_it_came_to(lab: Lab, tv: App) -> None:
    reply = await tv.logout("LabCable")
    (entry,) = await _items(lab)
    assert entry["id"] == reply.headers["X-Sim-Request-Id"]
    assert entry["path"].startswith("/api/v2/LABSP/logout/LabCable?redirectUrl=")
    assert entry | {"explanation": [], "at": "", "duration_ms": 0, "path": "", "number": 0} == {
        "id": entry["id"],
        "number": 0,
        "at": "",
        "operation": "logout",
        "method": "GET",
        "path": "",
        "status": 200,
        "rule": "L5",
        "rules": ["L5"],
        "error": None,
        "service_provider": "LABSP",
        "mvpd": "LabCable",
        "device": TV,
        "application": "lab-app",
        "client": "app-1",
        "caller": None,
        "platform": "unknown",
        "code": None,
        "sandbox": "default",
        "generation": 2,
        "explanation": [],
        "changes": {
            "deleted": [{"kind": "profiles", "id": "login"}],
            "created": [],
            "updated": [],
        },
        "decisions": [],
        "fault": None,
        "faults": [],
        "duration_ms": 0,
    }
    assert entry["explanation"][-1] == ("L5: a regular profile, and the MVPD has a logout endpoint")


async def test_one_entry_brings_the_exchange_along(lab: Lab, tv: App) -> None:
    reply = await tv.get("profiles")
    entry = await lab.admin("GET", f"requests/{reply.headers['X-Sim-Request-Id']}")
    assert entry["request"]["method"] == "GET"
    assert entry["request"]["url"] == f"{lab.origin}/api/v2/LABSP/profiles"
    assert entry["response"]["status"] == 200
    assert entry["response"]["body"] == reply.text
    names = {each["name"] for each in entry["request"]["headers"]}
    assert {"Authorization", "AP-Device-Identifier"} <= names


async def test_times_are_those_of_the_sandboxs_clock(lab: Lab, tv: App) -> None:
    await lab.admin("PUT", "clock", {"mode": "frozen", "now": "2026-01-01T00:00:00Z"})
    await (await lab.app(TV)).get("profiles")
    assert (await _items(lab))[-1]["at"] == "2026-01-01T00:00:00.000Z"
    since = await _items(lab, "?since=2026-01-01T00:00:00Z&until=2026-01-01T00:00:00Z")
    assert len(since) == 1
    assert await _items(lab, "?since=2026-01-01T00:00:01Z&until=2026-01-02T00:00:00Z") == []


@pytest.mark.parametrize(
    ("query", "operations"),
    [
        ("operation=logout", ["logout"]),
        ("operation=logout&operation=profiles", ["profiles", "logout"]),
        (f"device={BOX}", []),
        (f"device={TV}&device={BOX}", ["profiles", "logout", "profile_by_mvpd"]),
        ("client=app-1&mvpd=LabCable", ["logout"]),
        ("rule=L5", ["logout"]),
        ("rule=L5&rule=L6", ["logout"]),
        ("rule=L", []),
        ("status=200", ["profiles", "logout"]),
        ("status=4xx", ["profile_by_mvpd"]),
        ("status=2xx&status=400", ["profiles", "logout", "profile_by_mvpd"]),
        ("error=invalid_parameter_mvpd", ["profile_by_mvpd"]),
        ("service_provider=LABSP&method=GET", ["profiles", "logout", "profile_by_mvpd"]),
        ("platform=Roku", []),
        ("generation=1", []),
        ("generation=2", ["profiles", "logout", "profile_by_mvpd"]),
        ("generation=current", ["profiles", "logout", "profile_by_mvpd"]),
        ("order=newest", ["profile_by_mvpd", "logout", "profiles"]),
    ],
)
async def test_entries_are_filtered(lab: Lab, tv: App, query: str, operations: list[str]) -> None:
    await tv.get("profiles")
    await tv.logout("LabCable")
    await tv.get("profiles/NOPE")
    assert [each["operation"] for each in await _items(lab, f"?{query}")] == operations


@pytest.mark.parametrize("order", ["oldest", "newest"])
async def test_pages_follow_one_another(lab: Lab, tv: App, order: str) -> None:
    sent = [(await tv.get("profiles")).headers["X-Sim-Request-Id"] for _ in range(5)]
    seen, after = [], ""
    while True:
        page = await lab.admin("GET", f"requests?limit=2&order={order}{after}")
        seen += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == (sent if order == "oldest" else sent[::-1])


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("operation=logut", "operation[0]"),
        ("status=abc", "status[0]"),
        ("status=99", "status[0]"),
        ("since=yesterday", "since"),
        ("since=2026-01-01T00:00:00", "since"),
        ("generation=0", "generation"),
        ("device=", "device[0]"),
    ],
)
async def test_a_wrong_filter_is_named(lab: Lab, query: str, says: str) -> None:
    refused = await lab.refused("GET", f"requests?{query}")
    assert refused["code"] == "invalid_document"
    assert any(each["path"].startswith(says) for each in refused["fields"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("colour=red", "unknown_filter"),
        ("order=best", "invalid_order"),
        ("after=x", "invalid_after"),
        ("limit=0", "invalid_limit"),
    ],
)
async def test_a_wrong_page_is_refused(lab: Lab, query: str, code: str) -> None:
    assert (await lab.refused("GET", f"requests?{query}"))["code"] == code


async def test_an_unknown_entry_is_not_found(lab: Lab) -> None:
    assert (await lab.refused("GET", "requests/req-nothing"))["code"] == "request_not_found"


async def test_another_sandbox_has_a_journal_of_its_own(lab: Lab, tv: App) -> None:
    await lab.admin("POST", "sandboxes", {"id": "other", "from_sandbox": "default"})
    reply = await tv.get("profiles")
    there = await lab.call("GET", "/s/other/admin/v1/requests")
    assert there.data()["items"] == []
    name = reply.headers["X-Sim-Request-Id"]
    assert (await lab.call("GET", f"/s/other/admin/v1/requests/{name}")).status == 404


async def test_clearing_leaves_the_world_alone(lab: Lab, tv: App) -> None:
    await tv.get("profiles")
    before = await lab.state()
    assert await lab.admin("DELETE", "requests") == {"deleted": 1}
    assert await _items(lab) == []
    assert await lab.state() == before


# Counting and verifying


async def _verify(lab: Lab, **body: Json) -> Json:
    return await lab.admin("POST", "requests/verify", body)


@pytest.mark.parametrize(
    ("expected", "verified"),
    [
        ({}, True),
        ({"exactly": 2}, True),
        ({"exactly": 1}, False),
        ({"at_least": 2}, True),
        ({"at_least": 3}, False),
        ({"at_most": 2}, True),
        ({"at_most": 1}, False),
        ({"at_least": 1, "at_most": 2}, True),
        ({"at_least": 3, "at_most": 4}, False),
        ({"none": True}, False),
        ({"exactly": 0}, False),
    ],
)
async def test_a_number_is_verified(
    lab: Lab, tv: App, expected: dict[str, Any], verified: bool
) -> None:
    await tv.get("profiles")
    await tv.get("profiles")
    found = await _verify(lab, match={"operation": "profiles"}, **expected)
    assert (found["verified"], found["count"]) == (verified, 2)
    assert ("nearest" in found) is not verified
    counted = await lab.admin("POST", "requests/count", {"match": {"operation": "profiles"}})
    assert counted == {"count": 2, "incomplete": False}


async def test_too_many_are_shown(lab: Lab, tv: App) -> None:
    reply = await tv.get("profiles")
    found = await _verify(lab, match={"operation": "profiles"}, none=True)
    assert [each["id"] for each in found["nearest"]] == [reply.headers["X-Sim-Request-Id"]]


async def test_what_came_nearest_is_shown_with_what_differs(lab: Lab, tv: App) -> None:
    await tv.get("profiles")
    await tv.logout("LabCable")
    match = {"operation": "logout", "rule": "L6", "mvpd": "LabDish", "device": TV}
    nearest = (await _verify(lab, match=match))["nearest"]
    assert [each["operation"] for each in nearest] == ["logout", "profiles"]
    assert nearest[0]["differs"] == [
        {"field": "mvpd", "expected": "LabDish", "found": "LabCable"},
        {"field": "rule", "expected": "L6", "found": ["L5"]},
    ]
    statuses = {"operation": "logout", "status": ["4xx", 500]}
    differs = (await _verify(lab, match=statuses))["nearest"][0]["differs"]
    assert differs == [{"field": "status", "expected": "4xx or 500", "found": 200}]


async def test_an_order_is_verified_whatever_came_in_between(lab: Lab, tv: App) -> None:
    await tv.get("profiles")
    await tv.get("profiles/LabCable")
    await tv.logout("LabCable")
    first, last = {"operation": "profiles"}, {"operation": "logout"}
    found = await _verify(lab, in_order=[first, last])
    assert (found["verified"], found["count"], len(found["found"])) == (True, 2, 2)
    found = await _verify(lab, in_order=[last, first])
    assert (found["verified"], found["count"]) == (False, 1)
    assert found["nearest"]


async def test_only_the_current_generation_counts_unless_another_is_named(
    lab: Lab, tv: App
) -> None:
    await tv.get("profiles")
    await lab.admin("POST", "reset")
    match = {"operation": "profiles"}
    assert (await _verify(lab, match=match, none=True))["verified"]
    assert (await _verify(lab, match=match | {"generation": 2}, exactly=1))["verified"]
    assert (await _verify(lab, match=match | {"generation": "any"}, exactly=1))["verified"]
    assert [each["generation"] for each in await _items(lab)] == [2]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"match": {}, "in_order": [{}, {}]},
        {"match": {}, "exactly": 1, "at_least": 1},
        {"match": {}, "none": True, "exactly": 0},
        {"match": {}, "at_least": 3, "at_most": 2},
        {"match": {}, "exactly": -1},
        {"match": {}, "exactly": 1.5},
        {"match": {}, "none": False},
        {"in_order": [{}]},
        {"in_order": [{}, {}], "exactly": 2},
        {"match": {"colour": "red"}},
        {"match": {"status": []}},
        {"match": {"status": True}},
        {"match": {"rule": [1]}},
        {"match": []},
        {"match": {}, "exactly": 1, "please": True},
    ],
)
async def test_an_impossible_expectation_is_refused(lab: Lab, body: dict[str, Any]) -> None:
    assert (await lab.refused("POST", "requests/verify", body))["code"] == "invalid_document"


async def test_entries_that_were_dropped_make_it_incomplete_and_never_zero(
    lab_with: Any,  # noqa: ANN401 - see conftest
) -> None:
    lab = await lab_with(journal_entries=10)
    app = await lab.app("ba23d141-d715-561c-94f4-e9e4c966b1eb", service_provider="REF30")
    await app.logout("Dish")
    for _ in range(12):
        await app.get("profiles")
        await lab.admin("GET", "requests?limit=1")
    assert len(await _items(lab)) == 10
    gone = {"operation": "logout"}
    found = await _verify(lab, match=gone, exactly=1)
    assert (found["verified"], found["incomplete"], found["count"]) == (False, True, None)
    assert (await _verify(lab, match=gone, none=True))["incomplete"]
    assert (await lab.admin("POST", "requests/count", {"match": gone}))["incomplete"]
    # What can be told in spite of it is told.
    many = {"operation": "profiles"}
    assert (await _verify(lab, match=many, at_least=5))["verified"]
    assert "incomplete" not in await _verify(lab, match=many, at_most=2)
    # A new generation begins with nothing dropped, and so does a cleared journal.
    await lab.admin("POST", "reset")
    assert await _verify(lab, match=gone, none=True) == {"verified": True, "count": 0}
    await lab.admin("DELETE", "requests")
    assert (await _verify(lab, match=gone | {"generation": "any"}, none=True))["verified"]
