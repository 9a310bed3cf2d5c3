"""`/admin/v1/conduct`: what each client app did right and wrong, for people, programs and pipelines."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator.admin.schemas.bodies import unknown_filter
from simulator.admin.schemas.conduct_reports import as_junit, as_text
from simulator.domain.conduct.calls import App
from simulator.domain.conduct.report import UNSEEN
from simulator.domain.conduct.rules import Finding, Verdict
from simulator.http.documented import Doc, Query
from simulator.http.endpoint import CONTEXT
from simulator.http.request_context import sandbox_of
from simulator.services.errors import InvalidFormat, InvalidGeneration, UnknownFilter
from simulator.services.observe import conduct
from simulator.services.observe.conduct import About, Conduct
from simulator.services.observe.requests import CURRENT


class ConductSign(TypedDict):
    """Something that shows that a rule was kept or broken, and by which requests."""

    says: Annotated[str, Field(description="In plain words.")]
    requests: Annotated[list[str], Field(description="Their ids, for `GET requests/{id}`.")]


class ConductFinding(TypedDict):
    """A line of the checklist, and what became of it."""

    rule: Annotated[str, Field(description="The name of the rule.", examples=["tokens-reused"])]
    says: Annotated[str, Field(description="What it asks for.")]
    mandatory: Annotated[bool, Field(description="Else it is a recommended practice.")]
    page: Annotated[str, Field(description="Where Adobe's documentation asks for it.")]
    verdict: Annotated[
        str, Field(description="What became of it.", json_schema_extra={"enum": [*Verdict]})
    ]
    times: Annotated[int, Field(description="How many signs of it there are.")]
    evidence: Annotated[list[ConductSign], Field(description="The first of them.")]


class ConductTotals(TypedDict):
    """How many findings of each verdict there are."""

    kept: Annotated[int, Field(description="How many rules were kept.")]
    broken: Annotated[int, Field(description="How many rules were broken.")]
    not_seen: Annotated[int, Field(description="How many rules no request was about.")]


class ConductOfApp(TypedDict):
    """An app instance on a device, and what was found of it."""

    application: Annotated[str | None, Field(description="The registered application.")]
    client: Annotated[str | None, Field(description="The app instance.")]
    device: Annotated[str | None, Field(description="The plain identifier.")]
    requests: Annotated[int, Field(description="How many there were.")]
    totals: Annotated[ConductTotals, Field(description="The findings, counted.")]
    findings: Annotated[list[ConductFinding], Field(description="One for each rule.")]


class ConductReport(TypedDict):
    """What each app did right and wrong."""

    generation: Annotated[int | None, Field(description="None for all that are kept.")]
    incomplete: Annotated[bool, Field(description="Entries were dropped that could tell more.")]
    totals: Annotated[ConductTotals, Field(description="The findings of all apps, counted.")]
    items: Annotated[list[ConductOfApp], Field(description="The apps.")]
    unseen: Annotated[
        list[str],
        Field(description="What the checklist asks for besides, and no traffic can show."),
    ]


_JUNIT: Final = "application/xml"
_TEXT: Final = "text/plain"
_NUMBER: Final = re.compile("[1-9][0-9]{0,8}")
_FORMATS: Final = ("json", "junit", "text")
_KNOWN: Final = frozenset(
    {"application", "client", "device", "generation", "format", "sim_sandbox"}
)


@Doc(
    name="getConduct",
    summary="Tell what each client app did right and wrong",
    tag="Conduct",
    answer=ConductReport,
    answer_types={_JUNIT: str, _TEXT: str},
    query=(
        Query(name="application", about="Instances of this application alone."),
        Query(name="client", about="This app instance alone."),
        Query(name="device", about="This device alone.", example="demo-roku"),
        Query(
            name="generation",
            about="A number, `current` or `any`.",
            schema={"type": "string", "default": "current"},
            example="current",
        ),
        Query(
            name="format",
            about="Instead of an Accept header.",
            schema={"type": "string", "enum": [*_FORMATS], "default": "json"},
            example="json",
        ),
    ),
    errors=(UnknownFilter, InvalidFormat, InvalidGeneration),
)
async def show(request: web.Request) -> object:
    """`GET conduct`: every rule of Adobe's public integration checklist that traffic can show.

    As JSON, as JUnit XML in which a broken rule is a failure and one that was not seen is skipped, or
    as a table in text.
    """
    query = request.query
    if unknown := {*query} - _KNOWN:
        known = sorted(_KNOWN - {"sim_sandbox"})
        raise unknown_filter("The conduct report is not filtered by", unknown, known)
    form = _format(request)
    about = About(
        application=query.get("application"),
        client=query.get("client"),
        device=query.get("device"),
    )
    found = await conduct.conduct(
        request.app[CONTEXT], sandbox_of(request), about, generation=_generation(request)
    )
    if form == "junit":
        return web.Response(body=as_junit(found), content_type=_JUNIT, charset="utf-8")
    if form == "text":
        return web.Response(text=as_text(found), content_type=_TEXT)
    return _view(found)


def _format(request: web.Request) -> str:
    given = request.query.get("format")
    if given is None:
        accepted = request.headers.get("Accept", "")
        if _JUNIT in accepted and "text/html" not in accepted:
            return "junit"
        return "text" if _TEXT in accepted else "json"
    if given not in _FORMATS:
        message = f"There is no conduct report in the format '{given}'."
        raise InvalidFormat(message, f"Use {', '.join(_FORMATS)}.")
    return given


def _generation(request: web.Request) -> int | None:
    given = request.query.get("generation", "current")
    if given in {"current", "any"}:
        return CURRENT if given == "current" else None
    if _NUMBER.fullmatch(given):
        return int(given)
    message = f"'{given}' is no generation."
    raise InvalidGeneration(message, "Use a number, current or any.")


def _view(found: Conduct) -> ConductReport:
    findings = [each for _, told in found.apps for each in told]
    return {
        "generation": found.generation,
        "incomplete": found.incomplete,
        "totals": _totals(findings),
        "items": [_app(app, told) for app, told in found.apps],
        "unseen": [*UNSEEN],
    }


def _app(app: App, findings: Sequence[Finding]) -> ConductOfApp:
    return {
        "application": app.application,
        "client": app.client,
        "device": app.device,
        "requests": len(app.calls),
        "totals": _totals(findings),
        "findings": [_finding(each) for each in findings],
    }


def _finding(found: Finding) -> ConductFinding:
    evidence: Any = [{"says": each.says, "requests": [*each.requests]} for each in found.evidence]
    return {
        "rule": found.rule.id,
        "says": found.rule.says,
        "mandatory": found.rule.mandatory,
        "page": found.rule.page,
        "verdict": found.verdict,
        "times": found.times,
        "evidence": evidence,
    }


def _totals(findings: Sequence[Finding]) -> ConductTotals:
    verdicts = [each.verdict for each in findings]
    return {
        "kept": verdicts.count(Verdict.KEPT),
        "broken": verdicts.count(Verdict.BROKEN),
        "not_seen": verdicts.count(Verdict.NOT_SEEN),
    }
