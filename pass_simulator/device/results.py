"""What a device is answered: frozen values that name what tests ask for, with the JSON in `raw`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pass_simulator.times import read_instant
from pass_simulator.values import Json, Result, as_tuple, mapping, member


@dataclass(frozen=True, kw_only=True)
class Profile(Result):
    """A login as the device sees it."""

    mvpd: str = ""
    type: str = member(default="")
    issuer: str = member(default="")
    not_before: datetime | None = member(read_instant, name="notBefore")
    not_after: datetime | None = member(read_instant, name="notAfter")
    attributes: Mapping[str, Any] = mapping()

    @property
    def user_id(self) -> str | None:
        """The viewer's id at the MVPD."""
        found = self.attributes.get("userID")
        return found and found["value"]


@dataclass(frozen=True, kw_only=True)
class LoginStep(Result):
    """What the backend tells an app to do next on the way to a login.

    `action` is "authenticate" (open `url`, which is absolute here), "resume" (with what is
    `missing`), "retry", or "authorize" where the device is logged in already and there is no code.
    """

    action: str = member(name="actionName", default="")
    kind: str = member(name="actionType", default="")
    reason: str | None = member(name="reasonType")
    code: str = member(default="")
    url: str | None = None
    mvpd: str | None = member()
    missing: tuple[str, ...] = member(as_tuple, name="missingParameters", default=())
    not_after: datetime | None = member(read_instant, name="notAfter")


@dataclass(frozen=True, kw_only=True)
class LoginDetails(Result):
    """What a second screen learns from a code: what is there, what is missing, and which device waits."""

    existing: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = member(as_tuple, name="missingParameters", default=())
    device: Mapping[str, Any] = mapping()


@dataclass(frozen=True, kw_only=True)
class Decision(Result):
    """Whether a resource may be watched; `media_token` comes with a permit of `authorize`."""

    resource: str = member(default="")
    authorized: bool = member(default=False)
    mvpd: str = member(default="")
    source: str = member(default="")
    not_before: datetime | None = member(read_instant, name="notBefore")
    not_after: datetime | None = member(read_instant, name="notAfter")
    error: Mapping[str, Any] | None = member()

    @property
    def media_token(self) -> str | None:
        """The serialized media token."""
        token: Mapping[str, str] = self.raw.get("token") or {}
        return token.get("serializedToken")

    @property
    def error_code(self) -> str | None:
        """Why not, as one of the backend's codes."""
        return self.error["code"] if self.error else None


@dataclass(frozen=True, kw_only=True)
class Landing:
    """Where a user agent ended that opened a url: the last status and page, and every url on the way."""

    url: str
    status: int
    text: str = field(repr=False)
    urls: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Logout(Result):
    """What the backend tells an app to do to log out, with `action` "logout", "complete" and so on.

    `url` is absolute here; `landing` is where opening it led, if it was opened.
    """

    mvpd: str = member(default="")
    action: str = member(name="actionName", default="")
    kind: str = member(name="actionType", default="")
    url: str | None = None
    landing: Landing | None = None


@dataclass(frozen=True, kw_only=True)
class Provider(Result):
    """An MVPD in an app's picker."""

    id: str = member(default="")
    display_name: str = member(name="displayName", default="")
    temporary: bool = member(name="isTempPass", default=False)


@dataclass(frozen=True, kw_only=True)
class Configuration(Result):
    """What an app learns of its channel at start."""

    service_provider: str = ""
    providers: tuple[Provider, ...] = ()

    @classmethod
    def read(cls, raw: Json) -> "Configuration":
        """The configuration in an answer."""
        requestor = raw["requestor"]
        providers = tuple(Provider.of(each) for each in requestor["mvpds"])
        return cls(raw=raw, service_provider=requestor["id"], providers=providers)

    def __contains__(self, mvpd: object) -> bool:
        """Whether the picker shows the MVPD with this id."""
        return any(each.id == mvpd for each in self.providers)
