"""A world: one sandbox at one generation, as a unit of work sees it."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Connection, bindparam, func, select, update

from simulator.domain.journal.entries import Event
from simulator.domain.journal.explanation import ChangeKind, Explanation
from simulator.domain.sso.identities import Issuer
from simulator.ids import Ids, SeededIds
from simulator.storage import tables
from simulator.storage.journal import entries
from simulator.storage.journal.entries import SandboxJournal
from simulator.storage.statements import Prepared

from . import entity_mapping, layers, sandboxes
from .clients import Clients
from .entity_mapping import EntityMapping
from .repository import Repository
from .sandbox_config import ClientKey, SandboxConfig, SandboxConfigs
from .sandboxes import SandboxDetails, SandboxState

E = TypeVar("E")


class NeedsWriter(Exception):  # noqa: N818 - not an error: the engine runs the unit again elsewhere
    """A unit that runs on a reading connection is about to write."""


class _Entities(Generic[E]):
    """The repository of one kind, as an attribute of a session."""

    def __init__(self, kind: EntityMapping[E]) -> None:
        self._kind = kind

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, world: "SandboxSession", _owner: type) -> Repository[E]:
        # From now on the session has an attribute of this name, which is found first.
        found = world.__dict__[self._name] = world.repository(self._kind)
        return found


class SandboxSession:
    """The state of a sandbox on a database connection, for the length of one unit of work.

    `now` is the sandbox's instant (epoch milliseconds) and stands still for the unit. Reads and
    writes of one unit form one transaction. `explanation` is for what the unit has to tell of itself,
    `moved` says that the unit changed the configuration, and `learned` is what it found of clients, which
    others may know when that transaction is committed.
    """

    subscribers = _Entities(entity_mapping.SUBSCRIBERS)
    devices = _Entities(entity_mapping.DEVICES)
    profiles = _Entities(entity_mapping.PROFILES)
    links = _Entities(entity_mapping.SSO_LINKS)
    sessions = _Entities(entity_mapping.SESSIONS)
    decisions = _Entities(entity_mapping.DECISIONS)
    sso_devices = _Entities(entity_mapping.SSO_DEVICES)
    link_codes = _Entities(entity_mapping.LINK_CODES)
    fault_uses = _Entities(entity_mapping.FAULT_USES)
    throttle_windows = _Entities(entity_mapping.THROTTLE_WINDOWS)
    temp_passes = _Entities(entity_mapping.TEMP_PASSES)

    def __init__(
        self,
        connection: Connection,
        state: SandboxState,
        *,
        now: int,
        configs: SandboxConfigs,
        explanation: Explanation,
        writable: bool,
    ) -> None:
        ref, stack = state.ref, state.stack
        self.connection = connection
        self.sandbox = ref.id
        self.name = ref.name
        self.generation = ref.generation
        self.layer = stack[0]
        self.stack = stack
        self.epoch = ref.epoch
        self.clock = ref.clock
        self.real_now = now
        self.now = ref.clock.now(now)
        self.explanation = explanation
        self.layers = state.layers
        self.kept = state.kept
        self._configuration = state.configuration
        self._configs = configs
        if (config := configs.kept.get(state.configuration)) is not None:
            self.config = config
        self._writable = writable
        self._repositories: dict[EntityMapping[Any], Repository[Any]] = {}
        self._reconfigured = False
        self.moved = False
        self.learned: dict[ClientKey, str] = {}

    @property
    def trusted(self) -> Mapping[str, Issuer]:
        """The issuers that are known in every world."""
        return self._configs.trusted

    @cached_property
    def config(self) -> SandboxConfig:
        """The configuration of the world; treat it as immutable."""
        if self._reconfigured:
            return SandboxConfig.load(self)
        return self._configs.get(self._configuration, self)

    @cached_property
    def details(self) -> SandboxDetails:
        """What else there is to know of the sandbox, as it was when first asked for."""
        return sandboxes.details(self.connection, self.name)

    @property
    def journal(self) -> SandboxJournal:
        """The journal of the sandbox."""
        return SandboxJournal(self.connection, self.sandbox)

    def record(
        self,
        kind: str,
        /,
        *,
        generation: int | None = None,
        at: int | None = None,
        **facts: object,
    ) -> None:
        """Write down what this unit did, other than to answer a request, as an event of `kind`.

        It belongs to this generation and the present instant, unless another of them is given.
        """
        event = Event(
            sandbox=self.sandbox,
            generation=self.generation if generation is None else generation,
            at=self.now if at is None else at,
            real_at=self.real_now,
            kind=kind,
            facts=facts,
        )
        entries.add(self.connection, [event])

    @cached_property
    def clients(self) -> Clients:
        """The clients of this world, and those that were kept from the worlds before."""
        return Clients(self)

    def application_of(self, client: str) -> str | None:
        """The id of the application that a client was registered for; None where there is no such client.

        One that was kept becomes one of this world, as it comes back.
        """
        key = self.sandbox, self.generation, self._configuration, client
        if not self._reconfigured and (known := self._configs.applications.get(key)) is not None:
            return known
        found = self.clients.admitted(client)
        if found is None:
            return None
        if not self._reconfigured:
            self.learned[key] = found.application
        return found.application

    def changes_since(self, layer: int | None, *, but: Collection[str] = ()) -> dict[str, int]:
        """How many entities of each kind were created, changed or deleted above a layer of this world.

        The kinds in `but` are not counted.
        """
        kinds = tuple(kind for kind in entity_mapping.KINDS if kind.name not in but)
        return layers.changes(self.connection, self.layer, layer, kinds)

    def repository(self, kind: EntityMapping[E]) -> Repository[E]:
        """The entities of `kind` in this world."""
        found: Repository[E] | None = self._repositories.get(kind)
        if found is None:
            made: Repository[Any] = (
                self.clients if kind is entity_mapping.CLIENTS else Repository(self, kind)
            )
            found = self._repositories[kind] = made
        return found

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
        return layers.ids_drawn(self.connection, self.layer)

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

    def changed(self, how: ChangeKind, kind: EntityMapping[Any], entity_id: str) -> None:
        """Add a change to the explanation, if the journal tells changes of this kind of entity.

        One of a client that others may know makes a new state of the configuration.
        """
        if kind.journalled:
            self.explanation.changes.append((how, kind.name, entity_id))
        if kind is entity_mapping.CLIENTS and how is not ChangeKind.CREATED:
            self._reconfigure()

    def about_to_write(self, kind: EntityMapping[Any]) -> None:
        """Make sure that this world may be written to, and note a change of configuration.

        Raises `NeedsWriter` on a reading connection.
        """
        if not self._writable:
            raise NeedsWriter
        if kind.configuration:
            self._reconfigure()

    def _reconfigure(self) -> None:
        self.moved = True
        self.__dict__.pop("config", None)
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
