"""Which entity of the domain lives in which table, and how one becomes a row of the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any, Final, Generic, TypeVar, get_origin

from sqlalchemy import Table

from simulator.domain.access.registration import Application, Client
from simulator.domain.access.throttle import ThrottleWindow
from simulator.domain.configuration import Integration, Mvpd, ServiceProvider
from simulator.domain.decisions.decision_rules import Decision
from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.faults import Fault, FaultUse
from simulator.domain.households import Device, Subscriber
from simulator.domain.members import Form, members
from simulator.domain.sessions.authentication_sessions import AuthenticationSession
from simulator.domain.sessions.profiles import Profile
from simulator.domain.sso.identities import Issuer, SsoLink
from simulator.domain.sso.sso_service import LinkCode, SsoDevice
from simulator.domain.switches import Setting
from simulator.storage import tables

E = TypeVar("E")


@dataclass(frozen=True, eq=False)
class EntityMapping(Generic[E]):
    """One kind of entity: its name in documents and paths, its table and its dataclass.

    How its members become columns follows from the dataclass (see `members`). `happened` is the one
    that says when the entity came about. `configuration` kinds are few and read by every request, so
    they are held in memory (see `config`). Changes of `journalled` ones are in journal entries.
    """

    name: str
    table: Table[Any]
    entity: type[E]
    configuration: bool = field(default=False, kw_only=True)
    journalled: bool = field(default=True, kw_only=True)
    happened: str | None = field(default=None, kw_only=True)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that say what the entity is."""
        return tuple(column.name for column in self.table.columns if column.name not in _LAYERING)

    @cached_property
    def place_of_id(self) -> int:
        """Which of `columns` is the id."""
        return self.columns.index("id")

    @cached_property
    def times(self) -> tuple[str, ...]:
        """The columns of instants: in a row they are milliseconds since the world's epoch."""
        return tuple(each.name for each in members(self.entity) if each.form is Form.INSTANT)

    @cached_property
    def _values(self) -> Callable[[E], tuple[Any, ...]]:
        """What takes the values of `columns` from an entity; each has several."""
        return attrgetter(*self.columns)

    @cached_property
    def _decoders(self) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
        """What makes values of columns those of members, where they differ."""
        types = {each.name: get_origin(each.type) or each.type for each in members(self.entity)}
        decoders: dict[str, Callable[[Any], Any]] = {}
        for name, each in types.items():
            if isinstance(each, type) and issubclass(each, Enum):
                decoders[name] = {choice.value: choice for choice in each}.__getitem__
            elif each is tuple:
                decoders[name] = tuple
        return (*decoders.items(),)

    @cached_property
    def _fields(self) -> tuple[tuple[str, ...], Callable[[Sequence[Any]], tuple[Any, ...]]]:
        """The entity's fields, and what picks their values out of a row."""
        names = tuple(each.name for each in members(self.entity))
        return names, itemgetter(*(self.columns.index(name) for name in names))

    def row(self, entity: E, *, layer: int, epoch: int) -> dict[str, Any]:
        """The row for `entity` in `layer`."""
        row: dict[str, Any] = dict(zip(self.columns, self._values(entity), strict=True))
        for name in self.times:
            if row[name] is not None:
                row[name] -= epoch
        row["layer"] = layer
        row["deleted"] = False
        return row

    def shifted(self, entity: E, by: int) -> E:
        """`entity` with its instants moved by `by` milliseconds."""
        moved = {
            name: value + by for name in self.times if (value := getattr(entity, name)) is not None
        }
        return replace(entity, **moved) if moved else entity  # type: ignore[type-var]

    def read(self, row: Sequence[Any], *, epoch: int) -> E:
        """The entity in a row of `columns`."""
        names, pick = self._fields
        found: dict[str, Any] = dict(zip(names, pick(row), strict=True))
        for name, decode in self._decoders:
            if found[name] is not None:
                found[name] = decode(found[name])
        for name in self.times:
            if found[name] is not None:
                found[name] += epoch
        return self.entity(**found)


_LAYERING: Final = frozenset({"layer", "deleted"})

SERVICE_PROVIDERS: Final = EntityMapping(
    "service_providers", tables.service_provider, ServiceProvider, configuration=True
)
MVPDS: Final = EntityMapping("mvpds", tables.mvpd, Mvpd, configuration=True)
INTEGRATIONS: Final = EntityMapping(
    "integrations", tables.integration, Integration, configuration=True
)
APPLICATIONS: Final = EntityMapping(
    "applications", tables.application, Application, configuration=True
)
ISSUERS: Final = EntityMapping("issuers", tables.issuer, Issuer, configuration=True)
DEGRADATIONS: Final = EntityMapping(
    "degradations",
    tables.degradation,
    DegradationRule,
    configuration=True,
    happened="not_before",
)
SETTINGS: Final = EntityMapping("settings", tables.setting, Setting, configuration=True)
FAULTS: Final = EntityMapping("faults", tables.fault, Fault, configuration=True)
CLIENTS: Final = EntityMapping("clients", tables.client, Client, happened="registered_at")
SUBSCRIBERS: Final = EntityMapping("subscribers", tables.subscriber, Subscriber)
DEVICES: Final = EntityMapping("devices", tables.device, Device)
PROFILES: Final = EntityMapping("profiles", tables.profile, Profile, happened="not_before")
SSO_LINKS: Final = EntityMapping("sso_links", tables.sso_link, SsoLink)
TEMP_PASSES: Final = EntityMapping(
    "temp_passes", tables.temp_pass, TempPassTrial, happened="first_authorized"
)
SESSIONS: Final = EntityMapping(
    "sessions", tables.session, AuthenticationSession, happened="not_before"
)
DECISIONS: Final = EntityMapping("decisions", tables.decision, Decision)
FAULT_USES: Final = EntityMapping("fault_uses", tables.fault_use, FaultUse, journalled=False)
THROTTLE_WINDOWS: Final = EntityMapping(
    "throttle_windows", tables.throttle_window, ThrottleWindow, journalled=False
)
SSO_DEVICES: Final = EntityMapping(
    "sso_devices", tables.sso_device, SsoDevice, happened="last_seen"
)
LINK_CODES: Final = EntityMapping("link_codes", tables.link_code, LinkCode, happened="not_before")

KINDS: Final[tuple[EntityMapping[Any], ...]] = (
    SERVICE_PROVIDERS,
    MVPDS,
    INTEGRATIONS,
    APPLICATIONS,
    ISSUERS,
    DEGRADATIONS,
    SETTINGS,
    FAULTS,
    CLIENTS,
    SUBSCRIBERS,
    DEVICES,
    PROFILES,
    SSO_LINKS,
    TEMP_PASSES,
    SESSIONS,
    DECISIONS,
    SSO_DEVICES,
    LINK_CODES,
    FAULT_USES,
    THROTTLE_WINDOWS,
)
"""Every kind, configuration first."""

BY_ENTITY: Final[Mapping[type, EntityMapping[Any]]] = {kind.entity: kind for kind in KINDS}
