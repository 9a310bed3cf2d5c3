"""The documentation on the screens that it is read on."""

from typing import Final, Literal

import pytest
from playwright.async_api import Browser, Page

from tests.browser.test_looks import CONTRAST, MEASURE, READ, SCREENS, TARGET
from tests.support.lab import Lab

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
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


# What somebody looks for, and where it is.
SOUGHT: Final = (
    ("logout", "/docs/flow-logout"),
    ("reset temppass", "/docs/flow-temp-pass"),
    ("degradaton", "/docs/flow-degradation"),
    ("authorization_denied_by_mvpd", "/docs/reference-errors"),
    ("how do I install the command", "/docs/running#without-a-clone"),
    ("software stat", "/docs/devices#the-software-statement"),
    ("kubernetes", "/docs/kubernetes"),
    ("Roku", "/docs/reference-platforms#roku"),
    ("cors", "/docs/devices#from-a-browser"),
    ("Playwright", "/docs/browsers#playwright"),
)


async def test_search_finds_the_page_and_asks_the_server_once(lab: Lab, page: Page) -> None:
    asked: list[str] = []
    await page.goto(f"{lab.origin}/docs")
    page.on("request", lambda request: asked.append(request.url))
    await page.keyboard.press("/")
    found = page.locator("#found a")
    for words, where in SOUGHT:
        await page.get_by_role("searchbox").fill(words)
        # What was found before gives way to what is found now.
        first = page.locator(f"#found li:first-child a[href='{lab.origin}{where}']")
        await first.wait_for(timeout=10_000)
    assert [each.removeprefix(lab.origin) for each in asked] == [
        "/docs/search.js",
        "/docs/search.json",
    ]
    await page.get_by_role("searchbox").fill("zzzz")
    await page.get_by_text("Nothing found").wait_for()
    assert await found.count() == 0


async def test_search_is_for_the_keyboard_alone_as_well(lab: Lab, page: Page) -> None:
    await page.goto(f"{lab.origin}/docs")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("reset")
    await page.locator("#found a").nth(1).wait_for()
    second = await page.locator("#found a").nth(1).get_attribute("href")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        await page.keyboard.press(key)
    assert second is not None
    await page.wait_for_url(second)
    await page.keyboard.press("/")
    await page.keyboard.press("Escape")
    assert not await page.get_by_role("searchbox").is_visible()


async def test_search_fits_the_screen_and_can_be_read(lab: Lab, browser: Browser) -> None:
    for scheme in SCHEMES:
        page = await browser.new_page(color_scheme=scheme)
        await page.goto(f"{lab.origin}/docs/flow-logout")
        for name, size in SCREENS.items():
            await page.set_viewport_size(size)
            await page.locator(".search:visible").click()
            await page.get_by_role("searchbox").fill("PASS_SIMULATOR_MAX_CONNECTIONS")
            await page.locator("#found a").first.wait_for()
            assert (await page.evaluate(MEASURE))["overflow"] <= 0, (name, scheme)
            box = await page.get_by_role("searchbox").bounding_box()
            assert box is not None
            assert box["height"] >= TARGET, name
            contrasts = await page.evaluate(READ)
            assert all(each >= CONTRAST for each in contrasts.values()), (name, scheme, contrasts)
            await page.get_by_role("button", name="Close").click()
        await page.close()


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
