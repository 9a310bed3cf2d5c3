"""Two sandboxes, used at random, held against a model that knows nothing of how they are stored."""

import asyncio
import os
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import pytest
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from simulator.domain.access.registration import CLIENT_CREDENTIALS, default_secret
from simulator.domain.errors import RegistrationError
from simulator.ids import Ids
from simulator.keys import Keys
from simulator.scenarios.library import Library
from simulator.scenarios.loading import validate
from simulator.services.context import AppContext
from simulator.services.control import clock as clocks
from simulator.services.control import entities, sandboxes, seeding, snapshots, state
from simulator.services.control.sandboxes import Wanted
from simulator.services.device import logout, registration
from simulator.services.device.logout import Logout
from simulator.services.device.registration import MintRequest
from simulator.services.errors import AdminError
from simulator.services.observe.journal import Journal
from simulator.services.shared.admission import DeviceCall
from simulator.storage.engine.opening import open_engine
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.validation.durations import format_ms
from tests.sandboxes.model import MINUTE, Clock, Login, Model, SandboxSession
from tests.sandboxes.stock import CLIENTS, PROFILES, sweep_at_once
from tests.support.clock import ManualClock
from tests.support.lab import REDIRECT, device_header
from tests.support.worlds import profile, world

T = TypeVar("T")

# Read at once: the tests themselves run without any such variable.
EXAMPLES: Final = int(os.environ.get("PASS_SIMULATOR_TEST_EXAMPLES", "12"))

DAY: Final = 24 * 60 * MINUTE
MVPDS: Final = ("LabCable", "LabDish")

numbers = st.sampled_from([0, 1])
keys = st.sampled_from(["k1", "k2", "k3", "k4"])
client_ids = st.sampled_from(["c1", "c2", "c3"])
keeps = st.none() | st.booleans()
devices = st.sampled_from(["d1", "d2", "d3"])
mvpds = st.sampled_from(MVPDS)
labels = st.sampled_from(["s1", "s2", "s3"])
steps = st.integers(1, 5).map(lambda hours: hours * 30 * MINUTE)
lifetimes = st.integers(1, 6).map(lambda hours: hours * 45 * MINUTE)
instants = st.integers(-20, 20).map(lambda hours: hours * 20 * MINUTE)

# Worlds to seed: their logins as (id, device, mvpd, lifetime).
DOCUMENTS: Final = {
    "few": [("k1", "d1", "LabCable", 60 * MINUTE)],
    "more": [("k1", "d2", "LabDish", DAY), ("k2", "d1", "LabCable", 90 * MINUTE)],
    "none": [],
}


def _document(name: str) -> Any:  # noqa: ANN401 - JSON
    logins = [
        profile(key, device, mvpd, expires_in=format_ms(lifetime))
        for key, device, mvpd, lifetime in DOCUMENTS[name]
    ]
    return {**world(profiles=logins), "name": name}


def _seeded(name: str) -> SandboxSession:
    return SandboxSession(
        configured=True,
        logins={
            key: Login(device=device, mvpd=mvpd, begins=0, ends=lifetime)
            for key, device, mvpd, lifetime in DOCUMENTS[name]
        },
    )


def _kinds(keep: bool | None) -> tuple[str, ...] | None:
    """What a call says that it keeps."""
    return None if keep is None else ("clients",) if keep else ()


class Sandboxes(RuleBasedStateMachine):
    """Random work on the sandboxes `zero` and `one` of one simulator; `number` says on which."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self.clock = ManualClock()
        self.simulator = self.run(self._open())
        self.names = ["zero", "one"]
        self.models: list[Model] = []

    async def _open(self) -> AppContext:
        engine, ids = await open_engine(":memory:", self.clock), Ids()
        return AppContext(
            engine=engine,
            keys=await Keys.load(engine, self.clock, ids),
            clock=self.clock,
            ids=ids,
            library=Library(),
            journal=Journal(engine, self.clock),
        )

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    def ref(self, number: int) -> SandboxRef:
        return self.run(sandboxes.ref(self.simulator, self.names[number]))

    def teardown(self) -> None:
        self.run(self.simulator.engine.close())
        self.loop.close()

    def refused(self, work: Coroutine[Any, Any, object], code: str) -> None:
        with pytest.raises(AdminError) as error:
            self.run(work)
        assert error.value.code == code

    @initialize()
    def begin(self) -> None:
        for name in self.names:
            self.run(sandboxes.create(self.simulator, Wanted(name=name)))
            self.models.append(
                Model(baseline=SandboxSession(), baseline_name="empty", real=self.clock.now())
            )
        for number in (0, 1):
            self.seed(number, "few", None)

    @rule(number=numbers, name=st.sampled_from(sorted(DOCUMENTS)), keep=keeps)
    def seed(self, number: int, name: str, keep: bool | None) -> None:
        document = validate(_document(name))
        kinds = _kinds(keep)
        done = self.run(seeding.seed(self.simulator, self.ref(number), document, keep=kinds))
        self.models[number].seed(_seeded(name), name, keep=keep)
        assert done["generation"] == self.models[number].generation

    @rule(number=numbers, key=keys, device=devices, mvpd=mvpds, lifetime=lifetimes)
    def log_in(self, number: int, key: str, device: str, mvpd: str, lifetime: int) -> None:
        if not self.models[number].world.configured:
            return
        body = profile(key, device, mvpd, expires_in=format_ms(lifetime))
        work = entities.create(self.simulator, self.ref(number), PROFILES, body)
        age = self.models[number].world.age
        login = Login(device=device, mvpd=mvpd, begins=age, ends=age + lifetime)
        if self.models[number].log_in(key, login):
            self.run(work)
        else:
            self.refused(work, "already_exists")

    @rule(number=numbers, device=devices, mvpd=mvpds)
    def log_out(self, number: int, device: str, mvpd: str) -> None:
        if not self.models[number].world.configured:
            return
        action = self.run(self._log_out(number, device, mvpd))
        ended = self.models[number].log_out(device, mvpd)
        expected = {"LabCable": "logout", "LabDish": "complete"}[mvpd] if ended else "invalid"
        assert action == expected

    async def _log_out(self, number: int, device: str, mvpd: str) -> str:
        at = await sandboxes.ref(self.simulator, self.names[number])
        minted = await registration.mint(self.simulator, at, MintRequest())
        token = minted["access_token"]
        call = DeviceCall(
            service_provider="LABSP",
            bearer=token,
            token=self.simulator.keys.read(token),
            device_identifier=device_header(device),
        )
        asked = Logout(call=call, mvpd=mvpd, redirect_urls=[REDIRECT], origin="http://lab")
        outcome = await logout.log_out(self.simulator, at, asked)
        assert outcome is not None
        return str(outcome["logouts"][mvpd]["actionName"])

    @rule(number=numbers, key=client_ids)
    def create_client(self, number: int, key: str) -> None:
        if not self.models[number].world.configured:
            return
        body = {"id": key, "application": "lab-app"}
        work = entities.create(self.simulator, self.ref(number), CLIENTS, body)
        if self.models[number].create_client(key):
            self.run(work)
        else:
            self.refused(work, "already_exists")

    @rule(number=numbers, key=client_ids)
    def ask_for_token(self, number: int, key: str) -> None:
        credentials = {
            "client_id": key,
            "client_secret": default_secret(key),
            "grant_type": CLIENT_CREDENTIALS,
        }
        call = DeviceCall(service_provider="")
        work = registration.token(self.simulator, self.ref(number), credentials, call=call)
        if self.models[number].ask_for_token(key):
            self.run(work)
        else:
            with pytest.raises(RegistrationError, match="invalid_client"):
                self.run(work)

    @rule(number=numbers, key=client_ids)
    def delete_client(self, number: int, key: str) -> None:
        model = self.models[number]
        if key in model.baseline.clients:
            # As for `rebase`.
            return
        work = entities.delete(self.simulator, self.ref(number), CLIENTS, key)
        if model.delete_client(key):
            self.run(work)
        else:
            self.refused(work, "client_not_found")

    @rule(number=numbers, keep=st.booleans())
    def set_keep(self, number: int, keep: bool) -> None:
        kinds = _kinds(keep)
        shown = self.run(sandboxes.change(self.simulator, self.names[number], keep=kinds))
        assert shown["keep"] == [*(kinds or ())]
        self.models[number].keeps = keep

    @rule(number=numbers, keep=keeps)
    def reset(self, number: int, keep: bool | None) -> None:
        done = self.run(seeding.reset(self.simulator, self.ref(number), keep=_kinds(keep)))
        self.models[number].reset(keep=keep)
        assert done["baseline"] == self.models[number].baseline_name

    @rule(number=numbers)
    def empty(self, number: int) -> None:
        self.run(seeding.reset(self.simulator, self.ref(number), "empty"))
        self.models[number].empty()

    @rule(number=numbers, label=labels)
    def snapshot(self, number: int, label: str) -> None:
        work = snapshots.take(self.simulator, self.ref(number), label)
        if self.models[number].keep(label):
            assert self.run(work)["age"] == self.models[number].world.age
        else:
            self.refused(work, "already_exists")

    @rule(number=numbers, label=labels)
    def restore(self, number: int, label: str) -> None:
        work = snapshots.restore(self.simulator, self.ref(number), label)
        if self.models[number].restore(label):
            self.run(work)
        else:
            self.refused(work, "snapshot_not_found")

    @rule(number=numbers, label=labels)
    def discard(self, number: int, label: str) -> None:
        work = snapshots.discard(self.simulator, self.ref(number), label)
        if self.models[number].snapshots.pop(label, None):
            self.run(work)
        else:
            self.refused(work, "snapshot_not_found")

    @rule(number=numbers, label=labels)
    def rebase(self, number: int, label: str) -> None:
        found = self.models[number].snapshots.get(label)
        if found and found.world.clients:
            # Whether a baseline's own clients are kept in another world depends on what was deleted when.
            return
        work = sandboxes.change(self.simulator, self.names[number], snapshot=label)
        if self.models[number].rebase(label):
            self.run(work)
        else:
            self.refused(work, "snapshot_not_found")

    @rule(number=numbers)
    def clone(self, number: int) -> None:
        """Let the other sandbox be a clone of this one."""
        self.run(sandboxes.delete(self.simulator, self.names[1 - number]))
        wanted = Wanted(name=self.names[1 - number], sandbox=self.names[number])
        self.run(sandboxes.create(self.simulator, wanted))
        self.models[1 - number] = self.models[number].clone()

    @rule(number=numbers, label=labels)
    def make_from_snapshot(self, number: int, label: str) -> None:
        """Let the other sandbox be made from a snapshot of this one."""
        if label not in self.models[number].snapshots:
            return
        self.run(sandboxes.delete(self.simulator, self.names[1 - number]))
        wanted = Wanted(name=self.names[1 - number], snapshot=(self.names[number], label))
        self.run(sandboxes.create(self.simulator, wanted))
        self.models[1 - number] = self.models[number].from_snapshot(label)

    @rule(by=steps)
    def wait(self, by: int) -> None:
        self.clock.advance(milliseconds=by)
        for model in self.models:
            model.wait(by)

    @rule(number=numbers, by=steps)
    def advance(self, number: int, by: int) -> None:
        model = self.models[number]
        before, age = model.world.valid(), model.world.age
        old = model.clock
        moved = (
            Clock(ahead=old.ahead + by)
            if old.stopped_at is None
            else Clock(stopped_at=old.stopped_at + by)
        )
        model.set_clock(moved)
        reading = self.run(clocks.advance(self.simulator, self.ref(number), by))
        due = [event["id"] for event in reading.due]
        ended = before - model.world.valid()
        assert model.world.age == age + by
        assert set(due) == ended
        by_end = [model.world.logins[key].ends for key in due]
        assert by_end == sorted(by_end)

    @rule(number=numbers, stopped=st.booleans(), to=st.none() | instants)
    def set_clock(self, number: int, stopped: bool, to: int | None) -> None:
        model = self.models[number]
        shown = model.shown if to is None else model.real + to
        clock = Clock(stopped_at=shown) if stopped else Clock(ahead=shown - model.real)
        model.set_clock(clock)
        now = None if to is None else shown
        put = clocks.put(self.simulator, self.ref(number), frozen=stopped, now=now)
        assert self.run(put).now == shown

    @rule(number=numbers)
    def reset_clock(self, number: int) -> None:
        self.models[number].set_clock(Clock())
        self.run(clocks.reset(self.simulator, self.ref(number)))

    @rule()
    def run_housekeeping(self) -> None:
        self.run(sweep_at_once(self.simulator))

    @rule(number=numbers)
    def export_and_import(self, number: int) -> None:
        """What is exported and imported again is the same world, one second young."""
        if not self.models[number].world.configured:
            return
        exported = self.run(state.export(self.simulator, self.ref(number)))
        note(f"exported {exported}")
        again = sandboxes.create(self.simulator, Wanted(name="again"))
        at = self.run(again).details.ref
        self.run(seeding.seed(self.simulator, at, validate(exported)))
        at = self.run(sandboxes.ref(self.simulator, "again"))
        assert self.run(state.export(self.simulator, at)) == exported
        self.run(sandboxes.delete(self.simulator, "again"))

    @invariant()
    def the_sandboxes_are_what_they_have_to_be(self) -> None:
        for number, model in enumerate(self.models):
            about = self.run(sandboxes.show(self.simulator, self.names[number]))
            assert about["now"] == model.shown
            assert about["frozen"] == (model.clock.stopped_at is not None)
            assert about["generation"] == model.generation
            assert about["baseline"] == model.baseline_name
            assert sorted(about["snapshots"]) == sorted(model.snapshots)
            found = self.run(
                entities.find(
                    self.simulator, self.ref(number), PROFILES, filters={}, after="", limit=99
                )
            )
            born = model.shown - model.world.age
            assert {each.entity.id: _window(each.entity, born) for each in found} == {
                key: (each.begins, each.ends) for key, each in model.world.logins.items()
            }
            valid = {each.entity.id for each in found if each.entity.valid(each.now)}
            assert valid == model.world.valid()
            listed = self.run(
                entities.find(
                    self.simulator, self.ref(number), CLIENTS, filters={}, after="", limit=99
                )
            )
            own = {each.entity.id for each in listed} - {"app-1", "app-2"}
            assert own == model.clients()


def _window(entity: Any, born: int) -> tuple[int, int]:  # noqa: ANN401 - a profile
    return entity.not_before - born, entity.not_after - born


def test_sandboxes_agree_with_the_model() -> None:
    run_machine(
        Sandboxes,
        settings=settings(
            # Twelve take some 480 steps, two dozen of each rule. Each run draws others, so more of them
            # at once find no more over time.
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
