"""The second screen: from a code that a viewer types to the login, as a real web app would lead there.

What a session lacks is filled in here: the viewer chooses the MVPD, and where to go afterwards is our
own page when the app did not say (Adobe: secondary application flow, API3, WEB2).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

from simulator.domain.configuration import ServiceProvider
from simulator.domain.sessions.authentication_sessions import (
    AuthenticationSession,
    Outcome,
    Status,
    readable_code,
    stage,
)
from simulator.services.context import AppContext
from simulator.services.shared.stored_sessions import known_session, platform_of
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

from .sessions import next_step


class Step(Enum):
    """What the viewer does next."""

    CHOOSE = auto()
    LOG_IN = auto()
    DONE = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class Screen:
    """What there is to show for a code; `choices` are the MVPDs by id, with their names."""

    step: Step
    code: str
    service_provider: str
    service_provider_name: str
    choices: tuple[tuple[str, str], ...] = ()


def tidy(typed: str) -> str:
    """The code in what a viewer typed: people group the characters, with blanks or dashes."""
    return "".join(each for each in typed if not each.isspace() and each not in "-–")


async def arrive(
    simulator: AppContext, at: SandboxRef, code: str, done: Callable[[str], str]
) -> Screen:
    """What to do about a code. Raises `EnhancedError`.

    `done` makes the address of our own page at the end, for a session that has no redirectUrl.
    """

    def unit(world: SandboxSession) -> Screen:
        session, provider = _session(world, code)
        if not stage(session, world.now).opens:
            return _screen(session, provider, Step.DONE)
        if not session.mvpd:
            return _screen(session, provider, Step.CHOOSE, choices(world, session))
        return _go_on(world, session, provider, done)

    return await simulator.engine.write(at, unit)


async def choose(
    simulator: AppContext, at: SandboxRef, code: str, mvpd: str, done: Callable[[str], str]
) -> Screen:
    """The viewer chose an MVPD: what comes next. Raises `EnhancedError`."""

    def unit(world: SandboxSession) -> Screen:
        session, provider = _session(world, code)
        offered = choices(world, session)
        if not stage(session, world.now).opens:
            return _screen(session, provider, Step.DONE)
        if mvpd not in dict(offered):
            return _screen(session, provider, Step.CHOOSE, offered)
        return _go_on(world, replace(session, mvpd=mvpd), provider, done)

    return await simulator.engine.write(at, unit)


async def logged_in(simulator: AppContext, at: SandboxRef, code: str) -> bool:
    """Whether the viewer may watch now. Raises `EnhancedError`."""

    def unit(world: SandboxSession) -> bool:
        session, _ = _session(world, code)
        return session.status in {Status.COMPLETED, Status.AUTHORIZED}

    return await simulator.engine.read(at, unit)


def _session(world: SandboxSession, code: str) -> tuple[AuthenticationSession, ServiceProvider]:
    """The session of a code, whichever service provider it is for, and that."""
    found = world.sessions.get(readable_code(code))
    session = known_session(world, found.service_provider if found else "", code)
    return session, world.config.service_providers[session.service_provider]


def choices(world: SandboxSession, session: AuthenticationSession) -> tuple[tuple[str, str], ...]:
    """The MVPDs to log in at, by their names; a TempPass is none, for nobody logs in there."""
    config, platform = world.config, platform_of(world, session)
    active = (
        config.mvpds[each.mvpd]
        for each in config.integrations.values()
        if each.service_provider == session.service_provider and each.on(platform).active
    )
    named = ((each.id, each.display_name) for each in active if not each.kind.temporary)
    return tuple(sorted(named, key=lambda each: (each[1].casefold(), each[0])))


def _go_on(
    world: SandboxSession,
    session: AuthenticationSession,
    provider: ServiceProvider,
    done: Callable[[str], str],
) -> Screen:
    filled = replace(
        session,
        domain_name=session.domain_name or next(iter(provider.domains), provider.id),
        redirect_url=session.redirect_url or done(session.id),
    )
    row, settled = next_step(world, filled)
    world.sessions.put(settled)
    authorized = row.outcome is Outcome.AUTHORIZE
    return _screen(settled, provider, Step.DONE if authorized else Step.LOG_IN)


def _screen(
    session: AuthenticationSession,
    provider: ServiceProvider,
    step: Step,
    offered: tuple[tuple[str, str], ...] = (),
) -> Screen:
    return Screen(
        step=step,
        code=session.id,
        service_provider=provider.id,
        service_provider_name=provider.name,
        choices=offered,
    )
