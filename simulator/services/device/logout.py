"""Logout: delete the profiles that the matrix says, and answer with what the app has to do."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from simulator.domain.access.redirects import ends_here
from simulator.domain.configuration import Mvpd
from simulator.domain.errors import EnhancedError
from simulator.domain.sessions.logout import Action, Deletes, Facts, LogoutUrl, Row, decide
from simulator.domain.sessions.profiles import Profile, described
from simulator.domain.sso.identities import LinkKind
from simulator.services.context import AppContext
from simulator.services.shared.absence import explain_absence
from simulator.services.shared.admission import (
    REDIRECT,
    Caller,
    DeviceCall,
    active_integration,
    admit,
    check_redirect,
    in_force,
    known_mvpd,
)
from simulator.services.shared.profile_slots import delete_profile
from simulator.services.shared.single_sign_on import reached, shares, views_of
from simulator.storage.worlds.sandboxes import DEFAULT, SandboxRef
from simulator.storage.worlds.session import SandboxSession


class Logout(NamedTuple):
    """A logout as it was asked for.

    `redirect_urls` are all values of the query parameter, `origin` is where the app reached us,
    with the path prefix of the sandbox where it used one. `legacy_path` says that the path had the
    order of the documentation's seventh sample.
    """

    call: DeviceCall
    mvpd: str
    redirect_urls: Sequence[str]
    origin: str
    legacy_path: bool = False


async def log_out(simulator: AppContext, at: SandboxRef, asked: Logout) -> dict[str, Any] | None:
    """Carry out `asked`: the answer, or None where the sandbox does not serve the path that was used.

    Raises `EnhancedError` (Adobe: logout, API11, L1 to L10).
    """
    return await simulator.engine.write(at, lambda world: _log_out(world, asked))


def _log_out(world: SandboxSession, asked: Logout) -> dict[str, Any] | None:
    if asked.legacy_path and world.config.setting("logout.legacy_path") == "reject":
        return None
    caller = admit(world, asked.call)
    mvpd = known_mvpd(world, asked.mvpd)
    redirect_url = _redirect_url(world, caller, asked)
    active_integration(world, caller, mvpd)
    held = _held(world, caller, mvpd)
    facts = _facts(world, caller, mvpd, held)
    row, passed = decide(facts)
    for each in (*passed, row):
        world.explanation.decided(each.id, each.because)
    if row.action is Action.INVALID:
        explain_absence(world, caller, asked.call, mvpd)
    for profile_id in _deleted(world, row, held):
        delete_profile(world, profile_id)
    action = row.action_for(mvpd)
    answer = {"actionName": action.action_name, "actionType": action.action_type, "mvpd": mvpd.id}
    if action is Action.LOGOUT:
        url = LogoutUrl(
            form=str(world.config.setting("logout.url")),
            origin=asked.origin,
            service_provider=caller.service_provider.id,
            mvpd=mvpd.id,
            redirect_url=redirect_url,
            device=caller.device,
            by_sso=bool(facts.matched),
            sandbox=None if world.name == DEFAULT else world.name,
        )
        answer["url"] = str(url)
    return {"logouts": {mvpd.id: answer}}


class _Held(NamedTuple):
    """The profiles for the MVPD `here` on the device, in the caller's `slot`, and `matched` by SSO.

    `own` is the one in the slot that the caller could use.
    """

    here: Sequence[Profile]
    slot: Sequence[Profile]
    own: Profile | None
    matched: Mapping[str, tuple[Profile, LinkKind]]


def _held(world: SandboxSession, caller: Caller, mvpd: Mvpd) -> _Held:
    here = world.profiles.find(device=caller.device, mvpd=mvpd.id)
    slot = [each for each in here if _in_slot(each, caller)]
    own = next((each for each in slot if each.valid(world.now) and not each.type.by_header), None)
    held = _Held(here, slot, own, reached(world, caller, mvpd.id))
    world.explanation.explain(
        *(described(each, world.now) for each in slot),
        *(
            f"{described(each, world.now)}, reached by {kind}"
            for each, kind in held.matched.values()
            if each not in slot
        ),
    )
    return held


def _facts(world: SandboxSession, caller: Caller, mvpd: Mvpd, held: _Held) -> Facts:
    """What the rows of the matrix look at."""
    by_sso = (_by_single_sign_on(world, caller, each) for each in held.here)
    return Facts(
        mvpd=mvpd,
        degradations=in_force(
            world, caller.service_provider.id, mvpd.id, logged_in=held.own is not None
        ),
        own=held.own,
        matched=frozenset(
            kind for profile, kind in held.matched.values() if profile.valid(world.now)
        ),
        out_of_reach=held.own is None and any(by_sso),
    )


def _deleted(world: SandboxSession, row: Row, held: _Held) -> dict[str, None]:
    """The ids of the profiles that `row` deletes, in their order, each once."""
    if row.deletes is Deletes.NOTHING:
        return {}
    deleted = [*held.slot]
    if held.own is not None:
        deleted += views_of(world, held.own)
    matched = held.matched if row.deletes is Deletes.OWN_AND_LINKED else ()
    return dict.fromkeys([*(each.id for each in deleted), *matched])


def _redirect_url(world: SandboxSession, caller: Caller, asked: Logout) -> str:
    code, given = REDIRECT, asked.redirect_urls
    if len(given) > 1:
        raise EnhancedError(code, f"The redirectUrl parameter was given {len(given)} times.")
    if given:
        check_redirect(world, asked.call, caller.service_provider, given[0])
        return given[0]
    fallback = caller.service_provider.default_redirect_url
    if world.config.setting("logout.redirect_url") == "required" or not fallback:
        raise EnhancedError(code, "The redirectUrl parameter is missing.")
    return fallback


def _in_slot(profile: Profile, caller: Caller) -> bool:
    same = profile.service_provider == caller.service_provider.id
    return same and profile.held_by(caller.client)


def _by_single_sign_on(world: SandboxSession, caller: Caller, profile: Profile) -> bool:
    """Whether the right SSO header would have shown `profile` to the caller."""
    usable = profile.valid(world.now) and bool(world.links.find(profile=profile.id))
    return usable and shares(world, profile, caller.service_provider.id, caller.platform)


async def has_logout_page(simulator: AppContext, at: SandboxRef, mvpd_id: str) -> bool:
    """Whether the MVPD exists in the sandbox and has a logout endpoint."""

    def unit(world: SandboxSession) -> bool:
        mvpd = world.config.mvpds.get(mvpd_id)
        return mvpd is not None and mvpd.logout_endpoint

    return await simulator.engine.read(at, unit)


async def ends_on_page(simulator: AppContext, at: SandboxRef, redirect_url: str) -> bool:
    """Whether a logout in somebody's browser ends on a page of ours that names `redirect_url`."""

    def unit(world: SandboxSession) -> bool:
        return ends_here(redirect_url, str(world.config.setting("redirect_url.page")))

    return await simulator.engine.read(at, unit)
