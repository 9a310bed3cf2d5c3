"""Authentication sessions as they are kept: found by their codes, made with new ones, ended by later ones."""

from dataclasses import replace
from typing import Final

from simulator.domain.access import device_info
from simulator.domain.configuration import Platform
from simulator.domain.coverage.events import CODE_EXPIRED
from simulator.domain.errors import EnhancedError
from simulator.domain.sessions.authentication_sessions import (
    CODE_ALPHABET,
    CODE_LENGTH,
    AuthenticationSession,
    Status,
    readable_code,
    stage,
)
from simulator.storage.worlds import codes
from simulator.storage.worlds.session import SandboxSession

from .admission import Caller, DeviceCall, identities_of, platform_on

_UNKNOWN: Final = "invalid_authentication_session"
AT_ONCE: Final = (Status.PENDING, Status.STARTED, Status.FAILED)
"""Where a session stands whose viewer may still log in."""


def known_session(world: SandboxSession, service_provider: str, code: str) -> AuthenticationSession:
    """The session of this code.

    Raises `EnhancedError` for an unusable, unknown or old one. (Adobe: resume session, N11)
    """
    explanation = world.explanation
    try:
        session = world.sessions.get(readable_code(code))
    except EnhancedError:
        explanation.decided("N11", "this cannot be a code")
        raise
    if (
        session is None
        or session.status is Status.RESERVED
        or session.service_provider != service_provider
    ):
        explanation.decided("N11", "no session of the service provider has this code")
        raise EnhancedError(_UNKNOWN, "No authentication session has this code.")
    explanation.caller = explanation.client if explanation.client != session.client else None
    explanation.code, explanation.device, explanation.client = (
        session.id,
        session.device,
        session.client,
    )
    explanation.mvpd, explanation.service_provider = session.mvpd, session.service_provider
    if not stage(session, world.now).known:
        problem = "was replaced by a newer one"
        if world.now >= session.not_after:
            problem = "has expired"
            explanation.expired.append(CODE_EXPIRED)
        explanation.decided("N11", f"the session {problem}")
        raise EnhancedError(_UNKNOWN, f"The authentication session of this code {problem}.")
    explanation.explain(f"session {session.id} of the device {session.device}: {session.status}")
    return session


def owner_of(world: SandboxSession, session: AuthenticationSession) -> Caller:
    """The app instance that a session is for, as a caller."""
    call = DeviceCall(service_provider=session.service_provider, sso_headers=session.sso_headers)
    return Caller(
        client=session.client,
        service_provider=world.config.service_providers[session.service_provider],
        device=session.device,
        info=session.info,
        platform=platform_of(world, session),
        identities=identities_of(world, call, session.device),
    )


def platform_of(world: SandboxSession, session: AuthenticationSession) -> Platform:
    """The platform of the streaming device that a session is for."""
    return platform_on(world, device_info.platform(session.info, session.user_agent))


def end_earlier(world: SandboxSession, session: AuthenticationSession) -> None:
    """A new code ends the app's earlier one for the same service provider (Adobe: create session, API2)."""
    for status in AT_ONCE:
        for earlier in world.sessions.find(
            device=session.device,
            client=session.client,
            service_provider=session.service_provider,
            status=status,
        ):
            world.sessions.put(replace(earlier, status=Status.SUPERSEDED))


def new_code(world: SandboxSession) -> str:
    """The code that was reserved for the next session, else one that nobody has."""
    for reserved in reservations(world):
        world.sessions.delete(reserved.id)
        # The clone of a world has its reservations too, but the code is only one.
        if codes.give_out(world, reserved.id):
            return reserved.id
    while True:
        code = world.ids.text(CODE_ALPHABET, CODE_LENGTH)
        if world.sessions.get(code) is None and codes.give_out(world, code):
            return code


def reservations(world: SandboxSession) -> list[AuthenticationSession]:
    """The codes, at most one, that are reserved for the next session."""
    return world.sessions.find(device="", status=Status.RESERVED)
