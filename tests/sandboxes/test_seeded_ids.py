"""With an id seed, the same steps give the same ids, secrets and codes, run after run."""

from collections.abc import Sequence

import pytest

from tests.conftest import MakeLab
from tests.sandboxes.places import Place, marked, open_place
from tests.support.dcr import app_with, registered, request_token
from tests.support.lab import Lab
from tests.support.worlds import BOX, TV, profile

SESSION = {"mvpd": "LabDish", "domainName": "lab.example", "redirectUrl": "https://lab.example"}


async def _journey(place: Place) -> list[str]:
    """The ids that an app and a test get to see in one run, codes left out."""
    credentials = await registered(place)
    token = (await request_token(place, credentials)).data(201)
    minted = await place.admin("POST", "tokens")
    unnamed = {name: value for name, value in profile("", BOX).items() if name != "id"}
    created = await place.admin("POST", "profiles", unnamed)
    again = await registered(place)
    return [
        credentials["client_id"],
        credentials["client_secret"],
        token["id"],
        minted["client_id"],
        created["id"],
        again["client_id"],
        again["client_secret"],
    ]


async def _login(place: Place) -> list[str]:
    """Session ids and codes."""
    app = await app_with(place, await registered(place), TV)
    found: list[str] = []
    for _ in range(3):
        reply = await place.call("POST", "/api/v2/LABSP/sessions", app.headers, data=SESSION)
        found += [reply.data()["code"], reply.json["sessionId"]]
    return found


async def _seeded(lab: Lab, name: str, seed: str) -> Place:
    settings = {"settings": {"id_seed": seed}} if seed else {}
    return await open_place(lab, name, marked("same", **settings))


def _all_different(runs: Sequence[Sequence[str]]) -> bool:
    ids = [each for run in runs for each in run]
    return len(set(ids)) == len(ids)


async def test_a_reset_lets_the_same_ids_come_again(lab: Lab) -> None:
    place = await _seeded(lab, "ci-42", "seed")
    runs = []
    for _ in range(3):
        runs.append([*await _journey(place), *await _login(place)])
        await place.admin("POST", "reset")
    assert runs[0] == runs[1] == runs[2]
    assert _all_different(runs[:1])


async def test_two_sandboxes_of_one_seed_give_the_same_ids(lab: Lab) -> None:
    first, second = await _seeded(lab, "a", "seed"), await _seeded(lab, "b", "seed")
    assert await _journey(first) == await _journey(second)


async def test_two_instances_give_the_same_ids_and_codes(make_lab: MakeLab, lab: Lab) -> None:
    places = [await _seeded(each, "ci-42", "seed") for each in (lab, await make_lab())]
    runs = [[*await _journey(each), *await _login(each)] for each in places]
    assert runs[0] == runs[1]


async def test_seeding_the_same_document_again_lets_the_same_ids_come_again(lab: Lab) -> None:
    place = await _seeded(lab, "ci-42", "seed")
    first = await _journey(place)
    await place.seed(marked("same", settings={"id_seed": "seed"}))
    assert await _journey(place) == first


async def test_within_a_run_no_id_comes_twice(lab: Lab) -> None:
    place = await _seeded(lab, "ci-42", "seed")
    assert _all_different([await _journey(place) for _ in range(5)])


@pytest.mark.parametrize("other", ["another", "Seed", "seed ", "1", ""])
async def test_another_seed_or_none_gives_other_ids(lab: Lab, other: str) -> None:
    first, second = await _seeded(lab, "a", "seed"), await _seeded(lab, "b", other)
    assert _all_different([await _journey(first), await _journey(second)])


async def test_without_a_seed_no_two_runs_are_alike(lab: Lab) -> None:
    place = await _seeded(lab, "ci-42", "")
    runs = []
    for _ in range(3):
        runs.append(await _journey(place))
        await place.admin("POST", "reset")
    assert _all_different(runs)


async def test_a_seed_can_be_set_and_taken_back_in_a_running_world(lab: Lab) -> None:
    place = await _seeded(lab, "ci-42", "")
    runs = []
    for _ in range(2):
        await place.settings(id_seed="seed")
        runs.append(await _journey(place))
        await place.settings(id_seed=None)
        runs.append(await _journey(place))
        await place.admin("POST", "reset")
    assert runs[0] == runs[2]
    assert _all_different([runs[0], runs[1], runs[3]])


async def _draw(place: Place) -> str:
    """An id that leaves nothing behind but that it was drawn."""
    return str((await place.admin("POST", "tokens"))["client_id"])


@pytest.mark.parametrize("drawn", [0, 1, 5])
async def test_after_a_restore_ids_go_on_as_they_did_after_the_snapshot(
    lab: Lab, drawn: int
) -> None:
    place = await _seeded(lab, "ci-42", "seed")
    for _ in range(drawn):
        await _draw(place)
    await place.admin("POST", "snapshots", {"name": "s"})
    first = [await _draw(place), *await _journey(place)]
    await place.admin("POST", "snapshots/s/restore")
    assert [await _draw(place), *await _journey(place)] == first


async def test_after_a_restore_ids_go_on_from_where_the_snapshot_was_taken(lab: Lab) -> None:
    place = await _seeded(lab, "ci-42", "seed")
    before = await _journey(place)
    await place.admin("POST", "snapshots", {"name": "s"})
    first = await _journey(place)
    await place.admin("POST", "snapshots/s/restore")
    assert await _journey(place) == first
    assert _all_different([before, first])


@pytest.mark.parametrize("source", [{"from_sandbox": "ci-42"}, {"from_snapshot": "ci-42/s"}])
async def test_a_clone_goes_on_as_its_original_does(lab: Lab, source: dict[str, str]) -> None:
    place = await _seeded(lab, "ci-42", "seed")
    await _draw(place)
    await place.admin("POST", "snapshots", {"name": "s"})
    clone = await open_place(lab, "clone", None, **source)
    assert await _journey(clone) == await _journey(place)


async def test_a_call_that_failed_uses_no_id_up(lab: Lab) -> None:
    place = await _seeded(lab, "ci-42", "seed")
    expected = await _journey(place)
    await place.admin("POST", "reset")
    broken = {name: value for name, value in profile("", BOX, "Nope").items() if name != "id"}
    await place.refused("POST", "profiles", broken)
    assert await _journey(place) == expected


async def test_the_trace_of_an_error_repeats_as_well(lab: Lab) -> None:
    place = await _seeded(lab, "ci-42", "seed")
    traces = []
    for _ in range(2):
        reply = await (await place.app(TV, client="app-1")).get("profiles/Nope")
        traces.append(reply.json["trace"])
        await place.admin("POST", "reset")
    assert traces[0] == traces[1]
