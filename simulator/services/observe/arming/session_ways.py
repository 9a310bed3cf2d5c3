"""The ways to the rules of logouts and sessions."""

from collections.abc import Mapping
from typing import Final

from simulator.domain.decisions.degradation import Degradation
from simulator.domain.sso.identities import LinkKind

from .preparing import (
    Way,
    by_name,
    by_partner,
    degrade,
    full,
    integration,
    log_in,
    mvpd,
    provider,
    sending,
    shared,
    temp_pass,
)
from .staging import Stage

LOGOUT: Final[Mapping[str, Way]] = {
    "L1": Way(call="logout", says="nothing is needed but a TempPass", prepare=temp_pass()),
    "L2": Way(
        call="logout",
        says="puts AuthNAll in force at the MVPD for ten minutes",
        prepare=provider(log_in, degrade(Degradation.AUTHN_ALL)),
    ),
    "L3": Way(
        call="logout",
        says="puts AuthZAll in force at the MVPD for ten minutes",
        prepare=provider(log_in, degrade(Degradation.AUTHZ_ALL)),
    ),
    "L4": Way(
        call="logout",
        says="gives the device a profile from the partner framework",
        prepare=provider(by_partner),
    ),
    "L5": Way(
        call="logout",
        says="logs the device in at an MVPD with a logout page",
        prepare=provider(log_in),
    ),
    "L6": Way(
        call="logout",
        says="logs the device in, and takes the MVPD's logout page away",
        prepare=provider(mvpd(logout_endpoint=False), log_in),
    ),
    "L7": Way(
        call="logout",
        says="logs another device in, shared by platform identity",
        note="with the Adobe-Subject-Token that is given out for it",
        prepare=shared(LinkKind.PLATFORM_IDENTITY),
    ),
    "L8": Way(
        call="logout",
        says="logs another device in, shared by service token",
        note="with the AD-Service-Token that is given out for it",
        prepare=shared(LinkKind.SERVICE_TOKEN),
    ),
    "L9": Way(
        call="logout",
        says="logs another app in on the device, shared by service token",
        note="without an AD-Service-Token",
        prepare=shared(LinkKind.SERVICE_TOKEN, here=True),
    ),
    "L10": Way(call="logout", says="logs the device out at the MVPD", prepare=provider()),
}

SESSIONS: Final[Mapping[str, Way]] = {
    "N1": Way(call="create_session", note="without an mvpd", prepare=provider()),
    "N2": Way(
        call="create_session",
        note="with an mvpd that there is not",
        prepare=provider(full, sending(mvpd="no-such-mvpd")),
    ),
    "N3": Way(
        call="create_session",
        says="switches the integration off",
        prepare=provider(full, integration(active=False)),
    ),
    "N4": Way(call="create_session", note="with a TempPass as its mvpd", prepare=temp_pass(full)),
    "N5": Way(
        call="create_session",
        says="puts AuthNAll in force at the MVPD for ten minutes",
        prepare=provider(full, degrade(Degradation.AUTHN_ALL)),
    ),
    "N6": Way(call="create_session", says="logs the device in", prepare=provider(full, log_in)),
    "N7": Way(
        call="create_session",
        says="logs another device in, shared by service token",
        note="with the AD-Service-Token that is given out for it",
        prepare=provider(full, lambda stage: stage.share(LinkKind.SERVICE_TOKEN)),
    ),
    "N8": Way(
        call="create_session",
        says="gives the device a profile from the partner framework",
        prepare=provider(full, by_partner),
    ),
    "N9": Way(
        call="create_session",
        note="with an mvpd, but without domainName and redirectUrl",
        prepare=provider(by_name),
    ),
    "N10": Way(
        call="create_session",
        says="logs the device out at the MVPD",
        prepare=provider(full),
    ),
    "N11": Way(
        call="profile_by_code",
        says="ends the time of the code that the device shows",
        note="with the same code",
        first="create_session",
        prepare=Stage.end_session,
    ),
    "N12": Way(
        call="resume_session",
        says="logs a viewer in with the code that the device shows",
        note="with the same code",
        first="create_session",
        prepare=Stage.finish_session,
    ),
}
