"""The documentation on the screens that it is read on."""

from typing import Final, Literal

import pytest
from playwright.async_api import Browser, Page

from tests.browser.test_looks import CONTRAST, MEASURE, READ, SCREENS
from tests.support.lab import Lab

PATHS: Final = ("/", "/docs", "/docs/flow-logout", "/docs/reference-rules", "/docs/comparison")


@pytest.fixture
async def page(browser: Browser) -> Page:
    return await browser.new_page()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_fit_the_screen_and_can_be_read(
    lab: Lab, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    page = await browser.new_page(color_scheme=scheme)
    for path in PATHS:
        await page.goto(f"{lab.origin}{path}")
        for name, size in SCREENS.items():
            await page.set_viewport_size(size)
            assert (await page.evaluate(MEASURE))["overflow"] <= 0, (name, path)
            contrasts = await page.evaluate(READ)
            assert all(each >= CONTRAST for each in contrasts.values()), (name, path, contrasts)


async def test_a_link_in_the_menu_of_a_phone_leads_to_its_part_of_the_page(
    lab: Lab, page: Page
) -> None:
    await page.set_viewport_size(SCREENS["a phone"])
    await page.goto(f"{lab.origin}/docs/flow-logout")
    menu = page.locator(".menu")
    assert not await page.locator("aside").is_visible()
    await menu.locator("summary").click()
    await menu.get_by_role("link", name="The mistakes").click()
    assert page.url.endswith("/docs/flow-logout#the-mistakes")
    assert await menu.get_attribute("open") is None
    heading = page.get_by_role("heading", name="The mistakes")
    place = await heading.bounding_box()
    assert place is not None
    assert 0 <= place["y"] < SCREENS["a phone"]["height"] / 2


async def test_what_is_typed_can_be_copied_without_what_is_shown(
    lab: Lab, browser: Browser
) -> None:
    context = await browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    await page.goto(f"{lab.origin}/docs/running")
    shown = page.locator("pre.console", has_text="/readyz")
    await shown.hover()
    await shown.get_by_role("button", name="Copy").click()
    await shown.get_by_role("button", name="Copied").wait_for()
    assert await page.evaluate("navigator.clipboard.readText()") == (
        f"pass-simulator wait --timeout 30\ncurl -s {lab.origin}/readyz\ncurl -s {lab.origin}/livez"
    )
    await context.close()
