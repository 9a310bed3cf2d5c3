"""`GET /admin/v1/events`: what happens, as it happens, and from where one left off."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import pytest
from aiohttp import ClientResponse

from simulator.http.endpoint import CONTEXT
from tests.support.lab import App, Lab
from tests.support.logins import create
from tests.support.replies import Json
from tests.support.worlds import TV, profile, world

MINUTE: Final = 60


@pytest.fixture
def lab(default_lab: Lab) -> Lab:
    """Events are of `default` where nothing else is said."""
    return default_lab


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event as it came over the wire."""

    id: int
    kind: str
    data: Json


@dataclass(kw_only=True)
class Stream:
    """An open stream."""

    response: ClientResponse

    async def next(self) -> Event:
        """The next event, whatever is said in between to keep the connection open."""
        while True:
            block = (await self.response.content.readuntil(b"\n\n")).decode()
            lines = [each.partition(": ") for each in block.splitlines()]
            fields = {name: value for name, _, value in lines}
            if "event" in fields:
                data = json.loads(fields["data"])
                return Event(id=int(fields["id"]), kind=fields["event"], data=data)

    async def ended(self) -> bool:
        """Whether nothing more comes."""
        return not (await self.response.content.read()).strip()


@asynccontextmanager
async def _stream(lab: Lab, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with lab.client.get(f"/admin/v1/events{query}", headers=named) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store"
        yield Stream(response=response)


@pytest.fixture
async def tv(lab: Lab) -> App:
    """A TV that is logged in at LabCable."""
    await lab.seed(world(profiles=[profile("login", client="app-1", expires_in="PT1H")]))
    return await lab.app(TV, client="app-1")


async def test_a_request_is_told_as_the_journal_has_it(lab: Lab, tv: App) -> None:
    async with _stream(lab) as stream:
        reply = await tv.get("profiles")
        event = await stream.next()
    (entry,) = (await lab.admin("GET", "requests"))["items"]
    assert event == Event(id=entry["number"], kind="request", data=entry)
    assert entry["id"] == reply.headers["X-Sim-Request-Id"]


async def test_only_what_comes_is_told_unless_one_goes_on(lab: Lab, tv: App) -> None:
    for _ in range(3):
        await tv.get("profiles")
    numbers = [each["number"] for each in (await lab.admin("GET", "requests"))["items"]]
    async with _stream(lab, Last_Event_ID=str(numbers[0])) as stream:
        assert [(await stream.next()).id for _ in range(2)] == numbers[1:]
        await tv.get("profiles")
        assert (await stream.next()).id > numbers[-1]
    async with _stream(lab, f"?last_event_id={numbers[1]}") as stream:
        assert (await stream.next()).id == numbers[2]
    async with _stream(lab) as stream:
        await tv.logout("LabCable")
        assert (await stream.next()).data["operation"] == "logout"


async def test_many_events_are_told_one_after_another(lab: Lab, tv: App) -> None:
    # More than are read at once.
    for _ in range(15):
        await asyncio.gather(*(tv.get("profiles") for _ in range(10)))
    async with _stream(lab, "?kind=request", Last_Event_ID="0") as stream:
        ids = [(await stream.next()).id for _ in range(150)]
    assert ids == sorted({*ids})


async def test_kinds_are_chosen(lab: Lab, tv: App) -> None:
    async with _stream(lab, "?kind=reset&kind=seeded", Last_Event_ID="0") as stream:
        assert (await stream.next()).kind == "seeded"
        await tv.get("profiles")
        await lab.admin("POST", "reset")
        event = await stream.next()
    assert event.kind == "reset"
    assert event.data | {"at": ""} == {
        "at": "",
        "generation": 3,
        "to": "baseline",
        "baseline": "lab",
    }


async def test_a_stream_begins_with_the_newest_requests_and_tells_those_that_match(
    lab: Lab, tv: App
) -> None:
    for _ in range(3):
        await tv.get("profiles")
    await tv.logout("LabCable")
    asked = "?operation=profiles&newest=2&kind=request"
    numbers = [
        each["number"] for each in (await lab.admin("GET", "requests?operation=profiles"))["items"]
    ]
    async with _stream(lab, asked) as stream:
        assert [(await stream.next()).id for _ in range(2)] == numbers[1:]
        await tv.logout("LabCable")
        await tv.get("profiles")
        assert (await stream.next()).data["operation"] == "profiles"
    for query, code in (("newest=x", "invalid_limit"), ("oparation=x", "unknown_filter")):
        assert (await lab.refused("GET", f"events?{query}"))["code"] == code


async def test_what_falls_due_is_told_in_its_order(lab: Lab, tv: App) -> None:
    await lab.admin("PUT", "clock", {"mode": "frozen", "now": "2026-01-01T00:00:00Z"})
    session = await create(tv, {"mvpd": "LabDish"})
    async with _stream(lab) as stream:
        await lab.admin("POST", "clock/advance", {"by": "PT2H"})
        told = [await stream.next() for _ in range(3)]
    assert [(each.kind, each.data.get("id"), each.data["at"]) for each in told] == [
        ("clock_moved", None, "2026-01-01T00:00:00.000Z"),
        ("code_expired", session["code"], "2026-01-01T00:30:00.000Z"),
        ("profile_expired", "login", "2026-01-01T01:00:00.000Z"),
    ]


async def test_what_is_done_by_hand_is_told(lab: Lab, tv: App) -> None:
    code = (await create(tv, {"mvpd": "LabDish", "domainName": "x", "redirectUrl": "app:/"}))[
        "code"
    ]
    async with _stream(lab, "?kind=intervention") as stream:
        await lab.admin("POST", f"codes/{code}/deny", {})
        event = await stream.next()
        await lab.admin("GET", "codes")
        await lab.refused("POST", "codes/AAAAAAA/deny", {})
        await lab.admin("POST", "service-tokens", {"subject": "ann"})
        token = await stream.next()
    assert event.kind == token.kind == "intervention"
    told = event.data
    assert (told["method"], told["path"], told["body"]) == ("POST", f"/codes/{code}/deny", None)
    assert (token.data["path"], len(token.data["secret"])) == ("/service-tokens", 8)


async def test_another_sandbox_is_not_overheard(lab: Lab, tv: App) -> None:
    await lab.admin("POST", "sandboxes", {"id": "other", "from_sandbox": "default"})
    async with lab.client.get("/s/other/admin/v1/events") as response:
        stream = Stream(response=response)
        await tv.get("profiles")
        await lab.call("POST", "/s/other/admin/v1/reset")
        assert (await stream.next()).kind == "reset"


async def test_a_stream_ends_when_the_instance_stops(own_lab: Lab) -> None:
    async with _stream(own_lab) as stream:
        await own_lab.admin("POST", "reset")
        await stream.next()
        own_lab.client.server.app[CONTEXT].journal.stop_waiting()  # type: ignore[attr-defined]
        assert await stream.ended()


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "9" * 19])
async def test_an_id_that_is_none_is_refused(lab: Lab, given: str) -> None:
    refused = await lab.refused("GET", f"events?last_event_id={given}")
    assert refused["code"] == "invalid_event_id"
