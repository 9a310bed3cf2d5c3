"""Which entity of the domain lives in which table, and how one becomes a row of the other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from operator import itemgetter
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Table

from simulator.domain.access.registration import Application, Client
from simulator.domain.access.throttle import ThrottleWindow
from simulator.domain.configuration import (
    BoardingStatus,
    Integration,
    LoginForm,
    Mvpd,
    MvpdKind,
    ServiceProvider,
)
from simulator.domain.decisions.decision_rules import Decision
from simulator.domain.decisions.degradation import Degradation, DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.faults import Fault, FaultUse
from simulator.domain.households import Device, Subscriber
from simulator.domain.sessions.authentication_sessions import AuthenticationSession, Status
from simulator.domain.sessions.profiles import Profile, ProfileType
from simulator.domain.sso.identities import Issuer, LinkKind, SsoLink
from simulator.domain.sso.sso_service import LinkCode, SsoDevice
from simulator.domain.switches import Setting
from simulator.storage import tables

E = TypeVar("E")


@dataclass(frozen=True, kw_only=True, eq=False)
class EntityMapping(Generic[E]):
    """One kind of entity: its name in documents and paths, its table and its dataclass.

    `times` are the columns that hold instants: epoch milliseconds in the entity, milliseconds since
    the world's epoch in the row. `happened` is the one that says when the entity came about.
    `configuration` kinds are few and read by every request, so they
    are held in memory (see `config`). Changes of `journalled` ones are in journal entries.
    """

    name: str
    table: Table[Any]
    entity: type[E]
    configuration: bool = False
    journalled: bool = True
    times: tuple[str, ...] = ()
    happened: str | None = None
    decoders: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that say what the entity is."""
        return tuple(column.name for column in self.table.columns if column.name not in _LAYERING)

    @cached_property
    def place_of_id(self) -> int:
        """Which of `columns` is the id."""
        return self.columns.index("id")

    @cached_property
    def _fields(self) -> tuple[list[str], Callable[[Sequence[Any]], tuple[Any, ...]]]:
        """The entity's fields, and what picks their values out of a row."""
        names = [each.name for each in fields(self.entity)]  # type: ignore[arg-type]
        return names, itemgetter(*(self.columns.index(name) for name in names))

    def row(self, entity: E, *, layer: int, epoch: int) -> dict[str, Any]:
        """The row for `entity` in `layer`."""
        row: dict[str, Any] = {name: getattr(entity, name) for name in self.columns}
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
        members: dict[str, Any] = dict(zip(names, pick(row), strict=True))
        for name, decode in self.decoders.items():
            if members[name] is not None:
                members[name] = decode(members[name])
        for name in self.times:
            if members[name] is not None:
                members[name] += epoch
        return self.entity(**members)


_LAYERING: Final = frozenset({"layer", "deleted"})

SERVICE_PROVIDERS: Final = EntityMapping(
    name="service_providers",
    table=tables.service_provider,
    entity=ServiceProvider,
    configuration=True,
    decoders={"domains": tuple},
)
MVPDS: Final = EntityMapping(
    name="mvpds",
    table=tables.mvpd,
    entity=Mvpd,
    configuration=True,
    decoders={"kind": MvpdKind, "login": LoginForm},
)
INTEGRATIONS: Final = EntityMapping(
    name="integrations",
    table=tables.integration,
    entity=Integration,
    configuration=True,
    decoders={"boarding_status": BoardingStatus},
)
APPLICATIONS: Final = EntityMapping(
    name="applications",
    table=tables.application,
    entity=Application,
    configuration=True,
    decoders={
        "service_providers": tuple,
        "platforms": tuple,
        "scopes": tuple,
        "domains": tuple,
        "custom_schemes": tuple,
    },
)
ISSUERS: Final = EntityMapping(
    name="issuers",
    table=tables.issuer,
    entity=Issuer,
    configuration=True,
    decoders={"algorithms": tuple},
)
DEGRADATIONS: Final = EntityMapping(
    name="degradations",
    table=tables.degradation,
    entity=DegradationRule,
    configuration=True,
    times=("not_before", "until"),
    happened="not_before",
    decoders={"rule": Degradation},
)
SETTINGS: Final = EntityMapping(
    name="settings", table=tables.setting, entity=Setting, configuration=True
)
FAULTS: Final = EntityMapping(name="faults", table=tables.fault, entity=Fault, configuration=True)
CLIENTS: Final = EntityMapping(
    name="clients",
    table=tables.client,
    entity=Client,
    times=("registered_at",),
    happened="registered_at",
    decoders={"redirect_uris": tuple, "grant_types": tuple, "scopes": tuple},
)
SUBSCRIBERS: Final = EntityMapping(
    name="subscribers",
    table=tables.subscriber,
    entity=Subscriber,
    decoders={"entitlements": tuple},
)
DEVICES: Final = EntityMapping(name="devices", table=tables.device, entity=Device)
PROFILES: Final = EntityMapping(
    name="profiles",
    table=tables.profile,
    entity=Profile,
    times=("not_before", "not_after"),
    happened="not_before",
    decoders={"type": ProfileType},
)
SSO_LINKS: Final = EntityMapping(
    name="sso_links", table=tables.sso_link, entity=SsoLink, decoders={"kind": LinkKind}
)
TEMP_PASSES: Final = EntityMapping(
    name="temp_passes",
    table=tables.temp_pass,
    entity=TempPassTrial,
    times=("first_authorized",),
    happened="first_authorized",
    decoders={"used_resources": tuple},
)

SESSIONS: Final = EntityMapping(
    name="sessions",
    table=tables.session,
    entity=AuthenticationSession,
    times=("not_before", "not_after"),
    happened="not_before",
    decoders={"status": Status},
)

DECISIONS: Final = EntityMapping(
    name="decisions",
    table=tables.decision,
    entity=Decision,
    times=("not_before", "not_after"),
)

FAULT_USES: Final = EntityMapping(
    name="fault_uses", table=tables.fault_use, entity=FaultUse, journalled=False
)

THROTTLE_WINDOWS: Final = EntityMapping(
    name="throttle_windows",
    table=tables.throttle_window,
    entity=ThrottleWindow,
    journalled=False,
    times=("started", "last_call"),
)

SSO_DEVICES: Final = EntityMapping(
    name="sso_devices",
    table=tables.sso_device,
    entity=SsoDevice,
    times=("last_seen",),
    happened="last_seen",
)

LINK_CODES: Final = EntityMapping(
    name="link_codes",
    table=tables.link_code,
    entity=LinkCode,
    times=("not_before", "not_after"),
    happened="not_before",
)

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
