"""Growth: what calls, resets, snapshots, restores and clones cost as worlds and their number grow."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

from simulator.cli.server.loops import run
from simulator.scenarios.household_orders import device_id

from .load import CLOCK, Driver, Measured
from .picture import Bar, Chart
from .processes import Watched, database_size
from .report import Section, times
from .server import benched
from .wire import Wire, request
from .world import PROVIDER, Stage

PROFILES: Final = (10, 1_000, 100_000)
MANY_PROFILES: Final = (*PROFILES, 1_000_000)
SANDBOXES: Final = (1, 100)
MANY_SANDBOXES: Final = (*SANDBOXES, 2_000)
CHANGES: Final = ("reset", "snapshot", "restore", "clone")

_CALLS: Final = 600
_ROUNDS: Final = 5
_CHANGES_EACH: Final = 6
_LOGOUTS: Final = 5
_DEVICES: Final = 500
_SMALL: Final = 10
_MVPD: Final = "Cablevision"
_OUT: Final = f"/api/v2/{PROVIDER}/logout/{_MVPD}?redirectUrl=https%3A%2F%2Fapp.example"
_IN: Final = f"/api/v2/{PROVIDER}/profiles"


def generated(profiles: int) -> dict[str, Any]:
    """A scenario of so many profiles, two to a household, whose devices are called by a number."""
    return {
        "name": f"world-of-{profiles}",
        "extends": "logout-samples",
        "generate": {
            "seed": 7,
            "service_provider": PROVIDER,
            "mvpds": [_MVPD],
            "subscribers": profiles // 2,
            "devices_each": 2,
        },
    }


@dataclass(frozen=True, kw_only=True)
class Place:
    """A sandbox of a certain size under measurement, and the devices that are logged in there."""

    stage: Stage
    devices: tuple[str, ...]

    def call(self, path: str, number: int) -> bytes:
        """A device's call; the same device calls again after all others have."""
        headers = self.stage.headers(self.devices[number % len(self.devices)], 0)
        return request("GET", path, headers)


async def _profiles(place: Place, wire: Wire, number: int) -> None:
    await wire.must(place.call(_IN, number), _MVPD.encode())


async def _logouts(place: Place, wire: Wire, number: int) -> None:
    """Logouts that delete a profile each, and a reset that brings them back."""
    for device in range(_LOGOUTS):
        asked = place.call(_OUT, number * _LOGOUTS + device)
        await wire.must(asked, b'"actionName":"logout"')
    await wire.must(place.stage.admin("POST", "reset", {}))


_LOGGED_OUT: Final = f"{_LOGOUTS} logouts and a reset"
_CALLED: Final = {"profiles": (_profiles, _CALLS, 16), _LOGGED_OUT: (_logouts, _CALLS // 10, 1)}
"""What is called, how often, and over how many connections."""


async def _opened(origin: str, name: str, profiles: int) -> Place:
    """A new place called `name` with so many profiles, whose making may take minutes."""
    wire = await Wire.to(origin)
    new = Stage(sandbox=name, tokens=(), statement="")
    default = Stage(sandbox="default", tokens=(), statement="")
    await wire.must(default.admin("POST", "sandboxes", {"id": name}))
    await wire.must(new.admin("POST", "seed", {"document": generated(profiles)}))
    minted = (await wire.must(new.admin("POST", "tokens", {}))).json()
    wire.close()
    number = min(profiles, _DEVICES)
    # From all over the world, so that they do not lie beside one another.
    places = (profiles * each // number for each in range(number))
    devices = (device_id(f"household-{place // 2 + 1:05d}", place % 2 + 1) for place in places)
    stage = Stage(sandbox=name, tokens=(minted["access_token"],), statement="")
    return Place(stage=stage, devices=tuple(devices))


async def _changes(origin: str, place: Place, number: int) -> dict[str, list[float]]:
    """How many milliseconds each change took, some calls made before each reset."""
    wire = await Wire.to(origin)
    elsewhere = Stage(sandbox="default", tokens=(), statement="")
    stage, taken = place.stage, {name: list[float]() for name in CHANGES}

    async def timed(name: str, asked: bytes) -> None:
        began = CLOCK.elapsed()
        await wire.must(asked)
        taken[name].append((CLOCK.elapsed() - began) * 1000)

    for turn in range(_CHANGES_EACH):
        snapshot, clone = f"s{number}-{turn}", f"{stage.sandbox}-{number}-{turn}"
        await wire.must(place.call(_OUT, turn))
        await timed("snapshot", stage.admin("POST", "snapshots", {"name": snapshot}))
        await timed("restore", stage.admin("POST", f"snapshots/{snapshot}/restore"))
        wanted = {"id": clone, "from_sandbox": stage.sandbox}
        await timed("clone", elsewhere.admin("POST", "sandboxes", wanted))
        await timed("reset", stage.admin("POST", "reset", {}))
        await wire.must(stage.admin("DELETE", f"snapshots/{snapshot}"))
        await wire.must(elsewhere.admin("DELETE", f"sandboxes/{clone}"))
    wire.close()
    return taken


@dataclass(frozen=True, kw_only=True)
class Grown:
    """What was measured at each size, in the order of the sizes."""

    sizes: tuple[int, ...]
    calls: Mapping[int, Mapping[str, list[Measured]]]
    changes: Mapping[int, Mapping[str, list[float]]]
    memory: int
    database: int

    def ratio(self, size: int, case: str) -> float:
        """The CPU of a call as a multiple of that in the smallest world, the median over the rounds."""
        pairs = zip(self.calls[size][case], self.calls[self.sizes[0]][case], strict=True)
        return median(own.cpu / first.cpu for own, first in pairs)


def measure(driver: Driver, found: Mapping[int, tuple[Watched, Place]], db: Path) -> Grown:
    """Measure the place of each size in interleaved rounds; `db` is what the largest one is in."""
    calls: dict[int, dict[str, list[Measured]]] = {
        size: {case: [] for case in _CALLED} for size in found
    }
    changes = {size: {name: list[float]() for name in CHANGES} for size in found}
    for number in range(_ROUNDS + 1):
        print(f"round {number} of {_ROUNDS}", file=sys.stderr, flush=True)
        for size, (server, place) in found.items():
            # Whoever asks first for a profile becomes its owner; that is not what is measured.
            mine = range(len(place.devices))
            driver.drive(server, partial(_profiles, place), mine, connections=16)
            for case, (play, count, connections) in _CALLED.items():
                script = partial(play, place)
                measured = driver.drive(server, script, range(count), connections=connections)
                if number:
                    calls[size][case].append(measured)
            for name, taken in run(_changes(server.origin, place, number)).items():
                changes[size][name] += taken if number else []
    server = found[max(found)][0]
    return Grown(
        sizes=tuple(found),
        calls=calls,
        changes=changes,
        memory=server.memory(),
        database=database_size(db),
    )


def of_profiles(driver: Driver, folder: Path, sizes: Sequence[int]) -> Section:
    """Worlds of these sizes, each in a sandbox of its own, beside one another in one server."""
    db, found = folder / "growth.db", {}
    with benched(db) as server:
        for size in sizes:
            print(f"making a world of {size:,} profiles", file=sys.stderr, flush=True)
            found[size] = (server, run(_opened(server.origin, f"of-{size}", size)))
        return _section("profiles", measure(driver, found, db))


def of_sandboxes(driver: Driver, folder: Path, sizes: Sequence[int]) -> Section:
    """A small world in servers with more and more sandboxes beside it."""
    found = {}
    with ExitStack() as servers:
        for size in sizes:
            db = folder / f"sandboxes-{size}.db"
            server = servers.enter_context(benched(db))
            run(_crowd(server.origin, size - 1))
            found[size] = (server, run(_opened(server.origin, "mine", _SMALL)))
        return _section("sandboxes", measure(driver, found, db))


async def _crowd(origin: str, sandboxes: int) -> None:
    """Make so many sandboxes."""
    wire = await Wire.to(origin)
    default = Stage(sandbox="default", tokens=(), statement="")
    for number in range(sandboxes):
        await wire.must(default.admin("POST", "sandboxes", {"id": f"other-{number}"}))
    wire.close()


def _section(what: str, found: Grown) -> Section:
    rows, smallest = [], found.sizes[0]
    for size in found.sizes:
        cells = [f"{size:,}"]
        for case in _CALLED:
            typical = Measured.typical(found.calls[size][case])
            cells.append(f"{typical.cpu:,.0f} µs ({times(found.ratio(size, case))})")
        for name in CHANGES:
            own, first = median(found.changes[size][name]), median(found.changes[smallest][name])
            cells.append(f"{own:.1f} ms ({times(own / first)})")
        rows.append(tuple(cells))
    bars = [
        Bar(name=f"{case}, {size:,} {what}", value=found.ratio(size, case),
            text=times(found.ratio(size, case)))
        for case in _CALLED
        for size in found.sizes
    ]  # fmt: skip
    return Section(
        title=f"Growth in {what}",
        text=(
            f"CPU of a call, and how long a change of a whole world takes by the clock, at ever more "
            f"{what}; medians, and how many times the first row. In the end the server holds "
            f"{found.memory / 2**20:.0f} MiB, and the database {found.database / 2**20:,.0f} MiB."
        ),
        head=(what, *(f"CPU of {case}" for case in _CALLED), *CHANGES),
        rows=tuple(rows),
        charts=(Chart(title=f"CPU of a call as {what} grow", bars=tuple(bars)),),
    )
