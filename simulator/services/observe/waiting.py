"""Waiting until something has come about, and telling what happened instead when it does not."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from simulator.domain.journal.entries import Wanted
from simulator.domain.sessions.profiles import Profile
from simulator.services.context import AppContext
from simulator.services.control import codes
from simulator.storage.journal.entries import SandboxJournal
from simulator.storage.worlds import sandboxes
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

from . import requests

# Seconds after which a state is looked at again, should no request have changed it.
_CHECK_SECONDS: Final = 0.2
_LOOKED_AT: Final = 500
_TOLD: Final = 10

Look = Callable[[AppContext, SandboxRef], Awaitable[Any]]
"""Look at a sandbox as it is now: what was waited for, or None."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waited:
    """The outcome: what was `found` (None: it did not come), after how many milliseconds.

    `instead` are the entries of the requests that came while it was waited for in vain; it is `incomplete`
    where others were dropped.
    """

    found: Any
    waited: int
    instead: tuple[dict[str, Any], ...] = ()
    incomplete: bool = False


async def wait(simulator: AppContext, at: SandboxRef, look: Look, timeout: int) -> Waited:  # noqa: ASYNC109 - not to be met is no error
    """Wait for at most `timeout` milliseconds until `look` finds something.

    Each look is at the sandbox as it is by then: a reset in between is followed.
    """
    started, since = simulator.clock.elapsed(), await _last(simulator, at)
    while True:
        now = await simulator.engine.query(lambda connection: sandboxes.ref(connection, at.name))
        found = await look(simulator, now)
        waited = round((simulator.clock.elapsed() - started) * 1000)
        if found is not None:
            return Waited(found=found, waited=waited)
        if waited >= timeout or simulator.journal.closing:
            came = await requests.find(
                simulator, now, Wanted(texts={}), after=since, limit=_LOOKED_AT
            )
            dropped = await simulator.journal.query(
                now.id, partial(SandboxJournal.dropped_since, generation=now.generation)
            )
            return Waited(
                found=None, waited=waited, instead=tuple(came[-_TOLD:]), incomplete=dropped
            )
        await simulator.journal.wait_for_write(min(_CHECK_SECONDS, (timeout - waited) / 1000))


async def _last(simulator: AppContext, at: SandboxRef) -> int:
    everything = Wanted(texts={})
    newest = await requests.find(simulator, at, everything, after=0, limit=1, newest_first=True)
    return int(newest[0]["number"]) if newest else 0


def for_profile(filters: Mapping[str, str], *, absent: bool) -> Look:
    """Until a valid profile with these members is stored, or, with `absent`, none is any more."""

    async def look(simulator: AppContext, at: SandboxRef) -> Any:  # noqa: ANN401 - a Profile, or True
        def unit(world: SandboxSession) -> Profile | None:
            found = world.profiles.find(**filters)
            return next((each for each in found if each.valid(world.now)), None)

        profile = await simulator.engine.read(at, unit)
        return (True if profile is None else None) if absent else profile

    return look


def for_code(filters: Mapping[str, str]) -> Look:
    """Until a code is shown with which somebody can log in."""

    async def look(simulator: AppContext, at: SandboxRef) -> Any:  # noqa: ANN401 - a Seen
        found = await codes.open_codes(simulator, at, filters=filters, after="", limit=1)
        return found[0] if found else None

    return look


def for_request(wanted: Wanted, least: int) -> Look:
    """Until so many requests like that were answered."""

    async def look(simulator: AppContext, at: SandboxRef) -> Any:  # noqa: ANN401 - entries
        found = await requests.find(simulator, at, wanted, after=0, limit=least)
        return found if len(found) >= least else None

    return look


def for_decision(wanted: Wanted, resource: str | None, authorized: bool | None) -> Look:  # noqa: FBT001 - three states
    """Until a resource was permitted or denied; None stands for any resource, and for either."""

    def fits(decision: Mapping[str, Any]) -> bool:
        same = resource is None or decision["resource"] == resource
        return same and (authorized is None or decision["authorized"] is authorized)

    async def look(simulator: AppContext, at: SandboxRef) -> Any:  # noqa: ANN401 - an entry
        found = await requests.find(
            simulator, at, wanted, after=0, limit=_LOOKED_AT, newest_first=True
        )
        return next((each for each in found if any(map(fits, each["decisions"]))), None)

    return look
