"""What a test pays for a sandbox of its own, from its making to its end, in the server's processor time."""

import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from simulator.cli.server.loops import run
from simulator.scenarios.household_orders import device_id

from .growth import generated
from .processes import Watched
from .report import Section, times
from .server import benched
from .wire import Answer, Wire, request
from .world import PROVIDER, Stage

SIZES: Final = (10,)
ALL_SIZES: Final = (*SIZES, 100_000)

_ROUNDS: Final = 7
_LIVES: Final = 100
_MVPD: Final = "Cablevision"
_OUT: Final = f"/api/v2/{PROVIDER}/logout/{_MVPD}?redirectUrl=https%3A%2F%2Fapp.example"
_NOWHERE: Final = Stage(sandbox="default", tokens=(), statement="")


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A scenario that tests begin with, what it is in the table, and a device that is logged in there."""

    name: str
    shown: str
    device: str


DEMO: Final = Scenario(name="demo", shown="`demo`", device="demo-roku")


def written(folder: Path, profiles: int) -> Scenario:
    """A scenario of so many profiles, as a file in `folder`."""
    document = generated(profiles)
    (folder / f"{document['name']}.json").write_text(json.dumps(document))
    return Scenario(
        name=document["name"],
        shown=f"{profiles:,} profiles",
        device=device_id("household-00001", 1),
    )


class Life:
    """One test: what it asks of the server, step by step, over a connection that it has to itself."""

    def __init__(self, wire: Wire, scenario: Scenario, sandbox: str) -> None:
        self._wire = wire
        self._scenario = scenario
        self._stage = Stage(sandbox=sandbox, tokens=(), statement="")

    async def create(self) -> None:
        """The sandbox, from the scenario."""
        await self._anywhere(
            "POST", "sandboxes", {"id": self._stage.sandbox, "scenario": self._scenario.name}
        )

    async def token(self) -> None:
        """An access token for the app."""
        minted = (await self._wire.must(self._stage.admin("POST", "tokens", {}))).json()
        self._stage = Stage(
            sandbox=self._stage.sandbox, tokens=(minted["access_token"],), statement=""
        )

    async def logout(self) -> None:
        """What is tested."""
        asked = request("GET", _OUT, self._stage.headers(self._scenario.device, 0))
        await self._wire.must(asked, b'"actionName":"logout"')

    async def verify(self) -> None:
        """That the app asked for it once."""
        wanted = {"match": {"operation": "logout"}, "exactly": 1}
        asked = self._stage.admin("POST", "requests/verify", wanted)
        await self._wire.must(asked, b'"verified":true')

    async def delete(self) -> None:
        """The sandbox is gone."""
        await self._anywhere("DELETE", f"sandboxes/{self._stage.sandbox}")

    async def whole(self) -> None:
        """All of that."""
        for step in LIFE.values():
            await step(self)

    async def reset(self) -> None:
        """Back to the scenario, after the logout."""
        await self._wire.must(self._stage.admin("POST", "reset", {}))

    async def clone(self) -> None:
        """Another sandbox like this one."""
        name = self._stage.sandbox
        await self._anywhere("POST", "sandboxes", {"id": f"{name}-clone", "from_sandbox": name})

    async def delete_clone(self) -> None:
        """The other one is gone."""
        await self._anywhere("DELETE", f"sandboxes/{self._stage.sandbox}-clone")

    async def _anywhere(self, method: str, path: str, body: object = None) -> Answer:
        return await self._wire.must(_NOWHERE.admin(method, path, body))


_Step = Callable[[Life], Awaitable[None]]

LIFE: Final[Mapping[str, _Step]] = {
    "create": Life.create,
    "token": Life.token,
    "logout": Life.logout,
    "verify": Life.verify,
    "delete": Life.delete,
}
_WHOLE: Final = "whole life"
# In this order, each in all sandboxes before the next: what is done behind an answer counts as its step.
_STEPS: Final[Mapping[str, _Step]] = {
    "create": Life.create,
    "token": Life.token,
    "logout": Life.logout,
    "verify": Life.verify,
    "clone": Life.clone,
    "reset": Life.reset,
    "delete": Life.delete,
    "delete the clone": Life.delete_clone,
}
_COLUMNS: Final = (_WHOLE, *LIFE, "reset", "clone")

Spent = dict[str, list[float]]
"""Milliseconds of processor time of each step, round by round."""


async def _round(server: Watched, scenario: Scenario, number: int, spent: Spent) -> None:
    wire = await Wire.to(server.origin)

    async def drive(name: str, step: _Step, lives: Sequence[Life]) -> None:
        before = server.cpu()
        for life in lives:
            await step(life)
        spent.setdefault(name, []).append((server.cpu() - before) / len(lives) * 1e3)

    def lives(kind: str) -> list[Life]:
        names = (f"{scenario.name}-{kind}-{number}-{each}" for each in range(_LIVES))
        return [Life(wire, scenario, name) for name in names]

    await drive(_WHOLE, Life.whole, lives("whole"))
    stepwise = lives("step")
    for name, step in _STEPS.items():
        await drive(name, step, stepwise)
    wire.close()


def section(folder: Path, sizes: Sequence[int] = SIZES) -> Section:
    """The table."""
    files = folder / "lives"
    files.mkdir()
    found: dict[Scenario, Spent] = {
        each: {} for each in (DEMO, *(written(files, size) for size in sizes))
    }
    with benched(folder / "lives.db", scenarios=str(files)) as server:
        for number in range(_ROUNDS + 1):
            print(f"round {number} of {_ROUNDS}", file=sys.stderr, flush=True)
            for scenario, spent in found.items():
                # The first round lays the scenario, and imports what the others have.
                run(_round(server, scenario, number, spent if number else {}))
    first = found[DEMO]
    return Section(
        title="The life of a test",
        text=(
            "Processor time of the server, in all its threads, for what a test asks of it: a sandbox from a "
            "scenario that was laid before, a token, a logout, its verification, and the end of the "
            "sandbox; and for a reset after the logout and a clone. Beside it how many times that of "
            f"`demo`. {_LIVES} tests one after the other, medians of {_ROUNDS} rounds; state on disk."
        ),
        head=("scenario", *_COLUMNS),
        rows=tuple(
            (scenario.shown, *(_told(spent[name], first[name]) for name in _COLUMNS))
            for scenario, spent in found.items()
        ),
    )


def _told(own: Sequence[float], first: Sequence[float]) -> str:
    ratio = median(each / other for each, other in zip(own, first, strict=True))
    return f"{median(own):.2f} ms ({times(ratio)})"
