"""The clock of a sandbox: read, set, stopped, moved on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.clock import SandboxClock
from simulator.domain.members import LATEST
from simulator.services.context import AppContext
from simulator.services.errors import InvalidInstant
from simulator.storage.worlds import due, lifecycle
from simulator.storage.worlds.sandboxes import REAL_TIME, SandboxRef
from simulator.storage.worlds.session import SandboxSession


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockReading:
    """What a sandbox's clock shows (epoch milliseconds), and what fell due while it was moved."""

    now: int
    frozen: bool
    offset: int
    due: tuple[dict[str, Any], ...] = ()


async def read(simulator: AppContext, at: SandboxRef) -> ClockReading:
    """What the clock of the sandbox shows."""
    return await simulator.engine.read(at, lambda world: _reading(world.clock, world.real_now))


async def put(
    simulator: AppContext, at: SandboxRef, *, frozen: bool, now: int | None
) -> ClockReading:
    """Let the clock stand still or run, at `now` where that is given, else at what it shows.

    Set forward, the time in between passes. Set back, the world moves along: it is exactly as old as
    before, for time does not run backwards inside it.
    """

    def moved(clock: SandboxClock, real: int) -> SandboxClock:
        shown = clock.now(real) if now is None else now
        return SandboxClock(frozen_at=shown) if frozen else SandboxClock(offset=shown - real)

    return await _move(simulator, at, moved)


async def advance(simulator: AppContext, at: SandboxRef, by: int) -> ClockReading:
    """Move the clock on by `by` milliseconds, running or not. Raises `InvalidInstant`."""

    def moved(clock: SandboxClock, real: int) -> SandboxClock:
        del real
        if clock.frozen_at is not None:
            return SandboxClock(frozen_at=clock.frozen_at + by)
        return SandboxClock(offset=clock.offset + by)

    return await _move(simulator, at, moved)


async def reset(simulator: AppContext, at: SandboxRef) -> ClockReading:
    """Let the clock show real time again; see `put` for a clock that is set back by this."""
    return await _move(simulator, at, lambda _clock, _real: REAL_TIME)


async def _move(
    simulator: AppContext, at: SandboxRef, moved: Callable[[SandboxClock, int], SandboxClock]
) -> ClockReading:
    def unit(world: SandboxSession) -> ClockReading:
        clock = moved(world.clock, world.real_now)
        shown = clock.now(world.real_now)
        if not 0 <= shown < LATEST:
            message = "The clock cannot be set to before 1970 or after 8999."
            raise InvalidInstant(message, "Choose an instant in between.")
        fallen = due.between(world, shown) if shown > world.now else []
        lifecycle.set_clock(world, clock)
        world.record("clock_moved", before=world.now, after=shown)
        for each in fallen:
            world.record(each["event"], at=each["at"], id=each["id"])
        return _reading(clock, world.real_now, tuple(fallen))

    return await simulator.engine.alter(at.name, unit)


def _reading(
    clock: SandboxClock, real: int, fallen: tuple[dict[str, Any], ...] = ()
) -> ClockReading:
    now = clock.now(real)
    frozen = clock.frozen_at is not None
    return ClockReading(now=now, frozen=frozen, offset=now - real, due=fallen)
