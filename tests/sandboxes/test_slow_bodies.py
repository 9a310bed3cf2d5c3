"""A request whose body trickles in belongs to the generation in which its head came."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from simulator.storage.worlds.resolution import SandboxHints
from simulator.storage.worlds.sandboxes import SandboxRef
from tests.sandboxes.places import Place, marked, open_place, simulator_of
from tests.support.dcr import statement
from tests.support.lab import Lab
from tests.support.replies import Json, Reply
from tests.support.shapes import assert_admin_error


@pytest.fixture
async def place(lab: Lab) -> Place:
    made = await open_place(lab, "ci-42", marked("ci-42"))
    await made.admin("POST", "snapshots", {"name": "before"})
    return made


async def _send_slowly(
    place: Place, path: str, members: Json, meanwhile: Callable[[], Awaitable[object]]
) -> Reply:
    """Send half of a body, do something once the head has been read, and send the rest."""
    engine = simulator_of(place.outside).engine
    resolve, began = engine.resolve, asyncio.Event()

    async def telling(hints: SandboxHints) -> SandboxRef:
        found = await resolve(hints)
        began.set()
        return found

    async def trickling() -> AsyncIterator[bytes]:
        body = json.dumps(members).encode()
        yield body[:10]
        await began.wait()
        await meanwhile()
        yield body[10:]

    headers = {"Content-Type": "application/json"}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(engine, "resolve", telling)
        return await place.outside.call("POST", f"/s/ci-42{path}", headers, data=trickling())


async def _clients(place: Place) -> set[str]:
    return {each["id"] for each in (await place.admin("GET", "clients"))["items"]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("reset", None),
        ("reset", {"to": "empty"}),
        ("snapshots/before/restore", None),
        ("seed", {"scenario": "demo"}),
    ],
)
async def test_a_registration_that_ends_after_a_new_generation_began_leaves_nothing(
    place: Place, path: str, body: Json
) -> None:
    members = {"software_statement": await statement(place)}
    generation = await place.generation()
    after: list[str] = []

    async def meanwhile() -> None:
        await place.admin("POST", path, body)
        after.append(await place.state())

    reply = await _send_slowly(place, "/o/client/register", members, meanwhile)
    assert reply.status == 201
    assert reply.headers["X-Sim-Generation"] == str(generation)
    assert reply.json["client_id"] not in await _clients(place)
    assert await place.state() == after[0]


async def test_a_registration_that_ends_after_a_snapshot_is_good(place: Place) -> None:
    members = {"software_statement": await statement(place)}

    async def meanwhile() -> None:
        await place.admin("POST", "snapshots", {"name": "meanwhile"})

    reply = await _send_slowly(place, "/o/client/register", members, meanwhile)
    assert reply.headers["X-Sim-Generation"] == str(await place.generation())
    assert reply.json["client_id"] in await _clients(place)
    await place.admin("POST", "snapshots/meanwhile/restore")
    assert reply.json["client_id"] not in await _clients(place)


async def test_a_registration_that_ends_after_the_sandbox_is_refused(place: Place) -> None:
    members = {"software_statement": await statement(place)}

    async def meanwhile() -> None:
        await place.outside.admin("DELETE", "sandboxes/ci-42")

    reply = await _send_slowly(place, "/o/client/register", members, meanwhile)
    assert assert_admin_error(reply)["code"] == "sandbox_not_found"


async def test_a_registration_takes_the_time_of_its_own_generation(place: Place) -> None:
    members = {"software_statement": await statement(place)}
    await place.admin("PUT", "clock", {"mode": "frozen", "now": "2030-01-01T00:00:00Z"})

    async def meanwhile() -> None:
        await place.admin("POST", "reset")

    reply = await _send_slowly(place, "/o/client/register", members, meanwhile)
    assert reply.json["client_id_issued_at"] == 1_893_456_000
