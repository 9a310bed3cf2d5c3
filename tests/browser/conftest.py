"""A real browser, and an app's page for it to come back to.

The browser is the system's Chromium: the tests are skipped where there is none, except where CI=true.
"""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import pytest
from aiohttp import web
from playwright.async_api import Browser, async_playwright
from pytest_aiohttp.plugin import AiohttpServer

from tests.support.lab import Lab

NAMES: Final = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
REBOUND: Final = "rebound.example"
"""A host name that leads to this machine, for the browser alone."""

# What Debian's Chromium needs without a screen, and nothing that asks the internet for anything.
ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
    f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AppsPages:
    """Pages of the app that a viewer comes back to."""

    origin: str

    @property
    def done(self) -> str:
        """Where a login ends."""
        return f"{self.origin}/done"

    @property
    def signed_out(self) -> str:
        """Where a logout ends."""
        return f"{self.origin}/signed-out"


@pytest.fixture
def lab(default_lab: Lab) -> Lab:
    """A browser sends no header that names a sandbox."""
    return default_lab


def installed() -> str | None:
    """The path of Chromium; None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium."""
    found = installed()
    if found is not None:
        return found
    message = "no Chromium is installed; on Debian: apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
async def browser_of_worker(chromium: str) -> AsyncIterator[Browser]:
    """To start one takes longer than most tests."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS])
        yield launched
        await launched.close()


@pytest.fixture
async def browser(browser_of_worker: Browser) -> AsyncIterator[Browser]:
    """A browser without any memory: each page, or each context, begins with none."""
    yield browser_of_worker
    for context in browser_of_worker.contexts:
        await context.close()


@pytest.fixture
async def app_pages(aiohttp_server: AiohttpServer) -> AppsPages:
    """A tiny web server that stands for the app."""

    async def show(request: web.Request) -> web.Response:
        title = "You are back in the app" if request.path == "/done" else "You are signed out"
        text = f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1>"
        return web.Response(text=text, content_type="text/html")

    pages = web.Application()
    pages.router.add_get("/done", show)
    pages.router.add_get("/signed-out", show)
    server = await aiohttp_server(pages)
    return AppsPages(origin=str(server.make_url("/")).rstrip("/"))
