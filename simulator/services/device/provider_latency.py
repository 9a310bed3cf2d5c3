"""Waiting for a provider, which takes as long as its latency says, while nobody else waits.

A unit of work never awaits, so it cannot wait in its midst: where it would ask a provider it gives up
what it did, the wait is done outside, and it begins anew with the answer at hand.
"""

import math
from asyncio import sleep
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from simulator.domain.latency import seconds
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

T = TypeVar("T")

Latency = Mapping[str, Mapping[str, float]]
"""How long a provider takes, by what it is asked for."""


class _Held(Exception):  # noqa: N818 - no error, but the way out of a unit
    def __init__(self, takes: float, patience: float) -> None:
        self.takes = takes
        self.patience = patience
        super().__init__(f"the provider takes {takes} s")


class ProviderWait:
    """A unit's way to ask a provider: it knows whether the wait is still to come."""

    def __init__(self, takes: float | None = None) -> None:
        self._takes = takes

    def ask(
        self,
        world: SandboxSession,
        latency: Latency | None,
        what: str,
        patience: float = math.inf,
    ) -> bool:
        """Whether the provider answers within `patience` seconds.

        The unit must let pass what this raises: it is run once more, after the wait.
        """
        model = (latency or {}).get(what)
        if model is None:
            return True
        # Drawn both times: with an id seed, what is drawn afterwards must be the same as ever.
        drawn = seconds(model, world.ids.chance())
        if self._takes is None:
            raise _Held(drawn, patience)
        in_time = self._takes <= patience
        if in_time:
            world.explanation.explain(f"the provider took {self._takes:.2f} s for the {what}")
        else:
            world.explanation.explain(f"the provider gave no answer within {patience:.0f} s")
        return in_time


async def with_provider_wait(
    run: Callable[[SandboxRef, Callable[[SandboxSession], T]], Awaitable[T]],
    at: SandboxRef,
    unit: Callable[[SandboxSession, ProviderWait], T],
) -> T:
    """Let `run` run a unit that may ask a provider, and wait where it does."""

    def first(world: SandboxSession) -> T:
        try:
            return unit(world, ProviderWait())
        except _Held:
            # What it found will be told by the second run.
            world.explanation.forget()
            raise

    try:
        return await run(at, first)
    except _Held as held:
        await sleep(min(held.takes, held.patience))
        answered = ProviderWait(held.takes)
    return await run(at, lambda world: unit(world, answered))
