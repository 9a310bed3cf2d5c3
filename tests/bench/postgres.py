"""PostgreSQL beside SQLite: what its round trips cost, call by call."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from asyncpg import PostgresError  # type: ignore[import-untyped]
from sqlalchemy import make_url

from simulator.cli.server.loops import run
from tests.storage.conftest import POSTGRES
from tests.storage.postgres import Session

from .cases import LOGOUT, POLL, READ, Case
from .hot import reset, set_stages
from .load import Driver, Measured
from .processes import Watched, cpu_seconds
from .report import Section, times
from .server import benched
from .world import Stage

PIECES: Final = 800
ROUNDS: Final = 7
CASES: Final = (READ, LOGOUT, POLL)
# Where the packages of most systems have it.
_USUAL: Final = "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
_HERE: Final = frozenset({None, "", "localhost", "127.0.0.1", "::1"})
_BACKENDS: Final = "SELECT pid FROM pg_stat_activity WHERE datname = '{}'"


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A simulator under measurement, and the database that it alone uses, if that is PostgreSQL's."""

    name: str
    server: Watched
    stage: Stage
    database: str | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """A run of a script; `theirs` are microseconds of PostgreSQL per piece, where they can be told."""

    measured: Measured
    theirs: float | None = None


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A server of PostgreSQL where databases can be made."""

    url: str

    def reachable(self) -> bool:
        """Whether it answers."""
        try:
            self._tell("SELECT 1")
        except (OSError, PostgresError) as error:
            print(f"skipped: no PostgreSQL ({error}); {POSTGRES} names one", file=sys.stderr)
            return False
        return True

    @contextmanager
    def database(self) -> Iterator[str]:
        """The name of a new database, which is dropped in the end."""
        name = f"pass_simulator_bench_{secrets.token_hex(6)}"
        self._tell(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            self._tell(f"DROP DATABASE {name} WITH (FORCE)")

    def of(self, database: str) -> str:
        """The URL of a database there."""
        url = make_url(self.url).set(drivername="postgresql+asyncpg", database=database)
        return url.render_as_string(hide_password=False)

    def cpu(self, database: str) -> dict[int, float] | None:
        """Seconds of processor time by process that serves the database; None if it is elsewhere."""
        if make_url(self.url).host not in _HERE:
            return None

        async def backends() -> list[int]:
            async with Session.open(self.url) as session:
                return await session.column(_BACKENDS.format(database))

        return {each: cpu_seconds(each) for each in run(backends())}

    def _tell(self, command: str) -> None:
        async def tell() -> None:
            async with Session.open(self.url) as session:
                await session.execute(command)

        run(tell())


def at_hand() -> Postgres | None:
    """The server that the environment names, else a local one; None where it does not answer."""
    postgres = Postgres(url=os.environ.get(POSTGRES) or _USUAL)
    return postgres if postgres.reachable() else None


def _measured(driver: Driver, postgres: Postgres, at: Instance, case: Case) -> Found:
    before = postgres.cpu(at.database) if at.database else None
    script = partial(case.play, at.stage)
    measured = driver.drive(at.server, script, range(PIECES), connections=case.connections)
    after = postgres.cpu(at.database) if at.database else None
    if before is None or after is None:
        return Found(measured=measured)
    spent = sum(seconds - before.get(process, 0.0) for process, seconds in after.items())
    return Found(measured=measured, theirs=spent / PIECES * 1e6)


def section(driver: Driver, folder: Path) -> Section | None:
    """The table; None where there is no PostgreSQL."""
    postgres = at_hand()
    if postgres is None:
        return None
    with ExitStack() as stack:
        instances = []
        for name in ("SQLite", "PostgreSQL"):
            database = stack.enter_context(postgres.database()) if name != "SQLite" else None
            db = postgres.of(database) if database else folder / "beside.db"
            server = stack.enter_context(benched(db))
            stage, _ = run(set_stages(server.origin, PIECES))
            instances.append(Instance(name=name, server=server, stage=stage, database=database))
        found: dict[tuple[str, str], list[Found]] = {}
        for number in range(ROUNDS + 1):
            print(f"round {number} of {ROUNDS}", file=sys.stderr, flush=True)
            for at in instances:
                run(reset(at.server.origin, at.stage))
            for case in CASES:
                for at in instances:
                    one = _measured(driver, postgres, at, case)
                    if number:
                        found.setdefault((case.name, at.name), []).append(one)
    return Section(
        title="PostgreSQL beside SQLite",
        text=(
            "The same calls over sixteen connections on both, in one run, medians of "
            f"{ROUNDS} interleaved rounds. CPU is that of the simulator's processes, and next to it that of "
            "PostgreSQL's for the same call; the ratios are to SQLite, round by round. "
            "Callers, simulator and PostgreSQL share the machine's processors."
        ),
        head=("case", "database", "per second", "p50", "p99", "CPU", "of PostgreSQL",
              "per second, SQLite is 1", "CPU ratio"),
        rows=tuple(
            _row(case, at.name, found[case.name, at.name], found[case.name, instances[0].name])
            for case in CASES
            for at in instances
        ),
    )  # fmt: skip


def _row(case: Case, name: str, own: list[Found], base: list[Found]) -> tuple[str, ...]:
    typical = Measured.typical([each.measured for each in own])
    theirs = [each.theirs for each in own if each.theirs is not None]
    pairs = [(each.measured, beside.measured) for each, beside in zip(own, base, strict=True)]
    return (
        case.name,
        name,
        f"{typical.per_second:,.0f}",
        f"{typical.p50:.1f} ms",
        f"{typical.p99:.1f} ms",
        f"{typical.cpu:,.0f} µs",
        f"{median(theirs):,.0f} µs" if theirs else "",
        times(median(one.per_second / other.per_second for one, other in pairs)),
        times(median(one.cpu / other.cpu for one, other in pairs)),
    )
