"""The ways to the rules of partner sessions and profiles."""

from collections.abc import Mapping
from typing import Final

from simulator.domain.decisions.degradation import Degradation

from .preparing import (
    Way,
    by_no_name,
    by_partner,
    degrade,
    full,
    integration,
    log_in,
    partner,
    saml,
    sending,
    status,
    unknown_partner,
)

PARTNER_SESSIONS: Final[Mapping[str, Way]] = {
    "P1": Way(
        call="partner_session",
        note="for a partner that there is not",
        prepare=partner(full, unknown_partner),
    ),
    "P2": Way(
        call="partner_session",
        says="switches the integration off",
        prepare=partner(full, integration(active=False)),
    ),
    "P3": Way(
        call="partner_session",
        says="puts AuthNAll in force at the MVPD for ten minutes",
        prepare=partner(full, degrade(Degradation.AUTHN_ALL)),
    ),
    "P4": Way(call="partner_session", says="logs the device in", prepare=partner(full, log_in)),
    "P5": Way(
        call="partner_session",
        says="gives the device a profile from the partner framework",
        prepare=partner(full, by_partner),
    ),
    "P6": Way(
        call="partner_session",
        note="without domainName and redirectUrl",
        prepare=partner(),
    ),
    "P7": Way(
        call="partner_session",
        note="without an AP-Partner-Framework-Status, and without an mvpd",
        prepare=partner(full, status(None), by_no_name),
    ),
    "P8": Way(
        call="partner_session",
        note="with a status that denies the app access",
        prepare=partner(full, status("denied")),
    ),
    "P9": Way(
        call="partner_session",
        says="lets the integration make no use of the platform's services",
        prepare=partner(full, integration(enable_platform_services=False)),
    ),
    "P10": Way(
        call="partner_session",
        says="lets the integration take part in the partner framework",
        note="from an Apple device, with the AP-Partner-Framework-Status that is given out for it",
        prepare=partner(full),
    ),
}

PARTNER_PROFILES: Final[Mapping[str, Way]] = {
    "Q1": Way(
        call="partner_profile",
        note="for a partner that there is not",
        prepare=partner(saml, unknown_partner),
    ),
    "Q2": Way(
        call="partner_profile",
        note="with a status that denies the app access",
        prepare=partner(saml, status("denied")),
    ),
    "Q3": Way(
        call="partner_profile",
        note="with a SAMLResponse that cannot be read",
        prepare=partner(sending(SAMLResponse="unreadable")),
    ),
    "Q4": Way(
        call="partner_profile",
        says="switches the integration off",
        prepare=partner(saml, integration(active=False)),
    ),
    "Q5": Way(
        call="partner_profile",
        says="puts AuthNAll in force at the MVPD for ten minutes",
        prepare=partner(saml, degrade(Degradation.AUTHN_ALL)),
    ),
    "Q6": Way(
        call="partner_profile",
        says="lets the integration make no use of the platform's services",
        prepare=partner(saml, integration(enable_platform_services=False)),
    ),
    "Q7": Way(
        call="partner_profile",
        says="lets the integration take part in the partner framework",
        note="from an Apple device, with the status and the SAMLResponse that are given out for it",
        prepare=partner(saml),
    ),
}
