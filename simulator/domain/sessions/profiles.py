"""Profiles, the stored results of a login, and which of them a caller may see.

(Adobe: profiles, API6, SSO1)
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Final

from simulator.domain.configuration import MvpdId, ServiceProviderId
from simulator.domain.members import DeviceId, Id, Instant, Numbered, Reference

# Those who log in together lose their profiles together, and each is told of in every call.
_SECONDS_KEPT: Final = 1_024


class ProfileType(StrEnum):
    """The six types that a profile can have."""

    REGULAR = "regular"
    DEGRADED = "degraded"
    TEMPORARY = "temporary"
    APPLE_SSO = "appleSSO"
    PLATFORM_SSO = "platformSSO"
    SERVICE_TOKEN_SSO = "serviceTokenSSO"

    @property
    def by_header(self) -> bool:
        """True for a view on another app's login: it exists only while its SSO header is sent."""
        return self in {ProfileType.PLATFORM_SSO, ProfileType.SERVICE_TOKEN_SSO}


ISSUERS: Mapping[ProfileType, str] = {
    ProfileType.DEGRADED: "Adobe",
    ProfileType.TEMPORARY: "Adobe",
    ProfileType.APPLE_SSO: "Apple",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """A login of one app instance (`client`) on one device for one service provider and MVPD.

    `client` None means that the first app instance on the device that asks becomes the owner. The
    window is [`not_before`, `not_after`); `attributes` maps a name to
    `{"value": …, "state": "plain" | "enc"}` (Adobe: profiles feature, DCR6).
    """

    id: Annotated[Id, Numbered("profile"), "The profile's id; profile-1, profile-2, … when absent."]
    service_provider: ServiceProviderId
    mvpd: MvpdId
    device: Annotated[DeviceId, "The device's identifier."]
    # No reference: clients come and go with the app instances that register, their profiles may
    # outlive them, and the export of such a world must be importable.
    client: Annotated[
        Id | None, "The client that owns it; the first app that asks when absent."
    ] = None
    subscriber: Annotated[
        Id | None, Reference("subscribers"), "The id of the subscriber who logged in."
    ] = None
    type: Annotated[ProfileType, "How the login came about."] = ProfileType.REGULAR
    not_before: Annotated[
        Instant,
        "When the profile began; now when absent, or a day before its end when that has passed.",
    ]
    not_after: Annotated[
        Instant,
        "When the profile ends; after the integration's authentication_ttl (for a temporary "
        "profile its temp_pass_ttl) when absent.",
    ]
    invalidated: Annotated[bool, "Whether the MVPD has ended the login."] = False
    attributes: Annotated[
        Mapping[str, Mapping[str, object]],
        "User metadata by name, as plain values or as {value, state}. userID is added when absent.",
    ] = field(default_factory=dict)

    def valid(self, now: int) -> bool:
        """Whether the profile can be used at `now`."""
        return not self.invalidated and self.not_before <= now < self.not_after

    def held_by(self, client: str) -> bool:
        """Whether `client` owns the profile, or would by asking for it."""
        return self.client in {None, client}

    @property
    def issuer(self) -> str:
        """Who vouches for the profile, as the `issuer` member says (Adobe: profiles, API6)."""
        return ISSUERS.get(self.type, self.mvpd)


def described(profile: Profile, now: int) -> str:
    """What a profile is at `now`, for the reasons that are given."""
    end = _second(profile.not_after // 1000)
    state = f"valid until {end}"
    if profile.invalidated:
        state = "invalidated"
    elif now >= profile.not_after:
        state = f"expired at {end}"
    elif now < profile.not_before:
        state = "not valid yet"
    return f"profile {profile.id} at {profile.mvpd}: {profile.type}, {state}"


@lru_cache(_SECONDS_KEPT)
def _second(instant: int) -> str:
    """The epoch second `instant` as ISO 8601 has it."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def default_user_id(mvpd: str, who: str) -> str:
    """The userID of a viewer about whom nothing is known but the MVPD and an id or device."""
    return hashlib.sha256(f"{mvpd}\n{who}".encode()).hexdigest()[:40]


def device_digits(device: str) -> str:
    """How the userID ends that a device has without an account: 40 hexadecimal digits.

    A temporary and a degraded one differ in what comes before them (Adobe: profile by mvpd, API7).
    """
    return hashlib.sha256(device.encode(errors="surrogatepass")).hexdigest()[:40]
