"""Completing an authentication session: the profile that a login leaves, and what it is linked to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from simulator.domain.configuration import Integration, integration_id
from simulator.domain.households import Subscriber
from simulator.domain.sessions.authentication_sessions import AuthenticationSession, Status
from simulator.domain.sessions.profiles import Profile, default_user_id
from simulator.domain.sessions.user_metadata import default_state
from simulator.domain.sso.saml import SamlResponse
from simulator.storage.worlds.session import SandboxSession

from .profile_slots import clear_slot
from .single_sign_on import tie
from .stored_sessions import owner_of


def complete(
    world: SandboxSession,
    session: AuthenticationSession,
    subscriber: Subscriber | None,
    *,
    at_home: bool = False,
    response: SamlResponse | None = None,
) -> AuthenticationSession:
    """Complete a session, whose integration is active: its app gets a profile of the subscriber.

    Without a subscriber it is that of somebody made up, always the same on the same device. A login
    `at_home` is one that home-based authentication did, and lasts as long as those do. What a `response`
    of the provider says of the viewer comes before what the subscriber has.
    """
    mvpd, provider = session.mvpd or "", session.service_provider
    owner = owner_of(world, session)
    here = world.config.integrations[integration_id(provider, mvpd)].on(owner.platform)
    lasts = here.home_authentication_ttl if at_home else here.authentication_ttl
    profile = Profile(
        id=world.ids.short("profile"),
        service_provider=provider,
        mvpd=mvpd,
        device=session.device,
        client=session.client,
        subscriber=subscriber.id if subscriber else None,
        not_before=world.now,
        not_after=world.now + lasts,
        attributes={
            **_attributes(mvpd, subscriber, session.device),
            **(attributes_of(response) if response else {}),
            **_home_status(here, at_home=at_home),
        },
    )
    clear_slot(world, profile)
    world.profiles.put(profile)
    tie(world, profile, owner.identities)
    completed = replace(session, status=Status.COMPLETED)
    world.sessions.put(completed)
    return completed


_LONG_FORM: Final = frozenset({"value", "state"})


def _attributes(
    mvpd: str, subscriber: Subscriber | None, device: str
) -> dict[str, Mapping[str, object]]:
    if subscriber is None:
        return {"userID": _plain(default_user_id(mvpd, device))}
    found = {"userID": _plain(subscriber.user_id or default_user_id(mvpd, subscriber.id))}
    if subscriber.household:
        found["householdID"] = _plain(subscriber.household)
    for name, value in subscriber.attributes.items():
        if isinstance(value, Mapping) and value.keys() == _LONG_FORM:
            found[name] = value
        else:
            found[name] = {"value": value, "state": default_state(name)}
    return found


def attributes_of(response: SamlResponse) -> dict[str, Mapping[str, object]]:
    """The user metadata of a profile that a provider's response leads to."""
    found: dict[str, Mapping[str, object]] = {
        name: {"value": value, "state": default_state(name)}
        for name, value in response.attributes.items()
    }
    return {**found, "userID": _plain(response.name_id)}


def _home_status(integration: Integration, *, at_home: bool) -> dict[str, Mapping[str, object]]:
    """The attribute that says how the viewer logged in, where home-based authentication is on."""
    return {"hba_status": _plain(at_home)} if integration.home_based_authentication else {}


def _plain(value: object) -> Mapping[str, object]:
    return {"value": value, "state": "plain"}


def deny(world: SandboxSession, session: AuthenticationSession) -> AuthenticationSession:
    """Let the login of a session fail; it can be tried again."""
    failed = replace(session, status=Status.FAILED)
    world.sessions.put(failed)
    return failed


def fits(subscriber: Subscriber, mvpd: str) -> bool:
    """Whether the account is one of this MVPD; one that names none is of every."""
    return subscriber.mvpd in {None, mvpd}
