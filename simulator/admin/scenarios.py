"""`/admin/v1/scenarios`: the scenario files at hand."""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import is_yaml, read_json, read_text
from simulator.admin.schemas.common import DocumentProblem, Warnings
from simulator.http.documented import Doc, ListOf, Query
from simulator.http.endpoint import CONTEXT, Answer
from simulator.scenarios import compiling
from simulator.scenarios.loading import parse, validate
from simulator.scenarios.models import ScenarioDocument
from simulator.services.errors import InvalidDocument, InvalidFormat
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
_FORMATS: Final = ("json", "yaml")


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


async def read_document(request: web.Request) -> ScenarioDocument:
    """The scenario document in the body. Raises `ScenarioError`."""
    if is_yaml(request):
        return await asyncio.to_thread(parse, await read_text(request))
    found = await read_json(request)
    return await asyncio.to_thread(validate, found.data, found.problems)
