"""`/admin/v1` itself: what there is, which version answers, and how far each operation is simulated."""

import asyncio
import platform
from collections.abc import Iterable
from typing import Annotated, Final

from aiohttp import web
from pydantic import Field
from typing_extensions import TypedDict

from simulator import __version__
from simulator.domain.operations import OPERATIONS
from simulator.evidence.models import Row
from simulator.evidence.pages import pages
from simulator.evidence.summary import Fidelity, fidelity_of, summary_of_operation
from simulator.http.documented import Doc, ListOf
from simulator.http.endpoint import ENDPOINTS, Surface


class Index(TypedDict):
    """Every endpoint of the admin API, as method and path."""

    endpoints: Annotated[list[str], Field(description="Every endpoint, as method and path.")]


class Version(TypedDict):
    """Which version answers."""

    version: Annotated[str, Field(description="The version.")]
    python: Annotated[str, Field(description="The version of Python.")]


class Statement(TypedDict):
    """A statement of Adobe's pages that is not proven."""

    id: Annotated[str, Field(description="Its name in the evidence.")]
    says: Annotated[str, Field(description="What the backend does.")]
    why: Annotated[str, Field(description="How this differs, or why only Adobe can know.")]
    switch: Annotated[str | None, Field(description="The switch that decides it, if one does.")]
    page: Annotated[str, Field(description="Adobe's page that says so.")]


class OperationReport(TypedDict):
    """An operation, and what is proven of it."""

    name: Annotated[str, Field(description="Its name, for faults, journal and verification.")]
    method: Annotated[str, Field(description="The HTTP method.")]
    path: Annotated[str, Field(description="The path, without the query.")]
    fidelity: Annotated[
        Fidelity,
        Field(description="`exact` only where nothing differs and something is proven."),
    ]
    page: Annotated[str, Field(description="Adobe's page on it.")]
    proven: Annotated[int, Field(description="How many statements have a test that proves them.")]
    differs: Annotated[list[Statement], Field(description="Where this is unlike the backend.")]
    open: Annotated[list[Statement], Field(description="What nobody outside Adobe can know.")]


_TAG: Final = "Service"


@Doc(name="getIndex", summary="List the endpoints", tag=_TAG, answer=Index)
async def index(request: web.Request) -> Index:
    """`GET /admin/v1`: every endpoint of the admin API."""
    found = {
        f"{endpoint.method} {endpoint.path}"
        for endpoint in request.app[ENDPOINTS]
        if endpoint.surface is Surface.ADMIN
    }
    return {"endpoints": sorted(found, key=lambda each: each.partition(" ")[::-1])}


@Doc(name="getVersion", summary="Show the version", tag=_TAG, answer=Version)
async def version(request: web.Request) -> Version:
    """`GET version`: the version of the simulator and of Python."""
    del request
    return {"version": __version__, "python": platform.python_version()}


@Doc(
    name="listOperations",
    summary="List the operations of the backend",
    tag=_TAG,
    answer=ListOf[OperationReport],
)
async def operations(request: web.Request) -> object:
    """`GET operations`: each operation, how far it is simulated, and where it differs.

    That follows from the evidence: statements of Adobe's pages, each with a test that proves it, with the
    way in which this differs, or with the reason why it is open.
    """
    del request
    # Beside the event loop: the first one reads all of the evidence.
    return {"items": await asyncio.to_thread(_reports), "next": None}


def _reports() -> list[OperationReport]:
    found = []
    for each in OPERATIONS:
        summary = summary_of_operation(each.name)
        found.append(
            OperationReport(
                name=each.name,
                method=each.method,
                path=each.path,
                fidelity=fidelity_of(each.name),
                page=pages()[each.page].url,
                proven=len(summary.proven),
                differs=_statements(summary.differs),
                open=_statements(summary.open),
            )
        )
    return found


def _statements(rows: Iterable[Row]) -> list[Statement]:
    return [
        Statement(
            id=row.id,
            says=row.says,
            why=row.differs or row.open or "",
            switch=row.switch,
            page=pages()[row.page].url,
        )
        for row in rows
    ]
