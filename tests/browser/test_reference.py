"""The page of the admin API: found by searching, opened by its address, read on any screen."""

from typing import Final, Literal

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.support.lab import Lab

OPERATIONS: Final = "details.operation:not([hidden])"
SCREENS: Final = {
    "a small phone": ViewportSize(width=320, height=568),
    "a laptop": ViewportSize(width=1280, height=800),
}


@pytest.fixture
async def page(browser: Browser, lab: Lab) -> Page:
    opened = await browser.new_page()
    await opened.goto(f"{lab.origin}/admin/v1/docs")
    return opened


async def test_searching_leaves_what_has_every_word(page: Page) -> None:
    total = await page.locator(OPERATIONS).count()
    await page.keyboard.press("/")
    await page.keyboard.type("clock post")
    found = page.locator(OPERATIONS)
    await expect(found).to_have_count(2)
    await expect(page.locator("#hits")).to_have_text("2 operations")
    assert {await each.get_attribute("id") for each in await found.all()} == {
        "advanceClock",
        "resetClock",
    }
    # Headings without any operation left go too.
    await expect(page.locator("h2:visible", has_text="Faults")).to_have_count(0)
    await page.fill("#search", "nothing is called like that")
    await expect(page.locator("#hits")).to_have_text("0 operations")
    await page.fill("#search", "")
    await expect(found).to_have_count(total)


async def test_an_address_opens_its_operation_whatever_was_searched_for(page: Page) -> None:
    await page.fill("#search", "clock")
    await page.evaluate("location.hash = 'createProfile'")
    operation = page.locator("#createProfile")
    await expect(operation).to_have_attribute("open", "")
    await expect(operation.locator("pre")).to_contain_text("/admin/v1/profiles -d '{")
    await operation.get_by_role("link", name="ProfileInput").click()
    await expect(page.locator("#schema-ProfileInput")).to_have_attribute("open", "")


@pytest.mark.parametrize("colors", ["light", "dark"])
async def test_nothing_stands_out_on_any_screen(
    browser: Browser, lab: Lab, colors: Literal["light", "dark"]
) -> None:
    page = await browser.new_page(color_scheme=colors)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(f"{lab.origin}/admin/v1/docs")
    await page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    for name, size in SCREENS.items():
        await page.set_viewport_size(size)
        wide = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, name
    assert problems == []


async def test_without_javascript_everything_can_be_read(browser: Browser, lab: Lab) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{lab.origin}/admin/v1/docs")
    await page.click("#getClock summary")
    await expect(page.locator("#getClock")).to_contain_text("Whether it runs.")
