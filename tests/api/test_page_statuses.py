"""The statuses that the page of every operation lists, whatever the operation."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import FORM, FULL, create, form_of
from tests.support.replies import Reply
from tests.support.shapes import assert_enhanced
from tests.support.worlds import TV, world

# A verb that the path does not take, and those that it does.
VERBS: Final = {
    "configuration": ("POST", "/api/v2/LABSP/configuration", {"GET"}),
    "create_session": ("GET", "/api/v2/LABSP/sessions", {"POST"}),
    "resume_session": ("PUT", "/api/v2/LABSP/sessions/ABC1234", {"GET", "POST"}),
    "get_session": ("DELETE", "/api/v2/LABSP/sessions/ABC1234", {"GET", "POST"}),
    "authenticate": ("POST", "/api/v2/authenticate/LABSP/ABC1234", {"GET"}),
    "register": ("GET", "/o/client/register", {"POST"}),
    "token": ("GET", "/o/client/token", {"POST"}),
}
HTML: Final = "text/html; charset=utf-8"
CALLS: Final = ("configuration", "create_session", "resume_session", "get_session")


@pytest.fixture
async def app(lab: Lab) -> App:
    await lab.seed(world())
    return await lab.app(TV, client="app-1")


async def _call(app: App, operation: str, headers: Mapping[str, str]) -> Reply:
    path = "/api/v2/LABSP/sessions"
    if operation == "configuration":
        return await app.lab.call("GET", "/api/v2/LABSP/configuration", headers)
    if operation != "create_session":
        path = f"{path}/{(await create(app))['code']}"
    if operation == "get_session":
        return await app.lab.call("GET", path, headers)
    return await app.lab.call("POST", path, {**headers, "Content-Type": FORM}, **form_of(FULL))


@pytest.mark.parametrize(("method", "path", "allowed"), VERBS.values(), ids=VERBS)
async def test_a_verb_that_is_not_served_is_a_405(
    app: App, method: str, path: str, allowed: set[str]
) -> None:
    reply = await app.lab.call(method, path, app.headers)
    assert reply.status == 405
    assert {each.strip() for each in reply.headers.get("Allow", "").split(",")} == allowed


@pytest.mark.parametrize("operation", CALLS)
async def test_a_call_without_a_token_is_a_401(app: App, operation: str) -> None:
    headers = {name: each for name, each in app.headers.items() if name != "Authorization"}
    reply = await _call(app, operation, headers)
    assert_enhanced(reply, "invalid_access_token_client_application")


@pytest.mark.parametrize("operation", CALLS)
async def test_a_failure_of_the_server_is_a_500(app: App, operation: str) -> None:
    fault = {"action": "internal_server_error", "match": {"operation": operation}}
    await app.lab.admin("POST", "faults", fault)
    assert_enhanced(await _call(app, operation, app.headers), "internal_server_error")


@pytest.mark.parametrize("prefix", ["", "/s/lab"], ids=["plain", "prefixed"])
async def test_a_wrong_verb_in_a_user_agent_is_told_as_html(app: App, prefix: str) -> None:
    reply = await app.lab.call("POST", f"{prefix}/api/v2/authenticate/LABSP/ABC1234")
    assert (reply.status, reply.headers["Content-Type"]) == (405, HTML)


async def test_a_failure_in_a_user_agent_is_a_500(app: App) -> None:
    fault = {"action": "internal_server_error", "match": {"operation": "authenticate"}}
    await app.lab.admin("POST", "faults", fault)
    code = (await create(app, FULL))["code"]
    reply = await app.lab.call("GET", f"/api/v2/authenticate/LABSP/{code}")
    assert (reply.status, reply.headers["Content-Type"]) == (500, HTML)
