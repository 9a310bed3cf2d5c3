"""The people and the boxes: subscribers of an MVPD and the devices in their homes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscriber:
    """An account at an MVPD; `entitlements` of None permits every resource.

    `denials` maps a resource, or "*" for every one, to the `code`, and perhaps the `details`, that
    the MVPD answers with instead.
    """

    id: str
    username: str
    password: str
    name: str | None = None
    mvpd: str | None = None
    user_id: str | None = None
    household: str | None = None
    entitlements: tuple[str, ...] | None = None
    denials: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A streaming device, named by the plain text inside its AP-Device-Identifier header."""

    id: str
    name: str | None = None
    platform: str | None = None
    subscriber: str | None = None
    info: Mapping[str, object] = field(default_factory=dict)
