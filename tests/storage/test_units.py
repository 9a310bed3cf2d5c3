"""What every engine promises to a unit of work."""

import asyncio
from collections.abc import Callable
from threading import Thread

import pytest
from sqlalchemy import Connection

from simulator.storage.engine.base import Engine
from simulator.storage.engine.opening import open_engine
from simulator.storage.errors import ConflictError
from simulator.storage.worlds import layers, sandboxes
from simulator.storage.worlds.entity_mapping import PROFILES, SERVICE_PROVIDERS
from simulator.storage.worlds.sandboxes import SandboxRef, UnknownSandbox
from simulator.storage.worlds.session import SandboxSession
from tests.storage.conftest import DURABLE, NewSandbox
from tests.storage.entities import names, profile, provider
from tests.storage.worlds import NOW, HandClock, Sandbox


class UnitError(Exception):
    """What a unit of these tests raises."""


async def test_a_unit_gives_its_result_to_whoever_asked(sandbox: Sandbox) -> None:
    assert await sandbox.write(lambda world: ("written", world.name)) == ("written", "default")
    assert await sandbox.read(lambda world: ("read", world.name)) == ("read", "default")


async def test_results_belong_to_their_units(sandbox: Sandbox) -> None:
    def unit(number: int) -> Callable[[SandboxSession], int]:
        return lambda _: number

    for run in (sandbox.write, sandbox.read):
        asked = [run(unit(number)) for number in range(150)]
        assert await asyncio.gather(*asked) == list(range(150))


async def test_a_unit_sees_what_it_has_written_itself(sandbox: Sandbox) -> None:
    def unit(world: SandboxSession) -> list[str]:
        world.profiles.put(profile("p"))
        return names(world.profiles.find(device="device"))

    assert await sandbox.write(unit) == ["p"]


async def test_a_read_sees_what_was_written_just_before(sandbox: Sandbox) -> None:
    for number in range(30):
        await sandbox.put(PROFILES, profile(f"{number:02}"))
        found = await asyncio.gather(*(sandbox.all(PROFILES) for _ in range(4)))
        assert [len(each) for each in found] == [number + 1] * 4


async def test_a_unit_that_fails_writes_nothing(sandbox: Sandbox) -> None:
    await sandbox.put(PROFILES, profile("kept"), profile("changed", device="before"))

    def unit(world: SandboxSession) -> None:
        world.profiles.put(profile("new"))
        world.profiles.put(profile("changed", device="after"))
        world.profiles.delete("kept")
        raise UnitError

    with pytest.raises(UnitError):
        await sandbox.write(unit)
    assert await sandbox.all(PROFILES) == [profile("changed", device="before"), profile("kept")]


async def test_a_unit_fails_with_its_own_error(sandbox: Sandbox) -> None:
    error = UnitError("the very one")

    def unit(_: SandboxSession) -> None:
        raise error

    for run in (sandbox.read, sandbox.write):
        with pytest.raises(UnitError) as caught:
            await run(unit)
        assert caught.value is error


async def test_an_error_of_the_database_undoes_the_unit(sandbox: Sandbox, engine: Engine) -> None:
    def unit(world: SandboxSession) -> None:
        world.profiles.put(profile("new"))
        row = PROFILES.row(profile("stray"), layer=999, epoch=0)
        world.connection.execute(PROFILES.table.insert(), row)

    with pytest.raises(ConflictError):
        await sandbox.write(unit)
    await sandbox.put(PROFILES, profile("later"))
    assert names(await sandbox.all(PROFILES)) == ["later"]


async def test_a_unit_that_raises_stop_iteration_fails_and_nothing_hangs(sandbox: Sandbox) -> None:
    def unit(world: SandboxSession) -> str:
        world.profiles.put(profile("new"))
        return next(iter(()))

    async with asyncio.timeout(60):
        with pytest.raises((StopIteration, RuntimeError)):
            await sandbox.write(unit)
        with pytest.raises((StopIteration, RuntimeError)):
            await sandbox.read(unit)
        assert await sandbox.all(PROFILES) == []


async def test_a_read_that_turns_out_to_write_runs_again_as_a_writer(sandbox: Sandbox) -> None:
    runs: list[int] = []

    def unit(world: SandboxSession) -> str:
        runs.append(1)
        world.profiles.put(profile("p"))
        return "done"

    assert await sandbox.read(unit) == "done"
    assert len(runs) == 2
    assert names(await sandbox.all(PROFILES)) == ["p"]


async def test_a_read_that_turns_out_to_delete_runs_again_as_a_writer(sandbox: Sandbox) -> None:
    await sandbox.put(PROFILES, profile("p"))
    await sandbox.read(lambda world: world.profiles.delete("p"))
    assert await sandbox.all(PROFILES) == []


async def test_a_read_that_only_reads_runs_once(sandbox: Sandbox) -> None:
    runs: list[int] = []
    await sandbox.read(lambda world: runs.append(len(world.profiles.find(device="device"))))
    assert runs == [0]


@DURABLE
@pytest.mark.usefixtures("unlocked")
async def test_a_reader_sees_one_state_from_beginning_to_end(
    sandbox: Sandbox, db: str, clock: HandClock
) -> None:
    await sandbox.put(PROFILES, profile("before"))

    def write_elsewhere() -> None:
        async def work() -> None:
            again = await open_engine(db, clock)
            await Sandbox(again, clock, sandbox.ref).put(PROFILES, profile("meanwhile"))
            await again.close()

        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            runner.run(work())

    def unit(world: SandboxSession) -> tuple[list[str], list[str]]:
        before = names(list(world.profiles.all()))
        # A unit never waits, so the write in the middle of it has to come from another thread.
        thread = Thread(target=write_elsewhere)
        thread.start()
        thread.join()
        return before, names(list(world.profiles.all()))

    assert await sandbox.read(unit) == (["before"], ["before"])
    assert names(await sandbox.all(PROFILES)) == ["before", "meanwhile"]


async def test_a_unit_sees_the_clock_stand_still(sandbox: Sandbox, clock: HandClock) -> None:
    def unit(world: SandboxSession) -> tuple[int, int]:
        before = world.now
        clock.instant += 1
        return before, world.now

    assert await sandbox.write(unit) == (NOW, NOW)
    assert await sandbox.read(unit) == (NOW + 1, NOW + 1)


async def test_a_sandbox_that_is_gone_is_unknown(engine: Engine) -> None:
    ref = SandboxRef(id=4711, name="gone", generation=1, layer=1, epoch=NOW)
    for run in (engine.read, engine.write):
        with pytest.raises(UnknownSandbox, match="gone"):
            await run(ref, lambda world: world.name)


async def test_work_outside_of_any_sandbox_is_a_transaction_too(engine: Engine) -> None:
    def work(connection: Connection) -> None:
        layers.new_layer(connection, parent=None, now=NOW)
        raise UnitError

    with pytest.raises(UnitError):
        await engine.transact(work)
    statement = layers.layer.select()
    assert await engine.query(lambda connection: connection.execute(statement).all()) == []


async def test_one_of_two_who_make_the_same_sandbox_is_told(make_sandbox: NewSandbox) -> None:
    results = await asyncio.gather(
        make_sandbox("twice"), make_sandbox("twice"), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["ConflictError", "Sandbox"]


async def test_what_lies_outside_of_a_world_is_found_by_name(
    make_sandbox: NewSandbox, engine: Engine
) -> None:
    made = await make_sandbox("ci-42")
    assert await engine.query(lambda connection: sandboxes.ref(connection, "ci-42")) == made.ref
    with pytest.raises(UnknownSandbox, match="ci-43"):
        await engine.query(lambda connection: sandboxes.ref(connection, "ci-43"))


async def test_work_goes_on_while_a_unit_is_cancelled(sandbox: Sandbox) -> None:
    others = [
        asyncio.create_task(sandbox.put(PROFILES, profile(f"{number:03}"))) for number in range(40)
    ]
    doomed = asyncio.create_task(sandbox.put(SERVICE_PROVIDERS, provider("doomed")))
    others += [
        asyncio.create_task(sandbox.put(PROFILES, profile(f"{number:03}")))
        for number in range(40, 80)
    ]
    await asyncio.sleep(0)
    doomed.cancel()
    async with asyncio.timeout(60):
        await asyncio.gather(*others)
    with pytest.raises(asyncio.CancelledError):
        await doomed
    assert len(await sandbox.all(PROFILES)) == 80
    await sandbox.put(SERVICE_PROVIDERS, provider("later"))
    assert "later" in names(await sandbox.all(SERVICE_PROVIDERS))
