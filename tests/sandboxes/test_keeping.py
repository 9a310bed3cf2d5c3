"""What resets keep: who says so, for a sandbox or for one call, and which ways keep anything at all."""

from collections.abc import Awaitable, Callable, Mapping

import pytest

from simulator.services.control import leases
from tests.conftest import MakeLab
from tests.sandboxes.places import (
    KEEP,
    NOTHING,
    Place,
    marked,
    open_keeping,
    open_place,
    simulator_of,
)
from tests.sandboxes.stock import sweep_at_once
from tests.support.dcr import (
    app_with,
    knows,
    register,
    registered,
    statement,
)
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.worlds import TV

SNAPSHOT = {"name": "s"}


@pytest.fixture
async def place(lab: Lab) -> Place:
    """See `open_keeping`."""
    return await open_keeping(lab)


@pytest.fixture
async def forgetful(lab: Lab) -> Place:
    """The sandbox `ci-42`, made as tests make theirs."""
    return await open_place(lab, "ci-42", marked("ci-42"))


async def _lease_over(place: Place) -> None:
    body = {"owner": "ann", "for": "PT1H"}
    await place.outside.admin("POST", f"sandboxes/{place.name}/lease", body)
    place.clock.advance(hours=1)
    await leases.give_back_due(simulator_of(place.outside))


async def _lease_returned(place: Place) -> None:
    body = {"owner": "ann", "for": "PT1H"}
    await place.outside.admin("POST", f"sandboxes/{place.name}/lease", body)
    await place.outside.admin("DELETE", f"sandboxes/{place.name}/lease")


Way = Callable[[Place], Awaitable[object]]
KEEPING: Mapping[str, Way] = {
    "reset": lambda place: place.admin("POST", "reset"),
    "reset to null": lambda place: place.admin("POST", "reset", {"to": None}),
    "reset to the baseline": lambda place: place.admin("POST", "reset", {"to": "baseline"}),
    "seed": lambda place: place.seed(marked("another")),
    "lease over": _lease_over,
    "lease returned": _lease_returned,
}


async def _emptied(place: Place) -> None:
    await place.admin("POST", "reset", {"to": "empty"})
    await place.admin("POST", "reset", KEEP)


async def _import(place: Place) -> None:
    await place.admin("PUT", "state", marked("imported"))


FORGETTING: Mapping[str, Way] = {
    "reset": lambda place: place.admin("POST", "reset", NOTHING),
    "seed": lambda place: place.admin("POST", "seed", {"document": marked("other"), **NOTHING}),
    "restore": lambda place: place.admin("POST", "snapshots/s/restore"),
    "reset to a snapshot": lambda place: place.admin("POST", "reset", {"to": "snapshot:s"}),
    "empty": _emptied,
    "import": _import,
}


@pytest.mark.parametrize("way", KEEPING)
async def test_an_app_goes_on_with_its_credentials_and_its_token(place: Place, way: str) -> None:
    """Twice: what was kept once is kept again, whether the app came back in between or not."""
    credentials, silent = await registered(place), await registered(place)
    app = await app_with(place, credentials, TV)
    for _ in range(2):
        await KEEPING[way](place)
        assert (await app.get("profiles")).status == 200
        assert await knows(place, credentials)
    assert await knows(place, silent)


@pytest.mark.parametrize("way", KEEPING)
async def test_a_sandbox_of_a_test_forgets_its_clients(forgetful: Place, way: str) -> None:
    credentials = await registered(forgetful)
    app = await app_with(forgetful, credentials, TV)
    await KEEPING[way](forgetful)
    assert not await knows(forgetful, credentials)
    assert (await app.get("profiles")).status == 401


@pytest.mark.parametrize("way", FORGETTING)
async def test_what_is_as_it_was_has_no_other_clients(place: Place, way: str) -> None:
    """Nor do they come back later, kept before or not."""
    await place.admin("POST", "snapshots", SNAPSHOT)
    kept = await registered(place)
    await place.admin("POST", "reset")
    fresh = await registered(place)
    await FORGETTING[way](place)
    for credentials in (kept, fresh):
        assert not await knows(place, credentials)
    await place.admin("POST", "reset")
    for credentials in (kept, fresh):
        assert not await knows(place, credentials)
    own = {each["id"] for each in (await place.admin("GET", "clients"))["items"]}
    assert own <= {"app-1", "app-2"}


async def test_a_call_that_keeps_nothing_gives_the_baseline_to_the_byte(place: Place) -> None:
    before = await place.state()
    app = await app_with(place, await registered(place), TV)
    await place.admin("POST", "reset")
    # One that was kept and has not come back is no part of the world.
    assert await place.state() == before
    await app.get("profiles")
    assert await place.state() != before
    cleared = (await place.admin("POST", "reset", NOTHING))["cleared"]
    assert cleared["clients"] == 1
    assert await place.state() == before


async def test_one_call_may_keep_what_the_sandbox_does_not(forgetful: Place) -> None:
    credentials = await registered(forgetful)
    answer = await forgetful.admin("POST", "reset", KEEP)
    assert "clients" not in answer["cleared"]
    assert await knows(forgetful, credentials)
    await forgetful.admin("POST", "seed", {"document": marked("other"), **KEEP})
    assert await knows(forgetful, credentials)
    await forgetful.admin("POST", "reset")
    assert not await knows(forgetful, credentials)


@pytest.mark.parametrize("keep", ["clients", "", "clients,clients"])
async def test_a_seed_in_yaml_says_what_it_keeps_beside_it(forgetful: Place, keep: str) -> None:
    credentials = await registered(forgetful)
    headers = {"Content-Type": "application/yaml"}
    path = f"/admin/v1/seed?keep={keep}"
    reply = await forgetful.call("POST", path, headers, data=b"extends: logout-samples\nname: x\n"
                                 b"applications: [{id: lab-app}]\n")  # fmt: skip
    assert reply.status == 200, reply.text
    assert await knows(forgetful, credentials) is bool(keep)


async def test_default_keeps_clients_and_others_do_not(default_lab: Lab) -> None:
    assert (await default_lab.admin("GET", "sandboxes/default"))["keep"] == ["clients"]
    made = await default_lab.admin("POST", "sandboxes", {"id": "ci-42", "from_sandbox": "default"})
    assert made["keep"] == []
    application = (await default_lab.admin("GET", "applications"))["items"][0]["id"]
    credentials = await registered(default_lab, application)
    await default_lab.admin("POST", "reset")
    assert await knows(default_lab, credentials)


async def test_what_a_sandbox_keeps_is_shown_and_can_be_changed(lab: Lab) -> None:
    made = await lab.admin("POST", "sandboxes", {"id": "bench", **KEEP})
    assert made["keep"] == ["clients"]
    changed = await lab.admin("PATCH", "sandboxes/bench", NOTHING)
    assert changed == {**made, "keep": []}
    assert await lab.admin("GET", "sandboxes/bench") == changed
    listed = (await lab.admin("GET", "sandboxes"))["items"]
    assert {each["id"]: each["keep"] for each in listed}["bench"] == []
    again = await lab.admin("PATCH", "sandboxes/bench", {"keep": ["clients", "clients"]})
    assert again["keep"] == ["clients"]


async def test_baseline_and_what_is_kept_change_together_or_not_at_all(place: Place) -> None:
    credentials = await registered(place)
    await place.admin("POST", "snapshots", SNAPSHOT)
    both = {"baseline": "snapshot:s", **NOTHING}
    path = f"sandboxes/{place.name}"
    nowhere = {**both, "baseline": "snapshot:nope"}
    await place.outside.refuses(404, "snapshot_not_found", "PATCH", path, nowhere)
    assert (await place.about())["keep"] == ["clients"]
    changed = await place.outside.admin("PATCH", path, both)
    assert (changed["baseline"], changed["keep"]) == ("s", [])
    await place.admin("POST", "reset")
    # It registered before the snapshot, which is what the sandbox goes back to.
    assert await knows(place, credentials)


async def test_what_registered_by_a_snapshot_is_kept_after_it_was_restored(place: Place) -> None:
    early = await registered(place)
    await place.admin("POST", "snapshots", SNAPSHOT)
    late = await registered(place)
    await place.admin("POST", "snapshots/s/restore")
    await place.admin("POST", "reset")
    assert await knows(place, early)
    assert not await knows(place, late)


async def test_a_clone_keeps_the_clients_that_it_was_made_with(place: Place) -> None:
    credentials = await registered(place)
    body = {"id": "copy", "from_sandbox": place.name, **KEEP}
    await place.outside.admin("POST", "sandboxes", body)
    copy = Place(client=place.client, clock=place.clock, name="copy", outside=place.outside)
    await copy.admin("POST", "reset")
    assert await knows(copy, credentials)
    await place.outside.admin("DELETE", f"sandboxes/{place.name}")
    await sweep_at_once(simulator_of(place.outside))
    await copy.admin("POST", "reset")
    assert await knows(copy, credentials)


@pytest.mark.parametrize("to", ["empty", "snapshot:s"])
async def test_a_reset_to_something_else_can_keep_nothing(place: Place, to: str) -> None:
    await place.admin("POST", "snapshots", SNAPSHOT)
    before = await place.about()
    error = await place.refuses(400, "invalid_body", "POST", "reset", {"to": to, **KEEP})
    assert "'keep'" in error["hint"]
    assert await place.about() == before
    await place.admin("POST", "reset", {"to": to, **NOTHING})


@pytest.mark.parametrize("keep", ["clients", ["profiles"], ["clients", 7], {"clients": True}, 1])
async def test_what_cannot_be_kept_is_refused_and_changes_nothing(
    place: Place, keep: object
) -> None:
    credentials = await registered(place)
    before = await place.about()
    calls: tuple[tuple[Lab, str, str, Json], ...] = (
        (place, "POST", "reset", {}),
        (place, "POST", "seed", {"scenario": "demo"}),
        (place.outside, "POST", "sandboxes", {"id": "new"}),
        (place.outside, "PATCH", f"sandboxes/{place.name}", {}),
    )
    for lab, method, path, more in calls:
        body = {**more, "keep": keep}
        error = await lab.refuses(422, "invalid_document", method, path, body)
        assert error["fields"][0]["path"].startswith("keep")
    assert await place.about() == before
    assert await knows(place, credentials)


async def test_a_merge_has_nothing_to_keep(place: Place) -> None:
    body = {"document": {"name": "more"}, "mode": "merge"}
    for keep in (KEEP, NOTHING):
        await place.refuses(400, "invalid_body", "POST", "seed", {**body, **keep})
    reply = await place.call("POST", "/admin/v1/seed?mode=merge&keep=clients",
                             {"Content-Type": "application/yaml"}, data=b"name: more\n")  # fmt: skip
    assert (reply.status, reply.json["error"]["code"]) == (400, "invalid_body")
    reply = await place.call("POST", "/admin/v1/seed?keep=profiles",
                             {"Content-Type": "application/yaml"}, data=b"name: more\n")  # fmt: skip
    assert (reply.status, reply.json["error"]["code"]) == (422, "invalid_document")


async def test_clients_are_kept_over_a_restart(make_lab: MakeLab, tmp_path: object) -> None:
    """As is what a sandbox keeps."""
    db = str(tmp_path) + "/state.db"
    lab = await make_lab(db=db)
    application = (await lab.admin("GET", "applications"))["items"][0]["id"]
    credentials = (await register(lab, software_statement=await statement(lab, application))).data(
        201
    )
    await lab.admin("POST", "reset")
    await lab.admin("POST", "sandboxes", {"id": "bench", **KEEP})
    await lab.client.close()
    again = await make_lab(db=db)
    assert (await again.admin("GET", "sandboxes/bench"))["keep"] == ["clients"]
    assert await knows(again, credentials)
