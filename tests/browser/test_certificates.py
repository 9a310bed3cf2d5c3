"""The page for whoever brings devices to the simulator fits a phone and a laptop, in light and dark."""

from typing import Literal

import pytest
from playwright.async_api import Browser
from pytest_aiohttp.plugin import AiohttpServer

from simulator.app import create_app
from simulator.certificates.host_names import Names
from simulator.certificates.issuing import issue, leaf, make_authority
from simulator.certificates.trust import Trust
from simulator.clock import SystemClock
from simulator.domain.access.platforms import PLATFORMS
from simulator.settings import Settings
from tests.browser.test_looks import CONTRAST, MEASURE, READ, SCREENS, TARGET


@pytest.fixture
async def page_url(aiohttp_server: AiohttpServer) -> str:
    now = SystemClock().now()
    authority = make_authority("pass-simulator on bench", now)
    names = Names.of(["a-very-long-name-of-a-machine.in-a-laboratory.example", "2001:db8::7"])
    trust = Trust(
        authority=authority.certificate,
        certificate=issue(leaf(names, now), authority).certificate,
        https_port=8643,
        bad_ports={"missing-intermediate": 8644},
    )
    server = await aiohttp_server(create_app(Settings(db=":memory:"), trust=trust))
    return str(server.make_url("/certs"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_fits_the_screen_and_can_be_read(
    page_url: str, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    page = await browser.new_page(color_scheme=scheme)
    await page.goto(page_url)
    await page.evaluate(
        "() => document.querySelectorAll('details').forEach(each => each.open = true)"
    )
    for name, size in SCREENS.items():
        await page.set_viewport_size(size)
        measured = await page.evaluate(MEASURE)
        contrasts = await page.evaluate(READ)
        assert measured["overflow"] <= 0, name
        assert all(each >= TARGET for _, each in measured["targets"]), (name, measured)
        assert all(each >= CONTRAST for each in contrasts.values()), (name, contrasts)


async def test_each_platform_opens_with_the_keyboard(page_url: str, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(page_url)
    for each in PLATFORMS:
        summary = page.get_by_text(each.name, exact=True)
        await summary.focus()
        assert (
            await page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
            != "none"
        )
        await page.keyboard.press("Enter")
    assert await page.locator("details[open]").count() == len(PLATFORMS)


async def test_nothing_is_loaded_from_elsewhere(page_url: str, browser: Browser) -> None:
    page = await browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(page_url)
    assert [url for url in asked if not url.startswith("data:")] == [page_url]


async def test_the_authority_is_downloaded(page_url: str, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(page_url)
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="PEM").click()
    assert (await downloading.value).suggested_filename == "pass-simulator-ca.pem"
