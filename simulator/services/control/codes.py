"""Codes and sessions by hand: what a viewer, a provider or the passing of time does to them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from simulator.domain.configuration import Mvpd
from simulator.domain.errors import EnhancedError
from simulator.domain.households import Subscriber
from simulator.domain.sessions.authentication_sessions import (
    LIFE_CYCLE,
    AuthenticationSession,
    Status,
    readable_code,
    reservation,
    stage,
)
from simulator.services.context import AppContext
from simulator.services.errors import CodeNotOpen, InUse, InvalidDocument, NotFound
from simulator.services.shared.login_completion import complete, deny, fits
from simulator.services.shared.stored_sessions import platform_of, reservations
from simulator.storage.worlds import codes
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

_OPEN: Final = tuple(status for status, stage in LIFE_CYCLE.items() if stage.opens)
_REAL: Final = tuple(status for status in Status if status is not Status.RESERVED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A session as it stands at `now` (epoch milliseconds)."""

    session: AuthenticationSession
    now: int

    @property
    def status(self) -> str:
        """Where it stands; "expired" when its time is over."""
        over = self.now >= self.session.not_after
        return "expired" if over and self._alive else self.session.status

    @property
    def opens(self) -> bool:
        """Whether a viewer can log in with its code."""
        return stage(self.session, self.now).opens and not self.session.missing

    @property
    def _alive(self) -> bool:
        return LIFE_CYCLE[self.session.status].known


async def open_codes(
    simulator: AppContext, at: SandboxRef, *, filters: Mapping[str, str], after: str, limit: int
) -> list[Seen]:
    """The codes, in their own order, that somebody could still log in with, now or once resumed."""

    def unit(world: SandboxSession) -> list[Seen]:
        found = codes.sessions(
            world, statuses=_OPEN, equals=filters, unexpired=True, after=after, limit=limit
        )
        return [Seen(session=each, now=world.now) for each in found]

    return await simulator.engine.read(at, unit, long=True)


async def find_sessions(
    simulator: AppContext, at: SandboxRef, *, filters: Mapping[str, str], after: str, limit: int
) -> list[Seen]:
    """All sessions that match `filters`, in the order of their codes, whatever became of them."""

    def unit(world: SandboxSession) -> list[Seen]:
        found = codes.sessions(world, statuses=_REAL, equals=filters, after=after, limit=limit)
        return [Seen(session=each, now=world.now) for each in found]

    return await simulator.engine.read(at, unit, long=True)


async def get_session(simulator: AppContext, at: SandboxRef, code: str) -> Seen:
    """The session of a code. Raises `NotFound` when there is none."""
    return await simulator.engine.read(
        at, lambda world: Seen(session=stored_session(world, code), now=world.now)
    )


async def approve(
    simulator: AppContext,
    at: SandboxRef,
    code: str,
    *,
    subscriber: str | None = None,
    mvpd: str | None = None,
) -> Seen:
    """Log in with a code, as on the provider's page. Raises `AdminError`; nothing has changed then.

    `mvpd` fills in what the session lacks. Without `subscriber` it is the first account that the
    MVPD lets in, and where there is none, somebody made up.
    """

    def act(world: SandboxSession, session: AuthenticationSession) -> AuthenticationSession:
        account = _account(world, subscriber) if subscriber else None
        if session.mvpd and mvpd not in {None, session.mvpd}:
            raise _unusable("mvpd", f"the app asked for '{session.mvpd}', not for '{mvpd}'")
        chosen = session.mvpd or mvpd or (account.mvpd if account else None)
        provider = _provider(world, session, chosen)
        session = replace(session, mvpd=provider.id)
        if account is None:
            account = _first_account(world, provider.id)
        elif problem := _unfit(account, provider):
            raise _unusable("subscriber", problem)
        return complete(world, session, account)

    return await _change(simulator, at, code, act)


async def refuse(simulator: AppContext, at: SandboxRef, code: str) -> Seen:
    """Let the login of a code fail, as when the viewer cancels it. Raises `AdminError`."""
    return await _change(simulator, at, code, deny)


async def expire(simulator: AppContext, at: SandboxRef, code: str) -> Seen:
    """End the time of a code now. Raises `NotFound` when there is none."""

    def unit(world: SandboxSession) -> Seen:
        session = stored_session(world, code)
        if session.not_after > world.now:
            starts = min(session.not_before, world.now)
            session = replace(session, not_before=starts, not_after=world.now)
            world.sessions.put(session)
            world.record("code_expired", id=session.id, by="admin")
        return Seen(session=session, now=world.now)

    return await simulator.engine.write(at, unit)


async def reserve(simulator: AppContext, at: SandboxRef, code: str) -> str:
    """Let the next session of the sandbox get `code`. Raises `AdminError`.

    The reservation is a row among the sessions, which becomes the session: so a reset forgets it, a
    snapshot keeps it, and nobody else can be given the code in the meantime.
    """
    try:
        wanted = readable_code(code)
    except EnhancedError as error:
        problem = "a code is six to eight letters and digits, such as ABC1234"
        raise _unusable("code", problem) from error

    def unit(world: SandboxSession) -> str:
        present = world.sessions.get(wanted)
        if present is not None and stage(present, world.now).opens:
            raise InUse(
                f"With the code '{wanted}' somebody is logging in on the device {present.device}.",
                f"POST /admin/v1/codes/{wanted}/expire ends that, or choose another code.",
            )
        if not codes.give_out(world, wanted):
            holder = codes.holder_of(world, wanted)
            raise InUse(
                f"The code '{wanted}' stands for a session in the sandbox '{holder}'.",
                "Reset that sandbox, or choose another code: each stands for one session only.",
            )
        for earlier in reservations(world):
            world.sessions.delete(earlier.id)
        world.sessions.put(reservation(wanted, world.epoch))
        return wanted

    return await simulator.engine.write(at, unit)


async def _change(
    simulator: AppContext,
    at: SandboxRef,
    code: str,
    act: Callable[[SandboxSession, AuthenticationSession], AuthenticationSession],
) -> Seen:
    """Do something to a session that is open for logging in. Raises `AdminError`."""

    def unit(world: SandboxSession) -> Seen:
        session = stored_session(world, code)
        if not stage(session, world.now).opens:
            status = Seen(session=session, now=world.now).status
            raise CodeNotOpen(
                f"The code '{session.id}' cannot be used any more; its session is {status}.",
                "Let the app ask for a new code.",
            )
        session = act(world, session)
        world.record(f"code_{session.status}", code=session.id, device=session.device, by="admin")
        return Seen(session=session, now=world.now)

    return await simulator.engine.write(at, unit, long=True)


def stored_session(world: SandboxSession, code: str) -> AuthenticationSession:
    """The session of a code, whatever became of it. Raises `NotFound` when there is none."""
    try:
        found = world.sessions.get(readable_code(code))
    except EnhancedError:
        found = None
    if found is None or found.status is Status.RESERVED:
        hint = "GET /admin/v1/codes lists the codes of this sandbox that are waiting for a login."
        raise NotFound("code", code, hint)
    return found


def _account(world: SandboxSession, subscriber: str) -> Subscriber:
    found = world.subscribers.get(subscriber)
    if found is None:
        raise _unusable("subscriber", f"'{subscriber}' is not in subscribers")
    return found


def _unfit(account: Subscriber, provider: Mvpd) -> str | None:
    if not fits(account, provider.id):
        return f"'{account.id}' is an account of {account.mvpd}, not of {provider.id}"
    if account.entitlements == ():
        return f"'{account.id}' has no TV package, so its login fails; deny the code instead"
    return None


def _first_account(world: SandboxSession, mvpd: str) -> Subscriber | None:
    return next(
        (each for each in world.subscribers.all() if fits(each, mvpd) and each.entitlements != ()),
        None,
    )


def _provider(world: SandboxSession, session: AuthenticationSession, name: str | None) -> Mvpd:
    """The MVPD to log in at."""
    if name is None:
        raise _unusable("mvpd", "is required, because the session has none yet")
    found = world.config.mvpds.get(name)
    if found is None:
        raise _unusable("mvpd", f"'{name}' is not in mvpds")
    if found.kind.temporary:
        raise _unusable("mvpd", f"'{name}' is a TempPass MVPD, where nobody logs in")
    integration = world.config.integration(session.service_provider, name)
    if integration is None or not integration.on(platform_of(world, session)).active:
        problem = f"'{name}' has no active integration with '{session.service_provider}'"
        raise _unusable("mvpd", problem)
    return found


def _unusable(member: str, problem: str) -> InvalidDocument:
    return InvalidDocument.at(member, problem, "The request")
