"""The entities of a sandbox as resources of the admin API: create, read, change, delete."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from simulator.domain.configuration import Integration, Mvpd
from simulator.domain.decisions.temp_pass import TempPassTrial, trial_problem, type_problem
from simulator.domain.faults import Fault, FaultUse
from simulator.domain.households import Subscriber
from simulator.domain.members import members
from simulator.domain.sessions.profiles import Profile
from simulator.scenarios import models
from simulator.scenarios.context import Record
from simulator.scenarios.loading import validate_as
from simulator.scenarios.references import REFERENCES
from simulator.services.context import AppContext
from simulator.services.errors import (
    AlreadyExists,
    FieldProblem,
    InUse,
    InvalidDocument,
    NotFound,
    ResourceName,
)
from simulator.services.shared.profile_slots import clear_slot, delete_profile
from simulator.storage.worlds import entity_mapping
from simulator.storage.worlds.entity_mapping import BY_ENTITY, EntityMapping
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession
from simulator.validation.problems import Problem


@dataclass(frozen=True, eq=False)
class Resource:
    """One collection: what one of it is called, and the columns to filter a list by."""

    what: ResourceName
    model: type[models.Entity]
    filters: tuple[str, ...] = ()

    @cached_property
    def kind(self) -> EntityMapping[Any]:
        """Where its entities are kept."""
        return BY_ENTITY[self.model.of]

    @cached_property
    def path(self) -> str:
        """Its path below `/admin/v1`."""
        return self.kind.name.replace("_", "-")


_PAIR: Final = ("service_provider", "mvpd")

APPLICATIONS: Final = Resource("application", models.ApplicationModel)
PROFILES: Final = Resource(
    "profile", models.ProfileModel, ("device", *_PAIR, "client", "subscriber", "type")
)
FAULTS: Final = Resource("fault", models.FaultModel)
DEGRADATIONS: Final = Resource("degradation", models.DegradationModel, (*_PAIR, "rule"))
FAULT_ACTIONS: Final = models.ACTIONS
RESOURCES: Final = (
    Resource("service provider", models.ServiceProviderModel),
    Resource("mvpd", models.MvpdModel, ("kind",)),
    Resource("integration", models.IntegrationModel, _PAIR),
    APPLICATIONS,
    Resource("client", models.ClientModel, ("application",)),
    Resource("issuer", models.IssuerModel),
    Resource("subscriber", models.SubscriberModel, ("username", "mvpd")),
    Resource("device", models.DeviceModel, ("platform", "subscriber")),
    PROFILES,
    Resource("sso link", models.SsoLinkModel, ("profile", "kind", "subject")),
    Resource("temp pass", models.TempPassModel, ("device", *_PAIR)),
    DEGRADATIONS,
    FAULTS,
)
_BY_LIST: Final[Mapping[str, EntityMapping[Any]]] = {
    each.kind.name: each.kind for each in RESOURCES
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """An entity as it stands at `now`, with the links of a profile and the use of a fault."""

    entity: Any
    now: int
    links: tuple[Any, ...] = ()
    use: FaultUse | None = None


async def create(
    simulator: AppContext,
    at: SandboxRef,
    resource: Resource,
    body: Mapping[str, object],
    before: Iterable[Problem] = (),
) -> Found:
    """Add an entity. Raises `ScenarioError` for its shape, else `AdminError`; nothing has changed then.

    `before` is what is known to be wrong with `body` already.
    """
    model = validate_as(resource.model, body, before)

    def unit(world: SandboxSession) -> Found:
        records = list(model.records(_LiveContext(world)))
        entity = records[0]
        if world.repository(resource.kind).get(entity.id):
            change = f"PATCH /admin/v1/{resource.path}/{entity.id}"
            hint = f"Change it with {change}, or delete it first."
            raise AlreadyExists(resource.what, entity.id, hint)
        return _store(world, resource, records)

    return await simulator.engine.write(at, unit, long=True)


async def change(
    simulator: AppContext,
    at: SandboxRef,
    resource: Resource,
    entity_id: str,
    patch: Mapping[str, object],
    before: Iterable[Problem] = (),
) -> Found:
    """Merge `patch` into an entity; null takes a member back to its default. Raises as `create`."""

    def unit(world: SandboxSession) -> Found:
        present = _get(world, resource, entity_id)
        entry = _entry(resource, present, world.now)
        changed = {name: value for name, value in {**entry, **patch}.items() if value is not None}
        model = validate_as(resource.model, changed, before)
        records = list(model.records(_LiveContext(world)))
        if records[0].id != entity_id:
            hint = "the id of an entity cannot be changed; delete it and create another"
            raise InvalidDocument.at("id", hint)
        for link in present.links:
            world.links.delete(link.id)
        return _store(world, resource, records)

    return await simulator.engine.write(at, unit, long=True)


async def get(simulator: AppContext, at: SandboxRef, resource: Resource, entity_id: str) -> Found:
    """One entity. Raises `NotFound` when there is none."""
    return await simulator.engine.read(at, lambda world: _get(world, resource, entity_id))


async def find(
    simulator: AppContext,
    at: SandboxRef,
    resource: Resource,
    *,
    filters: Mapping[str, str],
    after: str,
    limit: int,
) -> list[Found]:
    """At most `limit` entities that match `filters`, with ids greater than `after`."""

    def unit(world: SandboxSession) -> list[Found]:
        if resource.kind is entity_mapping.CLIENTS:
            page: list[Any] = world.clients.listed(after=after, limit=limit, **filters)
        else:
            page = world.repository(resource.kind).page(after=after, limit=limit, **filters)
        return [_found(world, entity) for entity in page]

    return await simulator.engine.read(at, unit, long=True)


async def delete(simulator: AppContext, at: SandboxRef, resource: Resource, entity_id: str) -> None:
    """Delete an entity that nothing refers to; a profile takes its links along. Raises `AdminError`."""

    def unit(world: SandboxSession) -> None:
        present = _get(world, resource, entity_id)
        for user in _users(world, resource, present.entity):
            message = f"The {resource.what} '{entity_id}' is used by {user}."
            raise InUse(message, "Delete what uses it first.")
        if isinstance(present.entity, Profile):
            delete_profile(world, entity_id)
        else:
            _remove(world, resource, entity_id)

    await simulator.engine.write(at, unit, long=True)


async def delete_all(simulator: AppContext, at: SandboxRef, resource: Resource) -> int:
    """Delete every entity of a resource that nothing ever refers to: how many there were."""

    def unit(world: SandboxSession) -> int:
        ids = [each.id for each in world.repository(resource.kind).all()]
        for entity_id in ids:
            _remove(world, resource, entity_id)
        return len(ids)

    return await simulator.engine.write(at, unit, long=True)


def _remove(world: SandboxSession, resource: Resource, entity_id: str) -> None:
    world.repository(resource.kind).delete(entity_id)
    if resource.kind is entity_mapping.FAULTS:
        world.fault_uses.delete(entity_id)


def _get(world: SandboxSession, resource: Resource, entity_id: str) -> Found:
    entity = world.repository(resource.kind).get(entity_id)
    if entity is None and resource.kind is entity_mapping.CLIENTS:
        entity = world.clients.kept(entity_id)
    if entity is None:
        hint = f"GET /admin/v1/{resource.path} lists those of this sandbox."
        raise NotFound(resource.what, entity_id, hint)
    return _found(world, entity)


def _found(world: SandboxSession, entity: Any) -> Found:  # noqa: ANN401 - an entity of any kind
    links = tuple(world.links.find(profile=entity.id)) if isinstance(entity, Profile) else ()
    use = world.fault_uses.get(entity.id) if isinstance(entity, Fault) else None
    return Found(entity=entity, now=world.now, links=links, use=use)


def _entry(resource: Resource, present: Found, now: int) -> Mapping[str, object]:
    """The entity as an entry of a scenario, which is the shape that its model reads."""
    if isinstance(present.entity, Profile):
        return models.ProfileModel.entry(present.entity, now, present.links)
    return resource.model.entry(present.entity, now)


def _store(world: SandboxSession, resource: Resource, records: list[Record]) -> Found:
    entity = records[0]
    problems = [
        *_undefined(world, entity),
        *misplaced(world, entity),
        *_taken(world, records[1:]),
    ]
    if problems:
        raise InvalidDocument(problems, f"The {resource.what}")
    if isinstance(entity, Profile):
        clear_slot(world, entity)
    for record in records:
        world.repository(BY_ENTITY[type(record)]).put(record)
    return replace(_found(world, entity), links=tuple(records[1:]))


def _undefined(world: SandboxSession, entity: Any) -> Iterator[FieldProblem]:  # noqa: ANN401
    for each in members(type(entity)):
        if each.reference is None:
            continue
        target, value = each.reference.target, getattr(entity, each.name)
        for named in value if isinstance(value, tuple) else (value,):
            if named is not None and world.repository(_BY_LIST[target]).get(named) is None:
                yield FieldProblem(path=each.name, problem=f"'{named}' is not in {target}")


def misplaced(world: SandboxSession, entity: Any) -> Iterator[FieldProblem]:  # noqa: ANN401
    """What speaks against an entity at its integration, or against an MVPD with what is there."""
    if isinstance(entity, Mvpd):
        yield from _unfit(world, entity)
    pair = [getattr(entity, name, None) for name in _PAIR]
    if isinstance(entity, Integration) or None in pair:
        return
    config = world.config
    mvpd = config.mvpds.get(entity.mvpd)
    if mvpd is None or entity.service_provider not in config.service_providers:
        return
    if config.integration(entity.service_provider, entity.mvpd) is None:
        problem = f"'{entity.mvpd}' has no integration with '{entity.service_provider}'"
        yield FieldProblem(path="mvpd", problem=problem)
    if isinstance(entity, Profile) and (wrong := type_problem(entity.type, mvpd.id, mvpd.kind)):
        yield FieldProblem(path="type", problem=wrong)
    if isinstance(entity, TempPassTrial) and (wrong := trial_problem(mvpd.id, mvpd.kind)):
        yield FieldProblem(path="mvpd", problem=wrong)


def _unfit(world: SandboxSession, mvpd: Mvpd) -> Iterator[FieldProblem]:
    if mvpd.proxy == mvpd.id:
        yield FieldProblem(path="proxy", problem="an MVPD cannot be its own proxy")
    rest = "cannot be at such an MVPD; delete it first"
    for profile in world.profiles.page(limit=1, mvpd=mvpd.id):
        if type_problem(profile.type, mvpd.id, mvpd.kind):
            yield FieldProblem(path="kind", problem=f"the profile '{profile.id}' {rest}")
    for trial in world.temp_passes.page(limit=1, mvpd=mvpd.id):
        if trial_problem(mvpd.id, mvpd.kind):
            yield FieldProblem(path="kind", problem=f"the temp pass '{trial.id}' {rest}")


def _taken(world: SandboxSession, links: list[Any]) -> Iterator[FieldProblem]:
    for number, link in enumerate(links):
        held = world.links.get(link.id)
        if held is not None and held.profile != link.profile:
            problem = f"'{link.id}' is already a link of the profile '{held.profile}'"
            yield FieldProblem(path=f"links[{number}].id", problem=problem)


def _users(world: SandboxSession, resource: Resource, entity: Any) -> Iterator[str]:  # noqa: ANN401
    """What refers to the entity, in words."""
    if isinstance(entity, Integration):
        at_pair: tuple[EntityMapping[Any], ...] = (
            entity_mapping.PROFILES,
            entity_mapping.TEMP_PASSES,
            entity_mapping.DEGRADATIONS,
        )
        for kind in at_pair:
            used = {name: getattr(entity, name) for name in _PAIR}
            for user in world.repository(kind).page(limit=1, **used):
                yield f"{kind.name} '{user.id}'"
        return
    for name, member, target in REFERENCES:
        if target != resource.kind.name or name not in _BY_LIST:
            continue
        records = world.repository(_BY_LIST[name])
        if name == "applications":
            users = [each for each in records.all() if entity.id in getattr(each, member)]
        else:
            users = records.page(limit=1, **{member: entity.id})
        yield from (f"{name} '{user.id}'" for user in users)


class _LiveContext:
    """The world as the models see it: offsets count from now, ids are made up."""

    def __init__(self, world: SandboxSession) -> None:
        self._world = world

    @property
    def now(self) -> int:
        return self._world.now

    def new_id(self, kind: str, /) -> str:
        return self._world.ids.short(kind)

    def subscriber(self, subscriber: str, /) -> Subscriber | None:
        return self._world.subscribers.get(subscriber)

    def integration(self, service_provider: str, mvpd: str, /) -> Integration | None:
        return self._world.config.integration(service_provider, mvpd)
