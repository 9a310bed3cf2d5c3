"""Single sign-on through a partner's framework, which is Apple's.

(Adobe: partner flows, P1 to P10, Q1 to Q7)
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from simulator.domain.configuration import BoardingStatus, Integration, Mvpd, Platform

APPLE: Final = "apple"
"""The one partner; paths may write it in any case (Adobe: partner request, C35)."""

ISSUER: Final = "urn:pass-simulator:mvpd:"
"""How the issuer of a response that we make begins; what follows is the MVPD's id."""

_PLATFORMS: Final = frozenset({"iOS", "tvOS"})
_NOT_PRESENT: Final = "invalid_header_pfs_permission_access_not_present"


def known_partner(name: str) -> bool:
    """Whether there is a partner of this name."""
    return name.lower() == APPLE


def enabled(integration: Integration, platform: Platform) -> bool:
    """Whether the partner's framework is used at the integration, as it is on `platform`.

    (Adobe: Apple cookbook, PFS3)
    """
    return not unused(integration, platform)


def unused(integration: Integration, platform: Platform) -> str:
    """Why the partner's framework is not used there; empty where it is (Adobe: Apple cookbook, PFS3)."""
    if platform.name not in _PLATFORMS:
        known = " and ".join(sorted(_PLATFORMS))
        return f"the device is {platform.name}, and the framework is there on {known} alone"
    if not integration.single_sign_on:
        return f"the integration {integration.id} takes no part in single sign-on"
    if not integration.enable_platform_services:
        return f"the integration {integration.id} does not enable platform services"
    # What is set for a platform alone comes as the text that it was written as.
    if integration.boarding_status != BoardingStatus.SUPPORTED:
        status = integration.boarding_status or "none"
        return f"the boarding status of the integration {integration.id} is {status}"
    return ""


class Outcome(Enum):
    """What asking for a partner's login leads to: `actionName` and `actionType`."""

    PARTNER_PROFILE = ("partner_profile", "direct")
    AUTHENTICATE = ("authenticate", "interactive")
    RESUME = ("resume", "direct")
    AUTHORIZE = ("authorize", "direct")

    def __init__(self, action_name: str, action_type: str) -> None:
        self.action_name = action_name
        self.action_type = action_type


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionFacts:
    """What the rows of a partner session look at.

    `status` is the code that the partner's status earns, `mvpd` the MVPD that it maps to, `missing`
    the parameters of the form that a fallback would need; `logged_in` says that the app holds a
    regular profile, `by_partner` that it holds one from the partner, `enabled` that the framework is
    used at the integration.
    """

    partner: bool = True
    status: str | None = None
    mvpd: Mvpd | None = None
    integrated: bool = False
    degraded: bool = False
    logged_in: bool = False
    by_partner: bool = False
    missing: tuple[str, ...] = ()
    enabled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRow:
    """One row of the partner session: an outcome with its `reasonType`, or the code of an error."""

    id: str
    when: Callable[[SessionFacts], bool]
    outcome: Outcome = Outcome.RESUME
    reason: str = "none"
    error: str | None = None
    because: str


SESSION_ROWS: Final = (
    SessionRow(id="P1", when=lambda f: not f.partner,
        error="invalid_parameter_partner", because="the partner is unknown"),
    SessionRow(id="P2", when=lambda f: f.mvpd is not None and not f.integrated,
        error="invalid_integration", because="the integration is missing or disabled"),
    SessionRow(id="P3", when=lambda f: f.degraded,
        outcome=Outcome.AUTHORIZE, reason="degraded", because="AuthNAll is in force"),
    SessionRow(id="P4", when=lambda f: f.logged_in,
        outcome=Outcome.AUTHORIZE, reason="authenticated",
        because="the app holds a valid regular profile"),
    SessionRow(id="P5", when=lambda f: f.by_partner,
        outcome=Outcome.AUTHORIZE, reason="authenticatedSSO",
        because="the app holds a valid profile from the partner"),
    SessionRow(id="P6", when=lambda f: bool(f.missing),
        outcome=Outcome.RESUME, reason="missing_parameters_fallback",
        because="parameters that a fallback would need are missing"),
    SessionRow(id="P7", when=lambda f: f.mvpd is None,
        outcome=Outcome.RESUME, reason="pfs_fallback",
        because="the partner's status names no MVPD, so one has to be chosen"),
    SessionRow(id="P8", when=lambda f: f.status is not None,
        outcome=Outcome.AUTHENTICATE, reason="pfs_fallback",
        because="the partner's status does not permit single sign-on"),
    SessionRow(id="P9", when=lambda f: not f.enabled,
        outcome=Outcome.AUTHENTICATE, reason="configuration_fallback",
        because="the partner's framework is not used at the integration on this platform"),
    SessionRow(id="P10", when=lambda _: True,
        outcome=Outcome.PARTNER_PROFILE, because="the partner can log the viewer in"),
)  # fmt: skip


class Creation(Enum):
    """What the response of the partner's provider comes to."""

    REFUSED = "an error"
    DEGRADED = "a degraded profile, which is not stored"
    BASIC = "the profile that the app has already, if any"
    CREATED = "a new profile"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileFacts:
    """What the rows of a partner profile look at: codes of what is wrong, and the state of things."""

    partner: bool = True
    status: str | None = None
    response: bool = True
    integrated: bool = False
    degraded: bool = False
    enabled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileRow:
    """One row of the partner profile; one that is refused has the code of the error."""

    id: str
    when: Callable[[ProfileFacts], bool]
    comes_to: Creation = Creation.REFUSED
    error: Callable[[ProfileFacts], str | None] = lambda _: None
    because: str


PROFILE_ROWS: Final = (
    ProfileRow(id="Q1", when=lambda f: not f.partner,
        error=lambda _: "invalid_parameter_partner", because="the partner is unknown"),
    ProfileRow(id="Q2", when=lambda f: f.status is not None,
        error=lambda f: f.status, because="the partner's status does not permit single sign-on"),
    ProfileRow(id="Q3", when=lambda f: not f.response,
        error=lambda _: "invalid_parameter_saml_response",
        because="the provider's response cannot be used"),
    ProfileRow(id="Q4", when=lambda f: not f.integrated,
        error=lambda _: "invalid_integration", because="the integration is missing or disabled"),
    ProfileRow(id="Q5", when=lambda f: f.degraded,
        comes_to=Creation.DEGRADED, because="AuthNAll is in force"),
    ProfileRow(id="Q6", when=lambda f: not f.enabled,
        comes_to=Creation.BASIC,
        because="the partner's framework is not used at the integration on this platform"),
    ProfileRow(id="Q7", when=lambda _: True,
        comes_to=Creation.CREATED, because="the partner's provider logged the viewer in"),
)  # fmt: skip


def decide_session(facts: SessionFacts) -> SessionRow:
    """The first row of the partner session that holds for `facts`."""
    return next(row for row in SESSION_ROWS if row.when(facts))


def decide_profile(facts: ProfileFacts) -> ProfileRow:
    """The first row of the partner profile that holds for `facts`."""
    return next(row for row in PROFILE_ROWS if row.when(facts))


def mapped(header: str | None, mvpds: Iterable[Mvpd]) -> Mvpd | None:
    """The MVPD that AP-Partner-Framework-Status maps to, whatever else it says."""
    name = _object(_object(_decoded(header)).get("frameworkProviderInfo")).get("id")
    if not isinstance(name, str):
        return None
    return next((each for each in mvpds if each.platform_mappings.get(APPLE) == name), None)


def status_problem(
    header: str | None, mvpd: Mvpd | None, mvpds: Iterable[Mvpd], now: int
) -> str | None:
    """The first of the six codes that AP-Partner-Framework-Status earns, or None.

    `mvpd` is the one that the request is about otherwise; None where only the status names one
    (Adobe: AP-Partner-Framework-Status header, HDR6, PFS1).
    """
    status = _object(_decoded(header))
    access = _object(status.get("frameworkPermissionInfo")).get("accessStatus")
    if not isinstance(access, str) or not access:
        return _NOT_PRESENT
    if access == "notDetermined":
        return "invalid_header_pfs_permission_access_not_determined"
    if access != "granted":
        return "invalid_header_pfs_permission_access_not_granted"
    provider = _object(status.get("frameworkProviderInfo"))
    name = provider.get("id")
    mapped = {
        each.platform_mappings.get(APPLE): each.id for each in mvpds if each.platform_mappings
    }
    if not isinstance(name, str) or name not in mapped:
        return "invalid_header_pfs_provider_id_not_determined"
    if mvpd is not None and mvpd.platform_mappings.get(APPLE) != name:
        return "invalid_header_pfs_provider_id_mismatch"
    expires = provider.get("expirationDate")
    if expires is not None and not _later(expires, now):
        return "invalid_header_pfs_provider_info_expired"
    return None


def _decoded(header: str | None) -> object:
    try:
        return json.loads(base64.b64decode(header or "", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _later(expires: object, now: int) -> bool:
    try:
        return int(str(expires)) > now
    except ValueError:
        return False
