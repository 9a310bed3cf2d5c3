"""The lab board: every device that talks to a sandbox, and all that one wants to know of it at a glance."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Final, TypeVar

from simulator.domain.access.registration import Client
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.households import Device, Subscriber
from simulator.domain.journal.call_rate import WINDOW, Pace, pace
from simulator.domain.journal.entries import Wanted
from simulator.domain.operations import LEGACY
from simulator.domain.sessions.authentication_sessions import LIFE_CYCLE, AuthenticationSession
from simulator.domain.sessions.profiles import Profile
from simulator.services.context import AppContext
from simulator.services.device.second_screen import choices
from simulator.services.errors import NotFound
from simulator.services.shared.stored_sessions import platform_of
from simulator.storage.journal import device_activity
from simulator.storage.journal.device_activity import Call
from simulator.storage.worlds import codes
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

MOST: Final = 500
"""Devices on one board; the page says so where there are more."""

LATELY: Final = 30 * 60_000
"""How long after its last call a device stays on the board, in milliseconds."""

# A television that polls calls every few seconds.
_QUIET: Final = 60_000
_ACCOUNTS: Final = 100
_SHOWN: Final = 20
_OPEN: Final = tuple(status for status, stage in LIFE_CYCLE.items() if stage.opens)

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCode:
    """A code that somebody can log in with; `mvpds` are the choices where the app made none."""

    session: AuthenticationSession
    mvpds: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A profile on a device, and what its viewer may watch: None for everything."""

    profile: Profile
    valid: bool
    entitlements: tuple[str, ...] | None
    viewer: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Present:
    """A device, and what is known of it; `codes` are newest first."""

    device: str
    name: str | None
    platform: str | None
    application: str | None
    client: str | None
    service_provider: str | None
    last: Call | None
    quiet: bool
    pace: Pace
    codes: tuple[OpenCode, ...]
    profiles: tuple[Held, ...]
    trials: tuple[TempPassTrial, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """The devices, and the accounts that one can log in with.

    Those with a code come first, the quiet ones last, by name among themselves: a device does not
    change its place with each of its calls.

    `now` is the sandbox's instant and `real_now` the machine's (epoch milliseconds); `more` says
    that some devices were left out, and `legacy` how many calls of REST API V1 or the AccessEnabler
    came lately, from whatever device: those rarely name one.
    """

    now: int
    real_now: int
    frozen: bool
    devices: tuple[Present, ...]
    more: bool
    accounts: tuple[Subscriber, ...]
    legacy: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Closeup:
    """One device, its latest requests (newest first), and where it can be logged in."""

    board: Board
    device: Present
    requests: Sequence[Mapping[str, Any]]
    integrations: tuple[tuple[str, str], ...]


async def show(simulator: AppContext, at: SandboxRef) -> Board:
    """The board of the sandbox: who called lately, or has a code to log in with."""
    await simulator.journal.up_to_date()

    def unit(world: SandboxSession) -> Board:
        since = world.real_now - LATELY
        calls = device_activity.last_calls(world.journal, since=since, limit=MOST + 1)
        sessions = codes.sessions(world, statuses=_OPEN, equals={}, unexpired=True, limit=MOST)
        silent = [each.device for each in sessions if each.device not in calls]
        names = [*calls, *dict.fromkeys(silent)]
        return _board(world, calls, names[:MOST], more=len(names) > MOST)

    return await simulator.engine.read(at, unit)


async def look(simulator: AppContext, at: SandboxRef, device: str) -> Closeup:
    """Everything about one device. Raises `NotFound` when nothing is known of it."""
    await simulator.journal.up_to_date()

    def unit(world: SandboxSession) -> Closeup:
        calls = device_activity.last_calls(world.journal, since=0, limit=1, device=device)
        board = _board(world, calls, [device], more=False)
        present = board.devices[0]
        known = world.devices.get(device)
        if not (known or present.last or present.codes or present.profiles):
            hint = "It has not called, and no scenario or test made it known; see the board."
            raise NotFound("device", device, hint)
        wanted = Wanted(texts={"device": (device,)})
        latest = world.journal.find(wanted, limit=_SHOWN, newest_first=True)
        return Closeup(
            board=board, device=present, requests=latest, integrations=_integrations(world)
        )

    return await simulator.engine.read(at, unit)


def _board(
    world: SandboxSession, calls: Mapping[str, Call], names: Sequence[str], *, more: bool
) -> Board:
    return Board(
        now=world.now,
        real_now=world.real_now,
        frozen=world.clock.frozen_at is not None,
        devices=tuple(sorted(_present(world, calls, names), key=_place)),
        more=more,
        accounts=tuple(world.subscribers.page(limit=_ACCOUNTS)),
        legacy=device_activity.calls_of(world.journal, LEGACY, since=world.real_now - LATELY),
    )


def _place(present: Present) -> tuple[int, str, str]:
    group = 0 if present.codes else 2 if present.quiet else 1
    return group, (present.name or present.device).casefold(), present.device


def _present(
    world: SandboxSession, calls: Mapping[str, Call], names: Collection[str]
) -> Iterable[Present]:
    recent = device_activity.recent(world.journal, since=world.real_now - WINDOW, devices=names)
    known = {each.id: each for each in world.devices.among("id", names)}
    codes = _by_device(_open_codes(world, names))
    profiles = world.profiles.among("device", names)
    viewers = _found(world.subscribers.among("id", _some(profiles, "subscriber")))
    held = _by_device(profiles)
    trials = _by_device(world.temp_passes.among("device", names))
    clients = _found(world.clients.among("id", _some([*calls.values()], "client")))
    for name in names:
        last, device, newest = calls.get(name), known.get(name), codes.get(name, [])
        # What the last call does not tell, the newest code may.
        asked = [each for each in (last, *newest[:1]) if each is not None]
        yield Present(
            device=name,
            name=device.name if device else None,
            platform=_platform(world, last, newest, device),
            application=_application(world, clients, last),
            client=asked[0].client if asked else None,
            service_provider=next(filter(None, (each.service_provider for each in asked)), None),
            last=last,
            quiet=last is None or world.real_now - last.at > _QUIET,
            pace=pace(recent.get(name, ())),
            codes=tuple(_code(world, each) for each in newest),
            profiles=tuple(_held(world, each, viewers) for each in held.get(name, ())),
            trials=tuple(trials.get(name, ())),
        )


def _application(
    world: SandboxSession, clients: Mapping[str, Client], last: Call | None
) -> str | None:
    """The name of the application behind the last call."""
    client = clients.get(last.client or "") if last else None
    application = world.config.applications.get(client.application) if client else None
    return application.name if application else None


def _open_codes(world: SandboxSession, names: Collection[str]) -> list[AuthenticationSession]:
    """The sessions of these devices that a viewer can log in for, newest first."""
    found = [
        each
        for each in world.sessions.among("device", names)
        if each.status in _OPEN and world.now < each.not_after
    ]
    return sorted(found, key=attrgetter("not_before"), reverse=True)


def _code(world: SandboxSession, session: AuthenticationSession) -> OpenCode:
    known = session.service_provider in world.config.service_providers
    offered = choices(world, session) if known and not session.mvpd else ()
    return OpenCode(session=session, mvpds=offered)


def _held(world: SandboxSession, profile: Profile, viewers: Mapping[str, Subscriber]) -> Held:
    viewer = viewers.get(profile.subscriber) if profile.subscriber else None
    return Held(
        profile=replace(profile, attributes={}),
        valid=profile.valid(world.now),
        entitlements=viewer.entitlements if viewer else None,
        viewer=(viewer.name or viewer.username) if viewer else None,
    )


def _platform(
    world: SandboxSession,
    last: Call | None,
    codes: Sequence[AuthenticationSession],
    device: Device | None,
) -> str | None:
    """By the last call that said so, else by what the session was asked for with, else as configured."""
    found = last.platform if last else None
    if found in {None, "unknown"} and codes:
        found = platform_of(world, codes[0]).name
    if found in {None, "unknown"}:
        return device.platform if device else None
    return found


def _integrations(world: SandboxSession) -> tuple[tuple[str, str], ...]:
    """The pairs of a service provider and an MVPD at which somebody can log in."""
    config = world.config
    return tuple(
        (each.service_provider, each.mvpd)
        for each in config.integrations.values()
        if each.active and not config.mvpds[each.mvpd].kind.temporary
    )


def _by_device(entities: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for each in entities:
        found.setdefault(each.device, []).append(each)  # type: ignore[attr-defined]
    return found


def _found(entities: Iterable[T]) -> dict[str, T]:
    return {each.id: each for each in entities}  # type: ignore[attr-defined]


def _some(entities: Iterable[Any], member: str) -> set[str]:
    return {value for each in entities if (value := getattr(each, member)) is not None}
