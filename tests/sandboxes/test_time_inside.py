"""What the clock of a sandbox drives: everything in it that begins or ends."""

from collections.abc import Mapping

import pytest

from simulator.storage.worlds.due import MOST
from tests.sandboxes.places import HOME, Place, marked, open_place
from tests.support.dcr import app_with, registered
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.shapes import assert_enhanced
from tests.support.tokens import parts
from tests.support.worlds import BOX, TV, profile, rule

SESSION = {"mvpd": "LabDish", "domainName": "lab.example", "redirectUrl": "https://lab.example"}


@pytest.fixture
async def place(lab: Lab) -> Place:
    """A sandbox whose clock stands still, so that each step is a test's own."""
    made = await open_place(lab, "ci-42", marked("ci-42"))
    await made.admin("PUT", "clock", {"mode": "frozen"})
    return made


async def _advance(place: Place, by: str) -> list[dict[str, str]]:
    due: list[dict[str, str]] = (await place.admin("POST", "clock/advance", {"by": by}))["due"]
    return due


async def test_an_access_token_ends_by_the_clock_of_its_sandbox(place: Place) -> None:
    await place.admin("PUT", "clock", {"mode": "frozen", "now": "2030-01-01T00:00:00Z"})
    app = await app_with(place, await registered(place), TV)
    _, claims = parts(app.token)
    assert (claims["iat"], claims["exp"]) == (1_893_456_000, 1_893_456_000 + 21_600)
    place.clock.advance(days=3650)
    await _advance(place, "PT5H59M59.999S")
    assert (await app.get("profiles")).status == 200
    await _advance(place, "PT0.001S")
    assert_enhanced(await app.get("profiles"), "invalid_access_token_client_application")
    # A clock that is set back lets the world go on, and a token is no part of the world.
    await place.admin("PUT", "clock", {"mode": "frozen", "now": "2030-01-01T05:00:00Z"})
    assert (await app.get("profiles")).status == 200


async def test_a_minted_token_ends_by_the_clock_as_well(place: Place) -> None:
    app = await place.app(TV, expires_in=60)
    place.clock.advance(hours=1)
    assert (await app.get("profiles")).status == 200
    await _advance(place, "PT1M")
    assert (await app.get("profiles")).status == 401


async def test_a_profile_ends_by_the_clock(place: Place) -> None:
    await place.admin("POST", "profiles", profile("short", BOX, expires_in="PT1H"))
    app = await place.app(BOX)
    place.clock.advance(days=1)
    assert "LabCable" in await app.profiles()
    await _advance(place, "PT59M59.999S")
    assert (await app.logged_out("LabDish"))["actionName"] == "invalid"
    assert "LabCable" in await app.profiles()
    assert await _advance(place, "PT0.001S") == [
        {"at": "2026-01-01T01:00:00.000Z", "event": "profile_expired", "id": "short"}
    ]
    assert await app.profiles() == {}
    assert (await app.logged_out("LabCable"))["actionName"] == "invalid"


async def test_a_profile_begins_by_the_clock(place: Place) -> None:
    future = profile("future", BOX, not_before="PT1H", expires_in="PT2H")
    await place.admin("POST", "profiles", future)
    app = await place.app(BOX)
    for by, seen in (("PT59M", False), ("PT1M", True), ("PT59M", True), ("PT1M", False)):
        await _advance(place, by)
        assert ("LabCable" in await app.profiles()) is seen


async def test_a_degradation_is_in_force_by_the_clock(place: Place) -> None:
    window = {"from": "PT1H", "until": "PT2H", "id": "rule"}
    await place.admin("POST", "degradations", rule("AuthNAll", **window))
    app = await place.app(BOX)

    async def degraded() -> bool:
        return bool((await app.get("profiles/LabCable")).data()["profiles"])

    assert not await degraded()
    assert await _advance(place, "PT1H") == [
        {"at": "2026-01-01T01:00:00.000Z", "event": "degradation_started", "id": "rule"}
    ]
    assert await degraded()
    assert (await place.admin("GET", "degradations/rule"))["active"] is True
    await _advance(place, "PT59M59.999S")
    assert await degraded()
    assert [each["event"] for each in await _advance(place, "PT0.001S")] == ["degradation_ended"]
    assert not await degraded()


async def test_a_degradation_of_the_baseline_begins_again_with_each_reset(lab: Lab) -> None:
    """The configuration is kept in memory; its times must not be."""
    rules = [rule("AuthNAll", id="rule", until="PT1H")]
    place = await open_place(lab, "ci-42", marked("ci-42", degradations=rules))
    other = await open_place(lab, "other", marked("ci-42", degradations=rules))
    await other.admin("POST", "clock/advance", {"by": "PT2H"})
    for _ in range(3):
        app = await place.app(BOX)
        assert (await app.get("profiles/LabCable")).data()["profiles"]
        await place.admin("POST", "clock/advance", {"by": "PT1H"})
        assert not (await app.get("profiles/LabCable")).data()["profiles"]
        assert not (await (await other.app(BOX)).get("profiles/LabCable")).data()["profiles"]
        lab.clock.advance(hours=5)
        await place.admin("POST", "reset")


async def test_a_temp_pass_runs_out_by_the_clock(place: Place) -> None:
    trial = {"service_provider": "LABSP", "mvpd": "TempBasic", "device": BOX}
    await place.admin("POST", "temp-passes", trial)
    app = await place.app(BOX)
    place.clock.advance(hours=1)

    async def left() -> int:
        seen = (await app.get("profiles/TempBasic")).data()["profiles"]
        return int(seen["TempBasic"]["notAfter"])

    end = await left()
    await _advance(place, "PT2M59.999S")
    assert await left() == end
    await _advance(place, "PT0.001S")
    assert_enhanced(await app.get("profiles/TempBasic"), "temporary_access_duration_limit_exceeded")


async def test_a_code_runs_out_by_the_clock(place: Place) -> None:
    app = await place.app(BOX)
    created = await place.call("POST", "/api/v2/LABSP/sessions", app.headers, data=SESSION)
    code = created.data()["code"]
    place.clock.advance(days=1)
    path = f"sessions/{code}"
    assert (await app.get(path)).status == 200
    due = await _advance(place, "PT30M")
    assert [(each["event"], each["id"]) for each in due] == [("code_expired", code)]
    assert_enhanced(await app.get(path), "invalid_authentication_session")


async def test_what_falls_due_is_told_in_the_order_in_which_it_does(place: Place) -> None:
    for number, minutes in enumerate((50, 10, 30, 20, 40)):
        entry = profile(f"p{number}", f"tv-{number}", expires_in=f"PT{minutes}M")
        await place.admin("POST", "profiles", entry)
    window = {"from": "PT15M", "until": "PT30M"}
    await place.admin("POST", "degradations", rule("AuthNAll", id="rule", **window))
    assert await _advance(place, "PT9M59.999S") == []
    found = [
        (each["at"][14:19], each["event"], each["id"]) for each in await _advance(place, "P1D")
    ]
    assert found == [
        ("10:00", "profile_expired", "p1"),
        ("15:00", "degradation_started", "rule"),
        ("20:00", "profile_expired", "p3"),
        ("30:00", "degradation_ended", "rule"),
        ("30:00", "profile_expired", "p2"),
        ("40:00", "profile_expired", "p4"),
        ("50:00", "profile_expired", "p0"),
    ]


async def test_nothing_falls_due_twice(place: Place) -> None:
    await place.admin("POST", "profiles", profile("short", BOX, expires_in="PT1H"))
    assert [each["id"] for each in await _advance(place, "PT1H")] == ["short"]
    assert await _advance(place, "PT1H") == []
    body = {"mode": "real", "now": "2026-01-01T02:00:00Z"}
    assert (await place.admin("PUT", "clock", body))["due"] == []


async def test_what_was_deleted_or_changed_falls_due_no_more(place: Place) -> None:
    for name in ("gone", "longer", "stays"):
        await place.admin("POST", "profiles", profile(name, name, expires_in="PT1H"))
    # Below the world's own layer, so that it is hidden and not gone.
    await place.admin("POST", "snapshots", {"name": "s"})
    await place.admin("DELETE", "profiles/gone")
    await place.admin("PATCH", "profiles/longer", {"expires_in": "PT3H"})
    assert [each["id"] for each in await _advance(place, "PT2H")] == ["stays"]
    assert [each["id"] for each in await _advance(place, "PT1H")] == ["longer"]
    await place.admin("POST", "snapshots/s/restore")
    due = await _advance(place, "PT2H")
    assert [each["id"] for each in due] == ["gone", "longer", "stays"]


async def test_of_very_many_things_that_fall_due_the_first_are_told(lab: Lab) -> None:
    crowd = [
        profile(f"p{number:04}", f"tv-{number}", expires_in=f"PT{number + 1}S")
        for number in range(MOST + 50)
    ]
    place = await open_place(lab, "ci-42", marked("ci-42", profiles=crowd))
    due = await _advance(place, "PT2H")
    assert [each["id"] for each in due] == [f"p{number:04}" for number in range(MOST)]


@pytest.mark.parametrize("frozen", [False, True])
async def test_a_restored_world_is_as_old_as_it_was_whatever_time_it_is(
    lab: Lab, *, frozen: bool
) -> None:
    place = await open_place(lab, "ci-42", marked("ci-42"))
    await place.admin("POST", "clock/advance", {"by": "P20D"})
    if frozen:
        await place.admin("PUT", "clock", {"mode": "frozen"})
    await place.admin("POST", "snapshots", {"name": "s"})
    taken = await _reading(place)
    lab.clock.advance(days=100)
    await place.admin("POST", "clock/advance", {"by": "P300D"})
    assert not (await place.admin("GET", f"profiles/{HOME}"))["valid"]
    await place.admin("POST", "snapshots/s/restore")
    # A running clock has run on meanwhile; one that stood still stands where it stood.
    expected = "2026-01-21T00:00:00.000Z" if frozen else "2026-05-01T00:00:00.000Z"
    assert (await _reading(place))["now"] == expected
    assert (await _reading(place))["mode"] == taken["mode"]
    due = await _advance(place, "P10D")
    assert [each["id"] for each in due] == [HOME]


async def _reading(place: Place) -> Mapping[str, Json]:
    found: Mapping[str, Json] = await place.admin("GET", "clock")
    return found


@pytest.mark.parametrize("path", ["reset", "seed"])
async def test_a_new_beginning_is_in_real_time_and_young(place: Place, path: str) -> None:
    await place.admin("PUT", "clock", {"mode": "frozen", "now": "2030-01-01T00:00:00Z"})
    place.clock.advance(hours=1)
    body = {"document": marked("ci-42")} if path == "seed" else {}
    await place.admin("POST", path, body)
    expected = {"now": "2026-01-01T01:00:00.000Z", "mode": "real", "offset": "PT0S", "due": []}
    assert await _reading(place) == expected
    seen = await place.admin("GET", f"profiles/{HOME}")
    assert (seen["not_before"], seen["not_after"]) == (
        "2026-01-01T01:00:00.000Z",
        "2026-01-31T01:00:00.000Z",
    )
