"""`PUT codes/next`: a test decides which code the next session gets."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.support.lab import App, Lab
from tests.support.logins import ANN, Browser, by_code, code_for, create
from tests.support.replies import Json
from tests.support.worlds import BOX, TV, world

CODE = "ABC1234"
Forget = Callable[[Lab], Awaitable[object]]


@pytest.fixture
async def lab(default_lab: Lab) -> Lab:
    """A code that is set leads to its sandbox only where the request names none."""
    await default_lab.seed(world(subscribers=[ANN]))
    return default_lab


@pytest.fixture
async def app(lab: Lab) -> App:
    return await lab.app(TV, client="app-1")


async def _reserve(lab: Lab, code: str = CODE, sandbox: str = "default") -> Json:
    path = f"/s/{sandbox}/admin/v1/codes/next"
    return (await lab.call("PUT", path, json={"code": code})).data()


async def _code(app: App) -> str:
    found: str = (await create(app))["code"]
    return found


async def _other_sandbox(lab: Lab, source: str = "default") -> App:
    """An app in a sandbox `ci-42` that is made from another one."""
    await lab.admin("POST", "sandboxes", {"id": "ci-42", "from_sandbox": source})
    token = (await lab.call("POST", "/s/ci-42/admin/v1/tokens", json={})).data()["access_token"]
    return App(lab=lab, device=BOX, token=token, service_provider="LABSP")


async def test_the_next_session_gets_the_code_and_no_other(lab: Lab, app: App) -> None:
    assert await _reserve(lab) == {"code": CODE}
    assert await _code(app) == CODE
    assert await _code(app) != CODE


async def test_with_it_everything_works(lab: Lab, app: App) -> None:
    await _reserve(lab)
    assert await code_for(app) == CODE
    browser = Browser(lab=lab)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{CODE}")
    await browser.submit(page, username="ann", password="secret")
    assert [*await by_code(app, CODE)] == ["LabCable"]


async def test_an_answer_without_a_code_leaves_it_for_the_next_one(lab: Lab, app: App) -> None:
    await _reserve(lab)
    assert "code" not in await create(app, {"mvpd": "TempBasic"})
    assert await _code(app) == CODE


async def test_the_last_word_counts(lab: Lab, app: App) -> None:
    await _reserve(lab, "FIRST11")
    await _reserve(lab, "SECOND2")
    assert await _code(app) == "SECOND2"
    assert await _code(app) != "FIRST11"


@pytest.mark.parametrize(
    ("given", "code"), [("abc1234", CODE), ("ABC123", "ABC123"), ("ABCD1234",) * 2]
)
async def test_a_code_is_given_as_people_type_it(lab: Lab, app: App, given: str, code: str) -> None:
    assert await _reserve(lab, given) == {"code": code}
    assert await _code(app) == code


@pytest.mark.parametrize(
    "code", ["ABC12", "ABCDE1234", "ABC-123", "ÄBC1234", "next code", "\x01ABC123"]
)
async def test_a_code_that_cannot_be_one(lab: Lab, app: App, code: str) -> None:
    error = await lab.refused("PUT", "codes/next", {"code": code})
    assert (error["status"], [each["path"] for each in error["fields"]]) == (422, ["code"])
    assert "ABC1234" in error["fields"][0]["problem"]


@pytest.mark.parametrize(
    "body", [{}, {"code": 1234567}, {"code": None}, {"kode": CODE}, []], ids=str
)
async def test_a_body_that_cannot_be_read(lab: Lab, body: object) -> None:
    error = await lab.refused("PUT", "codes/next", body)
    assert error["status"] in {400, 422}


async def test_of_many_sessions_at_once_one_gets_it(lab: Lab) -> None:
    apps = [await lab.app(f"tv-{number}") for number in range(20)]
    await _reserve(lab)
    codes = await asyncio.gather(*(_code(app) for app in apps))
    assert codes.count(CODE) == 1
    assert len({*codes}) == 20


async def test_a_failed_session_does_not_use_it_up(lab: Lab, app: App) -> None:
    await _reserve(lab)
    reply = await lab.call(
        "POST", "/api/v2/LABSP/sessions", app.headers, data={"redirectUrl": "::"}
    )
    assert reply.status == 400
    assert await _code(app) == CODE


async def _reset(lab: Lab) -> object:
    return await lab.admin("POST", "reset")


async def _reset_to_empty_and_seed(lab: Lab) -> object:
    await lab.admin("POST", "reset", {"to": "empty"})
    return await lab.seed(world(subscribers=[ANN]))


async def _seed(lab: Lab) -> object:
    return await lab.seed(world(subscribers=[ANN]))


@pytest.mark.parametrize("forget", [_reset, _reset_to_empty_and_seed, _seed])
async def test_a_new_generation_forgets_it(lab: Lab, app: App, forget: Forget) -> None:
    await _reserve(lab)
    await forget(lab)
    assert await _code(app) != CODE


async def test_a_snapshot_keeps_it(lab: Lab, app: App) -> None:
    await _reserve(lab)
    await lab.admin("POST", "snapshots", {"name": "before"})
    for _ in range(2):
        assert await _code(app) == CODE
        await lab.admin("POST", "snapshots/before/restore")


async def test_it_is_no_session_and_no_part_of_the_exported_state(lab: Lab) -> None:
    before = await lab.state()
    await _reserve(lab)
    assert (await lab.admin("GET", "sessions"))["items"] == []
    assert await lab.state() == before


async def test_time_does_not_end_it(lab: Lab, app: App) -> None:
    await _reserve(lab)
    moved = await lab.admin("POST", "clock/advance", {"by": "PT2H"})
    assert moved["due"] == []
    assert await _code(app) == CODE


async def test_a_code_with_which_somebody_is_logging_in_is_refused(lab: Lab, app: App) -> None:
    await _reserve(lab)
    assert await _code(app) == CODE
    error = await lab.refused("PUT", "codes/next", {"code": CODE})
    assert (error["status"], error["code"]) == (409, "in_use")
    assert f"codes/{CODE}/expire" in error["hint"]
    assert (await app.get(f"sessions/{CODE}")).status == 200


@pytest.mark.parametrize("end", ["expire", "approve"])
async def test_a_code_that_is_over_can_be_given_again(lab: Lab, app: App, end: str) -> None:
    await _reserve(lab)
    await code_for(app)
    await lab.admin("POST", f"codes/{CODE}/{end}")
    await _reserve(lab)
    assert await _code(await lab.app(BOX)) == CODE


@pytest.mark.parametrize("used", [False, True], ids=["reserved", "used"])
async def test_a_code_that_another_sandbox_holds_is_refused(lab: Lab, app: App, used: bool) -> None:
    await _reserve(lab)
    if used:
        await _code(app)
    other = await _other_sandbox(lab, source="default")
    await lab.call("POST", "/s/ci-42/admin/v1/reset")
    reply = await lab.call("PUT", "/s/ci-42/admin/v1/codes/next", json={"code": CODE})
    assert reply.status == 409
    error = reply.json["error"]
    assert error["code"] == "in_use"
    assert "'default'" in error["message"]
    assert await _code(other) != CODE


async def test_a_clone_cannot_use_the_reservation_of_its_origin(lab: Lab, app: App) -> None:
    await _reserve(lab)
    clone = await _other_sandbox(lab)
    assert await _code(clone) != CODE
    assert await _code(app) == CODE


async def test_after_a_reset_another_sandbox_may_have_it(lab: Lab, app: App) -> None:
    await _reserve(lab)
    await _code(app)
    other = await _other_sandbox(lab)
    for path in ("/s/ci-42/admin/v1/reset", "/admin/v1/reset"):
        await lab.call("POST", path)
    await _reserve(lab, sandbox="ci-42")
    assert await _code(other) == CODE
    opened = await lab.call("GET", f"/api/v2/authenticate/LABSP/{CODE}")
    assert opened.headers["X-Sim-Sandbox"] == "ci-42"


async def test_a_code_in_a_snapshot_is_still_held(lab: Lab, app: App) -> None:
    await _reserve(lab)
    await _code(app)
    await lab.admin("POST", "snapshots", {"name": "waiting"})
    await lab.admin("POST", "reset")
    await lab.admin("POST", "sandboxes", {"id": "ci-42"})
    reply = await lab.call("PUT", "/s/ci-42/admin/v1/codes/next", json={"code": CODE})
    assert reply.status == 409


async def test_with_a_seed_a_run_repeats_all_the_same(lab: Lab, app: App) -> None:
    await lab.settings(id_seed="a seed")
    await lab.admin("POST", "snapshots", {"name": "begin"})
    runs = []
    for _ in range(2):
        await lab.admin("POST", "snapshots/begin/restore")
        await _reserve(lab)
        runs.append([await _code(app) for _ in range(3)])
    assert runs[0] == runs[1]
    assert runs[0][0] == CODE
