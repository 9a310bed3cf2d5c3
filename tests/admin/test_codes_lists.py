"""Lists of codes and sessions: what waits for a login, and what became of the rest."""

from typing import Any, Final
from uuid import UUID

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import ANN, DONE, FULL, code_for, create, log_in, post
from tests.support.tokens import sso_token
from tests.support.worlds import BOX, TV, world

CODE_MEMBERS: Final = {
    "code",
    "device",
    "service_provider",
    "mvpd",
    "status",
    "missing",
    "not_after",
    "url",
}


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(world(subscribers=[ANN]))
    return await lab.app(TV, client="app-1")


async def _codes(lab: Lab, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await lab.admin("GET", f"codes{query}"))["items"]
    return found


async def test_a_code_that_waits_for_a_login(app: App) -> None:
    code = await code_for(app)
    assert await app.lab.admin("GET", f"codes?device={TV}") == {
        "items": [
            {
                "code": code,
                "device": TV,
                "service_provider": "LABSP",
                "mvpd": "LabCable",
                "status": "pending",
                "missing": [],
                "not_after": "2026-01-01T00:30:00.000Z",
                "url": f"{app.lab.origin}/api/v2/authenticate/LABSP/{code}",
            }
        ],
        "next": None,
    }


async def test_the_url_of_a_code_leads_to_the_login(app: App) -> None:
    await code_for(app)
    (found,) = await _codes(app.lab)
    opened = await app.lab.call("GET", found["url"].removeprefix(app.lab.origin))
    assert opened.status == 302
    assert [each["status"] for each in await _codes(app.lab)] == ["started"]


async def test_a_code_that_lacks_something_leads_nowhere_yet(app: App) -> None:
    await create(app, {"redirectUrl": DONE})
    (found,) = await _codes(app.lab)
    assert (found["mvpd"], found["missing"], found["url"]) == (
        None,
        ["mvpd", "domainName"],
        None,
    )


async def test_a_code_that_is_of_no_use_is_not_listed(app: App) -> None:
    lab = app.lab
    await log_in(app)
    await code_for(app, mvpd="LabDish")
    waiting = await code_for(app, mvpd="LabDish")
    failed = await code_for(await lab.app(BOX, client="app-1"))
    await lab.admin("POST", f"codes/{failed}/deny")
    settled = (await create(await lab.app("third")))["code"]
    await post(await lab.app("third"), f"sessions/{settled}", {"mvpd": "TempBasic"})
    await lab.admin("PUT", "codes/next", {"code": "ABC1234"})
    found = {each["code"]: each["status"] for each in await _codes(lab)}
    assert found == {waiting: "pending", failed: "failed"}
    lab.clock.advance(minutes=30)
    assert await _codes(lab) == []


async def test_sessions_are_listed_whatever_became_of_them(app: App) -> None:
    lab = app.lab
    expected = {await log_in(app): "completed"}
    expected[await code_for(app, mvpd="LabDish")] = "superseded"
    expected[await code_for(app, mvpd="LabDish")] = "pending"
    await lab.admin("PUT", "codes/next", {"code": "ABC1234"})
    found = (await lab.admin("GET", "sessions"))["items"]
    assert {each["code"]: each["status"] for each in found} == expected
    assert [each["code"] for each in found] == sorted(expected)
    lab.clock.advance(minutes=30)
    found = (await lab.admin("GET", "sessions"))["items"]
    assert [each["status"] for each in found if each["status"] != "superseded"] == [
        "expired",
        "expired",
    ]


async def test_one_session(app: App) -> None:
    tv = app.sending(
        User_Agent="a television",
        AD_Service_Token=sso_token("ann"),
        X_Device_Info="eyJvc05hbWUiOiJSb2t1IE9TIn0=",
    )
    code = await code_for(tv)
    found = await app.lab.admin("GET", f"sessions/{code}")
    UUID(found.pop("session_id"))
    assert found == {
        "code": code,
        "device": TV,
        "service_provider": "LABSP",
        "mvpd": "LabCable",
        "status": "pending",
        "missing": [],
        "not_after": "2026-01-01T00:30:00.000Z",
        "url": f"{app.lab.origin}/api/v2/authenticate/LABSP/{code}",
        "client": "app-1",
        "domain_name": "lab.example",
        "redirect_url": DONE,
        "not_before": "2026-01-01T00:00:00.000Z",
        "device_info": {"osName": "Roku OS"},
        "user_agent": "a television",
        "sso_headers": ["AD-Service-Token"],
    }
    assert (await app.lab.admin("GET", "sessions"))["items"][0]["code"] == code
    assert await app.lab.admin("GET", f"sessions/{code.lower()}")


async def test_a_session_that_there_is_not(app: App) -> None:
    await app.lab.admin("PUT", "codes/next", {"code": "ABC1234"})
    for code in ("AAAAAAA", "ABC1234", "nonsense!"):
        error = await app.lab.refused("GET", f"sessions/{code}")
        assert (error["status"], error["code"]) == (404, "code_not_found")
        assert error["hint"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"device={TV}", {"a", "b", "c"}),
        (f"device={BOX}", {"d"}),
        ("service_provider=LABSP2", {"c"}),
        ("mvpd=LabDish", {"b"}),
        ("client=app-2", {"b"}),
        (f"device={TV}&mvpd=LabCable&client=app-1&service_provider=LABSP", {"a"}),
        ("device=nowhere", set()),
        ("mvpd=", set()),
    ],
)
@pytest.mark.parametrize("collection", ["codes", "sessions"])
async def test_lists_are_filtered(
    app: App, collection: str, query: str, expected: set[str]
) -> None:
    lab = app.lab
    names = {
        await code_for(app): "a",
        await code_for(await lab.app(TV, client="app-2"), mvpd="LabDish"): "b",
        await code_for(app.at("LABSP2")): "c",
        await code_for(await lab.app(BOX, client="app-1")): "d",
    }
    found = (await lab.admin("GET", f"{collection}?{query}"))["items"]
    assert {names[each["code"]] for each in found} == expected


@pytest.mark.parametrize("collection", ["codes", "sessions"])
async def test_lists_come_in_pages(app: App, collection: str) -> None:
    codes = [(await create(await app.lab.app(f"tv-{number}")))["code"] for number in range(7)]
    pages: list[list[str]] = []
    query = "limit=3"
    while len(pages) < 3:
        page = await app.lab.admin("GET", f"{collection}?{query}")
        pages.append([each["code"] for each in page["items"]])
        query = f"limit=3&after={page['next']}"
    assert page["next"] is None
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [code for page in pages for code in page] == sorted(codes)


@pytest.mark.parametrize("collection", ["codes", "sessions"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("statos=pending", "unknown_filter"),
        ("limit=0", "invalid_limit"),
        ("limit=x", "invalid_limit"),
    ],
)
async def test_a_list_that_cannot_be(app: App, collection: str, query: str, code: str) -> None:
    error = await app.lab.refused("GET", f"{collection}?{query}")
    assert (error["status"], error["code"]) == (400, code)


async def test_each_sandbox_has_codes_of_its_own(app: App) -> None:
    lab = app.lab
    await lab.admin("POST", "sandboxes", {"id": "ci-42", "from_sandbox": "default"})
    await create(app, FULL)
    for collection in ("codes", "sessions"):
        there = await lab.call("GET", f"/s/ci-42/admin/v1/{collection}")
        assert there.data()["items"] == []


async def test_a_reset_forgets_all_sessions(app: App) -> None:
    await log_in(app)
    await code_for(app, mvpd="LabDish")
    await app.lab.admin("POST", "reset")
    assert (await app.lab.admin("GET", "sessions"))["items"] == []
