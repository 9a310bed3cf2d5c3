"""The simulators that the tests of a worker share, in its own process, and sandboxes anew for each test.

To start an instance takes a hundred times as long as to make a sandbox, and sandboxes share nothing but
the process. So all that the test before has left is deleted, and made again from layers that are
filled already.
"""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Connection, delete

from simulator.app import create_app
from simulator.http.endpoint import CONTEXT
from simulator.services.context import AppContext
from simulator.services.control import seeding
from simulator.settings import Settings
from simulator.storage import tables
from simulator.storage.worlds import layers, lifecycle, sandboxes
from simulator.storage.worlds.sandboxes import DEFAULT, Baseline

from .clock import ManualClock
from .lab import Client, Lab
from .replies import Json

SCENARIO: Final = "logout-samples"
SANDBOX: Final = "lab"
"""The sandbox of a test that has no need of `default`."""

_MANY: Final = 100_000


@dataclass
class Instance:
    """A simulator that is running, for one test after the other."""

    client: Client
    clock: ManualClock
    scenario: str = SCENARIO
    _used: bool = False
    """Whether a test has worked with `default`."""
    _laid: dict[str, tuple[str, Baseline]] = field(default_factory=dict)

    async def renew(self) -> Lab:
        """The sandbox `default` as after a start, and no other; it is the first second of 2026."""
        await self._begin({DEFAULT: self.scenario})
        self._used = True
        return Lab(client=self.client, clock=self.clock)

    async def sandbox(self, scenario: str = SCENARIO) -> Lab:
        """A new sandbox beside `default`, from a shipped scenario; calls go there by themselves."""
        wanted = {SANDBOX: scenario}
        await self._begin({DEFAULT: self.scenario, **wanted} if self._used else wanted)
        self._used = False
        return Lab(client=self.client, clock=self.clock, sandbox=SANDBOX)

    async def _begin(self, wanted: Mapping[str, str]) -> None:
        self.clock.restart()
        self.client.session.cookie_jar.clear()
        # The client holds all answers until it is closed.
        self.client._responses.clear()
        await self._simulator.journal.flush()
        await self._make(wanted)

    @property
    def _simulator(self) -> AppContext:
        app = self.client.app
        assert app is not None
        return app[CONTEXT]

    async def _make(self, wanted: Mapping[str, str]) -> None:
        """Make these sandboxes, whether they exist or not, and delete all others but `default`."""
        laid = {name: await self._baseline(scenario) for name, scenario in wanted.items()}
        now, engine = self.clock.now(), self._simulator.engine
        page = partial(sandboxes.page, after="", limit=_MANY)
        there = [each.ref.name for each in await engine.query(page, quick=True)]
        for name in there:
            if name in laid or name != DEFAULT:
                await engine.alter(name, lifecycle.drop)

        def work(connection: Connection) -> bool:
            # Time went back to the start, and entries of later would be taken for news.
            connection.execute(delete(tables.journal))
            # The sweeper may have taken away what nobody used for a while.
            whole = [
                layers.find_by_digest(connection, digest) == baseline.layer
                for digest, baseline in laid.values()
            ]
            if not all(whole) or DEFAULT not in {*laid, *there}:
                return False
            for name, (_, baseline) in laid.items():
                lifecycle.create(connection, name, baseline=baseline, now=now)
            return True

        if not await engine.transact(work, quick=True):
            self._laid.clear()
            await self._make({DEFAULT: self.scenario, **wanted})

    async def _baseline(self, scenario: str) -> tuple[str, Baseline]:
        if scenario not in self._laid:
            simulator = self._simulator
            document, sound = simulator.library.examine(scenario)
            baseline = await seeding.lay(simulator.engine, self.clock, document, sound)
            self._laid[scenario] = sound.digest, baseline
        return self._laid[scenario]


@dataclass
class Instances:
    """One instance for each collection of settings that tests ask for, with its database in memory.

    Each is started by the first who needs it, and runs until `running` is closed.
    """

    clock: ManualClock
    running: AsyncExitStack
    _by_settings: dict[tuple[tuple[str, Json], ...], Instance] = field(default_factory=dict)

    async def find(self, **settings: Json) -> Instance:
        """The one with these settings."""
        key = tuple(sorted(settings.items()))
        if key not in self._by_settings:
            given = Settings(**{"db": ":memory:", "scenario": SCENARIO, **settings})
            client = TestClient(TestServer(create_app(given, clock=self.clock)))
            await self.running.enter_async_context(client)
            self._by_settings[key] = Instance(
                client=client, clock=self.clock, scenario=given.scenario
            )
        return self._by_settings[key]
