"""`/admin/v1/seed`, `reset` and `state`: the world of a sandbox as a whole."""

import asyncio
from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import Body, Keep, Name, read_body, read_object
from simulator.admin.schemas.common import Problem as ShownProblem
from simulator.admin.schemas.common import Resetting, Seeding
from simulator.admin.schemas.progress_lines import LINES, in_lines
from simulator.http.documented import Doc, Query
from simulator.http.endpoint import CONTEXT, JSON_TYPE
from simulator.http.request_context import AdminCall, context_of, sandbox_of
from simulator.json_codec import to_json
from simulator.scenarios import compiling
from simulator.scenarios.loading import draft_of, validate_as
from simulator.scenarios.models import ScenarioDocument
from simulator.scenarios.partial_document import ANYTHING_ASSUMED, Assumed
from simulator.services.context import AppContext
from simulator.services.control import seeding, state
from simulator.services.errors import InvalidBody, UnknownResetTarget
from simulator.validation.problems import Problem, ScenarioError

from .scenarios import DOCUMENT_TYPES, brings_document, read_document


class SeedBody(Body):
    """What to seed: the name of a scenario, or a document."""

    scenario: Name | None = Field(None, description="The name of a scenario.")
    document: dict[str, Any] | None = Field(None, description="A whole document.")
    mode: Literal["replace", "merge"] = Field(
        "replace", description="Whether it becomes world and baseline, or is added to the world."
    )
    keep: Keep = Field(
        None,
        description="What stays, this time, of a world that is replaced; the sandbox's `keep` when absent.",
    )


class SeedProgress(TypedDict):
    """How many records are stored, and how many there will be."""

    done: Annotated[int, Field(description="How many records are stored.")]
    total: Annotated[int, Field(description="How many there will be.")]


class SeedLine(TypedDict, total=False):
    """One line of JSON of a long seed: progress, and at last the result or the error."""

    progress: Annotated[SeedProgress, Field(description="How far it is.")]
    result: Annotated[Seeding, Field(description="What became of it.")]
    error: Annotated[ShownProblem, Field(description="Why it failed.")]


class ResetBody(Body):
    """What to reset to; the baseline when absent."""

    to: str | None = Field(
        None,
        min_length=1,
        description="`baseline`, `empty` or `snapshot:NAME`; the baseline when absent.",
    )
    keep: Keep = Field(
        None,
        description="What stays, this time, on the baseline; the sandbox's `keep` when absent.",
    )


_TAG: Final = "World"


@Doc(
    name="seed",
    summary="Seed a scenario",
    tag=_TAG,
    body=SeedBody,
    body_types=DOCUMENT_TYPES,
    answer=Seeding,
    answer_types={LINES: SeedLine},
    query=(
        Query(
            name="mode",
            about="What becomes of the present world, where the body is YAML or files.",
            schema={"enum": ["replace", "merge"], "default": "replace"},
        ),
        Query(
            name="keep",
            about="What stays, this time, where the body is YAML or files: kinds with commas between, or "
            "nothing.",
            schema={"enum": ["clients", ""]},
        ),
    ),
    example={"scenario": "demo"},
    missing=("scenario",),
)
async def seed(request: web.Request) -> object:
    """`POST seed`: make a scenario the sandbox's world and baseline, or merge it into the world.

    Under `Accept: application/x-ndjson` the answer comes in lines: progress, and at last the result.
    """
    brought = brings_document(request)
    wanted, problems = await _wanted(request, brought=brought)
    # What is merged may refer to what the world has.
    besides = ANYTHING_ASSUMED if wanted.mode == "merge" else None
    try:
        if brought:
            document = await read_document(request, besides)
        else:
            document = await asyncio.to_thread(_named, request.app[CONTEXT], wanted, besides)
        if problems and besides is None:
            compiling.check(document)
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from error
    if problems:
        raise ScenarioError(problems)
    if wanted.mode == "merge" and wanted.keep is not None:
        message = "A merge takes nothing away that could be kept."
        raise InvalidBody(message, "Leave 'keep' out, or the mode.")
    seeding.refuse_nothing(document)
    if wanted.mode == "merge":
        named = wanted.scenario is not None
        what = {"scenario": wanted.scenario} if named else {"document": document.as_written()}
        call = AdminCall("POST", "/seed", {**what, "mode": "merge"})
        context_of(request).done_as = call
        return await seeding.merge(request.app[CONTEXT], sandbox_of(request), document)
    return await _seeded(request, document, wanted.keep)


async def _seeded(request: web.Request, document: ScenarioDocument, keep: Keep) -> object:
    """The answer to seeding `document`, in lines where those are accepted."""
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    if LINES in request.headers.get("Accept", ""):
        return await in_lines(
            request, lambda progress: seeding.seed(simulator, ref, document, progress, keep=keep)
        )
    return await seeding.seed(simulator, ref, document, keep=keep)


async def _wanted(request: web.Request, *, brought: bool) -> tuple[SeedBody, tuple[Problem, ...]]:
    """What is asked for, as far as it can be read, and what is wrong with that."""
    asked: dict[str, Any]
    before: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    if brought:
        asked = {"mode": request.query.get("mode", "replace")}
        if "keep" in request.query:
            asked["keep"] = [each for each in request.query["keep"].split(",") if each]
    else:
        asked, before = await read_object(request)
    try:
        wanted = validate_as(SeedBody, asked, before)
    except ScenarioError as error:
        # The document can be read all the same.
        document = asked.get("document")
        if not brought and not isinstance(document, dict):
            raise
        mode: Literal["replace", "merge"] = "merge" if asked.get("mode") == "merge" else "replace"
        wanted = SeedBody.model_construct(document=document, mode=mode)
        problems = error.problems
    if not brought and (wanted.scenario is None) == (wanted.document is None):
        raise InvalidBody(
            "A seed takes exactly one of 'scenario' and 'document'.",
            'Send {"scenario": "demo"}, or a whole document under "document".',
        )
    return wanted, problems


def _named(simulator: AppContext, wanted: SeedBody, besides: Assumed | None) -> ScenarioDocument:
    library = simulator.library
    if wanted.scenario is not None:
        return library.complete(library.draft(wanted.scenario), besides=besides)
    return library.complete(draft_of(wanted.document), besides=besides)


@Doc(
    name="reset",
    summary="Reset the sandbox",
    tag=_TAG,
    body=ResetBody,
    body_required=False,
    answer=Resetting,
    example={"to": "baseline"},
    missing=("snapshot",),
    errors=(UnknownResetTarget,),
)
async def reset(request: web.Request) -> object:
    """`POST reset`: back to the baseline, or to nothing."""
    wanted = await read_body(request, ResetBody)
    simulator, ref = request.app[CONTEXT], sandbox_of(request)
    return await seeding.reset(simulator, ref, wanted.to, keep=wanted.keep)


@Doc(name="exportState", summary="Export the state", tag=_TAG, answer=ScenarioDocument)
async def export(request: web.Request) -> object:
    """`GET state`: the state as a scenario document."""
    document = await state.export(request.app[CONTEXT], sandbox_of(request))
    body = await asyncio.to_thread(to_json, document)
    return web.Response(body=body, headers={"Content-Type": JSON_TYPE})


@Doc(
    name="importState",
    summary="Import a state",
    tag=_TAG,
    body=ScenarioDocument,
    body_types=DOCUMENT_TYPES,
    answer=Seeding,
    answer_types={LINES: SeedLine},
    example={"name": "mine", "extends": "demo"},
)
async def load(request: web.Request) -> object:
    """`PUT state`: make a document, such as an export, the sandbox's world and baseline.

    Under `Accept: application/x-ndjson` the answer comes in lines: progress, and at last the result.
    """
    # The document says all that there is, clients included.
    return await _seeded(request, await read_document(request), keep=())
