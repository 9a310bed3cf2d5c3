"""The clock of a sandbox: read, stopped, set, moved on, and real again."""

from pathlib import Path

import pytest

from tests.conftest import MakeLab
from tests.sandboxes.places import HOME, Place, marked, open_place
from tests.support.lab import Lab
from tests.support.replies import Json
from tests.support.worlds import BOX, profile

START = "2026-01-01T00:00:00.000Z"


@pytest.fixture
async def place(lab: Lab) -> Place:
    return await open_place(lab, "ci-42", marked("ci-42"))


async def _put(place: Place, mode: str, now: str | None = None) -> Json:
    return await place.admin("PUT", "clock", {"mode": mode, "now": now} if now else {"mode": mode})


async def _shown(place: Lab) -> str:
    return str((await place.admin("GET", "clock"))["now"])


async def _windows(place: Place) -> Json:
    return [
        (each["id"], each["not_before"], each["not_after"], each["valid"])
        for each in (await place.admin("GET", "profiles"))["items"]
    ]


async def test_a_new_sandbox_shows_real_time(place: Place) -> None:
    expected = {"now": START, "mode": "real", "offset": "PT0S", "due": []}
    assert await place.admin("GET", "clock") == expected
    place.clock.advance(seconds=1, milliseconds=5)
    assert await _shown(place) == "2026-01-01T00:00:01.005Z"


async def test_a_stopped_clock_stands_still_where_it_was(place: Place) -> None:
    expected = {"now": START, "mode": "frozen", "offset": "PT0S", "due": []}
    assert await _put(place, "frozen") == expected
    place.clock.advance(hours=5)
    assert await place.admin("GET", "clock") == {**expected, "offset": "-PT5H"}
    assert (await place.about())["frozen"] is True


async def test_a_stopped_clock_runs_on_from_where_it_stood(place: Place) -> None:
    await _put(place, "frozen")
    place.clock.advance(hours=5)
    assert (await _put(place, "real"))["now"] == START
    place.clock.advance(hours=1)
    expected = {"now": "2026-01-01T01:00:00.000Z", "mode": "real", "offset": "-PT5H", "due": []}
    assert await place.admin("GET", "clock") == expected


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2030-02-28T12:34:56.789Z", "2030-02-28T12:34:56.789Z"),
        ("2030-01-01T00:00:00+05:30", "2029-12-31T18:30:00.000Z"),
        ("2030-01-01T00:00:00.1239Z", "2030-01-01T00:00:00.123Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
        ("1970-01-01T01:00:00+01:00", "1970-01-01T00:00:00.000Z"),
        ("2001-09-09T01:46:39.999Z", "2001-09-09T01:46:39.999Z"),
    ],
)
@pytest.mark.parametrize("mode", ["real", "frozen"])
async def test_a_clock_can_be_set(place: Place, mode: str, given: str, shown: str) -> None:
    answer = await _put(place, mode, given)
    assert (answer["now"], answer["mode"]) == (shown, mode)
    assert await _shown(place) == shown
    place.clock.advance(hours=1)
    assert (await _shown(place) == shown) is (mode == "frozen")


@pytest.mark.parametrize("mode", ["real", "frozen"])
async def test_a_clock_can_be_moved_on(place: Place, mode: str) -> None:
    await _put(place, mode, "2030-01-01T00:00:00Z")
    for by, shown in (
        ("PT6H", "2030-01-01T06:00:00.000Z"),
        ("P1W", "2030-01-08T06:00:00.000Z"),
        ("PT0.001S", "2030-01-08T06:00:00.001Z"),
        ("P365D", "2031-01-08T06:00:00.001Z"),
    ):
        answer = await place.admin("POST", "clock/advance", {"by": by})
        assert (answer["now"], answer["mode"]) == (shown, mode)
    assert await _shown(place) == shown


async def test_a_clock_can_be_made_real_again(place: Place) -> None:
    await _put(place, "frozen", "2040-01-01T00:00:00Z")
    answer = await place.admin("POST", "clock/reset")
    assert answer == {"now": START, "mode": "real", "offset": "PT0S", "due": []}


async def test_each_sandbox_has_its_own(lab: Lab, place: Place) -> None:
    other = await open_place(lab, "other")
    await _put(place, "frozen", "2030-01-01T00:00:00Z")
    await other.admin("POST", "clock/advance", {"by": "PT1H"})
    lab.clock.advance(minutes=1)
    assert [await _shown(each) for each in (lab, place, other)] == [
        "2026-01-01T00:01:00.000Z",
        "2030-01-01T00:00:00.000Z",
        "2026-01-01T01:01:00.000Z",
    ]


@pytest.mark.parametrize("now", ["2025-12-31T23:00:00Z", "1970-01-01T00:00:00Z"])
@pytest.mark.parametrize("mode", ["real", "frozen"])
async def test_a_clock_that_is_set_back_takes_the_world_along(
    place: Place, mode: str, now: str
) -> None:
    """Nothing becomes any younger: what has an hour left still has one."""
    await place.admin("POST", "clock/advance", {"by": "PT2H"})
    await place.admin("POST", "profiles", profile("short", BOX, expires_in="PT1H"))
    exported = await place.state()
    assert (await _put(place, mode, now))["due"] == []
    assert await place.state() == exported
    assert {name: valid for name, _, _, valid in await _windows(place)} == {
        HOME: True,
        "short": True,
    }
    told = await place.admin("POST", "clock/advance", {"by": "PT59M59.999S"})
    assert told["due"] == []
    told = await place.admin("POST", "clock/advance", {"by": "PT0.001S"})
    assert [each["id"] for each in told["due"]] == ["short"]


async def test_setting_a_clock_back_and_forth_again_lets_the_time_between_pass(
    place: Place,
) -> None:
    await place.admin("POST", "profiles", profile("short", BOX, expires_in="PT1H"))
    await _put(place, "frozen", "2020-01-01T00:00:00Z")
    told = await _put(place, "frozen", START)
    # Six years went by inside, although the clock shows what it showed.
    assert {each["id"] for each in told["due"]} == {HOME, "short"}


async def test_making_a_clock_real_again_from_the_future_takes_the_world_along(
    place: Place,
) -> None:
    await place.admin("POST", "clock/advance", {"by": "P29D"})
    before = await place.state()
    told = await place.admin("POST", "clock/reset")
    assert (told["now"], told["due"]) == (START, [])
    assert await place.state() == before
    told = await place.admin("POST", "clock/advance", {"by": "P1D"})
    assert [each["id"] for each in told["due"]] == [HOME]


async def test_a_clock_outlives_a_restart(make_lab: MakeLab, tmp_path: Path) -> None:
    db = str(tmp_path / "state.db")
    lab = await make_lab(db=db)
    stopped = await open_place(lab, "stopped", marked("stopped"))
    ahead = await open_place(lab, "ahead", marked("ahead"))
    await _put(stopped, "frozen", "2030-01-01T00:00:00Z")
    await ahead.admin("POST", "clock/advance", {"by": "P10D"})
    before = [(await _windows(each), await each.state()) for each in (stopped, ahead)]
    await lab.client.close()
    lab.clock.advance(hours=1)
    again = await make_lab(db=db)
    there = [Place(client=again.client, clock=again.clock, name=each.name, outside=again)
             for each in (stopped, ahead)]  # fmt: skip
    assert await _shown(there[0]) == "2030-01-01T00:00:00.000Z"
    assert await _shown(there[1]) == "2026-01-11T01:00:00.000Z"
    assert [(await _windows(each), await each.state()) for each in there] == before


@pytest.mark.parametrize(
    ("method", "path", "body", "code", "fields"),
    [
        ("PUT", "clock", {}, "invalid_document", ["mode"]),
        ("PUT", "clock", {"mode": "fast"}, "invalid_document", ["mode"]),
        ("PUT", "clock", {"mode": "frozen", "now": "yesterday"}, "invalid_document", ["now"]),
        ("PUT", "clock", {"mode": "frozen", "now": "2026-01-01T00:00:00"}, "invalid_document",
         ["now"]),
        ("PUT", "clock", {"mode": "frozen", "at": START}, "invalid_document", ["at"]),
        ("PUT", "clock", {"mode": "real", "now": "1969-12-31T23:59:59.999Z"}, "invalid_instant",
         []),
        ("PUT", "clock", {"mode": "frozen", "now": "9999-12-31T23:59:59Z"}, "invalid_instant", []),
        ("PUT", "clock", {"mode": "frozen", "now": "0001-01-01T00:00:00Z"}, "invalid_instant", []),
        ("PUT", "clock", [], "invalid_body", []),
        ("POST", "clock/advance", {}, "invalid_document", ["by"]),
        ("POST", "clock/advance", {"by": "PT0S"}, "invalid_document", ["by"]),
        ("POST", "clock/advance", {"by": "-PT1H"}, "invalid_document", ["by"]),
        ("POST", "clock/advance", {"by": "P1M"}, "invalid_document", ["by"]),
        ("POST", "clock/advance", {"by": 3600}, "invalid_document", ["by"]),
        ("POST", "clock/advance", {"by": "P999999D"}, "invalid_document", ["by"]),
        ("POST", "clock/advance", {"by": "PT1H", "mode": "real"}, "invalid_document", ["mode"]),
    ],
)  # fmt: skip
async def test_a_clock_that_makes_no_sense_is_refused_and_stays_as_it_is(
    place: Place, method: str, path: str, body: object, code: str, fields: list[str]
) -> None:
    await _put(place, "frozen", "2030-01-01T00:00:00Z")
    before = await place.state(), await place.about()
    error = await place.refused(method, path, body)
    assert error["code"] == code
    assert error["hint"]
    assert [each["path"] for each in error["fields"]] == fields
    assert (await place.state(), await place.about()) == before


async def test_a_clock_cannot_be_moved_beyond_what_calendars_show(place: Place) -> None:
    """A thousand years at a time, until one step would be too many."""
    reply = await place.ask("POST", "clock/advance", {"by": "P365000D"})
    while reply.status == 200:
        before = reply.json["now"]
        reply = await place.ask("POST", "clock/advance", {"by": "P365000D"})
    assert (reply.status, reply.json["error"]["code"]) == (400, "invalid_instant")
    assert await _shown(place) == before


@pytest.mark.parametrize("now", ["8999-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z"])
async def test_at_either_end_of_time_the_longest_lifetimes_can_be_written_down(
    place: Place, now: str
) -> None:
    await _put(place, "frozen", now)
    for name, lifetime in (("longest", "P365000D"), ("oldest", "-P365000D")):
        await place.admin("POST", "profiles", profile(name, name, expires_in=lifetime))
    assert {name for name, _, _, valid in await _windows(place) if valid} >= {"longest"}
    assert (await place.ask("GET", "state")).status == 200
