"""A SQLite database without room: the cause is told, reading goes on, and writing when there is room."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from simulator.http.endpoint import CONTEXT
from simulator.storage.engine import supervisor
from simulator.storage.engine.base import Engine
from simulator.storage.engine.opening import open_engine
from simulator.storage.engine.supervisor import Condition
from simulator.storage.errors import ConflictError, DatabaseFullError, StorageError
from simulator.storage.worlds.entity_mapping import PROFILES
from simulator.storage.worlds.session import SandboxSession
from tests.storage.entities import names, profile
from tests.storage.worlds import HandClock, Sandbox, new_sandbox, until
from tests.support.lab import Lab
from tests.support.shapes import assert_admin_error

_PAGES = 1_073_741_823
_LONG = "x" * 20_000


@pytest.fixture(params=["memory", "file"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ":memory:" if request.param == "memory" else str(tmp_path / "test.db")


async def _bound(engine: Engine, pages: int | None = None) -> None:
    """Let the database have no more pages than it has by now, or than these."""

    def work(connection: Connection) -> None:
        ask = connection.exec_driver_sql
        most = pages or ask("PRAGMA page_count").scalar_one()
        ask(f"PRAGMA max_page_count={most}")

    await engine.transact(work)


def _put(name: str) -> Any:  # noqa: ANN401 - a unit
    return lambda world: world.profiles.put(profile(name, attributes={"long": _LONG}))


async def test_each_unit_of_a_batch_is_told_the_cause(sandbox: Sandbox, engine: Engine) -> None:
    await sandbox.put(PROFILES, profile("before"))
    await _bound(engine)
    units = [sandbox.write(_put(f"p{number}")) for number in range(10)]
    results = await asyncio.gather(*units, return_exceptions=True)
    assert {type(each) for each in results} == {DatabaseFullError}
    assert all("full" in str(each) for each in results)
    assert names(await sandbox.all(PROFILES)) == ["before"]
    await _bound(engine, _PAGES)
    await sandbox.write(_put("after"))
    assert names(await sandbox.all(PROFILES)) == ["after", "before"]


async def test_what_sqlite_undoes_by_itself_is_told_with_its_cause(
    sandbox: Sandbox, engine: Engine
) -> None:
    """As where a disk fails in the middle: then there is no savepoint any more to go back to."""

    def undo(connection: Connection) -> None:
        row = "SELECT * FROM sandbox LIMIT 1"
        connection.exec_driver_sql(f"INSERT OR ROLLBACK INTO sandbox {row}")

    units = (sandbox.write(_put("a")), engine.transact(undo, quick=True), sandbox.write(_put("b")))
    results = await asyncio.gather(*units, return_exceptions=True)
    assert {type(each) for each in results} == {ConflictError}, results
    assert await sandbox.all(PROFILES) == []
    await sandbox.write(_put("c"))
    assert names(await sandbox.all(PROFILES)) == ["c"]


@pytest.mark.parametrize("long", [True, False])
async def test_the_cause_is_told_whatever_fails_after_it(
    sandbox: Sandbox, engine: Engine, long: bool
) -> None:
    def within(world: SandboxSession) -> None:
        with world.connection.begin_nested():
            _put("p")(world)

    await _bound(engine)
    with pytest.raises(DatabaseFullError, match="full"):
        await engine.write(sandbox.ref, within, long=long)
    # A unit of a generation that is over, whose writes are undone.
    await _bound(engine, _PAGES)
    old = await sandbox.reset()
    await _bound(engine)
    with pytest.raises(DatabaseFullError, match="full"):
        await engine.write(old, _put("p"), long=long)


async def test_it_is_known_to_be_full_until_there_is_room(
    sandbox: Sandbox, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_PAUSE_WHEN_FULL", 0.0)
    await _bound(engine)
    with pytest.raises(DatabaseFullError):
        await sandbox.write(_put("p"))
    assert engine.supervisor.condition is Condition.FULL
    await _bound(engine, _PAGES)
    await until(lambda: engine.supervisor.condition is Condition.READY)


async def test_every_face_says_so_and_reading_goes_on(file_lab: Lab) -> None:
    app = await file_lab.app("a-tv", service_provider="REF30")
    engine = _engine(file_lab)
    await file_lab.admin("POST", "requests/verify", {"match": {}, "exactly": 0})
    await _bound(engine)
    error = None
    for number in range(100):
        body = {"id": f"m{number}", "display_name": _LONG}
        reply = await file_lab.ask("POST", "mvpds", body)
        if reply.status != 201:
            error = assert_admin_error(reply)
            break
    assert error is not None
    assert (error["status"], error["code"]) == (507, "database_full")
    assert "full" in error["message"]

    ready = await file_lab.call("GET", "/readyz")
    assert (ready.status, ready.json["status"]) == (503, "not ready")
    assert "full" in ready.json["reason"]

    for _ in range(3):
        assert (await app.get("profiles")).status == 200
    body = {"redirectUrl": "https://app.example", "domainName": "adobe.com", "mvpd": "Cablevision"}
    refused = await file_lab.call(
        "POST", "/api/v2/REF30/sessions", app.headers, data={**body, "redirectUrl": "x" * 50_000}
    )
    # Either there is room for that, or it says what is wrong.
    assert refused.status < 500 or refused.json["code"] == "database_full"

    async with asyncio.timeout(10):
        assert (await file_lab.call("GET", "/console")).status == 200
        found = await file_lab.admin("POST", "requests/verify", {"match": {}, "exactly": 99})
        await file_lab.admin("GET", "requests")
    if _waiting(file_lab):
        assert found["incomplete"]

    await _bound(engine, _PAGES)
    assert (await file_lab.ask("POST", "mvpds", {"id": "m", "display_name": _LONG})).status == 201
    match = {"match": {"operation": "profiles"}}
    found = await file_lab.admin("POST", "requests/count", match)
    assert found == {"count": 3, "incomplete": False}
    async with asyncio.timeout(30):
        while (await file_lab.call("GET", "/readyz")).status != 200:
            pass


def _engine(lab: Lab) -> Engine:
    app = lab.client.app
    assert app is not None
    return app[CONTEXT].engine


def _waiting(lab: Lab) -> int:
    app = lab.client.app
    assert app is not None
    return app[CONTEXT].journal.waiting


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes, where we may make one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if not mount or not unmount or os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], check=False)
    if made.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run([unmount, "-l", str(place)], check=True)


def _fill(path: Path) -> None:
    """Write a file until there is no room for one page more."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass


async def test_a_disk_that_is_full_is_told_and_gone_on_with(
    small_disk: Path, clock: HandClock
) -> None:
    engine = await open_engine(str(small_disk / "test.db"), clock)
    sandbox = await new_sandbox(engine, clock, "default")
    await sandbox.put(PROFILES, profile("before"))
    filler = small_disk / "filler"
    _fill(filler)
    units = [sandbox.write(_put(f"p{number}")) for number in range(70)]
    results = await asyncio.gather(*units, return_exceptions=True)
    failures = [each for each in results if each is not None]
    assert failures
    assert {type(each) for each in failures} == {DatabaseFullError}
    assert "before" in names(await sandbox.all(PROFILES))
    filler.unlink()
    await sandbox.write(_put("after"))
    assert "after" in names(await sandbox.all(PROFILES))
    await engine.close()


async def test_a_disk_that_is_full_at_the_start_is_told(small_disk: Path, clock: HandClock) -> None:
    _fill(small_disk / "filler")
    with pytest.raises(StorageError) as caught:
        await open_engine(str(small_disk / "test.db"), clock)
    assert "cannot be written to: " in caught.value.message
    assert "full" in caught.value.message
    assert "Make room" in caught.value.hint
