"""`/admin/v1/snapshots`: states of a sandbox to come back to."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import StringConstraints

from simulator.middleware.endpoints import HEAD, SIMULATOR, Answer
from simulator.scenarios.durations import format_ms
from simulator.services import snapshots

from .bodies import Body, read_body
from .views import instant

SnapshotName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)
]


class SnapshotBody(Body):
    """A snapshot to be taken."""

    name: SnapshotName


async def take(request: web.Request) -> Answer:
    """`POST snapshots`: freeze the state under a name; the sandbox goes on undisturbed."""
    wanted = await read_body(request, SnapshotBody)
    taken = await snapshots.take(request.app[SIMULATOR], request[HEAD], wanted.name)
    location = f"/admin/v1/snapshots/{wanted.name}"
    return Answer(body=_view(taken), status=201, headers={"Location": location})


async def show_all(request: web.Request) -> object:
    """`GET snapshots`: oldest first."""
    found = await snapshots.find_all(request.app[SIMULATOR], request[HEAD])
    return {"items": [_view(each) for each in found], "next": None}


async def restore(request: web.Request) -> object:
    """`POST snapshots/{name}/restore`: the world is what, and as old as, it was then."""
    name = request.match_info["name"]
    restored = await snapshots.restore(request.app[SIMULATOR], request[HEAD], name)
    return {
        "generation": restored["generation"],
        "snapshot": name,
        "cleared": restored["cleared"],
    }


async def discard(request: web.Request) -> Answer:
    """`DELETE snapshots/{name}`."""
    await snapshots.discard(request.app[SIMULATOR], request[HEAD], request.match_info["name"])
    return Answer(body=None, status=204)


def _view(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": found["name"],
        "created": instant(found["created"]),
        "age": format_ms(found["age"]),
    }
