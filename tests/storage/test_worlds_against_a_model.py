"""Two worlds that share layers, held against plain dictionaries while they are used at random."""

import asyncio
from collections.abc import Callable, Coroutine
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from simulator.domain.decisions.degradation import Degradation, DegradationRule
from simulator.domain.sessions.profiles import Profile
from simulator.domain.sso.identities import LinkKind, SsoLink
from simulator.storage.engine.base import Engine
from simulator.storage.engine.opening import open_engine
from simulator.storage.worlds.entity_mapping import DEGRADATIONS, PROFILES, SSO_LINKS, EntityMapping
from simulator.storage.worlds.resolution import SandboxHints
from simulator.storage.worlds.sandboxes import ref
from simulator.storage.worlds.session import SandboxSession
from tests.storage.worlds import NOW, HandClock, Sandbox, new_sandbox

T = TypeVar("T")

Rows = dict[str, dict[str, Any]]
"""Entities by the name of their kind and their id, their times as distances from the epoch."""

USED: tuple[EntityMapping[Any], ...] = (PROFILES, SSO_LINKS, DEGRADATIONS)
DEEPEST = 5
PAIR = ("REF30", "Cablevision")

ids = st.sampled_from("abcdef")
few = st.sampled_from("xyz")
times = st.integers(NOW - 10_000, NOW + 10_000)

profiles = st.builds(
    Profile,
    id=ids,
    service_provider=st.just(PAIR[0]),
    mvpd=few,
    device=few,
    client=st.none() | few,
    not_before=times,
    not_after=times,
    invalidated=st.booleans(),
    attributes=st.dictionaries(few, st.dictionaries(few, st.text("ä", max_size=2))),
)
links = st.builds(
    SsoLink,
    id=ids,
    profile=ids,
    kind=st.sampled_from(LinkKind),
    subject=few,
    value=st.none() | few,
)
degradations = st.builds(
    DegradationRule,
    id=ids,
    service_provider=st.just(PAIR[0]),
    mvpd=st.just(PAIR[1]),
    rule=st.sampled_from(Degradation),
    not_before=st.none() | times,
    until=st.none() | times,
    message=st.none() | few,
)
entities = st.one_of(
    st.tuples(st.just(PROFILES), profiles),
    st.tuples(st.just(SSO_LINKS), links),
    st.tuples(st.just(DEGRADATIONS), degradations),
)
columns = st.sampled_from(
    [
        (PROFILES, ("device",)),
        (PROFILES, ("device", "mvpd")),
        (PROFILES, ("client",)),
        (SSO_LINKS, ("key",)),
        (SSO_LINKS, ("profile",)),
        (DEGRADATIONS, ("rule",)),
    ]
)


@dataclass
class Expected:
    """What a sandbox has to hold."""

    epoch: int = NOW
    rows: Rows = field(default_factory=lambda: {kind.name: {} for kind in USED})
    frozen: list[Rows] = field(default_factory=list)

    def all(self, kind: EntityMapping[Any]) -> list[Any]:
        by_id = sorted(self.rows[kind.name].items())
        return [kind.shifted(entity, self.epoch) for _, entity in by_id]


class GivenUpError(Exception):
    """Raised by a unit so that its writes are undone."""


class Worlds(RuleBasedStateMachine):
    """Random work on two sandboxes of one database; `number` says on which."""

    db = ":memory:"
    made = count(1)
    numbers = st.sampled_from([0, 1])

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self.clock = HandClock()
        self.engine: Engine = self.run(open_engine(self.db, self.clock))
        self.sandboxes: list[Sandbox] = []
        self.expected = [Expected(), Expected()]

    @initialize()
    def make_sandboxes(self) -> None:
        # The machines of one PostgreSQL test share a database.
        names = [f"sandbox-{next(self.made)}" for _ in self.expected]
        self.sandboxes = [self.run(new_sandbox(self.engine, self.clock, name)) for name in names]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    def teardown(self) -> None:
        self.run(self.engine.close())
        self.loop.close()

    @rule(number=numbers, given=entities)
    def put(self, number: int, given: tuple[EntityMapping[Any], Any]) -> None:
        kind, entity = given
        self.run(self.sandboxes[number].put(kind, entity))
        expected = self.expected[number]
        expected.rows[kind.name][entity.id] = kind.shifted(entity, -expected.epoch)

    @rule(number=numbers, kind=st.sampled_from(USED), entity_id=ids)
    def delete(self, number: int, kind: EntityMapping[Any], entity_id: str) -> None:
        self.run(self.sandboxes[number].delete(kind, entity_id))
        self.expected[number].rows[kind.name].pop(entity_id, None)

    @rule(number=numbers, given=entities, doomed=ids)
    def write_and_fail(
        self, number: int, given: tuple[EntityMapping[Any], Any], doomed: str
    ) -> None:
        with pytest.raises(GivenUpError):
            self.run(self.sandboxes[number].write(_meddling(*given, doomed, fails=True)))

    @rule(number=numbers)
    def lay(self, number: int) -> None:
        expected = self.expected[number]
        if len(expected.frozen) < DEEPEST:
            self.run(self.sandboxes[number].lay())
            expected.frozen.append(deepcopy(expected.rows))

    @rule(number=numbers, given=entities, doomed=ids)
    def reset(self, number: int, given: tuple[EntityMapping[Any], Any], doomed: str) -> None:
        sandbox, expected = self.sandboxes[number], self.expected[number]
        before = deepcopy(expected)
        old = self.run(sandbox.reset())
        empty = Expected().rows
        expected.rows = deepcopy(expected.frozen[-1]) if expected.frozen else empty
        expected.epoch = self.clock.instant
        # What began before the reset still sees what there was, and writes nothing.
        kind, entity = given
        seen = self.run(self.engine.write(old, _meddling(kind, entity, doomed, fails=False)))
        assert seen == before.all(kind)

    @rule(number=numbers)
    def adopt(self, number: int) -> None:
        """Let one sandbox go on from the last frozen layer of the other."""
        giver, taker = self.expected[number], self.expected[1 - number]
        if giver.frozen:
            self.sandboxes[1 - number].frozen = list(self.sandboxes[number].frozen)
            self.run(self.sandboxes[1 - number].reset())
            taker.frozen = deepcopy(giver.frozen)
            taker.rows = deepcopy(giver.frozen[-1])
            taker.epoch = self.clock.instant

    @rule(by=st.integers(1, 100_000))
    def wait(self, by: int) -> None:
        self.clock.instant += by

    @rule(number=numbers, kind=st.sampled_from(USED), entity_id=ids)
    def get(self, number: int, kind: EntityMapping[Any], entity_id: str) -> None:
        found = self.run(self.sandboxes[number].get(kind, entity_id))
        entities = {each.id: each for each in self.expected[number].all(kind)}
        assert found == entities.get(entity_id)

    @rule(
        number=numbers,
        asked=columns,
        values=st.tuples(few, few),
        limit=st.integers(0, 8),
        after=st.just("") | ids,
    )
    def find(
        self,
        number: int,
        asked: tuple[EntityMapping[Any], tuple[str, ...]],
        values: tuple[str, str],
        limit: int,
        after: str,
    ) -> None:
        kind, names = asked
        present = self.expected[number].all(kind)
        # Some question that has an answer, where there is any.
        like = present[ord(values[0]) % len(present)] if present else None
        equals = {
            name: getattr(like, name) if like else value
            for name, value in zip(names, values, strict=False)
        }
        note(f"{kind.name} with {equals}")
        matching = [
            each
            for each in present
            if all(getattr(each, name) == value for name, value in equals.items())
        ]
        sandbox = self.sandboxes[number]
        assert self.run(sandbox.find(kind, **equals)) == matching
        page = self.run(sandbox.page(kind, after=after, limit=limit, **equals))
        assert page == [each for each in matching if each.id > after][:limit]

    @invariant()
    def everybody_finds_the_sandboxes_as_they_stand(self) -> None:
        # From now until the next change, units find them without asking the database.
        for sandbox in self.sandboxes:
            name = sandbox.ref.name
            stored = self.run(sandbox.read(lambda world: ref(world.connection, world.name)))
            for _ in range(2):
                assert self.run(self.engine.resolve(SandboxHints(named=name))) == stored

    @invariant()
    def everything_agrees(self) -> None:
        for sandbox, expected in zip(self.sandboxes, self.expected, strict=True):
            found = self.run(sandbox.read(_everything))
            assert found == {kind.name: expected.all(kind) for kind in USED}

    @invariant()
    def the_catalogue_agrees(self) -> None:
        for sandbox, expected in zip(self.sandboxes, self.expected, strict=True):
            rules = self.run(sandbox.read(lambda world: world.config.rules(*PAIR, world.epoch)))
            assert list(rules) == expected.all(DEGRADATIONS)


def _everything(world: SandboxSession) -> dict[str, list[Any]]:
    return {kind.name: list(world.repository(kind).all()) for kind in USED}


def _meddling(
    kind: EntityMapping[Any],
    entity: Any,  # noqa: ANN401
    doomed: str,
    *,
    fails: bool,
) -> Callable[[SandboxSession], list[Any]]:
    """A unit that sees what there is of `kind` and changes it, and has a look at its own changes."""

    def unit(world: SandboxSession) -> list[Any]:
        found = list(world.repository(kind).all())
        world.repository(kind).delete(doomed)
        world.repository(kind).put(entity)
        assert world.repository(kind).get(entity.id) == entity
        rules = world.config.rules(*PAIR, world.epoch)
        assert list(rules) == list(world.repository(DEGRADATIONS).all())
        if fails:
            raise GivenUpError
        return found

    return unit


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


def test_worlds_in_sqlite_agree_with_the_model() -> None:
    run_machine(Worlds, settings=_settings(40))


def test_worlds_in_postgresql_agree_with_the_model(postgres: str) -> None:
    class PostgresWorlds(Worlds):
        db = postgres

    run_machine(PostgresWorlds, settings=_settings(8))
