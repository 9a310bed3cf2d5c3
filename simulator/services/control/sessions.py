"""Sessions as entities: made, changed and deleted by a test's hand instead of by an app."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from simulator.domain.access.redirects import redirect_problem
from simulator.domain.sessions.authentication_sessions import LIFETIME, AuthenticationSession
from simulator.services.context import AppContext
from simulator.services.errors import FieldProblem, InvalidDocument
from simulator.services.shared.stored_sessions import end_earlier, new_code
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

from .codes import Seen, stored_session


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSession:
    """A session that is wanted: whose it is, and what the app would have said of the login."""

    service_provider: str
    client: str
    device: str
    mvpd: str | None = None
    domain_name: str | None = None
    redirect_url: str | None = None


async def create(simulator: AppContext, at: SandboxRef, wanted: NewSession) -> Seen:
    """Give a code out to an app instance, which ends its earlier one. Raises `AdminError`."""

    def unit(world: SandboxSession) -> Seen:
        draft = AuthenticationSession(
            id="",
            session_id=world.ids.uuid(),
            service_provider=wanted.service_provider,
            client=wanted.client,
            device=wanted.device,
            mvpd=wanted.mvpd,
            domain_name=wanted.domain_name,
            redirect_url=wanted.redirect_url,
            not_before=world.now,
            not_after=world.now + LIFETIME,
        )
        _check(world, draft)
        end_earlier(world, draft)
        session = replace(draft, id=new_code(world))
        world.sessions.put(session)
        return Seen(session=session, now=world.now)

    return await simulator.engine.write(at, unit)


async def change(
    simulator: AppContext, at: SandboxRef, code: str, patch: Mapping[str, str | None]
) -> Seen:
    """Change what the login is for; None takes a member away. Raises `AdminError`."""

    def unit(world: SandboxSession) -> Seen:
        changed = replace(stored_session(world, code), **patch)  # type: ignore[arg-type]
        _check(world, changed)
        world.sessions.put(changed)
        return Seen(session=changed, now=world.now)

    return await simulator.engine.write(at, unit)


async def delete(simulator: AppContext, at: SandboxRef, code: str) -> None:
    """Forget a session: its code is unknown from now on. Raises `NotFound` when there is none."""
    await simulator.engine.write(
        at, lambda world: world.sessions.delete(stored_session(world, code).id)
    )


def _check(world: SandboxSession, session: AuthenticationSession) -> None:
    if problems := list(_problems(world, session)):
        raise InvalidDocument(problems, "The session")


def _problems(world: SandboxSession, session: AuthenticationSession) -> Iterator[FieldProblem]:
    config, provider, mvpd = world.config, session.service_provider, session.mvpd
    if provider not in config.service_providers:
        problem = f"'{provider}' is not in service_providers"
        yield FieldProblem(path="service_provider", problem=problem)
    if mvpd is not None and mvpd not in config.mvpds:
        yield FieldProblem(path="mvpd", problem=f"'{mvpd}' is not in mvpds")
    elif mvpd is not None and config.integration(provider, mvpd) is None:
        problem = f"'{mvpd}' has no integration with '{provider}'"
        yield FieldProblem(path="mvpd", problem=problem)
    unusable = redirect_problem(session.redirect_url) if session.redirect_url else None
    if unusable:
        yield FieldProblem(path="redirect_url", problem=unusable)
