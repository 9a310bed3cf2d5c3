"""A scenario of one's own: brought as a file or typed in, checked, each problem at its line, and seeded."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from simulator.domain.texts import storable
from simulator.http.bodies import body_of
from simulator.http.endpoint import CONTEXT
from simulator.http.readers import form
from simulator.scenarios import compiling
from simulator.scenarios.library import Library
from simulator.scenarios.loading import draft
from simulator.scenarios.models import ScenarioDocument
from simulator.scenarios.partial_document import ANYTHING_ASSUMED, Assumed
from simulator.services.control import seeding, state
from simulator.services.errors import InvalidBody
from simulator.validation.problems import Problem, ScenarioError

from .frame import at, record_as, show, text
from .world import kept

PATH: Final = "/console/scenario"
PRESENT: Final = "present"
"""As `from` in the address: the world as it is now, as a scenario."""

_LARGEST: Final = 16 * 1024 * 1024
_AROUND: Final = 2
_REFUSED: Final = 422
_NEW: Final = """name: mine
title: My channel
# All of a shipped scenario, and what follows on top of it.
extends: demo

subscribers:
  - id: ann
    password: secret
    entitlements: [NEWS, SPORTS]
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of a document, its number, and what is wrong there; `gap` when lines before it are left out."""

    number: int
    text: str
    problems: Sequence[Problem]
    gap: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What became of a document: what is wrong, what leads nowhere, and what was seeded, if it was."""

    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    seeded: Mapping[str, int] = field(default_factory=dict)
    done: str = ""


async def look(request: web.Request) -> web.StreamResponse:
    """`GET /console/scenario`: the file of the scenario `name`, the world `from=present`, or a beginning."""
    name = text(request, "name")
    if text(request, "from") == PRESENT:
        document = await state.export(*at(request))
        written = json.dumps(document, indent=2, ensure_ascii=False)
    elif name:
        written = await asyncio.to_thread(request.app[CONTEXT].library.text, name)
    else:
        written = _NEW
    return _page(request, written)


async def upload(request: web.Request) -> web.StreamResponse:
    """`POST /console/scenario/upload`: the file that was chosen, for looking at and checking."""
    fields = await request.clone(client_max_size=_LARGEST).post()
    file = fields.get("file")
    if not isinstance(file, web.FileField):
        raise InvalidBody("No file was chosen.", "Choose one, or paste its text.")
    try:
        with file.file:
            written = file.file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The file is not UTF-8 (byte {error.start})."
        raise InvalidBody(message, "Save it as UTF-8.") from error
    return await _checked(request, storable(written))


async def submit(request: web.Request) -> web.StreamResponse:
    """`POST /console/scenario`: check the document, and with the `mode` replace or merge seed it."""
    await body_of(request, _LARGEST)
    given = {name: values[-1] for name, values in (await form(request)).items()}
    written = storable(given.get("document", "")).replace("\r\n", "\n")
    mode = given.get("mode", "")
    if mode not in {"replace", "merge"}:
        return await _checked(request, written)
    simulator, ref = at(request)
    fields = {name: value for name, value in given.items() if value}
    # What is merged may refer to what the world has.
    besides = ANYTHING_ASSUMED if mode == "merge" else None
    try:
        document = await asyncio.to_thread(_document, simulator.library, written, besides)
        seeding.refuse_nothing(document)
        result: dict[str, Any]
        if mode == "merge":
            call = {"document": document.as_written(), "mode": "merge"}
            record_as(request, "POST", "/seed", call)
            result = await seeding.merge(simulator, ref, document)
        else:
            result = await seeding.seed(simulator, ref, document, keep=kept(fields))
    except ScenarioError as error:
        return _page(request, written, Checked(problems=error.problems), status=_REFUSED)
    warnings = [Problem(**each) for each in result["warnings"]]
    return _page(request, written, Checked(warnings=warnings, seeded=result["seeded"], done=mode))


async def _checked(request: web.Request, written: str) -> web.StreamResponse:
    library = request.app[CONTEXT].library

    def check() -> Checked:
        try:
            found = compiling.sound(_document(library, written))
        except ScenarioError as error:
            return Checked(problems=error.problems, done="checked")
        return Checked(warnings=found.warnings, done="checked")

    return _page(request, written, await asyncio.to_thread(check))


def _document(library: Library, written: str, besides: Assumed | None = None) -> ScenarioDocument:
    """The document with what it extends. Raises `ScenarioError` with all that is wrong with either."""
    return library.complete(draft(written), besides=besides)


def _page(
    request: web.Request, written: str, checked: Checked | None = None, *, status: int = 200
) -> web.Response:
    found = checked or Checked()
    return show(
        request,
        "scenario.html",
        "World",
        status=status,
        written=written,
        checked=found,
        lines=[*_lines(written, [*found.problems, *found.warnings])],
        scenarios=request.app[CONTEXT].library.names(),
        name=text(request, "name"),
    )


def _lines(written: str, found: Sequence[Problem]) -> Iterator[Line]:
    """The lines with something at them, and those around."""
    by_line: dict[int, list[Problem]] = {}
    for each in found:
        # What stands in another file, such as one that is extended, has no line here.
        if each.line is not None and each.source is None:
            by_line.setdefault(each.line, []).append(each)
    lines = written.split("\n")
    wanted = {
        number
        for line in by_line
        for number in range(line - _AROUND, line + _AROUND + 1)
        if 1 <= number <= len(lines)
    }
    before = 0
    for number in sorted(wanted):
        problems = by_line.get(number, ())
        gap = number != before + 1
        yield Line(number=number, text=lines[number - 1], problems=problems, gap=gap)
        before = number
