"""Pictures of every page of the console, and what they measure: for looking at, before and after a change.

Run by `python -m tests.browser.screens OUT`. A simulator of its own is filled with as many devices as
`--devices` says; each page is opened at each width, light and dark, and put into the folder OUT, with sheets
of all pictures of one width and scheme. What is printed is, for each page, its bytes, the time until it was
loaded, its heights, and what stands out of it to the right; with `--axe FILE`, the axe.min.js of the npm
package axe-core, also what that finds. Ends with 1 where a page is too wide or axe found something.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote

from playwright.async_api import Browser, Page, async_playwright

from pass_simulator import Sandbox, Simulator
from pass_simulator.server_process import running_server

from .conftest import ARGUMENTS, NAMES

WIDTHS: Final = (360, 768, 1280)
_HEIGHT: Final = 800
_SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
_PLATFORMS: Final = ("Roku", "tvOS", "FireTV", "AndroidTV", "iOS", None)
_ROOMS: Final = (
    "Living room",
    "Kitchen",
    "Lab shelf",
    "Bedroom of a colleague with a long name",
    "Desk",
)
_AXE: Final = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map(each => `${each.id}: ${each.nodes.map(node => node.target).join(", ")}`);
}"""
_SHEET: Final = """body { margin: 8px; background: #888; font: 12px sans-serif }
figure { display: inline-block; margin: 4px; vertical-align: top }
div { max-height: 700px; overflow: hidden }"""
_WIDE: Final = "document.documentElement.scrollWidth - window.innerWidth"
_TALL: Final = "document.documentElement.scrollHeight"


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A picture, and what its page measured."""

    file: Path
    page: str
    width: int
    scheme: str
    height: int
    overflow: int
    findings: tuple[str, ...]


def populate(sandbox: "Sandbox[Any]", devices: int) -> list[str]:
    """Let so many devices call: a third shows a code, a third is logged in, the others are refused."""
    named = []
    for number in range(devices):
        name = f"{_ROOMS[number % len(_ROOMS)]} {number:03}"
        platform = _PLATFORMS[number % len(_PLATFORMS)]
        device = sandbox.device(f"tv-{number:03}", platform=platform)
        sandbox.devices.create(id=device.id, name=name)
        named.append(device.id)
        if number % 3 == 0:
            step = device.start_login("Cablevision" if number % 2 else None)
            for _ in range(3):
                device.request("GET", f"/api/v2/REF30/profiles/code/{step.code}")
        elif number % 3 == 1:
            device.login("Cablevision", subscriber="demo")
            device.authorize("Cablevision", "NEWS")
        else:
            device.profiles()
            device.request("GET", "/api/v2/REF30/profiles/NoSuchProvider")
    if devices:
        sandbox.faults.create(action={"kind": "throttle"}, match={"device": named[0]})
        sandbox.snapshots.take("before-lunch")
    return named


def pages(named: Sequence[str], request: str | None) -> Iterator[tuple[str, str]]:
    """The pages, by a name for their files."""
    yield "board", "/console"
    if named:
        yield "board-open", f"/console?open={quote(named[0])}"
        yield "board-found", f"/console?q={quote(named[-1])}"
        yield "board-cards", "/console?view=cards"
        yield "device", f"/console/device?id={quote(named[0])}"
    yield "requests", "/console/requests"
    if request:
        yield "request", f"/console/requests/{request}"
    yield "conduct", "/console/conduct"
    yield "world", "/console/world"
    yield "scenario", "/console/scenario?name=demo"
    yield "sandboxes", "/console/sandboxes"
    yield "problem", "/console/nothing"


async def shoot(
    browser: Browser, base: str, name: str, path: str, out: Path, axe: str
) -> list[Shot]:
    """The page at each width, light and dark."""
    found = []
    for scheme in _SCHEMES:
        page = await browser.new_page(color_scheme=scheme)
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": _HEIGHT})
            await page.goto(base + path)
            file = out / f"{name}-{width}-{scheme}.png"
            height = int(await page.evaluate(_TALL))
            # Only the beginning of what is very long: nobody looks at metres of it.
            shown = min(height, 4_000)
            clip = {"x": 0.0, "y": 0.0, "width": float(width), "height": float(shown)}
            await page.screenshot(path=file, clip=clip, full_page=True)  # type: ignore[arg-type]
            shot = Shot(
                file=file,
                page=name,
                width=width,
                scheme=scheme,
                height=height,
                overflow=int(await page.evaluate(_WIDE)),
                findings=tuple(await _examine(page, axe)),
            )
            found.append(shot)
        await page.close()
    return found


async def _examine(page: Page, axe: str) -> list[str]:
    if not axe:
        return []
    # By the protocol of the browser: the page's own policy lets no script in.
    await page.evaluate(axe)
    found: list[str] = await page.evaluate(_AXE)
    return found


async def load(browser: Browser, base: str, path: str) -> tuple[int, float]:
    """The bytes of the page, and the milliseconds until it was loaded."""
    page = await browser.new_page(viewport={"width": WIDTHS[0], "height": _HEIGHT})
    answer = await page.goto(base + path)
    assert answer is not None
    size = len(await answer.body())
    took = await page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    await page.close()
    return size, float(took)


async def sheet(browser: Browser, shots: Sequence[Shot], file: Path) -> None:
    """The pictures beside each other in one, smaller, and of long ones the beginning."""
    shown = "".join(
        f"<figure><figcaption>{each.page} {each.height} px</figcaption>"
        f"<div><img src='{each.file.as_uri()}' width='{max(240, each.width // 2)}'></div></figure>"
        for each in shots
    )
    source = file.with_suffix(".html")
    source.write_text(f"<style>{_SHEET}</style>{shown}")
    page = await browser.new_page(viewport={"width": 1_560, "height": 1_000})
    await page.goto(source.as_uri())
    await page.screenshot(path=file, full_page=True)
    await page.close()


async def _all(url: str, named: Sequence[str], request: str | None, out: Path, axe: str) -> bool:
    well = True
    async with async_playwright() as playwright:
        path = next(found for each in NAMES if (found := shutil.which(each)))
        browser = await playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        shots: list[Shot] = []
        for name, address in pages(named, request):
            size, took = await load(browser, url, address)
            taken = await shoot(browser, url, name, address, out, axe)
            heights = " ".join(str(each.height) for each in taken if each.scheme == "light")
            print(f"{name:12} {size:9,} bytes {took:6.0f} ms  heights {heights}")
            for each in taken:
                for finding in (
                    *each.findings,
                    *([f"{each.overflow} px too wide"] if each.overflow > 0 else []),
                ):
                    well = False
                    print(f"  {each.width} {each.scheme}: {finding}")
            shots += taken
        for width, scheme in product(WIDTHS, _SCHEMES):
            some = [each for each in shots if (each.width, each.scheme) == (width, scheme)]
            await sheet(browser, some, out / f"sheet-{width}-{scheme}.png")
        await browser.close()
    return well


def main() -> int:
    """Make the pictures; the status that the process ends with."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.browser.screens")
    parser.add_argument("out", type=Path, help="the folder for the pictures")
    parser.add_argument("--devices", default="0,30,300", help="how many devices, one run for each")
    parser.add_argument("--axe", type=Path, help="axe.min.js of axe-core")
    given = parser.parse_args()
    script = given.axe.read_text() if given.axe else ""
    well = True
    for devices in map(int, given.devices.split(",")):
        out = given.out / f"{devices}-devices"
        out.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory() as folder,
            running_server(log=Path(folder) / "log") as url,
            Simulator(url) as simulator,
        ):
            sandbox = simulator.default
            named = populate(sandbox, devices)
            entries = sandbox.requests.list(newest=1) if devices else []
            print(f"{devices} devices")
            request = entries[0].id if entries else None
            well &= asyncio.run(_all(url, named, request, out.resolve(), script))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
