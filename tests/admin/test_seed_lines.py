"""A seeding that is watched: its answer comes in lines."""

import json
from typing import Any, Final

import pytest

from tests.support.lab import Lab
from tests.support.shapes import assert_admin_error
from tests.support.worlds import world

LINES: Final = "application/x-ndjson"

_CROWD: Final[dict[str, Any]] = {
    "generate": {
        "service_provider": "LABSP",
        "mvpds": ["LabCable"],
        "subscribers": 1_000,
        "devices_each": 1,
    }
}


@pytest.fixture
def lab(default_lab: Lab) -> Lab:
    """What is seeded here is watched in `default`."""
    return default_lab


async def _watched(lab: Lab, body: object, method: str = "POST", path: str = "seed") -> list[Any]:
    reply = await lab.call(method, f"/admin/v1/{path}", {"Accept": LINES}, json=body)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == LINES
    assert reply.headers["X-Sim-Sandbox"] == "default"
    return [json.loads(line) for line in reply.text.splitlines()]


async def test_progress_grows_until_everything_is_stored(lab: Lab) -> None:
    # What was laid before, by whichever test, is not stored again.
    document = {**world(), **_CROWD, "name": "watched"}
    *told, last = await _watched(lab, {"document": document})
    done = [each["progress"]["done"] for each in told]
    totals = {each["progress"]["total"] for each in told}
    assert len(done) > 2
    assert done == sorted({*done})
    assert totals == {done[-1]} == {sum(last["result"]["seeded"].values())}
    assert last["result"]["generation"] == 2


async def test_a_world_that_was_laid_before_takes_no_time(lab: Lab) -> None:
    first = await lab.seed("demo")
    (only,) = await _watched(lab, {"scenario": "demo"})
    assert only == {"result": {**first, "generation": first["generation"] + 1}}


async def test_a_document_that_does_not_hold_together_is_the_last_line(lab: Lab) -> None:
    before = await lab.state()
    broken = world(devices=[{"id": "tv", "subscriber": "nobody"}])
    (only,) = await _watched(lab, {"document": broken})
    assert only["error"]["fields"] == [
        {"path": "devices[0].subscriber", "problem": "'nobody' is not defined in subscribers"}
    ]
    assert await lab.state() == before


async def test_what_cannot_be_read_is_refused_before_any_line(lab: Lab) -> None:
    reply = await lab.call("POST", "/admin/v1/seed", {"Accept": LINES}, json={"scenario": "nope"})
    assert_admin_error(reply)
    assert reply.status == 404


async def test_an_import_is_watched_in_the_same_way(lab: Lab) -> None:
    *told, last = await _watched(lab, {**world(), **_CROWD}, "PUT", "state")
    assert len(told) > 2
    assert last["result"]["generation"] == 2
