"""Resets: back to the baseline, to nothing, or to a snapshot, and what the answer says of it."""

from collections.abc import Mapping

import pytest

from tests.sandboxes.places import HOME, Place, marked, open_place
from tests.support.dcr import registered
from tests.support.lab import Lab
from tests.support.worlds import BOX, TV, profile


@pytest.fixture
async def place(lab: Lab) -> Place:
    """The sandbox `ci-42`, with one login that it was seeded with."""
    return await open_place(lab, "ci-42", marked("ci-42"))


async def _use(place: Place) -> None:
    """Create a profile, change one that was seeded, delete another that was, and register."""
    await place.admin("POST", "profiles", profile("own", BOX))
    await place.admin("POST", f"profiles/{HOME}/invalidate")
    await registered(place)


@pytest.mark.parametrize("body", [None, {}, {"to": "baseline"}, {"to": None}])
async def test_a_reset_brings_the_baseline_back(
    place: Place, body: Mapping[str, object] | None
) -> None:
    before, generation = await place.state(), await place.generation()
    await _use(place)
    assert await place.state() != before
    answer = await place.admin("POST", "reset", body)
    cleared = {"profiles": 2, "clients": 1}
    assert answer == {"generation": generation + 1, "baseline": "lab", "cleared": cleared}
    assert await place.state() == before
    assert await place.generation() == generation + 1


async def test_a_reset_of_what_nobody_used_clears_nothing(place: Place) -> None:
    before = await place.state()
    for _ in range(3):
        assert (await place.admin("POST", "reset"))["cleared"] == {}
    assert await place.state() == before


async def test_what_a_reset_cleared_is_counted_across_snapshots(place: Place) -> None:
    """A snapshot in between makes what was done before it no less of a change."""
    await _use(place)
    await place.admin("POST", "snapshots", {"name": "s"})
    assert (await place.about())["changes"] == {"profiles": 2, "clients": 1}
    await place.admin("POST", "profiles", profile("more", "another-tv"))
    await place.admin("DELETE", f"profiles/{HOME}")
    assert (await place.about())["changes"] == {"profiles": 3, "clients": 1}
    cleared = (await place.admin("POST", "reset"))["cleared"]
    assert cleared == {"profiles": 3, "clients": 1}
    # Back to the snapshot, only that much is a change of the baseline.
    await place.admin("POST", "snapshots/s/restore")
    assert (await place.about())["changes"] == {"profiles": 2, "clients": 1}


async def test_a_sandbox_can_be_emptied_and_come_back(place: Place) -> None:
    before = await place.state()
    await _use(place)
    answer = await place.admin("POST", "reset", {"to": "empty"})
    assert answer["baseline"] == "empty"
    for path in ("profiles", "applications", "mvpds", "service-providers", "clients"):
        assert (await place.admin("GET", path))["items"] == []
    assert (await place.admin("GET", "settings"))["logout.url"]["source"] == "default"
    assert (await place.refused("POST", "tokens"))["code"] == "application_not_found"
    # An empty world can be worked in like any other.
    await place.admin("POST", "service-providers", {"id": "NEW"})
    assert await place.baseline() == "lab"
    await place.admin("POST", "reset")
    assert await place.state() == before


async def test_seeding_sets_the_baseline_for_all_resets_to_come(place: Place) -> None:
    answer = await place.seed(marked("second", mvpds=[{"id": "More"}]))
    assert answer["generation"] == 3
    assert answer["seeded"]["mvpds"] == 7
    second = await place.state()
    await _use(place)
    assert (await place.admin("POST", "reset"))["generation"] == 4
    assert await place.state() == second


async def test_a_merge_adds_to_the_world_and_leaves_the_baseline(place: Place) -> None:
    baseline, generation = await place.state(), await place.generation()
    more = {"name": "more", "profiles": [profile("more", BOX)]}
    merged = await place.admin("POST", "seed", {"document": more, "mode": "merge"})
    assert (merged["generation"], merged["seeded"]["profiles"]) == (generation, 1)
    assert await place.profile_ids() == {HOME, "more"}
    assert await place.baseline() == "lab"
    await place.admin("POST", "reset")
    assert await place.state() == baseline


async def test_an_import_is_a_baseline(lab: Lab, place: Place) -> None:
    await _use(place)
    exported = await place.admin("GET", "state")
    other = await open_place(lab, "other")
    await other.admin("PUT", "state", exported)
    assert await other.state() == await place.state()
    await (await other.app(BOX)).logged_out("LabCable")
    await other.admin("POST", "reset")
    assert await other.state() == await place.state()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"to": "moon"}, 400, "unknown_reset_target"),
        ({"to": "snapshots:s"}, 400, "unknown_reset_target"),
        ({"to": "s"}, 400, "unknown_reset_target"),
        ({"to": "EMPTY"}, 400, "unknown_reset_target"),
        ({"to": ""}, 422, "invalid_document"),
        ({"to": 1}, 422, "invalid_document"),
        ({"to": ["empty"]}, 422, "invalid_document"),
        ({"into": "empty"}, 422, "invalid_document"),
        (["empty"], 400, "invalid_body"),
    ],
)
async def test_a_reset_to_nowhere_is_refused_and_changes_nothing(
    place: Place, body: object, status: int, code: str
) -> None:
    await _use(place)
    before = await place.state(), await place.generation()
    error = await place.refuses(status, code, "POST", "reset", body)
    assert error["hint"]
    assert (await place.state(), await place.generation()) == before


async def test_a_broken_document_changes_nothing(place: Place) -> None:
    await _use(place)
    before = await place.state(), await place.generation()
    document = marked("broken", integrations=[{"service_provider": "LABSP", "mvpd": "Nope"}])
    for mode in ("replace", "merge"):
        error = await place.refused("POST", "seed", {"document": document, "mode": mode})
        assert (error["status"], error["code"]) == (422, "invalid_document")
    assert (await place.state(), await place.generation()) == before


async def test_a_reset_costs_no_more_work_after_a_thousand_logins(place: Place) -> None:
    crowd = [profile(f"p{number}", f"tv-{number}") for number in range(1_000)]
    more = {"name": "more", "profiles": crowd}
    await place.admin("POST", "seed", {"document": more, "mode": "merge"})
    assert (await place.admin("POST", "reset"))["cleared"] == {"profiles": 1_000}
    assert await place.profile_ids() == {HOME}
    assert "LabCable" in await (await place.app(TV)).profiles()
