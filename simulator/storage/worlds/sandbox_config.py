"""The configuration of a world, held in memory because every request reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, TypeVar

from simulator.domain.access.registration import Application
from simulator.domain.configuration import Integration, Mvpd, ServiceProvider, integration_id
from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.faults import Fault
from simulator.domain.sso.identities import Issuer
from simulator.domain.switches import SWITCHES

from . import entity_mapping
from .entity_mapping import EntityMapping
from .repository import Repository

E = TypeVar("E")

ClientKey = tuple[int, int, tuple[int, int], str]
"""A client of a sandbox, by number, generation and state of its configuration: all the same for as long."""

_KEPT: Final = 512
_CLIENTS_KEPT: Final = 16_384


class ConfigSource(Protocol):
    """What a configuration is read through: a unit of work."""

    epoch: int

    @property
    def trusted(self) -> Mapping[str, Issuer]:
        """The issuers that are known in every world."""

    def repository(self, kind: EntityMapping[E]) -> Repository[E]:
        """The entities of a kind."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxConfig:
    """What the dashboard configures, by id. Degradation times are relative to the world's epoch.

    `settings` are the switches that were set, `setting` gives the value of any by its name.
    """

    service_providers: Mapping[str, ServiceProvider]
    mvpds: Mapping[str, Mvpd]
    integrations: Mapping[str, Integration]
    applications: Mapping[str, Application]
    issuers: Mapping[str, Issuer]
    degradations: Mapping[str, tuple[DegradationRule, ...]]
    settings: Mapping[str, str | int | bool]
    faults: tuple[Fault, ...] = ()
    setting: Callable[[str], str | int | bool] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Have a value for every switch, which a request asks for one by one."""
        values = {name: each.default for name, each in SWITCHES.items()} | dict(self.settings)
        object.__setattr__(self, "setting", values.__getitem__)

    @classmethod
    def load(cls, world: ConfigSource) -> "SandboxConfig":
        """Read the configuration of `world`."""

        def by_id(kind: EntityMapping[E]) -> dict[str, E]:
            return {entity.id: entity for entity in world.repository(kind).all()}  # type: ignore[attr-defined]

        rules: dict[str, tuple[DegradationRule, ...]] = {}
        for rule in world.repository(entity_mapping.DEGRADATIONS).all():
            pair = integration_id(rule.service_provider, rule.mvpd)
            rules[pair] = (*rules.get(pair, ()), _shift(rule, -world.epoch))
        return cls(
            service_providers=by_id(entity_mapping.SERVICE_PROVIDERS),
            mvpds=by_id(entity_mapping.MVPDS),
            integrations=by_id(entity_mapping.INTEGRATIONS),
            applications=by_id(entity_mapping.APPLICATIONS),
            issuers={**world.trusted, **by_id(entity_mapping.ISSUERS)},
            degradations=rules,
            settings={
                entity.id: entity.value for entity in by_id(entity_mapping.SETTINGS).values()
            },
            faults=tuple(world.repository(entity_mapping.FAULTS).all()),
        )

    def integration(self, service_provider: str, mvpd: str) -> Integration | None:
        """The integration of the pair, active or not."""
        return self.integrations.get(integration_id(service_provider, mvpd))

    def rules(self, service_provider: str, mvpd: str, epoch: int) -> tuple[DegradationRule, ...]:
        """The degradation rules of the pair; a proxied MVPD inherits those of its proxy."""
        found = self.degradations.get(integration_id(service_provider, mvpd), ())
        proxy = self.mvpds[mvpd].proxy if mvpd in self.mvpds else None
        if proxy:
            found += self.degradations.get(integration_id(service_provider, proxy), ())
        return tuple(_shift(rule, epoch) for rule in found) if found else ()


def _shift(rule: DegradationRule, by: int) -> DegradationRule:
    return replace(
        rule,
        not_before=None if rule.not_before is None else rule.not_before + by,
        until=None if rule.until is None else rule.until + by,
    )


class SandboxConfigs:
    """The catalogues in use, by the state of the configuration that they show.

    A state is named by a layer and a revision and never changes, so an entry cannot go stale, not
    even when another process writes to the same database. Nor can those of `applications`, the ids of the
    applications that clients are of: to change a client, or to delete one, makes a new state.
    """

    def __init__(self) -> None:
        self.trusted: dict[str, Issuer] = {}
        self.kept: dict[tuple[int, int], SandboxConfig] = {}
        self.applications: dict[ClientKey, str] = {}

    def get(self, state: tuple[int, int], world: ConfigSource) -> SandboxConfig:
        """The catalogue of `state`, read through `world` where it is not kept yet."""
        found = self.kept.get(state)
        if found is None:
            found = self.kept[state] = SandboxConfig.load(world)
            while len(self.kept) > _KEPT:
                # Connections run on threads of their own, so another one may have been quicker.
                self.kept.pop(next(iter(self.kept), (0, 0)), None)
        return found

    def learn(self, applications: Mapping[ClientKey, str]) -> None:
        """Keep what a unit of work has found of clients, as soon as what it saw is committed."""
        if len(self.applications) >= _CLIENTS_KEPT:
            self.applications.clear()
        self.applications.update(applications)

    def forget(self) -> None:
        """Drop every catalogue, after a commit that failed: its revisions will be given out again."""
        self.kept.clear()
