"""`/admin/v1/scenarios`: the scenario files at hand."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import is_yaml, read_json, read_text
from simulator.http.documented import Doc, ListOf
from simulator.http.endpoint import CONTEXT, Answer
from simulator.scenarios import compiling
from simulator.scenarios.loading import parse, validate
from simulator.scenarios.models import ScenarioDocument
from simulator.services.errors import InvalidDocument
from simulator.validation.problems import ScenarioError


class ScenarioSummary(TypedDict):
    """A scenario file at hand, and what is wrong with it if it is broken."""

    name: Annotated[str, Field(description="Its name, which is its file's name too.")]
    title: Annotated[str, Field(description="What it is, in a few words.")]
    description: Annotated[str, Field(description="What it holds and what it is good for.")]
    problems: Annotated[
        list[str], Field(description="Everything that is wrong; empty when all is well.")
    ]


class DocumentProblem(TypedDict):
    """One thing to mend in a scenario document."""

    source: Annotated[str | None, Field(description="The file, where there is one.")]
    line: Annotated[int | None, Field(description="The line of the file, where one is known.")]
    path: Annotated[str, Field(description="Where it is, as in mvpds[3].id.")]
    problem: Annotated[str, Field(description="What is wrong, and what was expected.")]


class Validation(TypedDict):
    """Whether a document can be seeded, and everything that speaks against it."""

    valid: Annotated[bool, Field(description="Whether it can be seeded.")]
    problems: Annotated[
        list[DocumentProblem],
        Field(description="Everything that is wrong; empty when all is well."),
    ]


YAML: Final = "application/yaml"
_TAG: Final = "Scenarios"


@Doc(
    name="listScenarios",
    summary="List the scenarios",
    tag=_TAG,
    answer=ListOf[ScenarioSummary],
)
async def show_all(request: web.Request) -> object:
    """`GET scenarios`: name, title, description, and what is wrong with a broken one."""
    summaries = request.app[CONTEXT].library.summaries()
    items = [
        {
            "name": each.name,
            "title": each.title,
            "description": each.description,
            "problems": [str(problem) for problem in each.problems],
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
    """`POST scenarios/validate`: every problem of a document, in YAML or JSON; nothing is changed."""
    library = request.app[CONTEXT].library
    try:
        compiling.check(library.resolve(await read_document(request)))
    except ScenarioError as error:
        return Answer(body={"valid": False, "problems": _problems(error)})
    return {"valid": True, "problems": []}


def _problems(error: ScenarioError) -> list[dict[str, Any]]:
    return [asdict(problem) for problem in error.problems]


async def read_document(request: web.Request) -> ScenarioDocument:
    """The scenario document in the body. Raises `ScenarioError`."""
    if is_yaml(request):
        return await asyncio.to_thread(parse, await read_text(request))
    found = await read_json(request)
    return await asyncio.to_thread(validate, found.data, found.problems)
