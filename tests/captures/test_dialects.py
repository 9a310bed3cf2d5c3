"""One journey as seven tools write it down comes to one world.

The archives of Chromium (by Playwright) and of mitmproxy were recorded with these tools; the other dialects
are made of Chromium's as their documentation has them.
"""

import base64
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest

from tests.support.lab import Lab

from .playing import graded, learnt, shown

FOLDER: Final = Path(__file__).parents[1] / "data" / "captures"
CHROMIUM: Final = json.loads((FOLDER / "chromium.har").read_text())
MITMPROXY: Final = json.loads((FOLDER / "mitmproxy.har").read_text())


def _entries(archive: Any) -> list[Any]:  # noqa: ANN401 - JSON
    found: list[Any] = archive["log"]["entries"]
    return found


def _elsewhere(entry: Any, hours: int) -> None:  # noqa: ANN401 - JSON
    begun = datetime.fromisoformat(entry["startedDateTime"])
    zone = timezone(timedelta(hours=hours))
    entry["startedDateTime"] = begun.astimezone(zone).isoformat(timespec="milliseconds")


def _firefox(archive: Any) -> Any:  # noqa: ANN401 - JSON
    """Local times, forms as parameters beside an empty text, and members of its own."""
    for each in _entries(archive):
        _elsewhere(each, 2)
        each |= {"_securityState": "secure", "connection": "443", "timings": {"blocked": 0}}
        posted = each["request"].get("postData")
        if posted and "urlencoded" in posted["mimeType"]:
            pairs = parse_qsl(posted["text"])
            posted["params"] = [{"name": name, "value": value} for name, value in pairs]
            posted["text"] = ""
    archive["log"]["creator"] = {"name": "Firefox", "version": "140.0"}
    return archive


def _charles(archive: Any) -> Any:  # noqa: ANN401 - JSON
    """Bodies as Base64, forms as parameters alone, tunnels that it could not read."""
    for each in _entries(archive):
        _elsewhere(each, -5)
        each["_charlesStatus"] = "COMPLETE"
        content = each["response"]["content"]
        if "text" in content:
            content["text"] = base64.b64encode(content["text"].encode()).decode()
            content["encoding"] = "base64"
        posted = each["request"].get("postData")
        if posted and "urlencoded" in posted["mimeType"]:
            pairs = parse_qsl(posted.pop("text"))
            posted["params"] = [{"name": name, "value": value} for name, value in pairs]
    tunnel = deepcopy(_entries(archive)[0])
    tunnel["request"] |= {"method": "CONNECT", "url": "https://other.example:443", "headers": []}
    tunnel["response"] |= {"status": -1, "content": {"size": 0}}
    _entries(archive).insert(0, tunnel)
    archive["log"]["creator"] = {"name": "Charles Proxy", "version": "5.0"}
    return archive


def _proxyman(archive: Any) -> Any:  # noqa: ANN401 - JSON
    """A byte order mark, HTTP/2 with its pseudo headers and small letters, no order, pages left out."""
    archive["log"].pop("pages", None)
    for each in _entries(archive):
        headers = each["request"]["headers"]
        for header in headers:
            header["name"] = header["name"].lower()
        pseudo = {":method": each["request"]["method"], ":scheme": "http", ":path": "/"}
        headers[:0] = [{"name": name, "value": value} for name, value in pseudo.items()]
        each["request"]["httpVersion"] = "h2"
    _entries(archive).reverse()
    archive["log"]["creator"] = {"name": "Proxyman", "version": "5.20"}
    return archive


def _fiddler(archive: Any) -> Any:  # noqa: ANN401 - JSON
    """Local times with seven digits, parameters beside the text, and comments of its own."""
    for each in _entries(archive):
        begun = datetime.fromisoformat(each["startedDateTime"]).astimezone(
            timezone(timedelta(hours=-7))
        )
        each["startedDateTime"] = begun.strftime("%Y-%m-%dT%H:%M:%S.%f0-07:00")
        each |= {"connection": "ClientPort:51234;EgressPort:51235", "comment": "[#12]"}
        posted = each["request"].get("postData")
        if posted is not None:
            posted["params"] = []
        each["response"]["statusText"] = "OK"
    archive["log"] |= {"creator": {"name": "Fiddler", "version": "5.0"}, "comment": "exported"}
    archive["log"].pop("pages", None)
    return archive


def _safari(archive: Any) -> Any:  # noqa: ANN401 - JSON
    """Fractions of milliseconds, names in small letters, null for what it does not know."""
    for each in _entries(archive):
        each["time"] = float(each.get("time") or 0) + 0.123456
        each |= {
            "cache": {},
            "_fetchType": "Network Load",
            "_priority": "medium",
            "pageref": "page_0",
        }
        for side in (each["request"], each["response"]):
            side["httpVersion"] = "HTTP/2"
            side["headers"] = [
                {"name": one["name"].lower(), "value": one["value"]} for one in side["headers"]
            ]
        each["request"].setdefault("postData", None)
        each["response"] |= {"redirectURL": None, "_error": None}
    archive["log"]["creator"] = {"name": "WebKit Web Inspector", "version": "1.0"}
    return archive


DIALECTS: Final[dict[str, Callable[[], Any]]] = {
    "chromium": lambda: CHROMIUM,
    "mitmproxy": lambda: MITMPROXY,
    "firefox": lambda: _firefox(deepcopy(CHROMIUM)),
    "charles": lambda: _charles(deepcopy(CHROMIUM)),
    "proxyman": lambda: _proxyman(deepcopy(CHROMIUM)),
    "fiddler": lambda: _fiddler(deepcopy(CHROMIUM)),
    "safari": lambda: _safari(deepcopy(CHROMIUM)),
}


def _world(archive: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """What was learnt, but for when that was."""
    data = json.dumps(archive).encode("utf-8-sig")
    return {name: each for name, each in learnt(data).document.items() if name != "description"}


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_comes_to_the_same_world(name: str) -> None:
    world = _world(DIALECTS[name]())
    assert world == _world(CHROMIUM)
    assert {each: len(world[each]) for each in ("mvpds", "integrations", "subscribers")} == {
        "mvpds": 7,
        "integrations": 6,
        "subscribers": 1,
    }


@pytest.mark.parametrize("name", DIALECTS)
async def test_what_a_tool_recorded_happens_again(lab: Lab, name: str) -> None:
    grade = await graded(lab, json.dumps(DIALECTS[name]()).encode())
    assert shown(grade) == ""
    assert grade.total == 10


async def test_an_archive_without_credentials_is_told_apart_by_its_devices(lab: Lab) -> None:
    archive = deepcopy(CHROMIUM)
    for each in _entries(archive):
        headers = each["request"]["headers"]
        headers[:] = [h for h in headers if h["name"].lower() not in {"authorization", "cookie"}]
    assert "requests without an Authorization header that were answered: 8" in (
        learnt(archive).assumed
    )
    assert shown(await graded(lab, archive)) == ""
