"""What is found out about a world, while its exchanges go by."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

from simulator.domain.configuration import DAY

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

SLACK: Final = 1_500
"""How far clocks may be apart, in milliseconds: requests take their time, and dates have whole seconds."""


@dataclass(frozen=True, order=True, slots=True)
class Moment:
    """When something was seen: the instant, and the how manieth exchange it was."""

    at: int
    index: int


class Slot(NamedTuple):
    """Whose profile it is, and where: an app instance on a device, a service provider and an MVPD."""

    client: str
    device: str
    service_provider: str
    mvpd: str


class Identity(NamedTuple):
    """What a header of single sign-on names: a subject of an issuer, or else its whole value."""

    kind: str
    issuer: str | None
    subject: str | None
    value: str | None

    def link(self) -> dict[str, str]:
        """The link of a profile to it, as a scenario has it."""
        return {name: each for name, each in self._asdict().items() if each is not None}


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who asks: the app instance, its device and platform, and the identities that its headers name."""

    client: str
    device: str
    service_provider: str
    platform: str
    identities: tuple[Identity, ...] = ()

    def slot(self, mvpd: str) -> Slot:
        """Where its profile at an MVPD is."""
        return Slot(self.client, self.device, self.service_provider, mvpd)


class Verdict(NamedTuple):
    """What an MVPD said of a resource: None permits."""

    moment: Moment
    operation: str
    resource: str
    code: str | None
    details: str | None


@dataclass(kw_only=True)
class Event:
    """Something that happened beside the exchanges: at the instant `at`, and before exchange `before`."""

    kind: str
    at: int
    before: int
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(kw_only=True)
class MvpdFacts:
    """What was seen of an MVPD."""

    display_name: str | None = None
    logo_url: str | None = None
    kind: str = "regular"
    authorization_endpoint: bool = True
    preauthorization_endpoint: bool = True
    proxied: bool = False
    apple: str | None = None


@dataclass(kw_only=True)
class IntegrationFacts:
    """What was seen of an integration; what a platform shows is kept by platform.

    `lifetimes` are those of logins that were done in the capture, `earlier` those of other logins, and
    `bounds` how long logins in it lasted at most; `outlived` is how long one lasted at least.
    """

    inactive: bool = False
    used: bool = False
    home_based: bool = False
    lifetimes: Counter[tuple[str, bool, int]] = field(default_factory=Counter)
    bounds: Counter[tuple[str, bool, int]] = field(default_factory=Counter)
    earlier: Counter[tuple[str, bool, int]] = field(default_factory=Counter)
    outlived: dict[str, int] = field(default_factory=dict)
    decisions: Counter[int] = field(default_factory=Counter)
    media: Counter[int] = field(default_factory=Counter)
    permitted_at_once: dict[str, int] = field(default_factory=dict)
    refused_at_once: dict[str, int] = field(default_factory=dict)
    configured: dict[str, dict[str, Any]] = field(default_factory=dict)
    partnered: dict[str, dict[str, Any]] = field(default_factory=dict)
    temporary: Counter[int] = field(default_factory=Counter)
    outlasted: int = 0
    resources: int | None = None
    misconfigured: bool = False

    def shortest(self) -> int:
        """How long a login lasts at least that is given no end, in milliseconds."""
        return min(self._lengths, default=30 * DAY)

    def longest(self) -> int:
        """How long it lasts at most."""
        return max(self._lengths, default=30 * DAY)

    @property
    def _lengths(self) -> list[int]:
        return [lasts for _, _, lasts in self.lifetimes or self.bounds or self.earlier]


@dataclass(kw_only=True)
class ClientFacts:
    """What was seen of an app instance."""

    registered: bool = False
    secret: str | None = None
    statement: str | None = None
    application: str | None = None
    scopes: tuple[str, ...] = ()
    serves: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class ProviderFacts:
    """What was seen of a service provider; `listed` says that a configuration named its MVPDs."""

    name: str | None = None
    domains: tuple[str, ...] = ()
    listed: bool = False


@dataclass(kw_only=True)
class Facts:
    """All of it.

    `passes` are logouts that a TempPass or AuthNAll explains, by service provider, MVPD and when AuthNAll
    had last shown not to be in force: the first instant and the last. `settings` are what somebody sets
    who is not in the capture: by path of the admin API and member, the value at the beginning and the one
    that holds now. Each change is one of the `events`.
    """

    service_providers: dict[str, ProviderFacts] = field(default_factory=dict)
    mvpds: dict[str, MvpdFacts] = field(default_factory=dict)
    integrations: dict[tuple[str, str], IntegrationFacts] = field(default_factory=dict)
    clients: dict[str, ClientFacts] = field(default_factory=dict)
    statements: dict[str, str] = field(default_factory=dict)
    devices: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    settings: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    operations: Counter[str] = field(default_factory=Counter)
    start: int = 0
    end: int = 0
    passes: dict[tuple[str, str, Moment | None], list[int]] = field(default_factory=dict)
    partners: dict[str, set[str]] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)

    def set(self, path: str, member: str, value: object, now: Moment) -> None:
        """What is set shows to be `value`; at first it was so from the beginning."""
        known = self.settings.get((path, member))
        if known is None:
            known = self.settings[path, member] = [value, value]
        if known[1] != value:
            known[1] = value
            facts = {"path": path, "member": member, "value": value}
            self.events.append(Event(kind="change", at=now.at, before=now.index, facts=facts))
            self.notes[f"changes of {member} beside the capture"] += 1

    def switch(self, name: str, value: object, now: Moment) -> None:
        """A switch shows to be set to `value`."""
        self.set("/settings", name, value, now)

    def first(self, path: str, member: str, otherwise: object = None) -> Any:  # noqa: ANN401
        """What was set at the beginning."""
        return self.settings.get((path, member), [otherwise])[0]

    def now(self, path: str, member: str) -> Any:  # noqa: ANN401
        """What is set by now; None where nothing showed it."""
        return self.settings.get((path, member), [None, None])[1]

    def provider(self, name: str) -> ProviderFacts:
        """What is known of a service provider, which is one from now on."""
        return _known(self.service_providers, name, ProviderFacts)

    def mvpd(self, name: str) -> MvpdFacts:
        """The same for an MVPD."""
        return _known(self.mvpds, name, MvpdFacts)

    def integration(self, service_provider: str, mvpd: str) -> IntegrationFacts:
        """The same for an integration, and both its ends."""
        self.provider(service_provider)
        self.mvpd(mvpd)
        return _known(self.integrations, (service_provider, mvpd), IntegrationFacts)

    def client(self, name: str) -> ClientFacts:
        """The same for an app instance."""
        return _known(self.clients, name, ClientFacts)


def commonest(counted: Mapping[int, int]) -> int:
    """The most frequent of what was counted, and the largest of these."""
    return max(counted, key=lambda each: (counted[each], each))


def value_of(attributes: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - JSON of any shape
    """The value of an attribute; None where there is none."""
    found = attributes.get(name)
    return found.get("value") if isinstance(found, dict) else None


def _known(found: dict[K, T], key: K, make: Callable[[], T]) -> T:
    """What is known under a key; `make` is called for the first time only."""
    known = found.get(key)
    if known is None:
        known = found[key] = make()
    return known
