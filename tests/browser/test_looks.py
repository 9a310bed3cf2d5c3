"""The provider's pages can be read and used on a phone, on a laptop and on a television."""

from typing import Any, Final, Literal

import pytest
from playwright.async_api import Browser, Page, ViewportSize

from tests.browser.conftest import AppsPages
from tests.support.lab import App, Lab
from tests.support.logins import code_for
from tests.support.worlds import TV, Entry, world

SCREENS: Final = {
    "a small phone": ViewportSize(width=320, height=568),
    "a phone": ViewportSize(width=390, height=844),
    "a laptop": ViewportSize(width=1280, height=800),
    "a television": ViewportSize(width=1920, height=1080),
}
# A finger needs about this many pixels (WCAG 2.5.5), running text that much contrast (WCAG 1.4.3).
TARGET: Final = 44
CONTRAST: Final = 4.5

LONG: Final = "The_Very_Long_Name_Of_A_Rural_Electric_Cable_Cooperative_Of_Somewhere"
POOR: Final[Entry] = {"id": "poor", "password": "secret", "entitlements": []}

# What stands out of the page to the right, and what is too small to be hit.
MEASURE: Final = """() => ({
  overflow: document.documentElement.scrollWidth - window.innerWidth,
  targets: [...document.querySelectorAll('input:not([type=hidden]), button, a')].map(each => {
    const box = each.getBoundingClientRect();
    return [each.textContent || each.name, Math.min(box.width, box.height)];
  }),
})"""

# The contrast of each piece of text with what is painted behind it.
READ: Final = """() => {
  const parts = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const solid = each => { const [, , , alpha = 1] = parts(each); return alpha > 0; };
  const luminance = text => {
    const [r, g, b] = parts(text).map(each => each / 255)
      .map(each => each <= .04045 ? each / 12.92 : ((each + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = node => {
    for (let each = node; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (solid(colour)) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const found = {};
  for (const node of document.querySelectorAll('h1, p, label, input, button, a, footer')) {
    const [dark, light] = [luminance(getComputedStyle(node).color), luminance(behind(node))]
      .sort((one, other) => one - other);
    found[node.tagName + ' ' + node.className] = (light + .05) / (dark + .05);
  }
  return found;
}"""


@pytest.fixture
async def tv(lab: Lab) -> App:
    await lab.seed(
        world(
            subscribers=[POOR],
            mvpds=[{"id": "LabLong", "display_name": LONG}],
            integrations=[{"service_provider": "LABSP", "mvpd": "LabLong"}],
        )
    )
    return await lab.app(TV, client="app-1")


async def _pages(page: Page, tv: App, app_pages: AppsPages) -> list[Any]:
    """What MEASURE and READ say of each of the pages that a viewer can meet, on each screen."""
    code = await code_for(tv, mvpd="LabLong", redirectUrl=app_pages.done)
    url = f"{tv.lab.origin}/api/v2/authenticate/LABSP/{code}"
    found = []

    async def look() -> None:
        for name, size in SCREENS.items():
            await page.set_viewport_size(size)
            found.append((name, await page.evaluate(MEASURE), await page.evaluate(READ)))

    await page.goto(url)
    await look()
    await page.get_by_role("button", name="Sign in").click()
    assert await page.get_by_role("alert").is_visible()
    await look()
    await page.get_by_label("User name").fill("poor")
    await page.get_by_label("Password").fill("secret")
    await page.get_by_role("button", name="Sign in").click()
    assert await page.get_by_role("link").is_visible()
    await look()
    await page.goto(f"{tv.lab.origin}/provider/login?reg_code=AAAAAAA")
    await look()
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_fit_the_screen_and_can_be_read(
    tv: App, browser: Browser, app_pages: AppsPages, scheme: Literal["light", "dark"]
) -> None:
    page = await browser.new_page(color_scheme=scheme)
    for name, measured, contrasts in await _pages(page, tv, app_pages):
        assert measured["overflow"] <= 0, name
        assert all(each >= TARGET for _, each in measured["targets"]), (name, measured)
        assert all(each >= CONTRAST for each in contrasts.values()), (name, contrasts)


async def test_what_has_the_focus_can_be_seen(
    tv: App, browser: Browser, app_pages: AppsPages
) -> None:
    page = await browser.new_page()
    code = await code_for(tv, redirectUrl=app_pages.done)
    await page.goto(f"{tv.lab.origin}/api/v2/authenticate/LABSP/{code}")
    style = "() => getComputedStyle(document.activeElement).outlineStyle"
    for _ in range(4):
        assert await page.evaluate(style) == "solid"
        await page.keyboard.press("Tab")
