"""Making, showing and deleting sandboxes."""

from collections.abc import Mapping
from functools import partial

import pytest

from simulator.scenarios.library import Library
from simulator.services.control import seeding
from simulator.services.control.housekeeping import sweep
from simulator.storage.worlds import layers, sandboxes
from tests.conftest import MakeLab
from tests.sandboxes.places import HOME, marked, open_place, place, simulator_of, users
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.worlds import BOX, profile


async def _names(lab: Lab) -> list[str]:
    return [each["id"] for each in (await lab.admin("GET", "sandboxes"))["items"]]


async def test_a_sandbox_is_made_from_a_scenario(lab: Lab) -> None:
    reply = await lab.ask("POST", "sandboxes", {"id": "ci-42", "scenario": "logout-samples"})
    assert reply.status == 201
    assert reply.headers["Location"] == "/admin/v1/sandboxes/ci-42"
    assert reply.json == {
        "id": "ci-42",
        "generation": 1,
        "baseline": "logout-samples",
        "keep": [],
        "created": "2026-01-01T00:00:00.000Z",
        "now": "2026-01-01T00:00:00.000Z",
        "frozen": False,
        "lease": None,
        "devices": [],
        "snapshots": [],
        "changes": {},
    }
    assert await lab.admin("GET", "sandboxes/ci-42") == reply.json
    assert await place(lab, "ci-42").state() == await lab.state()


async def test_a_scenario_that_was_laid_is_neither_read_nor_laid_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulator = simulator_of(lab)
    await lab.admin("POST", "sandboxes", {"id": "first", "scenario": "logout-samples"})

    def unexpected(*_: object) -> None:
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr(Library, "examine", unexpected)
        patch.setattr(seeding, "lay", unexpected)
        made = await lab.admin("POST", "sandboxes", {"id": "second", "scenario": "logout-samples"})
    assert made == await lab.admin("GET", "sandboxes/second")
    assert await place(lab, "second").state() == await place(lab, "first").state()
    first, second = [
        await simulator.engine.query(partial(sandboxes.details, name=name))
        for name in ("first", "second")
    ]
    assert first.baseline == second.baseline
    assert first.ref.layer != second.ref.layer


async def test_a_scenario_that_was_swept_away_is_laid_again(lab: Lab) -> None:
    simulator = simulator_of(lab)
    wanted = {"id": "mine", "scenario": "qa-home"}
    for _ in range(2):
        await lab.admin("POST", "sandboxes", wanted)
        state = await place(lab, "mine").state()
        await lab.admin("DELETE", "sandboxes/mine")
        await sweep(simulator, before=lab.clock.now() + 1)
        known = simulator.library.known("qa-home")
        assert known is not None
        left = partial(layers.find_by_digest, digest=known.digest)
        assert await simulator.engine.transact(left) is None
    await lab.admin("POST", "sandboxes", wanted)
    await sweep(simulator, before=lab.clock.now() + 1)
    assert await place(lab, "mine").state() == state


async def test_the_answer_is_what_is_shown_of_the_sandbox(lab: Lab) -> None:
    one = await open_place(lab, "one", marked("one"))
    await one.admin("POST", "snapshots", {"name": "s"})
    await one.admin("DELETE", f"profiles/{HOME}")
    bodies: Json = [
        {"scenario": "demo", "lease": {"owner": "ci", "for": "PT1M"}},
        {"from_sandbox": "one"},
        {"from_snapshot": "one/s"},
    ]
    for body in bodies:
        made = await lab.admin("POST", "sandboxes", body)
        assert made == await lab.admin("GET", f"sandboxes/{made['id']}")
        assert made["changes"] == ({"profiles": 1} if body == {"from_sandbox": "one"} else {})


async def test_a_sandbox_is_made_from_the_default_scenario_where_nothing_is_said(
    lab_with: MakeLab,
) -> None:
    lab = await lab_with(scenario="demo")
    for body in ({}, None, {"id": None, "scenario": None}):
        made = await lab.admin("POST", "sandboxes", body)
        assert made["baseline"] == "demo"
        assert made["id"].startswith("sandbox-")
        # A name that was made up can be used like any other, as a label of a host, too.
        host = {"Host": f"{made['id']}.lab.local"}
        shown = await lab.call("GET", "/activate", host)
        assert shown.headers["X-Sim-Sandbox"] == made["id"]
    assert len(await _names(lab)) == 4


async def test_a_sandbox_can_be_made_from_a_snapshot_of_another(lab: Lab) -> None:
    await lab.admin("POST", "snapshots", {"name": "clean"})
    made = await lab.admin("POST", "sandboxes", {"from_snapshot": "default/clean"})
    assert made["baseline"] == "clean"
    assert await place(lab, made["id"]).profile_ids() == await lab.profile_ids()


async def test_sandboxes_are_listed_by_name_page_by_page(lab: Lab) -> None:
    names = ["b", "a", "z-1", "z_2", "0", "m"]
    for each in names:
        await lab.admin("POST", "sandboxes", {"id": each})
    assert await _names(lab) == sorted([*names, "default"])
    page: Json = {"next": ""}
    found = []
    while page["next"] is not None:
        page = await lab.admin("GET", f"sandboxes?limit=2&after={page['next']}")
        assert 1 <= len(page["items"]) <= 2
        found += [each["id"] for each in page["items"]]
    assert found == sorted([*names, "default"])


async def test_a_deleted_sandbox_is_gone_with_all_that_is_in_it(lab: Lab) -> None:
    gone = await open_place(lab, "ci-42", marked("ci-42"))
    await gone.admin("POST", "snapshots", {"name": "s"})
    await gone.admin("POST", "profiles", profile("own", BOX))
    assert await lab.admin("DELETE", "sandboxes/ci-42") is None
    assert await _names(lab) == ["default"]
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/lease"), ("DELETE", "/lease")):
        body = {"owner": "ann", "for": "PT1H"}
        await lab.refuses(404, "sandbox_not_found", method, f"sandboxes/ci-42{path}", body)
    body = {"from_snapshot": "ci-42/s"}
    assert (await lab.refused("POST", "sandboxes", body))["code"] == "sandbox_not_found"
    # Whoever takes its name begins anew.
    again = await open_place(lab, "ci-42")
    assert (await again.about())["snapshots"] == []
    assert await again.generation() == 1
    assert await again.state() == await lab.state()


async def test_deleting_one_sandbox_leaves_the_others_alone(lab: Lab) -> None:
    names = ["a", "b", "c"]
    for each in names:
        await open_place(lab, each, marked(each))
    await lab.admin("DELETE", "sandboxes/b")
    for each in ("a", "c"):
        assert await users(place(lab, each)) == {HOME: each}


async def test_default_cannot_be_deleted(lab: Lab) -> None:
    error = await lab.refuses(409, "in_use", "DELETE", "sandboxes/default")
    assert "empty" in error["hint"]
    assert await _names(lab) == ["default"]


async def test_there_can_be_so_many_sandboxes_and_no_more(lab_with: MakeLab) -> None:
    lab = await lab_with(max_sandboxes=3)
    await lab.admin("POST", "snapshots", {"name": "s"})
    for name in ("a", "b"):
        await lab.admin("POST", "sandboxes", {"id": name})
    sources: list[Mapping[str, object]] = [
        {}, {"scenario": "demo"}, {"from_sandbox": "a"}, {"from_snapshot": "default/s"},
    ]  # fmt: skip
    for source in sources:
        error = await lab.refuses(409, "limit_reached", "POST", "sandboxes", {"id": "c", **source})
        assert "3 sandboxes" in error["message"]
        assert "--max-sandboxes" in error["hint"]
    assert await _names(lab) == ["a", "b", "default"]
    await lab.admin("DELETE", "sandboxes/a")
    await lab.admin("POST", "sandboxes", {"id": "c"})


@pytest.mark.parametrize(
    ("name", "valid"),
    [("a", True), ("0", True), ("ci-42", True), ("ci_42", True), ("x" * 63, True),
     ("x" * 64, False), ("", False), ("-a", False), ("a-", False), ("_a", False), ("A", False),
     ("a.b", False), ("a/b", False), ("a b", False), ("a\n", False), ("ä", False), ("a%", False)],
)  # fmt: skip
async def test_a_sandbox_is_called_something_that_fits_a_path_and_a_host(
    lab: Lab, name: str, *, valid: bool
) -> None:
    if valid:
        await lab.admin("POST", "sandboxes", {"id": name})
        for headers in ({"Host": f"{name}.lab.local"}, {"X-Sim-Sandbox": name}):
            reply = await lab.call("GET", "/admin/v1/clock", headers)
            assert reply.headers["X-Sim-Sandbox"] == name
        assert (await place(lab, name).ask("GET", "clock")).status == 200
        await lab.admin("DELETE", f"sandboxes/{name}")
        return
    error = await lab.refuses(422, "invalid_document", "POST", "sandboxes", {"id": name})
    [field] = error["fields"]
    assert field["path"] == "id"
    assert "expected at most 63 " in field["problem"]
    assert await _names(lab) == ["default"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"id": "default"}, 409, "already_exists"),
        ({"id": "taken"}, 409, "already_exists"),
        ({"id": "taken", "from_sandbox": "taken"}, 409, "already_exists"),
        ({"id": "new", "scenario": "nope"}, 404, "scenario_not_found"),
        ({"id": "new", "from_sandbox": "nowhere"}, 404, "sandbox_not_found"),
        ({"id": "new", "from_sandbox": "new"}, 404, "sandbox_not_found"),
        ({"id": "new", "from_snapshot": "nowhere/s"}, 404, "sandbox_not_found"),
        ({"id": "new", "from_snapshot": "taken/nope"}, 404, "snapshot_not_found"),
        ({"id": "new", "from_snapshot": "taken"}, 422, "invalid_document"),
        ({"id": "new", "from_snapshot": "taken/"}, 422, "invalid_document"),
        ({"id": "new", "from_snapshot": "a/b/c"}, 422, "invalid_document"),
        ({"id": "new", "from_sandbox": ""}, 422, "invalid_document"),
        ({"id": 42}, 422, "invalid_document"),
        ({"name": "new"}, 422, "invalid_document"),
        ({"id": "new", "scenario": "demo", "from_sandbox": "taken"}, 400, "invalid_body"),
        ({"from_sandbox": "taken", "from_snapshot": "taken/s"}, 400, "invalid_body"),
        ({"id": "new", "lease": {"owner": "ann"}}, 422, "invalid_document"),
        (["new"], 400, "invalid_body"),
    ],
)
async def test_a_sandbox_that_cannot_be_made_is_not_made(
    lab: Lab, body: object, status: int, code: str
) -> None:
    taken = await open_place(lab, "taken", marked("taken"))
    await taken.admin("POST", "snapshots", {"name": "s"})
    before = await taken.about()
    error = await lab.refuses(status, code, "POST", "sandboxes", body)
    assert error["hint"]
    assert await _names(lab) == ["default", "taken"]
    assert await taken.about() == before


async def test_a_sandbox_of_a_broken_scenario_is_not_made(lab: Lab) -> None:
    error = await lab.refused("POST", "sandboxes", {"id": "new", "scenario": "logout-sampels"})
    assert "logout-samples" in error["hint"]
    assert await _names(lab) == ["default"]


async def test_a_snapshot_can_become_the_baseline(lab: Lab) -> None:
    place = await open_place(lab, "ci-42", marked("ci-42"))
    await place.admin("POST", "clock/advance", {"by": "PT6H"})
    await place.admin("POST", "profiles", profile("own", BOX, expires_in="PT1H"))
    await place.admin("POST", "snapshots", {"name": "s"})
    await place.admin("POST", "profiles", profile("more", "another-tv"))
    before = await place.admin("GET", "profiles")
    about = await lab.admin("PATCH", "sandboxes/ci-42", {"baseline": "snapshot:s"})
    assert (about["baseline"], about["generation"]) == ("s", 2)
    # The world goes on as it was; only what it goes back to is another.
    assert await place.admin("GET", "profiles") == before
    assert about["changes"] == {"profiles": 1}
    answer = await place.admin("POST", "reset")
    assert (answer["baseline"], answer["cleared"]) == ("s", {"profiles": 1})
    assert await place.profile_ids() == {HOME, "own"}
    # It outlives the name of the snapshot.
    await place.admin("DELETE", "snapshots/s")
    await place.admin("DELETE", "profiles/own")
    await place.admin("POST", "reset")
    assert await place.profile_ids() == {HOME, "own"}
    told = await place.admin("POST", "clock/advance", {"by": "PT1H"})
    assert [each["id"] for each in told["due"]] == ["own"]


async def test_what_a_sandbox_exports_does_not_depend_on_what_it_goes_back_to(lab: Lab) -> None:
    place = await open_place(lab, "ci-42", marked("ci-42"))
    await place.admin("POST", "clock/advance", {"by": "PT6H"})
    await place.admin("POST", "profiles", profile("own", BOX, expires_in="PT1H"))
    await place.admin("POST", "snapshots", {"name": "s"})
    before = await place.admin("GET", "state")
    await lab.admin("PATCH", "sandboxes/ci-42", {"baseline": "snapshot:s"})
    assert await place.admin("GET", "state") == {**before, "name": "s"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"baseline": "snapshot:nope"}, 404, "snapshot_not_found"),
        ({"baseline": "empty"}, 422, "invalid_document"),
        ({"baseline": "s"}, 422, "invalid_document"),
        ({"baseline": "snapshot:s", "colour": "red"}, 422, "invalid_document"),
        ({"baseline": "snapshot:"}, 422, "invalid_document"),
        ({"baseline": 1}, 422, "invalid_document"),
        ({"generation": 7}, 422, "invalid_document"),
        ({}, 422, "invalid_document"),
    ],
)
async def test_nothing_else_can_be_changed_about_a_sandbox(
    lab: Lab, body: object, status: int, code: str
) -> None:
    place = await open_place(lab, "ci-42", marked("ci-42"))
    await place.admin("POST", "snapshots", {"name": "s"})
    before = await place.about()
    await lab.refuses(status, code, "PATCH", "sandboxes/ci-42", body)
    assert await place.about() == before
    error = await lab.refused("PATCH", "sandboxes/nowhere", {"baseline": "snapshot:s"})
    assert (error["status"], error["code"]) == (404, "sandbox_not_found")
