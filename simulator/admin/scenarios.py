"""`/admin/v1/scenarios`: the scenario files at hand, and what a capture of traffic comes to as one."""

import asyncio
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import Body, is_yaml, read_json, read_object, read_text
from simulator.admin.schemas.common import DocumentProblem, Warnings
from simulator.captures.describing import scenario_text
from simulator.captures.errors import CaptureError
from simulator.captures.sequence import Capture, Reading
from simulator.captures.worlds import learn
from simulator.http.bodies import body_of
from simulator.http.documented import Doc, ListOf, Query
from simulator.http.endpoint import CONTEXT, Answer
from simulator.scenarios import compiling
from simulator.scenarios.loading import Draft, Near, ScenarioFiles, draft, draft_of, validate_as
from simulator.scenarios.models import ScenarioDocument
from simulator.scenarios.partial_document import Assumed
from simulator.services.errors import InvalidBody, InvalidDocument, InvalidFormat, UnusableCapture
from simulator.validation.problems import Problem, ScenarioError


class ScenarioSummary(TypedDict):
    """A scenario file at hand, and what is wrong with it if it is broken."""

    name: Annotated[str, Field(description="Its name, which is its file's name too.")]
    title: Annotated[str, Field(description="What it is, in a few words.")]
    description: Annotated[str, Field(description="What it holds and what it is good for.")]
    problems: Annotated[
        list[str], Field(description="Everything that is wrong; empty when all is well.")
    ]
    warnings: Annotated[
        list[str], Field(description="What leads nowhere, as when no app can register.")
    ]


class Validation(TypedDict):
    """Whether a document can be seeded, and everything that speaks against it."""

    valid: Annotated[bool, Field(description="Whether it can be seeded.")]
    problems: Annotated[
        list[DocumentProblem],
        Field(description="Everything that is wrong; empty when all is well."),
    ]
    warnings: Warnings


class FilesBody(Body):
    """A scenario's file and those beside it, which it extends or names, each by its path."""

    scenario: str = Field(description="The path of the scenario, which is among the files.")
    files: dict[str, str] = Field(description="What each file says, by its path.")


YAML: Final = "application/yaml"
FILES: Final = "application/vnd.pass-simulator.files+json"
_TAG: Final = "Scenarios"
_FORMATS: Final = ("json", "yaml")

DOCUMENT_TYPES: Final[Mapping[str, Any]] = {YAML: ScenarioDocument, FILES: FilesBody}
"""What a document may come as, besides JSON."""


@Doc(
    name="listScenarios",
    summary="List the scenarios",
    tag=_TAG,
    answer=ListOf[ScenarioSummary],
)
async def show_all(request: web.Request) -> object:
    """`GET scenarios`: name, title, description, what is wrong with each, and what leads nowhere."""
    summaries = request.app[CONTEXT].library.summaries()
    items = [
        {
            "name": each.name,
            "title": each.title,
            "description": each.description,
            "problems": [str(problem) for problem in each.problems],
            "warnings": [str(problem) for problem in each.warnings],
        }
        for each in summaries
    ]
    return {"items": items, "next": None}


@Doc(
    name="getScenario",
    summary="Show a scenario",
    tag=_TAG,
    answer=ScenarioDocument,
    answer_types={YAML: str},
    query=(
        Query(
            name="format",
            about="Instead of an Accept header: json, or yaml for the file as it stands.",
            schema={"type": "string", "enum": [*_FORMATS], "default": "json"},
            example="json",
        ),
    ),
    path={"name": "demo"},
    missing=("scenario",),
    errors=(InvalidDocument, InvalidFormat),
)
async def show(request: web.Request) -> object:
    """`GET scenarios/{name}`: the document as its file has it, or the file itself, comments and all."""
    library, name = request.app[CONTEXT].library, request.match_info["name"]
    if _format(request) == "yaml":
        return web.Response(text=library.text(name), content_type=YAML, charset="utf-8")
    return library.load(name).as_written()


@Doc(
    name="validateScenario",
    summary="Check a scenario document",
    tag=_TAG,
    body=ScenarioDocument,
    body_types=DOCUMENT_TYPES,
    answer=Validation,
    example={"name": "mine", "extends": "demo"},
)
async def check(request: web.Request) -> object:
    """`POST scenarios/validate`: every problem of a document, in YAML or JSON; nothing is changed.

    Of a valid one it is told what leads nowhere.
    """
    try:
        document = await read_document(request)
        found = await asyncio.to_thread(compiling.sound, document)
    except ScenarioError as error:
        body = {"valid": False, "problems": _as_json(error.problems), "warnings": []}
        return Answer(body=body)
    return {"valid": True, "problems": [], "warnings": _as_json(found.warnings)}


def _format(request: web.Request) -> str:
    given = request.query.get("format")
    if given is None:
        return "yaml" if YAML in request.headers.get("Accept", "") else "json"
    if given not in _FORMATS:
        message = f"There is no scenario in the format '{given}'."
        raise InvalidFormat(message, f"Use {', '.join(_FORMATS)}.")
    return given


def _as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [asdict(problem) for problem in problems]


def brings_document(request: web.Request) -> bool:
    """Whether the body says that it is a document and nothing else: YAML, or files."""
    return is_yaml(request) or request.content_type == FILES


async def read_document(request: web.Request, besides: Assumed | None = None) -> ScenarioDocument:
    """The scenario document in the body, resolved; it may refer to what is assumed `besides`.

    Raises `ScenarioError` with every problem.
    """
    found, near = await _drafted(request)
    complete = request.app[CONTEXT].library.complete
    return await asyncio.to_thread(complete, found, near, besides)


async def _drafted(request: web.Request) -> tuple[Draft, Near | None]:
    if is_yaml(request):
        return await asyncio.to_thread(draft, await read_text(request)), None
    if request.content_type == FILES:
        body, problems = await read_object(request)
        # What is wrong with a file, its reader says, and on which line.
        of_body = [each for each in problems if not each.path.startswith("files.")]
        sent = validate_as(FilesBody, body, of_body)
        if sent.scenario not in sent.files:
            message = f"'{sent.scenario}' is none of the files."
            raise InvalidBody(message, "Send the scenario's own file among the 'files'.")
        files = ScenarioFiles(sent.scenario, sent.files)
        return await asyncio.to_thread(files.whole), files
    found = await read_json(request)
    return await asyncio.to_thread(draft_of, found.data, found.problems), None


_LARGEST: Final = 64 * 1024 * 1024
"""The bytes of a capture that are taken here; `pass-simulator learn` reads larger ones piece by piece."""


_EXAMPLE: Final[dict[str, Any]] = {
    "log": {
        "version": "1.2",
        "creator": {"name": "example", "version": "1"},
        "entries": [
            {
                "startedDateTime": "2026-01-01T00:00:00Z",
                "time": 20,
                "request": {
                    "method": "GET",
                    "url": "https://sp.auth.adobe.com/api/v2/REF30/profiles",
                    "headers": [{"name": "Authorization", "value": "Bearer x.y.z"}],
                },
                "response": {
                    "status": 200,
                    "headers": [{"name": "Content-Type", "value": "application/json"}],
                    "content": {"mimeType": "application/json", "text": '{"profiles":{}}'},
                },
            }
        ],
    }
}


class ArchiveBody(TypedDict):
    """An HTTP Archive (HAR 1.2)."""

    log: Annotated[dict[str, Any], Field(description="The whole of it.")]


class LearntWorld(TypedDict):
    """A world that was learnt, with stand-ins for all that is secret in the capture."""

    scenario: Annotated[ScenarioDocument, Field(description="The scenario, ready to be seeded.")]
    text: Annotated[str, Field(description="The same as YAML, with the notes as comments.")]
    exchanges: Annotated[int, Field(description="How many requests to the backend there were.")]
    seen: Annotated[dict[str, int], Field(description="What was seen, and how many of each.")]
    assumed: Annotated[list[str], Field(description="What had to be assumed.")]
    unknown: Annotated[list[str], Field(description="What no capture shows.")]


@Doc(
    name="learnScenario",
    summary="Learn a scenario from a capture",
    tag=_TAG,
    body=ArchiveBody,
    answer=LearntWorld,
    example=_EXAMPLE,
    errors=(UnusableCapture,),
)
async def learn_scenario(request: web.Request) -> object:
    """`POST captures/learn`: the scenario of an HTTP Archive; nothing is kept of it, and nothing changed."""
    data = await body_of(request, _LARGEST)
    capture = Capture(name="The capture", open=lambda: io.BytesIO(data), size=len(data))
    try:
        # Devices want their answers meanwhile.
        found = await asyncio.to_thread(learn, Reading(captures=[capture]), "learnt")
    except CaptureError as error:
        raise UnusableCapture(error.message, error.hint) from error
    return {
        "scenario": found.document,
        "text": scenario_text(found),
        "exchanges": found.exchanges,
        "seen": dict(found.seen),
        "assumed": [*found.assumed],
        "unknown": [*found.unknown],
    }
