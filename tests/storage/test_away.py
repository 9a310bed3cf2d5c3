"""A PostgreSQL that ends connections, refuses them or says nothing: what fails, and for how long."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from pass_simulator import NoResponse
from simulator.http.endpoint import CONTEXT
from simulator.services.observe.journal import Journal
from simulator.storage.engine.base import Engine
from simulator.storage.engine.opening import open_engine
from simulator.storage.engine.postgresql import PostgresEngine
from simulator.storage.errors import DatabaseUnavailableError, StorageError
from simulator.storage.worlds.entity_mapping import PROFILES
from simulator.storage.worlds.session import SandboxSession
from tests.conftest import MakeLab
from tests.storage.entities import names, profile
from tests.storage.gate import Gate
from tests.storage.postgres import Session
from tests.storage.worlds import HandClock, Sandbox, new_sandbox, until
from tests.support.lab import Lab
from tests.support.server import Server, ask, serving
from tests.support.shapes import assert_admin_error

END_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
BOUND = 4.0
"""Seconds after which nobody waits for a database any more, and some more for a slow machine."""


@pytest.fixture
async def gate(postgres: str) -> AsyncIterator[Gate]:
    async with Gate.before(postgres) as found:
        yield found


@pytest.fixture
def db(gate: Gate) -> str:
    return gate.url


@pytest.fixture
async def lab(gate: Gate, make_lab: MakeLab) -> Lab:
    return await make_lab(db=gate.url)


async def _shut(gate: Gate, how: str) -> None:
    if how == "refuse":
        await gate.refuse()
    else:
        gate.hush()


async def _until_back(lab: Lab) -> None:
    async with asyncio.timeout(30):
        while (await lab.call("GET", "/readyz")).status != 200:
            pass


async def test_connections_that_ended_are_replaced_and_nothing_fails(
    sandbox: Sandbox, other: Session
) -> None:
    await asyncio.gather(*(sandbox.all(PROFILES) for _ in range(20)))
    for number in range(5):
        await other.execute(END_ALL)
        work = [sandbox.put(PROFILES, profile(f"{number}-{each}")) for each in range(10)]
        await asyncio.gather(*work, *(sandbox.all(PROFILES) for _ in range(20)))
    assert len(await sandbox.all(PROFILES)) == 50


async def test_a_unit_whose_connection_ends_is_run_again(sandbox: Sandbox, other: Session) -> None:
    runs = 0

    def unit(world: SandboxSession) -> str:
        nonlocal runs
        runs += 1
        world.profiles.put(profile(f"p{runs}"))
        if runs == 1:
            own = world.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            world.connection.exec_driver_sql(f"SELECT pg_terminate_backend({own})")
        return "done"

    assert await sandbox.write(unit) == "done"
    assert runs == 2
    assert names(await sandbox.all(PROFILES)) == ["p2"]


async def test_a_unit_that_always_ends_its_connection_fails_in_the_end(sandbox: Sandbox) -> None:
    runs = 0

    def unit(world: SandboxSession) -> None:
        nonlocal runs
        runs += 1
        own = world.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        world.connection.exec_driver_sql(f"SELECT pg_terminate_backend({own})")

    with pytest.raises(DatabaseUnavailableError):
        await sandbox.write(unit)
    assert runs == 3
    assert await sandbox.all(PROFILES) == []


async def test_what_may_have_been_committed_is_not_run_again(
    sandbox: Sandbox, engine: Engine, other: Session
) -> None:
    """The commit waits for a trigger, and the connection ends under it."""
    await other.execute("""
        CREATE FUNCTION wait_for_it() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$""")
    await other.execute("""
        CREATE CONSTRAINT TRIGGER wait_for_it AFTER INSERT ON profile
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_for_it()""")
    runs = 0

    def unit(world: SandboxSession) -> None:
        nonlocal runs
        runs += 1
        world.profiles.put(profile("p"))

    async with other.holding("SELECT pg_advisory_xact_lock(4711)"):
        task = asyncio.create_task(sandbox.write(unit))
        await other.until_waiting()
        await other.execute(END_ALL)
        with pytest.raises(DatabaseUnavailableError, match="commit"):
            await task
    assert runs == 1


@pytest.mark.parametrize("how", ["refuse", "hush"])
async def test_who_waits_is_told_and_the_next_at_once(
    sandbox: Sandbox, engine: Engine, gate: Gate, how: str
) -> None:
    await asyncio.gather(*(sandbox.all(PROFILES) for _ in range(10)))
    await _shut(gate, how)
    async with asyncio.timeout(BOUND):
        found = await asyncio.gather(
            *(sandbox.put(PROFILES, profile(f"{number}")) for number in range(50)),
            *(sandbox.all(PROFILES) for _ in range(50)),
            return_exceptions=True,
        )
    assert {type(each) for each in found} == {DatabaseUnavailableError}
    await until(lambda: engine.supervisor.away, BOUND)
    with pytest.raises(DatabaseUnavailableError):
        await asyncio.wait_for(sandbox.all(PROFILES), 0.5)
    await gate.open()
    await until(lambda: not engine.supervisor.away)
    assert await sandbox.all(PROFILES) == []
    await sandbox.put(PROFILES, profile("p"))


@pytest.mark.parametrize("how", ["refuse", "hush"])
async def test_an_engine_is_closed_whatever_the_database_does(
    gate: Gate, clock: HandClock, how: str
) -> None:
    engine = await open_engine(gate.url, clock)
    sandbox = await new_sandbox(engine, clock, "default")
    await asyncio.gather(*(sandbox.all(PROFILES) for _ in range(10)))
    await _shut(gate, how)
    reading = asyncio.create_task(sandbox.all(PROFILES))
    await asyncio.sleep(0)
    await asyncio.wait_for(engine.close(), 2)
    with pytest.raises(DatabaseUnavailableError):
        await asyncio.wait_for(reading, 2)


async def test_a_long_unit_is_waited_for(sandbox: Sandbox, engine: Engine) -> None:
    """It stands still for longer than a silence may last, and the database answers all the time."""

    def unit(connection: Connection) -> str:
        connection.exec_driver_sql("SELECT pg_sleep(3)")
        return "done"

    assert await engine.transact(unit) == "done"


@pytest.mark.parametrize("how", ["refuse", "hush"])
async def test_a_server_that_is_not_there_at_the_start_is_named(
    gate: Gate, clock: HandClock, how: str
) -> None:
    await _shut(gate, how)
    url = f"{gate.url}&connect_timeout=1"
    with pytest.raises(StorageError) as caught:
        await asyncio.wait_for(open_engine(url, clock), BOUND)
    assert "127.0.0.1" in caught.value.message
    assert not caught.value.message.endswith(": .")
    await gate.open()


@pytest.mark.parametrize("how", ["refuse", "hush"])
async def test_every_face_says_that_the_database_is_not_there(
    lab: Lab, gate: Gate, how: str
) -> None:
    app = await lab.app("a-tv", service_provider="REF30")
    assert (await app.get("profiles")).status == 200
    await _shut(gate, how)

    begun = time.monotonic()
    reply = await lab.call("GET", "/readyz")
    assert time.monotonic() - begun < 2
    assert (reply.status, reply.json["status"]) == (503, "not ready")
    assert "database" in reply.json["reason"]

    begun = time.monotonic()
    refused = await app.get("profiles")
    assert time.monotonic() - begun < BOUND
    assert (refused.status, refused.json["code"]) == (503, "database_away")
    assert "The simulator's database is not there" in refused.json["message"]
    assert "simulator's own" in refused.headers["X-Sim-Reason"]
    assert refused.headers["Retry-After"] == "1"

    registration = await lab.call("POST", "/o/client/register", json={"software_statement": "x"})
    assert (registration.status, registration.json["code"]) == (503, "database_away")
    for method, path in (
        ("GET", "requests"),
        ("POST", "requests/verify"),
        ("GET", "sandboxes"),
        ("POST", "reset"),
        ("DELETE", "requests"),
    ):
        body = {"match": {}, "exactly": 0} if path.endswith("verify") else None
        error = assert_admin_error(await lab.ask(method, path, body))
        assert (error["status"], error["code"]) == (503, "database_away")
    for path in ("/console", "/activate"):
        page = await lab.call("GET", path)
        assert page.status == 503
        assert page.headers["Content-Type"].startswith("text/html")
        assert "database is not there" in page.text
    assert (await lab.call("GET", "/livez")).status == 200
    metrics = await lab.call("GET", "/metrics")
    assert metrics.status == 200
    assert 'pass_simulator_database{condition="away"} 1.0' in metrics.text

    await gate.open()
    await _until_back(lab)
    assert (await app.get("profiles")).status == 200


async def test_requests_that_nobody_could_place_leave_a_gap(lab: Lab, gate: Gate) -> None:
    app = await lab.app("a-tv", service_provider="REF30")
    await app.get("profiles")
    counted = {"match": {"operation": "profiles"}, "exactly": 1}
    assert (await lab.admin("POST", "requests/verify", counted))["verified"]
    await gate.refuse()
    assert (await app.get("profiles")).status == 503
    await gate.open()
    await _until_back(lab)
    found = await lab.admin("POST", "requests/verify", counted)
    assert (found["verified"], found["incomplete"]) == (False, True)
    assert (await lab.admin("POST", "requests/count", {"match": {}}))["incomplete"]
    waited = await lab.admin(
        "POST", "requests/wait", {"for": {"code": {"device": "x"}}, "timeout": "PT0S"}
    )
    assert (waited["met"], waited["incomplete"]) == (False, True)


async def test_what_was_answered_is_journalled_when_the_database_is_back(
    lab: Lab, gate: Gate, clock: HandClock
) -> None:
    app = await lab.app("a-tv", service_provider="REF30")
    journal = _journal(lab)
    for _ in range(10):
        assert (await app.get("profiles")).status == 200
    stream = await lab.client.get("/admin/v1/events?kind=reset")
    await stream.content.readuntil(b"retry: 1000\n\n")
    # They wait for company, or are just being written.
    await gate.refuse()
    await journal.flush()
    # Who follows what happens is told, and goes on.
    await stream.content.readuntil(b": the database does not answer\n\n")
    await gate.open()
    await _until_back(lab)
    found = await lab.admin("POST", "requests/count", {"match": {"operation": "profiles"}})
    assert found == {"count": 10, "incomplete": False}
    await lab.admin("POST", "reset")
    # What is very fresh has to wait, for others write as well.
    clock.instant += 1_000
    await stream.content.readuntil(b"event: reset\n")
    stream.close()


def _journal(lab: Lab) -> Journal:
    app = lab.client.app
    assert app is not None
    return app[CONTEXT].journal


@pytest.mark.parametrize("how", ["refuse", "hush"])
@pytest.mark.parametrize("signals", [1, 2])
async def test_a_stop_does_not_wait_for_the_database(
    gate: Gate, tmp_path: Path, how: str, signals: int
) -> None:
    drain = 2 if signals == 1 else 3600
    options = ("--port", "0", "--db", gate.url, "--drain-seconds", f"{drain}")

    def stop(server: Server) -> float:
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        if signals == 2:
            # Two at the same time are one. Where nothing is left to wait for, it may be gone by now.
            with suppress(NoResponse):
                while "stopping" not in ask(server.origin, "GET", "/readyz").text:
                    time.sleep(0.01)
            begun = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        return time.monotonic() - begun

    # The loop of this test is what the gate lives on.
    process = serving(*options, directory=tmp_path)
    server = await asyncio.to_thread(process.__enter__)
    try:
        call = partial(server.call, "GET", "/admin/v1/sandboxes")
        await asyncio.to_thread(call)
        await _shut(gate, how)
        asking = asyncio.create_task(asyncio.to_thread(call))
        if how == "hush":
            await until(lambda: gate.held)
        took = await asyncio.to_thread(stop, server)
        assert took < (drain + 2 if signals == 1 else 2)
        await asyncio.wait([asking])
        asking.exception()
    finally:
        await asyncio.to_thread(process.__exit__, None, None, None)


async def test_a_check_whose_connection_ends_is_made_again(
    engine: Engine, other: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever ends all connections ends that one, too, and the database is there all the same."""
    assert isinstance(engine, PostgresEngine)
    ask, asked = engine._ask, 0

    async def ended_once() -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise engine._asyncpg.AdminShutdownError
        await ask()

    monkeypatch.setattr(engine, "_ask", ended_once)
    engine.supervisor.suspect()
    await until(lambda: asked == 2)
    assert not engine.supervisor.away
