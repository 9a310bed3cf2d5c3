"""What is done by hand, in a browser: the system's Chromium."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS, installed


def log_in(phone: str, code: str, provider: str) -> None:
    """Type a code on the page for phones, choose a provider, and log in as the pages say."""
    with _browser() as page:
        page.goto(phone)
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name=provider).click()
        page.get_by_label("User name").fill("demo")
        page.get_by_label("Password").fill("demo")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/activate/done**")


def look_at_board(board: str, token: str, device: str) -> None:
    """Open the board, give it the token, and see the device."""
    with _browser() as page:
        page.goto(board)
        page.locator("input[type=password]").fill(token)
        page.keyboard.press("Enter")
        expect(page.get_by_text(device).first).to_be_visible()


@contextmanager
def _browser() -> Iterator[Page]:
    path = installed()
    assert path is not None, "no Chromium is installed; on Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        try:
            yield browser.new_page()
        finally:
            browser.close()
