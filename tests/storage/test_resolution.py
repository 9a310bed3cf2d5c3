"""Which sandbox a request belongs to, by what it says of itself."""

from functools import partial

import pytest

from simulator.domain.switches import Setting
from simulator.storage.engine.base import Engine
from simulator.storage.worlds import codes, lifecycle
from simulator.storage.worlds.entity_mapping import SETTINGS
from simulator.storage.worlds.resolution import SandboxHints
from simulator.storage.worlds.sandboxes import UnknownSandbox
from tests.storage.conftest import NewSandbox
from tests.storage.worlds import NOW, HandClock, Sandbox

pytestmark = pytest.mark.parametrize("db", ["memory", "postgres"], indirect=True)


@pytest.fixture
async def named(make_sandbox: NewSandbox, engine: Engine) -> dict[str, Sandbox]:
    """Sandboxes that are called after the clue that leads to them."""
    names = ("default", "path", "host", "token", "code", "claim")
    made = {name: await make_sandbox(name) for name in names}
    assert await made["code"].write(partial(codes.give_out, code="A7C9XYK"))
    await made["claim"].write(partial(lifecycle.claim, device="tv", until=NOW + 1))
    return made


@pytest.mark.parametrize(
    ("clues", "expected"),
    [
        (
            SandboxHints(named="path", host="host", token="token", code="A7C9XYK", device="tv"),
            "path",
        ),
        (SandboxHints(host="host", token="token", code="A7C9XYK", device="tv"), "host"),
        (SandboxHints(token="token", code="A7C9XYK", device="tv"), "token"),
        (SandboxHints(code="A7C9XYK", device="tv"), "code"),
        (SandboxHints(device="tv"), "claim"),
        (SandboxHints(), "default"),
        (SandboxHints(host="localhost", token="forgotten", code="ZZZZZZZ", device="tv"), "claim"),
        (
            SandboxHints(host="localhost", token="forgotten", code="ZZZZZZZ", device="box"),
            "default",
        ),
        (SandboxHints(host="", token="", device=""), "default"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_the_first_clue_that_leads_somewhere_counts(
    named: dict[str, Sandbox], engine: Engine, clues: SandboxHints, expected: str
) -> None:
    found = await engine.resolve(clues)
    assert found == named[expected].ref


async def test_a_sandbox_that_is_named_must_exist(
    named: dict[str, Sandbox], engine: Engine
) -> None:
    for name in ("nowhere", ""):
        with pytest.raises(UnknownSandbox):
            await engine.resolve(SandboxHints(named=name, host="host", device="tv"))


async def test_a_claim_ends_when_its_time_is_over(
    named: dict[str, Sandbox], engine: Engine, clock: HandClock
) -> None:
    clock.instant += 1
    assert (await engine.resolve(SandboxHints(device="tv"))).name == "default"
    await named["host"].write(partial(lifecycle.claim, device="tv", until=None))
    clock.instant += 10**12
    assert (await engine.resolve(SandboxHints(device="tv"))).name == "host"
    assert await engine.transact(partial(lifecycle.unclaim, device="tv"))
    assert not await engine.transact(partial(lifecycle.unclaim, device="tv"))
    assert (await engine.resolve(SandboxHints(device="tv"))).name == "default"


async def test_without_any_sandbox_nothing_is_found(engine: Engine) -> None:
    with pytest.raises(UnknownSandbox, match="default"):
        await engine.resolve(SandboxHints(device="tv"))


async def test_a_sandbox_says_whether_it_shows_itself_in_headers(
    named: dict[str, Sandbox], engine: Engine
) -> None:
    await named["host"].put(SETTINGS, Setting(id="simulator_headers", value=False))
    assert not (await engine.resolve(SandboxHints(host="host"))).shows_headers
    assert (await engine.resolve(SandboxHints())).shows_headers


async def test_what_is_found_is_the_sandbox_as_it_stands(
    named: dict[str, Sandbox], engine: Engine
) -> None:
    await named["default"].reset()
    found = await engine.resolve(SandboxHints())
    assert found == named["default"].ref
    assert found.generation == 2
