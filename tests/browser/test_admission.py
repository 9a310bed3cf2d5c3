"""A page of another origin in a real browser: it reaches neither admin API nor console."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page
from pytest_aiohttp.plugin import AiohttpServer

from tests.browser.conftest import REBOUND
from tests.conftest import MakeLab
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.worlds import profile, world

# What such a page can try: with `fetch` as it is read, without asking first, and by a form.
TRY: Final = """async ({origin, method, path, options}) => {
  try {
    const answer = await fetch(origin + path, {method, ...options});
    return answer.type === 'opaque' ? 'opaque' : answer.status;
  } catch (error) {
    return 'blocked';
  }
}"""
FORM: Final = """({action}) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  document.body.append(form);
  form.submit();
}"""
SEED: Final = '{"scenario": "demo"}'
TEXT: Final = {"headers": {"Content-Type": "text/plain"}, "body": SEED}
ATTEMPTS: Final[tuple[tuple[str, str, dict[str, Json]], ...]] = (
    ("POST", "/admin/v1/reset", {}),
    ("POST", "/admin/v1/reset", {"mode": "no-cors"}),
    ("POST", "/admin/v1/seed", TEXT),
    ("POST", "/admin/v1/seed", {**TEXT, "mode": "no-cors"}),
    ("PUT", "/admin/v1/state", {"body": SEED}),
    ("DELETE", "/admin/v1/requests", {}),
    ("GET", "/admin/v1/state", {}),
    ("GET", "/admin/v1/state", {"mode": "no-cors"}),
    ("POST", "/console/world/reset", {"mode": "no-cors", "credentials": "include"}),
    ("GET", "/console", {"credentials": "include"}),
)


@pytest.fixture
async def elsewhere(aiohttp_server: AiohttpServer) -> str:
    """The origin of a page that is not ours."""

    async def show(_request: web.Request) -> web.Response:
        text = "<!doctype html><html lang=en><title>Elsewhere</title><h1>Elsewhere</h1>"
        return web.Response(text=text, content_type="text/html")

    pages = web.Application()
    pages.router.add_get("/", show)
    server = await aiohttp_server(pages)
    return str(server.make_url("/")).rstrip("/")


@pytest.fixture
async def page(browser: Browser, elsewhere: str) -> AsyncIterator[Page]:
    """A browser that shows it, under a name that is another site than ours."""
    page = await browser.new_page()
    await page.goto(elsewhere.replace("127.0.0.1", "localhost"))
    yield page
    await page.close()


async def _seed(lab: Lab) -> str:
    await lab.seed(world(profiles=[profile("kept")]))
    return await lab.state()


async def test_a_page_from_elsewhere_can_neither_act_nor_read(lab: Lab, page: Page) -> None:
    before = await _seed(lab)
    for method, path, options in ATTEMPTS:
        tried = {"origin": lab.origin, "method": method, "path": path, "options": options}
        # Of an opaque answer a page learns nothing, not even the status.
        assert await page.evaluate(TRY, tried) in {"blocked", "opaque"}, (method, path, options)
    assert await lab.state() == before


@pytest.mark.parametrize("path", ["/console/world/reset", "/admin/v1/reset"])
async def test_a_form_from_elsewhere_is_refused(lab: Lab, page: Page, path: str) -> None:
    before = await _seed(lab)
    async with page.expect_navigation() as navigation:
        await page.evaluate(FORM, {"action": f"{lab.origin}{path}"})
    answer = await navigation.value
    assert answer is not None
    assert answer.status == 403
    assert await lab.state() == before


async def test_a_link_from_elsewhere_leads_to_the_console(lab: Lab, page: Page) -> None:
    await page.evaluate("to => { location.href = to }", f"{lab.origin}/console")
    await page.wait_for_url(f"{lab.origin}/console")
    assert "pass-simulator" in await page.title()


async def test_a_name_that_leads_here_by_rebinding_reaches_nothing(
    lab: Lab, browser: Browser
) -> None:
    """The name of the page leads to us all of a sudden, so for the browser we are its origin."""
    before = await _seed(lab)
    page = await browser.new_page()
    origin = f"http://{REBOUND}:{lab.origin.rpartition(':')[2]}"
    await page.goto(f"{origin}/activate")
    for method, path, options in ATTEMPTS:
        tried = {"origin": origin, "method": method, "path": path, "options": options}
        assert await page.evaluate(TRY, tried) == 421, (method, path)
    assert await lab.state() == before
    await page.close()


async def test_a_named_origin_uses_the_admin_api_and_no_other_does(
    lab_with: MakeLab, browser: Browser, elsewhere: str
) -> None:
    named = elsewhere.replace("127.0.0.1", "localhost")
    lab = await lab_with(admin_origin=named)
    await _seed(lab)
    generation = (await lab.admin("GET", "sandboxes/default"))["generation"]
    page = await browser.new_page()
    await page.goto(named)
    headers = {"Content-Type": "application/json", "X-Sim-Sandbox": "default"}
    calls: tuple[tuple[str, str, dict[str, Json], Json], ...] = (
        ("POST", "/admin/v1/reset", {}, 200),
        ("POST", "/admin/v1/seed", {"headers": headers, "body": SEED}, 200),
        ("DELETE", "/admin/v1/requests", {}, 200),
        ("GET", "/admin/v1/state", {"headers": {"Authorization": "Bearer x"}}, 200),
        ("GET", "/admin/v1/profiles/nothing", {}, 404),
        ("GET", "/console", {}, "blocked"),
    )
    for method, path, options, status in calls:
        tried = {"origin": lab.origin, "method": method, "path": path, "options": options}
        assert await page.evaluate(TRY, tried) == status, (method, path)
    assert (await lab.admin("GET", "sandboxes/default"))["generation"] == generation + 2
    # The same page under its other name is of another origin.
    await page.goto(elsewhere)
    for method, path, options in ATTEMPTS:
        tried = {"origin": lab.origin, "method": method, "path": path, "options": options}
        assert await page.evaluate(TRY, tried) in {"blocked", "opaque"}, (method, path, options)
    assert (await lab.admin("GET", "sandboxes/default"))["generation"] == generation + 2
    await page.close()
