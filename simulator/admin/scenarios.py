"""`/admin/v1/scenarios`: the scenario files at hand, and what a capture of traffic comes to as one."""

import asyncio
import io
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import is_yaml, read_json, read_text
from simulator.admin.schemas.common import DocumentProblem, Warnings
from simulator.captures.describing import scenario_text
from simulator.captures.errors import CaptureError
from simulator.captures.sequence import Capture, Reading
from simulator.captures.worlds import learn
from simulator.http.bodies import body_of
from simulator.http.documented import Doc, ListOf
from simulator.http.endpoint import CONTEXT, Answer
from simulator.scenarios import compiling
from simulator.scenarios.loading import parse, validate
from simulator.scenarios.models import ScenarioDocument
from simulator.services.errors import InvalidDocument, UnusableCapture
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


YAML: Final = "application/yaml"
_TAG: Final = "Scenarios"


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
    path={"name": "demo"},
    missing=("scenario",),
    errors=(InvalidDocument,),
)
async def show(request: web.Request) -> object:
    """`GET scenarios/{name}`: the document as its file has it."""
    return request.app[CONTEXT].library.load(request.match_info["name"]).as_written()


@Doc(
    name="validateScenario",
    summary="Check a scenario document",
    tag=_TAG,
    body=ScenarioDocument,
    body_types={YAML: ScenarioDocument},
    answer=Validation,
    example={"name": "mine", "extends": "demo"},
)
async def check(request: web.Request) -> object:
    """`POST scenarios/validate`: every problem of a document, in YAML or JSON; nothing is changed.

    Of a valid one it is told what leads nowhere.
    """
    library = request.app[CONTEXT].library
    try:
        found = compiling.sound(library.resolve(await read_document(request)))
    except ScenarioError as error:
        body = {"valid": False, "problems": _as_json(error.problems), "warnings": []}
        return Answer(body=body)
    return {"valid": True, "problems": [], "warnings": _as_json(found.warnings)}


def _as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [asdict(problem) for problem in problems]


async def read_document(request: web.Request) -> ScenarioDocument:
    """The scenario document in the body. Raises `ScenarioError`."""
    if is_yaml(request):
        return await asyncio.to_thread(parse, await read_text(request))
    found = await read_json(request)
    return await asyncio.to_thread(validate, found.data, found.problems)


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
