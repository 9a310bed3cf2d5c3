"""The other mocks: how each is installed, started and asked for the nearest equivalent work.

Each comes in its best reasonable configuration: request journals and logs off, records in memory where
that is what it does. What a peer cannot do is None.
"""

import base64
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import simulator

from .load import Script
from .wire import Wire, request

FOLDER: Final = Path(__file__).resolve().parents[2] / ".venv" / "peers"
"""Where `make bench-peers` installs them."""

RECORDS: Final = 1_000
_MODULES: Final = FOLDER / "node_modules"
_FILES: Final = Path(__file__).with_name("peers")
"""What they are configured with."""

_RECORDS: Final = [{"id": str(n + 1), "mvpd": "Cablevision"} for n in range(RECORDS)]


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A mock under comparison.

    `files` are written before it starts, into the folder that it starts in. `prepare` are the calls
    that make its state, sent once it answers at all. `notes` says what its work is.
    """

    name: str
    version: Callable[[], str]
    command: Callable[[int], Sequence[str]]
    probe: str
    notes: str
    files: Mapping[str, Callable[[], str]]
    prepare: tuple[bytes, ...] = ()
    read: Script | None = None
    change: Script | None = None
    reset: Script | None = None


async def _call(
    method: str, path: str, headers: Mapping[str, str], body: object, wire: Wire, number: int
) -> None:
    """Ask for one of the records after another."""
    record = str(number % RECORDS + 1)
    await wire.must(request(method, path.replace("{}", record), headers, body))


def _script(
    method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Script:
    return partial(_call, method, path, headers or {}, body)


async def _in_turn(scripts: Sequence[Script], wire: Wire, number: int) -> None:
    for script in scripts:
        await script(wire, number)


def _of_npm(package: str) -> Callable[[], str]:
    def version() -> str:
        found = json.loads((_MODULES / package / "package.json").read_text())
        return str(found["version"])

    return version


def _file(name: str) -> Callable[[], str]:
    return (_FILES / name).read_text


def _java(jar: str, *options: str) -> list[str]:
    (found,) = _MODULES.glob(jar)
    return ["java", *options, "-jar", str(found)]


def _bin(name: str, *arguments: str) -> list[str]:
    return ["node", str((_MODULES / ".bin" / name).resolve()), *arguments]


# WireMock: a scenario's state, which each call moves on and the reset takes back. It looks at one stub after
# another, and another call may move the state on meanwhile: hence the stubs of lower priority.

WIREMOCK: Final = Peer(
    name="WireMock",
    version=_of_npm("wiremock"),
    command=lambda port: [
        *_java("wiremock/build/*.jar"),
        *(
            "--port",
            str(port),
            "--no-request-journal",
            "--disable-banner",
            "--async-response-enabled",
        ),
        *("--container-threads", "32", "--root-dir", "."),
    ],
    files={"mappings/stubs.json": _file("wiremock.json")},
    probe="/read",
    notes="the state of a scenario, which all share; request journal off",
    read=_script("GET", "/read"),
    change=_script("GET", "/change"),
    reset=_script("POST", "/__admin/scenarios/reset"),
)

# MockServer: a resource with create, read, update and delete.

_CRUD: Final = {"basePath": "/profiles", "idField": "id", "initialData": _RECORDS}
MOCKSERVER: Final = Peer(
    name="MockServer",
    version=_of_npm("mockserver-node"),
    command=lambda port: [
        *_java("mockserver-node/*.jar", "-Dmockserver.maxLogEntries=1"),
        *("-serverPort", str(port), "-logLevel", "ERROR"),
    ],
    files={},
    probe="/profiles/1",
    notes="CRUD records in memory; log and its entries off; a reset is one that also lays them anew",
    prepare=(request("PUT", "/mockserver/crud", body=_CRUD),),
    read=_script("GET", "/profiles/{}"),
    change=_script("PUT", "/profiles/{}", {"mvpd": "Dish"}),
    reset=partial(
        _in_turn, (_script("PUT", "/mockserver/reset"), _script("PUT", "/mockserver/crud", _CRUD))
    ),
)

# Mockoon: a data bucket behind a CRUD route.


def _mockoon_environment() -> str:
    """A data bucket of all records behind a CRUD route."""
    environment = json.loads((_FILES / "mockoon.json").read_text())
    environment["data"][0]["value"] = json.dumps(_RECORDS)
    return json.dumps(environment)


MOCKOON: Final = Peer(
    name="Mockoon CLI",
    version=_of_npm("@mockoon/cli"),
    command=lambda port: _bin(
        "mockoon-cli", "start", "--data", "environment.json", "--port", str(port),
        "--disable-log-to-file", "--max-transaction-logs", "1", "--admin-api-token", "bench",
    ),
    files={"environment.json": _mockoon_environment},
    probe="/profiles/1",
    notes=f"a data bucket of {RECORDS:,} records in memory; one transaction in its log",
    read=_script("GET", "/profiles/{}"),
    change=_script("PATCH", "/profiles/{}", {"mvpd": "Dish"}),
    reset=_script(
        "POST", "/mockoon-admin/data-buckets/purge", headers={"Authorization": "Bearer bench"}
    ),
)  # fmt: skip

JSON_SERVER: Final = Peer(
    name="json-server",
    version=_of_npm("json-server"),
    command=lambda port: _bin(
        "json-server", "db.json", "--port", str(port), "--host", "127.0.0.1", "--quiet"
    ),
    files={"db.json": lambda: json.dumps({"profiles": _RECORDS})},
    probe="/profiles/1",
    notes="writes its whole file after each change, without fsync; has no reset",
    read=_script("GET", "/profiles/{}"),
    change=_script("PATCH", "/profiles/{}", {"mvpd": "Dish"}),
)


PRISM: Final = Peer(
    name="Prism",
    version=_of_npm("@stoplight/prism-cli"),
    command=lambda port: _bin(
        "prism", "mock", "openapi.json", "--port", str(port), "--verboseLevel", "silent"
    ),
    files={"openapi.json": _file("prism.json")},
    probe="/profiles/1",
    notes="has no state: its read is the example of the document",
    read=_script("GET", "/profiles/{}"),
)

_KEY: Final = {"Authorization": "Basic " + base64.b64encode(b"sk_test_12345:").decode()}
_PRODUCTS: Final = "/v1/products"


def _of_localstripe() -> str:
    (found,) = FOLDER.glob("python/lib/*/site-packages/localstripe-*.dist-info")
    return found.name.removesuffix(".dist-info").partition("-")[2]


LOCALSTRIPE: Final = Peer(
    name="localstripe",
    version=_of_localstripe,
    command=lambda port: [
        str(FOLDER / "python" / "bin" / "localstripe"), "--port", str(port), "--from-scratch",
    ],
    files={},
    probe=_PRODUCTS,
    notes="pickles its whole state to a file after each change; its reset leaves nothing",
    prepare=(request("POST", _PRODUCTS, _KEY, "id=bench&name=in&type=service"),),
    read=_script("GET", f"{_PRODUCTS}/bench", headers=_KEY),
    change=_script("POST", f"{_PRODUCTS}/bench", "name=out", _KEY),
    reset=partial(
        _in_turn,
        (
            _script("DELETE", "/_config/data", headers=_KEY),
            _script("POST", _PRODUCTS, "id=bench&name=in&type=service", _KEY),
        ),
    ),
)  # fmt: skip

PEERS: Final = (WIREMOCK, MOCKSERVER, MOCKOON, JSON_SERVER, PRISM, LOCALSTRIPE)

OURS: Final = Peer(
    name="pass-simulator",
    version=lambda: simulator.__version__,
    command=lambda port: [
        sys.executable, "-m", "simulator", "serve", "--port", str(port), "--db", "contest.db",
    ],
    files={},
    probe="/livez",
    notes="profiles of a device; a logout that deletes one, on disk with an fsync before the answer",
)  # fmt: skip
