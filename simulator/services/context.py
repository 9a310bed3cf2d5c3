"""What every use case works with: the engine, the keys, the clock, the ids, the scenarios and the journal."""

from dataclasses import dataclass

from simulator.clock import SystemClock
from simulator.ids import Ids
from simulator.keys import Keys
from simulator.scenarios.library import Library
from simulator.services.observe.journal import Journal
from simulator.storage.engine.base import Engine


@dataclass(frozen=True, kw_only=True, slots=True)
class AppContext:
    """One running instance; `default_scenario` is what a sandbox is made from when nothing is said."""

    engine: Engine
    keys: Keys
    clock: SystemClock
    ids: Ids
    library: Library
    journal: Journal
    default_scenario: str = "demo"
    most_sandboxes: int = 10_000
