"""`/admin/v1/snapshots`: states of a sandbox to come back to."""

from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import Body, read_body
from simulator.admin.schemas.common import Counts, Instant, Span
from simulator.admin.schemas.views import instant
from simulator.domain import texts
from simulator.http.documented import Doc, ListOf
from simulator.http.endpoint import CONTEXT, Answer
from simulator.http.request_context import sandbox_of
from simulator.services.control import snapshots
from simulator.services.errors import AlreadyExists, LimitReached
from simulator.validation.durations import format_ms

SnapshotName = Annotated[str, StringConstraints(pattern=texts.SNAPSHOT, max_length=100)]


class SnapshotBody(Body):
    """A snapshot to be taken."""

    name: SnapshotName = Field(description="The name to come back to it by.")


class Snapshot(TypedDict):
    """A state of a sandbox to come back to."""

    name: Annotated[str, Field(description="Its name.")]
    created: Annotated[Instant, Field(description="When it was made, in real time.")]
    age: Annotated[Span, Field(description="How old the world was then.")]


class Restoring(TypedDict):
    """What restoring a snapshot took away."""

    generation: Annotated[int, Field(description="The sandbox's generation from now on.")]
    snapshot: Annotated[str, Field(description="The name of the snapshot.")]
    cleared: Counts


_TAG: Final = "Snapshots"
_ONE: Final = {"name": "clean"}


@Doc(
    name="createSnapshot",
    summary="Take a snapshot",
    tag=_TAG,
    body=SnapshotBody,
    answer=Snapshot,
    status=201,
    example={"name": "clean"},
    errors=(AlreadyExists, LimitReached),
)
async def take(request: web.Request) -> Answer:
    """`POST snapshots`: freeze the state under a name; the sandbox goes on undisturbed."""
    wanted = await read_body(request, SnapshotBody)
    taken = await snapshots.take(request.app[CONTEXT], sandbox_of(request), wanted.name)
    location = f"/admin/v1/snapshots/{wanted.name}"
    return Answer(body=_view(taken), status=201, headers={"Location": location})


@Doc(name="listSnapshots", summary="List the snapshots", tag=_TAG, answer=ListOf[Snapshot])
async def show_all(request: web.Request) -> object:
    """`GET snapshots`: oldest first."""
    found = await snapshots.find_all(request.app[CONTEXT], sandbox_of(request))
    return {"items": [_view(each) for each in found], "next": None}


@Doc(
    name="restoreSnapshot",
    summary="Restore a snapshot",
    tag=_TAG,
    answer=Restoring,
    path=_ONE,
    missing=("snapshot",),
)
async def restore(request: web.Request) -> object:
    """`POST snapshots/{name}/restore`: the world is what, and as old as, it was then."""
    name = request.match_info["name"]
    restored = await snapshots.restore(request.app[CONTEXT], sandbox_of(request), name)
    return {
        "generation": restored["generation"],
        "snapshot": name,
        "cleared": restored["cleared"],
    }


@Doc(
    name="deleteSnapshot",
    summary="Delete a snapshot",
    tag=_TAG,
    status=204,
    path=_ONE,
    missing=("snapshot",),
)
async def discard(request: web.Request) -> Answer:
    """`DELETE snapshots/{name}`: forget it."""
    await snapshots.discard(request.app[CONTEXT], sandbox_of(request), request.match_info["name"])
    return Answer(body=None, status=204)


def _view(found: dict[str, Any]) -> Snapshot:
    return {
        "name": found["name"],
        "created": instant(found["created"]),
        "age": format_ms(found["age"]),
    }
