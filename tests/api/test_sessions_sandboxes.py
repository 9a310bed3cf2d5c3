"""A code brings its requests home to the sandbox that gave it out."""

import asyncio
from typing import Final

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import ANN, DONE, FORM, FULL, Browser, code_for, create, form_of
from tests.support.shapes import assert_enhanced
from tests.support.worlds import TV, world

HOME: Final = "ci-42"
UNKNOWN: Final = "invalid_authentication_session"


@pytest.fixture
async def lab(default_lab: Lab) -> Lab:
    """The same small world in `default`, in `ci-42` and in `ci-43`."""
    await default_lab.seed(world(subscribers=[ANN]))
    for name in (HOME, "ci-43"):
        await default_lab.admin("POST", "sandboxes", {"id": name, "from_sandbox": "default"})
    return default_lab


async def _app_in(lab: Lab, sandbox: str, device: str = TV) -> App:
    """An app whose token was issued in a sandbox, which is all that says where it belongs."""
    path = f"/s/{sandbox}/admin/v1/tokens"
    token = (await lab.call("POST", path, json={"client": "app-1"})).data()["access_token"]
    return App(lab=lab, device=device, token=token, service_provider="LABSP")


async def test_a_browser_that_knows_only_the_url_gets_home(lab: Lab) -> None:
    app = await _app_in(lab, HOME)
    code = await code_for(app)
    browser = Browser(lab=lab)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    landed = await browser.submit(page, username="ann", password="secret")
    assert {hop.headers["X-Sim-Sandbox"] for hop in (*page.hops, *landed.hops)} == {HOME}
    assert landed.url == DONE
    found = await app.get(f"profiles/code/{code}")
    assert found.headers["X-Sim-Sandbox"] == HOME
    assert [*found.data()["profiles"]] == ["LabCable"]
    assert await lab.profile_ids() == set()


async def test_a_device_that_is_claimed_elsewhere_finds_its_code_at_home(lab: Lab) -> None:
    app = await _app_in(lab, HOME)
    code = await code_for(app)
    await lab.admin("PUT", f"devices/{TV}/claim", {"sandbox": "ci-43"})
    device = {"AP-Device-Identifier": app.headers["AP-Device-Identifier"]}
    for path in (f"sessions/{code}", f"profiles/code/{code}"):
        reply = await lab.call("GET", f"/api/v2/LABSP/{path}", device)
        assert reply.headers["X-Sim-Sandbox"] == HOME
        # Only a token is missing.
        assert_enhanced(reply, "invalid_access_token_client_application")
    opened = await lab.call("GET", f"/api/v2/authenticate/LABSP/{code}", device)
    assert (opened.status, opened.headers["X-Sim-Sandbox"]) == (302, HOME)
    elsewhere = await lab.call("GET", "/api/v2/LABSP/profiles", device)
    assert elsewhere.headers["X-Sim-Sandbox"] == "ci-43"


async def test_a_token_says_more_than_a_code(lab: Lab) -> None:
    code = await code_for(await _app_in(lab, HOME))
    stranger = await _app_in(lab, "ci-43")
    for path in (f"sessions/{code}", f"profiles/code/{code}"):
        reply = await stranger.get(path)
        assert reply.headers["X-Sim-Sandbox"] == "ci-43"
        assert_enhanced(reply, UNKNOWN)
    opened = await lab.call("GET", f"/api/v2/authenticate/LABSP/{code}", stranger.headers)
    assert (opened.status, opened.headers["X-Sim-Sandbox"]) == (400, "ci-43")


async def test_a_captured_token_comes_home_by_the_code(lab: Lab) -> None:
    await lab.call(
        "PATCH", f"/s/{HOME}/admin/v1/settings", json={"access_token.verification": "structure"}
    )
    app = await _app_in(lab, HOME)
    code = await code_for(app)
    captured = "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYXB0dXJlZCJ9.c2lnbmF0dXJl"
    reply = await lab.call(
        "GET", f"/api/v2/LABSP/profiles/code/{code}", {"Authorization": captured}
    )
    assert (reply.status, reply.headers["X-Sim-Sandbox"]) == (200, HOME)


async def test_under_a_path_prefix_every_page_keeps_it(lab: Lab) -> None:
    app = await _app_in(lab, HOME)
    path = f"/s/{HOME}/api/v2/LABSP/sessions"
    code = (await lab.call("POST", path, app.headers, **form_of(FULL))).data()["code"]
    browser = Browser(lab=lab)
    page = await browser.open(f"/s/{HOME}/api/v2/authenticate/LABSP/{code}")
    assert page.url.startswith(f"{lab.origin}/s/{HOME}/provider/login?")
    assert page.form.action.startswith(f"{lab.origin}/s/{HOME}/sp/saml/SAMLAssertionConsumer?")
    assert (await browser.submit(page, username="ann", password="secret")).url == DONE


async def test_the_url_of_an_answer_never_carries_the_prefix(lab: Lab) -> None:
    app = await _app_in(lab, HOME)
    path = f"/s/{HOME}/api/v2/LABSP/sessions"
    complete = (await lab.call("POST", path, app.headers, **form_of(FULL))).data()
    assert complete["url"] == f"/api/v2/authenticate/LABSP/{complete['code']}"
    empty = (await lab.call("POST", path, app.headers)).data()
    assert empty["url"] == f"/api/v2/LABSP/sessions/{empty['code']}"


async def test_after_a_reset_a_code_is_unknown_at_home_not_elsewhere(lab: Lab) -> None:
    app = await _app_in(lab, HOME)
    code = await code_for(app)
    await lab.call("POST", f"/s/{HOME}/admin/v1/reset")
    opened = await lab.call("GET", f"/api/v2/authenticate/LABSP/{code}")
    assert (opened.status, opened.headers["X-Sim-Sandbox"]) == (400, HOME)
    reply = await app.get(f"profiles/code/{code}")
    assert reply.headers["X-Sim-Sandbox"] == HOME
    assert_enhanced(reply, UNKNOWN)


async def test_a_snapshot_brings_its_codes_back(lab: Lab) -> None:
    app = await _app_in(lab, HOME)
    code = await code_for(app)
    await lab.call("POST", f"/s/{HOME}/admin/v1/snapshots", json={"name": "waiting"})
    await lab.call("POST", f"/s/{HOME}/admin/v1/reset")
    await lab.call("POST", f"/s/{HOME}/admin/v1/snapshots/waiting/restore")
    opened = await lab.call("GET", f"/api/v2/authenticate/LABSP/{code}")
    assert (opened.status, opened.headers["X-Sim-Sandbox"]) == (302, HOME)


async def test_a_sandbox_that_is_gone_takes_its_codes_along(lab: Lab) -> None:
    code = await code_for(await _app_in(lab, HOME))
    await lab.admin("DELETE", f"sandboxes/{HOME}")
    opened = await lab.call("GET", f"/api/v2/authenticate/LABSP/{code}")
    assert (opened.status, opened.headers["X-Sim-Sandbox"]) == (400, "default")


async def test_with_a_seed_codes_repeat_from_run_to_run(lab: Lab) -> None:
    await lab.call("PATCH", f"/s/{HOME}/admin/v1/settings", json={"id_seed": "a seed"})
    await lab.call("POST", f"/s/{HOME}/admin/v1/snapshots", json={"name": "begin"})
    runs = []
    for _ in range(2):
        await lab.call("POST", f"/s/{HOME}/admin/v1/snapshots/begin/restore")
        app = await _app_in(lab, HOME)
        runs.append([(await create(app))["code"] for _ in range(3)])
    assert runs[0] == runs[1]
    assert len({*runs[0]}) == 3


async def test_sandboxes_with_one_seed_never_share_a_code(lab: Lab) -> None:
    apps = []
    for name in (HOME, "ci-43"):
        await lab.call("PATCH", f"/s/{name}/admin/v1/settings", json={"id_seed": "a seed"})
        apps += [await _app_in(lab, name, f"tv-{number}") for number in range(10)]
    # At once, so that both draw the same codes at the same moment.
    answers = await asyncio.gather(*(create(app) for app in apps))
    assert len({answer["code"] for answer in answers}) == 20


async def test_a_clone_knows_the_sessions_of_its_origin_under_its_own_name(lab: Lab) -> None:
    code = await code_for(await _app_in(lab, HOME))
    await lab.admin("POST", "sandboxes", {"id": "clone", "from_sandbox": HOME})
    by_name = await lab.call("GET", f"/s/clone/api/v2/authenticate/LABSP/{code}")
    assert (by_name.status, by_name.headers["X-Sim-Sandbox"]) == (302, "clone")
    by_code = await lab.call("GET", f"/api/v2/authenticate/LABSP/{code}")
    assert by_code.headers["X-Sim-Sandbox"] == HOME


async def test_the_form_alone_comes_home_by_the_code_in_its_action(lab: Lab) -> None:
    code = await code_for(await _app_in(lab, HOME))
    reply = await lab.call(
        "POST",
        f"/sp/saml/SAMLAssertionConsumer?reg_code={code}",
        {"Content-Type": FORM},
        **form_of({"username": "ann", "password": "secret"}),
    )
    assert (reply.status, reply.headers["Location"]) == (302, DONE)
    assert reply.headers["X-Sim-Sandbox"] == HOME
