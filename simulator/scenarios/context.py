"""What scenarios and their entries become, and what those must know of the world they go into."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from simulator.domain.configuration import Integration
from simulator.domain.households import Subscriber
from simulator.validation.problems import Problem


class Record(Protocol):
    """Anything that a world holds and a scenario can describe: an entity of the domain."""

    @property
    def id(self) -> str:
        """What it is called among its like."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SoundScenario:
    """A resolved scenario that was checked: its name, title and description, and what it says as a digest.

    `warnings` are what leads nowhere in it.
    """

    name: str
    about: Mapping[str, str]
    digest: str
    warnings: tuple[Problem, ...] = ()


class Context(Protocol):
    """The world that an entry is made for: a scenario's own, or a live one behind the admin API."""

    @property
    def now(self) -> int:
        """The moment that offsets count from; 0 in a scenario, whose times stay offsets."""

    def new_id(self, kind: str, /) -> str:
        """An id for a `profile`, `temp-pass`, `degradation` or `fault` that came without one."""

    def subscriber(self, subscriber: str, /) -> Subscriber | None:
        """The subscriber of that id."""

    def integration(self, service_provider: str, mvpd: str, /) -> Integration | None:
        """The integration of that pair."""
