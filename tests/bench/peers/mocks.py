"""The other mocks: how each is installed, started and asked for the nearest equivalent work.

Each comes in its best reasonable configuration: nothing printed for a request, records in memory where that
is what it does. It comes twice where it has a journal of the requests: with that as it is by default, and
without, or with as little of it as there can be.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import simulator
from tests.bench import interpreter
from tests.bench.report import Section
from tests.bench.server import SILENT, recorded, variables
from tests.bench.wire import request

from . import lives
from .peer import RECORDS, Peer, in_turn, script

FOLDER: Final = Path(__file__).resolve().parents[3] / ".venv" / "peers"
"""Where `make bench-peers` installs them."""

_MODULES: Final = FOLDER / "node_modules"
_FILES: Final = Path(__file__).with_name("files")
"""What they are configured with."""

_RECORDS: Final = [{"id": str(n + 1), "mvpd": "Cablevision"} for n in range(RECORDS)]


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


def _wiremock(journal: str, *options: str) -> Peer:
    return Peer(
        name="WireMock",
        version=_of_npm("wiremock"),
        command=lambda port: [
            *_java("wiremock/build/*.jar"),
            *("--port", str(port), "--disable-banner", "--async-response-enabled"),
            *("--container-threads", "32", "--root-dir", "."),
            *options,
        ],
        files={"mappings/stubs.json": _file("wiremock.json")},
        probe="/read",
        work="the state of a scenario, which all share",
        journal=journal,
        read=script("GET", "/read"),
        change=script("GET", "/change"),
        reset=script("POST", "/__admin/scenarios/reset"),
        life=lives.wiremock,
    )


# MockServer: a resource with create, read, update and delete. What it records cannot be turned off: without
# logging, it still keeps the requests.

_CRUD: Final = {"basePath": "/profiles", "idField": "id", "initialData": _RECORDS}


def _mockserver(journal: str, level: str, *options: str) -> Peer:
    return Peer(
        name="MockServer",
        version=_of_npm("mockserver-node"),
        command=lambda port: [
            *_java("mockserver-node/*.jar", *options),
            *("-serverPort", str(port), "-logLevel", level),
        ],
        files={},
        probe="/profiles/1",
        work="CRUD records in memory; a reset is one that also lays them anew",
        journal=journal,
        prepare=(request("PUT", "/mockserver/crud", body=_CRUD),),
        read=script("GET", "/profiles/{}"),
        change=script("PUT", "/profiles/{}", {"mvpd": "Dish"}),
        reset=in_turn(script("PUT", "/mockserver/reset"), script("PUT", "/mockserver/crud", _CRUD)),
        life=lives.mockserver,
    )


# Mockoon: a data bucket behind a CRUD route.


def _mockoon_environment() -> str:
    """A data bucket of all records behind a CRUD route."""
    environment = json.loads((_FILES / "mockoon.json").read_text())
    environment["data"][0]["value"] = json.dumps(_RECORDS)
    return json.dumps(environment)


def _mockoon(journal: str, *options: str) -> Peer:
    return Peer(
        name="Mockoon CLI",
        version=_of_npm("@mockoon/cli"),
        command=lambda port: _bin(
            *("mockoon-cli", "start", "--data", "environment.json", "--port", str(port)),
            *("--disable-log-to-file", "--admin-api-token", "bench", *options),
        ),
        files={"environment.json": _mockoon_environment},
        probe="/profiles/1",
        work=f"a data bucket of {RECORDS:,} records in memory",
        journal=journal,
        read=script("GET", "/profiles/{}"),
        change=script("PATCH", "/profiles/{}", {"mvpd": "Dish"}),
        reset=script(
            "POST", "/mockoon-admin/data-buckets/purge", headers={"Authorization": "Bearer bench"}
        ),
    )


# Those without a journal, which are the same in both leagues.

JSON_SERVER: Final = Peer(
    name="json-server",
    version=_of_npm("json-server"),
    command=lambda port: _bin(
        "json-server", "db.json", "--port", str(port), "--host", "127.0.0.1", "--quiet"
    ),
    files={"db.json": lambda: json.dumps({"profiles": _RECORDS})},
    probe="/profiles/1",
    work="writes its whole file after each change, without fsync; has no reset",
    read=script("GET", "/profiles/{}"),
    change=script("PATCH", "/profiles/{}", {"mvpd": "Dish"}),
)


PRISM: Final = Peer(
    name="Prism",
    version=_of_npm("@stoplight/prism-cli"),
    command=lambda port: _bin(
        "prism", "mock", "openapi.json", "--port", str(port), "--verboseLevel", "silent"
    ),
    files={"openapi.json": _file("prism.json")},
    probe="/profiles/1",
    work="has no state: its read is the example of the document",
    read=script("GET", "/profiles/{}"),
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
    work="pickles its whole state to a file after each change; its reset leaves nothing",
    prepare=(request("POST", _PRODUCTS, _KEY, "id=bench&name=in&type=service"),),
    read=script("GET", f"{_PRODUCTS}/bench", headers=_KEY),
    change=script("POST", f"{_PRODUCTS}/bench", "name=out", _KEY),
    reset=in_turn(
        script("DELETE", "/_config/data", headers=_KEY),
        script("POST", _PRODUCTS, "id=bench&name=in&type=service", _KEY),
    ),
)  # fmt: skip

# Ours: as `serve` is, and silent; on the Python that runs this, and on that of the distribution, if there is
# one.

_DISTRIBUTION: Final = FOLDER / "distribution" / "bin" / "python"
_PYTHONS: Final = {"": sys.executable} | (
    {", distribution's Python": str(_DISTRIBUTION)} if _DISTRIBUTION.exists() else {}
)
"""The executables, by what the name of a row has in addition."""


def _ours(variant: str, journal: str, command: Callable[[int], list[str]], *, silent: bool) -> Peer:
    return Peer(
        name="pass-simulator",
        variant=variant,
        version=lambda: simulator.__version__,
        command=command,
        files={},
        probe="/livez",
        work="profiles of a device; a logout that deletes one, on disk with an fsync before the answer",
        journal=journal,
        life=lives.ours,
        ours=True,
        check=_check_silent if silent else _check_recording,
    )


def _recording(variant: str) -> Peer:
    return _ours(
        variant,
        "each request with its reasons, on disk; metrics",
        lambda port: [
            *(_PYTHONS[variant], "-m", "simulator", "serve"),
            *("--port", str(port), "--db", "contest.db"),
        ],
        silent=False,
    )


def _silent(variant: str) -> Peer:
    def command(port: int) -> list[str]:
        given = variables(port=str(port), db="contest.db", **{SILENT: "1"})
        settings = [f"{name}={value}" for name, value in given.items()]
        return ["env", *settings, _PYTHONS[variant], "-m", "tests.bench.server"]

    return _ours(variant, "off, and metrics with it", command, silent=True)


def _check_silent(origin: str) -> None:
    if recorded(origin):
        raise AssertionError("the silent simulator records what it is asked")


def _check_recording(origin: str) -> None:
    if not recorded(origin):
        raise AssertionError("the simulator does not record what it is asked")


JOURNALS_ON: Final = (
    *map(_recording, _PYTHONS),
    _wiremock("each request in memory, without end"),
    _mockserver("the last requests in memory, as many as its heap allows", "WARN"),
    _mockoon("the last 100 requests in memory"),
    JSON_SERVER,
    PRISM,
    LOCALSTRIPE,
)
JOURNALS_OFF: Final = (
    *map(_silent, _PYTHONS),
    _wiremock("off", "--no-request-journal"),
    _mockserver(
        "one request, as it cannot be turned off",
        "OFF",
        "-Dmockserver.maxLogEntries=1",
        "-Dmockserver.disableLogging=true",
    ),
    _mockoon("one request, as it cannot be turned off", "--max-transaction-logs", "1"),
    JSON_SERVER,
    PRISM,
    LOCALSTRIPE,
)


def interpreters() -> Section:
    """Which Python each row of ours is measured with, and how that was built."""
    return Section(
        title="Which Python",
        text=(
            "What Python itself costs depends on its build: with PGO its compiler knew from a profile what "
            "is run often, with LTO it saw all files at once. Where two interpreters are at hand, both are "
            "measured: the one that runs the command, and that of the distribution."
        ),
        head=("simulator", "interpreter"),
        rows=tuple(
            (f"pass-simulator{variant}", _interpreter(python))
            for variant, python in _PYTHONS.items()
        ),
    )


def _interpreter(python: str) -> str:
    done = subprocess.run(
        [python, interpreter.__file__], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
