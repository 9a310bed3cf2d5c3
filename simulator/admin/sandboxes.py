"""`/admin/v1/sandboxes`: isolated worlds, and leases of them."""

from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from simulator.middleware.endpoints import SIMULATOR, Answer
from simulator.scenarios.durations import Duration
from simulator.services import leases, sandboxes, seeding
from simulator.services.refusals import Refusal
from simulator.services.sandboxes import Wanted
from simulator.storage.sandboxes import Head

from .bodies import Body, Name, page_of, read_body
from .scenarios import named
from .views import instant

# The name has to do as a label of a host name, too.
SandboxName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$", max_length=63)
]
PositiveDuration = Annotated[Duration, Field(gt=0)]


class LeaseBody(Body):
    """Who borrows the sandbox, for how long, and what happens to it afterwards."""

    owner: Name
    duration: PositiveDuration = Field(alias="for")
    on_return: Literal["reset", "delete"] = "reset"


class SandboxBody(Body):
    """A sandbox to be made; the default scenario where nothing is said of what it is made from."""

    id: SandboxName | None = None
    scenario: Name | None = None
    from_snapshot: Annotated[str, StringConstraints(pattern=r"^[^/]+/[^/]+$")] | None = None
    from_sandbox: Name | None = None
    lease: LeaseBody | None = None


class SandboxPatch(Body):
    """What a sandbox goes back to from now on."""

    baseline: Annotated[str, StringConstraints(pattern=r"^snapshot:.+$")]


async def create(request: web.Request) -> Answer:
    """`POST sandboxes`: make one from a scenario, a snapshot or another sandbox."""
    simulator = request.app[SIMULATOR]
    wanted = await read_body(request, SandboxBody)
    sources = [wanted.scenario, wanted.from_snapshot, wanted.from_sandbox]
    if sum(source is not None for source in sources) > 1:
        raise Refusal(
            "invalid_body",
            "A sandbox is made from one of 'scenario', 'from_snapshot' and 'from_sandbox'.",
            "Leave the others out.",
        )
    snapshot: tuple[str, str] | None = None
    baseline = None
    if wanted.from_snapshot is not None:
        source, _, label = wanted.from_snapshot.partition("/")
        snapshot = (source, label)
    elif wanted.from_sandbox is None:
        name = wanted.scenario or simulator.default_scenario
        document = simulator.library.resolve(named(simulator.library, name))
        baseline, _ = await seeding.lay(simulator, document)
    made = await sandboxes.create(
        simulator,
        Wanted(name=wanted.id, baseline=baseline, snapshot=snapshot, sandbox=wanted.from_sandbox),
    )
    if wanted.lease is not None:
        await _lease(request, made, wanted.lease)
    location = f"/admin/v1/sandboxes/{made.name}"
    shown = _view(await sandboxes.show(simulator, made.name))
    return Answer(body=shown, status=201, headers={"Location": location})


async def show_all(request: web.Request) -> object:
    """`GET sandboxes`: all of them with their usage, page by page."""
    after, limit = page_of(request)
    found = await sandboxes.find_all(request.app[SIMULATOR], after=after, limit=limit + 1)
    items = [_view(each) for each in found[:limit]]
    return {"items": items, "next": items[-1]["id"] if len(found) > limit else None}


async def show(request: web.Request) -> object:
    """`GET sandboxes/{id}`."""
    return _view(await sandboxes.show(request.app[SIMULATOR], request.match_info["id"]))


async def change(request: web.Request) -> object:
    """`PATCH sandboxes/{id}`: make one of its snapshots its baseline."""
    wanted = await read_body(request, SandboxPatch)
    snapshot = wanted.baseline.removeprefix("snapshot:")
    name = request.match_info["id"]
    return _view(await sandboxes.rebase(request.app[SIMULATOR], name, snapshot))


async def delete(request: web.Request) -> Answer:
    """`DELETE sandboxes/{id}`: with all that is in it."""
    await sandboxes.delete(request.app[SIMULATOR], request.match_info["id"])
    return Answer(body=None, status=204)


async def lease(request: web.Request) -> object:
    """`POST sandboxes/{id}/lease`: borrow it for a time, or go on borrowing it."""
    wanted = await read_body(request, LeaseBody)
    return await _lease(request, await _head(request), wanted)


async def release(request: web.Request) -> Answer:
    """`DELETE sandboxes/{id}/lease`: bring it back early."""
    await leases.release(request.app[SIMULATOR], await _head(request))
    return Answer(body=None, status=204)


async def _head(request: web.Request) -> Head:
    return await sandboxes.head(request.app[SIMULATOR], request.match_info["id"])


async def _lease(request: web.Request, at: Head, wanted: LeaseBody) -> dict[str, Any]:
    given = await leases.lease(
        request.app[SIMULATOR],
        at,
        owner=wanted.owner,
        duration=wanted.duration,
        on_return=wanted.on_return,
    )
    return {**given, "until": instant(given["until"])}


def _view(found: dict[str, Any]) -> dict[str, Any]:
    lease = found["lease"]
    return {
        **found,
        "created": instant(found["created"]),
        "now": instant(found["now"]),
        "lease": lease and {**lease, "until": instant(lease["until"])},
    }
