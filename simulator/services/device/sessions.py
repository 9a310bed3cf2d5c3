"""Authentication sessions: created by the app, resumed by anybody with the code.

(Adobe: create session, API2; resume session, API3; retrieve session, API4)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from simulator.domain.access.device_description import describe
from simulator.domain.configuration import ServiceProvider
from simulator.domain.decisions.degradation import Degradation
from simulator.domain.errors import EnhancedError
from simulator.domain.sessions.authentication_sessions import (
    LIFETIME,
    AuthenticationSession,
    Facts,
    Outcome,
    Row,
    Status,
    decide,
)
from simulator.domain.sessions.profiles import ProfileType
from simulator.services.context import AppContext
from simulator.services.shared.admission import (
    REDIRECT,
    Caller,
    DeviceCall,
    admit,
    admit_without_device,
    check_redirect,
    in_force,
)
from simulator.services.shared.single_sign_on import reached
from simulator.services.shared.stored_sessions import (
    AT_ONCE,
    end_earlier,
    known_session,
    new_code,
    owner_of,
)
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

# The parameters of the form, and the members of a session that they fill.
_MEMBERS: Final = {"mvpd": "mvpd", "domainName": "domain_name", "redirectUrl": "redirect_url"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """The form of a session, each parameter with all values that came.

    `typed` says that it came under the Content-Type of a form.
    """

    parameters: Mapping[str, Sequence[str]]
    typed: bool = True

    def read(
        self, world: SandboxSession, call: DeviceCall, provider: ServiceProvider
    ) -> dict[str, Any]:
        """The members of a session that the form fills. Raises `EnhancedError`."""
        if not self._counts(world):
            return {}
        for name, values in self.parameters.items():
            if name in _CODES and len(values) > 1:
                raise EnhancedError(_CODES[name], f"The parameter {name} was given more than once.")
        found = {
            member: value
            for name, member in _MEMBERS.items()
            for value in self.parameters.get(name, ())[:1]
            if value and (name in _CODES or value.isprintable())
        }
        if url := found.get("redirect_url"):
            check_redirect(world, call, provider, url)
        return found

    def values(self, world: SandboxSession, parameter: str) -> Sequence[str]:
        """All values of a parameter."""
        return self.parameters.get(parameter, ()) if self._counts(world) else ()

    def _counts(self, world: SandboxSession) -> bool:
        return self.typed or world.config.setting("content_type") != "strict"


_CODES: Final = {"mvpd": "invalid_parameter_mvpd", "redirectUrl": REDIRECT}


async def create(
    simulator: AppContext, at: SandboxRef, call: DeviceCall, wanted: Wanted
) -> dict[str, Any]:
    """Ask for a login: what the app does next (Adobe: create session, API2). Raises `EnhancedError`."""

    def unit(world: SandboxSession) -> dict[str, Any]:
        caller = admit(world, call)
        draft = AuthenticationSession(
            id="",
            session_id=world.ids.uuid(),
            service_provider=caller.service_provider.id,
            client=caller.client,
            device=caller.device,
            info=caller.info,
            user_agent=call.user_agent,
            ip_address=call.ip_address,
            port=call.port,
            sso_headers=call.sso_headers,
            **wanted.read(world, call, caller.service_provider),
            not_before=world.now,
            not_after=world.now + LIFETIME,
        )
        row = _decide(world, _facts(world, caller, draft))
        if row.outcome is Outcome.AUTHORIZE:
            return _answer(world, draft, row, created=True)
        end_earlier(world, draft)
        session = replace(draft, id=new_code(world))
        world.sessions.put(session)
        return _answer(world, session, row, created=True)

    return await simulator.engine.write(at, unit)


async def resume(
    simulator: AppContext, at: SandboxRef, call: DeviceCall, code: str, wanted: Wanted
) -> dict[str, Any]:
    """Add what a session lacks: what comes next (Adobe: resume session, API3). Raises `EnhancedError`."""

    def unit(world: SandboxSession) -> dict[str, Any]:
        provider = admit_without_device(world, call)
        given = wanted.read(world, call, provider)
        before = known_session(world, provider.id, code)
        row, session = next_step(world, replace(before, **given))
        if before.status not in AT_ONCE and row.outcome is Outcome.AUTHORIZE:
            world.explanation.decided("N12", f"the session was {before.status} before")
        world.sessions.put(session)
        return _answer(world, session, row, created=False)

    return await simulator.engine.write(at, unit)


async def retrieve(
    simulator: AppContext,
    at: SandboxRef,
    call: DeviceCall,
    code: str,
    *,
    legacy_path: bool = False,
) -> dict[str, Any] | None:
    """What a session has and lacks, and the device that it is for (Adobe: retrieve session, API4).

    None where the sandbox does not serve the `legacy_path` that was used. Raises `EnhancedError`.
    """

    def unit(world: SandboxSession) -> dict[str, Any] | None:
        if legacy_path and world.config.setting("sessions.legacy_path") == "reject":
            return None
        provider = admit_without_device(world, call)
        session = known_session(world, provider.id, code)
        existing = {
            _called(world, name): value
            for name, member in _MEMBERS.items()
            if (value := getattr(session, member))
        }
        answer: dict[str, Any] = {
            "existingParameters": {**existing, "serviceProvider": session.service_provider},
            "device": _described(session),
            "notBefore": str(session.not_before),
            "notAfter": str(session.not_after),
        }
        if session.missing:
            answer["missingParameters"] = _missing(world, session)
            world.explanation.explain(f"the session lacks {', '.join(session.missing)}")
        return answer

    return await simulator.engine.read(at, unit)


def _described(session: AuthenticationSession) -> dict[str, Any]:
    connection = {"connectionIp": session.ip_address, "connectionPort": session.port}
    return describe(session.info, session.user_agent, connection)


def next_step(
    world: SandboxSession, session: AuthenticationSession
) -> tuple[Row, AuthenticationSession]:
    """The row that holds for a session with what was added to it, and where it stands then.

    Raises the row's `EnhancedError`, if any.
    """
    row = _decide(world, _facts(world, owner_of(world, session), session))
    return row, replace(session, status=_after(session.status, row))


def _decide(world: SandboxSession, facts: Facts) -> Row:
    """The row that decides, with its reason in the explanation. Raises its `EnhancedError`, if any."""
    row = decide(facts)
    world.explanation.decided(row.id, row.because)
    if row.error is not None:
        raise EnhancedError(row.error)
    return row


def _after(status: Status, row: Row) -> Status:
    """Where a session stands once it was resumed with the answer of `row`.

    One that was over opens again when its viewer has logged out since, or chose another MVPD: the
    answer says to log in, so that must work.
    """
    over = status not in AT_ONCE
    if row.outcome is Outcome.AUTHORIZE:
        return status if over else Status.AUTHORIZED
    return Status.PENDING if over else status


def _facts(world: SandboxSession, caller: Caller, session: AuthenticationSession) -> Facts:
    config, provider = world.config, caller.service_provider.id
    mvpd = config.mvpds.get(session.mvpd or "")
    if mvpd is None:
        return Facts(given=session.mvpd)
    integration = config.integration(provider, mvpd.id)
    if integration is None or not integration.on(caller.platform).active:
        return Facts(given=session.mvpd, mvpd=mvpd)
    own = world.profiles.find(device=caller.device, mvpd=mvpd.id)
    matches = reached(world, caller, mvpd.id).values()
    logged_in = any(
        each.type is ProfileType.REGULAR
        and each.valid(world.now)
        and each.service_provider == provider
        and each.held_by(caller.client)
        for each in own
    )
    if not logged_in and any(each.type is ProfileType.APPLE_SSO for each in own):
        world.explanation.decided(
            "N8", "an appleSSO profile does not count: nothing confirms it in this call"
        )
    shared = any(profile.valid(world.now) for profile, _ in matches)
    rules = in_force(world, provider, mvpd.id, logged_in=logged_in or shared)
    return Facts(
        given=session.mvpd,
        mvpd=mvpd,
        integrated=True,
        degraded=Degradation.AUTHN_ALL in rules,
        logged_in=logged_in,
        single_sign_on=shared,
        missing=session.missing,
    )


def _called(world: SandboxSession, parameter: str) -> str:
    """What answers call a parameter of the form (Adobe: create session, C6)."""
    is_domain = parameter == "domainName"
    return str(world.config.setting("sessions.domain_key")) if is_domain else parameter


def _missing(world: SandboxSession, session: AuthenticationSession) -> list[str]:
    return [_called(world, name) for name in session.missing]


def _answer(
    world: SandboxSession, session: AuthenticationSession, row: Row, *, created: bool
) -> dict[str, Any]:
    """The body for `row`; the page on resuming lacks one of the reasons that creating has.

    (Adobe: resume session, C28)
    """
    documented = world.config.setting("sessions.resumed_reason") == "documented"
    lacking = not created and documented and row.reason == "authenticatedSSO"
    reason = "authenticated" if lacking else row.reason
    return answer(world, session, row.outcome, reason, created=created)


def answer(
    world: SandboxSession,
    session: AuthenticationSession,
    outcome: Outcome,
    reason: str,
    *,
    created: bool,
) -> dict[str, Any]:
    """The body that tells the app what to do next (Adobe: create session, API2; resume session, API3)."""
    provider = session.service_provider
    world.explanation.code, world.explanation.mvpd = session.id or None, session.mvpd
    start: dict[str, Any] = {
        "actionName": outcome.created if created else outcome.resumed,
        "actionType": outcome.action_type,
        "reasonType": reason,
    }
    window: dict[str, Any] = {
        "code": session.id,
        "sessionId": session.session_id,
        **({"mvpd": session.mvpd} if session.mvpd else {}),
        "serviceProvider": provider,
        "notBefore": str(session.not_before),
        "notAfter": str(session.not_after),
    }
    if outcome is Outcome.AUTHENTICATE:
        return {**start, "url": f"/api/v2/authenticate/{provider}/{session.id}", **window}
    if outcome is Outcome.RESUME:
        url = f"/api/v2/{provider}/sessions/{session.id}"
        return {**start, "missingParameters": _missing(world, session), "url": url, **window}
    return {
        **start,
        "url": f"/api/v2/{provider}/decisions/authorize/{session.mvpd}",
        "sessionId": session.session_id,
        "mvpd": session.mvpd,
        "serviceProvider": provider,
    }
