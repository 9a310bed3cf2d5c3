"""A world: one sandbox at one generation, as a unit of work sees it."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, bindparam, func, select, update

from simulator.clock import SandboxClock
from simulator.domain.access.registration import Client
from simulator.domain.access.throttle import ThrottleWindow
from simulator.domain.decisions.decision_rules import Decision
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.faults import FaultUse
from simulator.domain.households import Device, Subscriber
from simulator.domain.journal.explanation import ChangeKind, Explanation
from simulator.domain.sessions.authentication_sessions import AuthenticationSession
from simulator.domain.sessions.profiles import Profile
from simulator.domain.sso.identities import Issuer, SsoLink
from simulator.domain.sso.sso_service import LinkCode, SsoDevice
from simulator.ids import Ids, SeededIds
from simulator.storage import tables
from simulator.storage.statements import Prepared

from . import entity_mapping
from .entity_mapping import EntityMapping
from .repository import Repository, layer_names
from .sandbox_config import SandboxConfig, SandboxConfigs

E = TypeVar("E")


class NeedsWriter(Exception):  # noqa: N818 - not an error: the engine runs the unit again elsewhere
    """A unit that runs on a reading connection is about to write."""


class SandboxSession:
    """The state of a sandbox on a database connection, for the length of one unit of work.

    `now` is the sandbox's instant (epoch milliseconds) and stands still for the unit. Reads and
    writes of one unit form one transaction. `explanation` is for what the unit has to tell of itself,
    `lasting` are the values of lasting kinds that are known already, by kind, id and column (None where
    nothing is to be remembered), and `moved` says that the unit changed such a kind, or the configuration.
    """

    def __init__(  # noqa: PLR0913 - each is one fact of the opened sandbox
        self,
        connection: Connection,
        *,
        sandbox: int,
        name: str,
        generation: int,
        layer: int,
        stack: tuple[int, ...],
        epoch: int,
        clock: SandboxClock,
        real_now: int,
        configuration: tuple[int, int],
        configs: SandboxConfigs,
        explanation: Explanation,
        lasting: dict[tuple[str, str, str], Any] | None,
        writable: bool,
    ) -> None:
        self.connection = connection
        self.sandbox = sandbox
        self.name = name
        self.generation = generation
        self.layer = layer
        self.stack = stack
        self.epoch = epoch
        self.clock = clock
        self.real_now = real_now
        self.now = clock.now(real_now)
        self.explanation = explanation
        self.lasting = lasting
        self.layers: dict[str, object] = dict(zip(layer_names(len(stack)), stack, strict=True))
        self._configuration = configuration
        self._configs = configs
        self._writable = writable
        self._config: SandboxConfig | None = None
        self._repositories: dict[EntityMapping[Any], Repository[Any]] = {}
        self._reconfigured = False
        self.moved = False

    @property
    def trusted(self) -> Mapping[str, Issuer]:
        """The issuers that are known in every world."""
        return self._configs.trusted

    @property
    def config(self) -> SandboxConfig:
        """The configuration of the world; treat it as immutable."""
        if self._config is None:
            if self._reconfigured:
                self._config = SandboxConfig.load(self)
            else:
                self._config = self._configs.get(self._configuration, self)
        return self._config

    def repository(self, kind: EntityMapping[E]) -> Repository[E]:
        """The entities of `kind` in this world."""
        found: Repository[E] | None = self._repositories.get(kind)
        if found is None:
            found = self._repositories[kind] = Repository(self, kind)
        return found

    @property
    def clients(self) -> Repository[Client]:
        """The registered clients."""
        return self.repository(entity_mapping.CLIENTS)

    @property
    def subscribers(self) -> Repository[Subscriber]:
        """The accounts at the MVPDs."""
        return self.repository(entity_mapping.SUBSCRIBERS)

    @property
    def devices(self) -> Repository[Device]:
        """The known devices."""
        return self.repository(entity_mapping.DEVICES)

    @property
    def profiles(self) -> Repository[Profile]:
        """The stored profiles."""
        return self.repository(entity_mapping.PROFILES)

    @property
    def links(self) -> Repository[SsoLink]:
        """The SSO links of the profiles."""
        return self.repository(entity_mapping.SSO_LINKS)

    @property
    def sessions(self) -> Repository[AuthenticationSession]:
        """The authentication sessions, by code."""
        return self.repository(entity_mapping.SESSIONS)

    @property
    def decisions(self) -> Repository[Decision]:
        """The cached authorization decisions."""
        return self.repository(entity_mapping.DECISIONS)

    @property
    def sso_devices(self) -> Repository[SsoDevice]:
        """The devices of the SSO service's people."""
        return self.repository(entity_mapping.SSO_DEVICES)

    @property
    def link_codes(self) -> Repository[LinkCode]:
        """The SSO service's link codes that were not used yet."""
        return self.repository(entity_mapping.LINK_CODES)

    @property
    def fault_uses(self) -> Repository[FaultUse]:
        """How often each fault was at work."""
        return self.repository(entity_mapping.FAULT_USES)

    @property
    def throttle_windows(self) -> Repository[ThrottleWindow]:
        """What the throttle knows of device addresses."""
        return self.repository(entity_mapping.THROTTLE_WINDOWS)

    @property
    def temp_passes(self) -> Repository[TempPassTrial]:
        """The TempPass trials."""
        return self.repository(entity_mapping.TEMP_PASSES)

    @property
    def ids(self) -> Ids:
        """Where the world's ids come from; with an id seed they repeat from run to run.

        Drawing from a seed is a write: how far it got is part of the world.
        """
        seed = self.config.setting("id_seed")
        return SeededIds(str(seed), self._draw) if seed else _IDS

    def _draw(self) -> int:
        if not self._writable:
            raise NeedsWriter
        _DRAW.run(self.connection, {"_id": self.layer})
        ((drawn,),) = _DRAWN.rows(self.connection, {"_id": self.layer})
        return int(drawn)

    def last_event(self) -> int:
        """When something last came about in this world since its scenario was laid, else its beginning.

        The layer of a scenario has a digest; what lies on it happened.
        """
        laid = select(tables.layer.c.id).where(tables.layer.c.digest.is_not(None))
        scenario = self.connection.execute(laid.where(tables.layer.c.id.in_(self.stack))).scalars()
        own = [*{*self.stack} - {*scenario}]
        age = self.now - self.epoch
        events = [0]
        for kind in entity_mapping.KINDS:
            if kind.happened:
                column = kind.table.c[kind.happened]
                past = select(func.max(column)).where(kind.table.c.layer.in_(own), column <= age)
                events.append(self.connection.execute(past).scalar() or 0)
        return self.epoch + max(events)

    def changed(self, deed: ChangeKind, kind: EntityMapping[Any], entity_id: str) -> None:
        """Put a change on the account, unless it is of a kind that nobody wants to hear of."""
        if kind.journalled:
            self.explanation.changes.append((deed, kind.name, entity_id))

    def about_to_write(self, kind: EntityMapping[Any]) -> None:
        """Make sure that this world may be written to, and note a change of configuration.

        Raises `NeedsWriter` on a reading connection.
        """
        if not self._writable:
            raise NeedsWriter
        if kind.lasting:
            self.moved = True
            self.lasting = None
        if kind.configuration:
            self.moved = True
            self._config = None
            if not self._reconfigured:
                self._reconfigured = True
                _RECONFIGURED.run(self.connection, {"_id": self.layer})


_IDS: Final = Ids()

# The revision names one state of the configuration, so it may only be cached once it is committed;
# a unit that changes the configuration reads its own copy.
_RECONFIGURED = Prepared(
    update(tables.layer)
    .where(tables.layer.c.id == bindparam("_id"))
    .values(
        configuration_layer=tables.layer.c.id,
        configuration_revision=tables.layer.c.configuration_revision + 1,
    )
)

_DRAW = Prepared(
    update(tables.layer)
    .where(tables.layer.c.id == bindparam("_id"))
    .values(ids_drawn=tables.layer.c.ids_drawn + 1)
)
_DRAWN = Prepared(select(tables.layer.c.ids_drawn).where(tables.layer.c.id == bindparam("_id")))
