"""Sessions that a test makes, changes and deletes, and software statements that it revokes."""

from typing import Any, Final

import pytest

from tests.support.dcr import app_with, assert_refused, registered, request_token
from tests.support.lab import App, Lab
from tests.support.logins import ANN, DONE, FULL, Browser, by_code, code_for
from tests.support.replies import Json
from tests.support.shapes import assert_enhanced
from tests.support.worlds import TV, profile, world

OWNER: Final = {"service_provider": "LABSP", "client": "app-1", "device": TV}
LOGIN: Final = {"mvpd": "LabCable", "domain_name": "lab.example", "redirect_url": DONE}


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(world(subscribers=[ANN], profiles=[profile("elsewhere", "another-tv")]))
    return await lab.app(TV, client="app-1")


async def _make(app: App, **members: object) -> Json:
    return await app.lab.admin("POST", "sessions", {**OWNER, **members})


async def test_a_made_session_is_like_one_that_the_app_asked_for(app: App) -> None:
    made = await _make(app, **LOGIN)
    code = made["code"]
    assert (made["status"], made["missing"], made["client"]) == ("pending", [], "app-1")
    assert made == await app.lab.admin("GET", f"sessions/{code}")
    known = (await app.get(f"sessions/{code}")).data()
    assert known["existingParameters"] == {**FULL, "serviceProvider": "LABSP"}
    browser = Browser(lab=app.lab)
    page = await browser.open(made["url"])
    assert (await browser.submit(page, username="ann", password="secret")).url == DONE
    assert [*await by_code(app, code)] == ["LabCable"]


async def test_the_answer_names_the_place_of_the_session(app: App) -> None:
    reply = await app.lab.ask("POST", "sessions", OWNER)
    made = reply.data(201)
    assert reply.headers["Location"] == f"/admin/v1/sessions/{made['code']}"
    assert made["missing"] == ["mvpd", "domainName", "redirectUrl"]


async def test_a_made_session_ends_the_earlier_one_and_takes_the_reserved_code(app: App) -> None:
    earlier = await code_for(app)
    await app.lab.admin("PUT", "codes/next", {"code": "ABC1234"})
    assert (await _make(app))["code"] == "ABC1234"
    assert (await app.lab.admin("GET", f"sessions/{earlier}"))["status"] == "superseded"


async def test_a_session_is_changed_and_a_member_taken_away(app: App) -> None:
    code = await code_for(app)
    changed = await app.lab.admin("PATCH", f"sessions/{code}", {"mvpd": "LabDish"})
    assert (changed["mvpd"], changed["redirect_url"]) == ("LabDish", DONE)
    changed = await app.lab.admin("PATCH", f"sessions/{code}", {"redirect_url": None})
    assert (changed["mvpd"], changed["missing"]) == ("LabDish", ["redirectUrl"])
    known = (await app.get(f"sessions/{code}")).data()
    assert known["missingParameters"] == ["redirectUrl"]


async def test_a_deleted_session_is_unknown(app: App) -> None:
    code = await code_for(app)
    await app.lab.admin("DELETE", f"sessions/{code}")
    assert_enhanced(await app.get(f"sessions/{code}"), "invalid_authentication_session")
    for verb in ("GET", "PATCH", "DELETE"):
        error = await app.lab.refused(verb, f"sessions/{code}", {})
        assert (error["status"], error["code"]) == (404, "code_not_found")


WRONG: Final[dict[str, tuple[dict[str, Any], set[str]]]] = {
    "unknown names": (
        {"service_provider": "X", "mvpd": "Y", "redirect_url": "::"},
        {"service_provider", "mvpd", "redirect_url"},
    ),
    "no integration": ({"service_provider": "LABSP2", "mvpd": "LabDish"}, {"mvpd"}),
    "unknown member": ({"code": "ABC1234"}, {"code"}),
    "wrong type": ({"mvpd": 1, "device": ""}, {"mvpd", "device"}),
}


@pytest.mark.parametrize(("members", "paths"), WRONG.values(), ids=[*WRONG])
async def test_a_session_that_cannot_be(app: App, members: Json, paths: set[str]) -> None:
    before = await app.lab.admin("GET", "sessions")
    error = await app.lab.refused("POST", "sessions", {**OWNER, **members})
    assert error["status"] == 422
    assert {each["path"] for each in error["fields"]} == paths
    assert await app.lab.admin("GET", "sessions") == before


async def test_what_an_app_needs_to_own_a_session_is_required(app: App) -> None:
    error = await app.lab.refused("POST", "sessions", {})
    assert {each["path"] for each in error["fields"]} == {*OWNER}


async def test_a_change_that_cannot_be(app: App) -> None:
    code = await code_for(app)
    before = await app.lab.admin("GET", f"sessions/{code}")
    for patch in ({"mvpd": "Nobody"}, {"redirect_url": "::"}, {"device": "x"}):
        error = await app.lab.refused("PATCH", f"sessions/{code}", patch)
        assert (error["status"], [each["path"] for each in error["fields"]]) == (422, [*patch])
    assert await app.lab.admin("GET", f"sessions/{code}") == before


async def test_a_revoked_statement_locks_its_apps_out_until_it_is_approved(app: App) -> None:
    credentials = await registered(app.lab)
    instance = await app_with(app.lab, credentials, TV)
    revoked = await app.lab.admin("POST", "applications/lab-app/revoke")
    assert (revoked["id"], revoked["revoked"]) == ("lab-app", True)
    assert revoked["software_statement"]
    unauthorized = await instance.get("profiles")
    assert_enhanced(unauthorized, "invalid_access_token_client_application")
    assert_refused(await request_token(app.lab, credentials), "invalid_client")
    assert (await app.lab.admin("POST", "applications/lab-app/approve"))["revoked"] is False
    assert (await instance.get("profiles")).status == 200


@pytest.mark.parametrize("action", ["revoke", "approve"])
async def test_an_application_that_there_is_not(app: App, action: str) -> None:
    error = await app.lab.refused("POST", f"applications/nobody/{action}")
    assert (error["status"], error["code"]) == (404, "application_not_found")
