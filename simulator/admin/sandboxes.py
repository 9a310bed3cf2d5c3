"""`/admin/v1/sandboxes`: isolated worlds, and leases of them."""

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import Body, Keep, Name, page_of, read_body
from simulator.admin.schemas.common import Counts, Instant
from simulator.admin.schemas.views import instant
from simulator.domain import texts
from simulator.http.documented import PAGING, Doc, ListOf
from simulator.http.endpoint import CONTEXT, Answer
from simulator.services.control import leases, sandboxes
from simulator.services.control.sandboxes import Wanted
from simulator.services.errors import (
    AlreadyExists,
    InUse,
    InvalidBody,
    InvalidDocument,
    InvalidLease,
    Leased,
    LimitReached,
)
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.validation.durations import Duration

SandboxName = Annotated[str, StringConstraints(pattern=texts.SANDBOX, max_length=63)]
PositiveDuration = Annotated[Duration, Field(gt=0)]


class LeaseBody(Body):
    """Who borrows the sandbox, for how long, and what happens to it afterwards."""

    owner: Name = Field(description="Who borrows it.")
    duration: PositiveDuration = Field(
        alias="for",
        description="For how long, in real time: moving the sandbox's clock changes nothing.",
    )
    on_return: Literal["reset", "delete"] = Field(
        "reset", description="What becomes of the sandbox when the lease is over."
    )


class SandboxBody(Body):
    """A sandbox to be made; the default scenario where nothing is said of what it is made from."""

    id: SandboxName | None = Field(
        None, description="Its name, which does for a host name too; made up when absent."
    )
    scenario: Name | None = Field(None, description="The name of a scenario.")
    from_snapshot: Annotated[str, StringConstraints(pattern=r"^[^/]+/[^/]+$")] | None = Field(
        None, description="The snapshot to begin with, as SANDBOX/NAME."
    )
    from_sandbox: Name | None = Field(None, description="The sandbox to clone.")
    keep: Keep = Field(None, description="What its resets keep; nothing when absent.")
    lease: LeaseBody | None = Field(None, description="Terms on which it is lent at once.")


class SandboxChanges(Body):
    """What a sandbox goes back to from now on, and what its resets keep."""

    baseline: Annotated[str, StringConstraints(pattern=r"^snapshot:.+$")] | None = Field(
        None,
        description="What it goes back to from now on, as snapshot:NAME.",
    )
    keep: Keep = Field(None, description="What its resets keep from now on.")


class LeaseTerms(TypedDict):
    """Who has borrowed a sandbox, until when, and what happens then."""

    owner: Annotated[str, Field(description="Who borrows it.")]
    until: Annotated[Instant, Field(description="When it ends, in real time.")]
    on_return: Annotated[
        Literal["reset", "delete"],
        Field(description="What becomes of the sandbox when the lease is over."),
    ]


class Lease(LeaseTerms):
    """A lease, and the sandbox that is lent."""

    sandbox: Annotated[str, Field(description="The name of the sandbox.")]


class Sandbox(TypedDict):
    """A complete, isolated world, and how much of it is used."""

    id: Annotated[str, Field(description="Its name.")]
    generation: Annotated[
        int, Field(description="Raised by one with each seed, reset and restore.")
    ]
    baseline: Annotated[str | None, Field(description="The scenario that a reset goes back to.")]
    keep: Annotated[
        list[Literal["clients"]],
        Field(
            description="What stays when it is reset, seeded or brought back: registered clients."
        ),
    ]
    created: Annotated[Instant, Field(description="When it was made, in real time.")]
    now: Annotated[Instant, Field(description="What its clock shows.")]
    frozen: Annotated[bool, Field(description="Whether its clock stands still.")]
    lease: Annotated[LeaseTerms | None, Field(description="Who has borrowed it, if anybody.")]
    devices: Annotated[list[str], Field(description="Those that are sent here by a claim.")]
    snapshots: Annotated[list[str], Field(description="The names of its snapshots.")]
    changes: Annotated[Counts, Field(description="What differs from the baseline.")]


_TAG: Final = "Sandboxes"
_ONE: Final = {"id": "ci-42"}


@Doc(
    name="createSandbox",
    summary="Create a sandbox",
    tag=_TAG,
    body=SandboxBody,
    body_required=False,
    answer=Sandbox,
    status=201,
    example={"id": "ci-42", "scenario": "demo"},
    missing=("sandbox", "scenario", "snapshot"),
    errors=(AlreadyExists, Leased, LimitReached),
)
async def create(request: web.Request) -> Answer:
    """`POST sandboxes`: make one from a scenario, a snapshot or another sandbox."""
    simulator = request.app[CONTEXT]
    wanted = await read_body(request, SandboxBody)
    sources = [wanted.scenario, wanted.from_snapshot, wanted.from_sandbox]
    if sum(source is not None for source in sources) > 1:
        raise InvalidBody(
            "A sandbox is made from one of 'scenario', 'from_snapshot' and 'from_sandbox'.",
            "Leave the others out.",
        )
    snapshot: tuple[str, str] | None = None
    scenario: str | None = None
    if wanted.from_snapshot is not None:
        source, _, label = wanted.from_snapshot.partition("/")
        snapshot = (source, label)
    elif wanted.from_sandbox is None:
        scenario = wanted.scenario or simulator.default_scenario
    made = await sandboxes.create(
        simulator,
        Wanted(
            name=wanted.id,
            scenario=scenario,
            snapshot=snapshot,
            sandbox=wanted.from_sandbox,
            keep=wanted.keep,
        ),
    )
    shown = sandboxes.view(made, simulator.clock.now())
    if wanted.lease is not None:
        await _lease(request, made.details.ref, wanted.lease)
        shown = await sandboxes.show(simulator, made.details.ref.name)
    location = f"/admin/v1/sandboxes/{shown['id']}"
    return Answer(body=_view(shown), status=201, headers={"Location": location})


@Doc(
    name="listSandboxes",
    summary="List the sandboxes",
    tag=_TAG,
    answer=ListOf[Sandbox],
    query=PAGING,
)
async def show_all(request: web.Request) -> object:
    """`GET sandboxes`: all of them with their usage, page by page."""
    after, limit = page_of(request)
    found = await sandboxes.find_all(request.app[CONTEXT], after=after, limit=limit + 1)
    items = [_view(each) for each in found[:limit]]
    return {"items": items, "next": items[-1]["id"] if len(found) > limit else None}


@Doc(
    name="getSandbox",
    summary="Show a sandbox",
    tag=_TAG,
    answer=Sandbox,
    path=_ONE,
    missing=("sandbox",),
)
async def show(request: web.Request) -> Sandbox:
    """`GET sandboxes/{id}`: one of them with its usage."""
    return _view(await sandboxes.show(request.app[CONTEXT], request.match_info["id"]))


@Doc(
    name="updateSandbox",
    summary="Change the baseline of a sandbox, and what it keeps",
    tag=_TAG,
    body=SandboxChanges,
    answer=Sandbox,
    path=_ONE,
    example={"baseline": "snapshot:clean"},
    missing=("sandbox", "snapshot"),
)
async def change(request: web.Request) -> Sandbox:
    """`PATCH sandboxes/{id}`: make one of its snapshots its baseline, or say what its resets keep."""
    wanted = await read_body(request, SandboxChanges)
    if wanted.baseline is None and wanted.keep is None:
        raise InvalidDocument.at("baseline", "required, where there is no 'keep'")
    return _view(
        await sandboxes.change(
            request.app[CONTEXT],
            request.match_info["id"],
            snapshot=wanted.baseline and wanted.baseline.removeprefix("snapshot:"),
            keep=wanted.keep,
        )
    )


@Doc(
    name="deleteSandbox",
    summary="Delete a sandbox",
    tag=_TAG,
    status=204,
    path=_ONE,
    missing=("sandbox",),
    errors=(InUse,),
)
async def delete(request: web.Request) -> Answer:
    """`DELETE sandboxes/{id}`: with all that is in it."""
    await sandboxes.delete(request.app[CONTEXT], request.match_info["id"])
    return Answer(body=None, status=204)


@Doc(
    name="leaseSandbox",
    summary="Borrow a sandbox",
    tag=_TAG,
    body=LeaseBody,
    answer=Lease,
    path=_ONE,
    example={"owner": "nightly", "for": "PT30M"},
    missing=("sandbox",),
    errors=(InvalidLease, Leased),
)
async def lease(request: web.Request) -> Lease:
    """`POST sandboxes/{id}/lease`: borrow it for a time, or go on borrowing it."""
    wanted = await read_body(request, LeaseBody)
    return await _lease(request, await _ref(request), wanted)


@Doc(
    name="endLease",
    summary="Bring a sandbox back early",
    tag=_TAG,
    status=204,
    path=_ONE,
    missing=("sandbox", "lease"),
)
async def release(request: web.Request) -> Answer:
    """`DELETE sandboxes/{id}/lease`: bring it back early."""
    await leases.release(request.app[CONTEXT], await _ref(request))
    return Answer(body=None, status=204)


async def _ref(request: web.Request) -> SandboxRef:
    return await sandboxes.ref(request.app[CONTEXT], request.match_info["id"])


async def _lease(request: web.Request, at: SandboxRef, wanted: LeaseBody) -> Lease:
    given = await leases.lease(
        request.app[CONTEXT],
        at,
        owner=wanted.owner,
        duration=wanted.duration,
        on_return=wanted.on_return,
    )
    return {
        "sandbox": given["sandbox"],
        "owner": given["owner"],
        "until": instant(given["until"]),
        "on_return": given["on_return"],
    }


def _view(found: dict[str, Any]) -> Sandbox:
    return {
        "id": found["id"],
        "generation": found["generation"],
        "baseline": found["baseline"],
        "keep": found["keep"],
        "created": instant(found["created"]),
        "now": instant(found["now"]),
        "frozen": found["frozen"],
        "lease": found["lease"] and _terms(found["lease"]),
        "devices": found["devices"],
        "snapshots": found["snapshots"],
        "changes": found["changes"],
    }


def _terms(found: dict[str, Any]) -> LeaseTerms:
    return {
        "owner": found["owner"],
        "until": instant(found["until"]),
        "on_return": found["on_return"],
    }
