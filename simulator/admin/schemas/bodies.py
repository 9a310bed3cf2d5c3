"""Reading the bodies of admin requests."""

import asyncio
import re
from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Strict, StringConstraints

from simulator.http.bodies import body_of
from simulator.scenarios.loading import validate_as
from simulator.services.errors import InvalidBody, InvalidLimit, UnknownFilter
from simulator.validation import reading
from simulator.validation.problems import Problem, did_you_mean
from simulator.validation.reading import Reading

# A world of a hundred thousand profiles is some tens of megabytes as JSON.
_LARGEST: Final = 256 * 1024 * 1024
_LIMIT: Final = 100
_MOST: Final = 1_000
# Longer texts are read beside the event loop, so that devices do not wait for it.
_LONG: Final = 256 * 1024
_YAML: Final = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})

M = TypeVar("M", bound=BaseModel)

Name = Annotated[str, Strict(), StringConstraints(min_length=1, max_length=200)]
Keep: TypeAlias = tuple[Literal["clients"], ...] | None
"""The kinds of entities that a reset is to keep."""


class Body(BaseModel):
    """The body of an admin request; members that it does not know are refused by name."""

    # Built by the first request that needs it; a start has a hundred of them, and none to read.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


async def read_text(request: web.Request) -> str:
    """The body as text."""
    try:
        return (await body_of(request, _LARGEST)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The body is not UTF-8 (byte {error.start})."
        raise InvalidBody(message, "Send UTF-8 text.") from error


async def read_json(request: web.Request) -> Reading:
    """The body as JSON, and what is wrong with it; an empty body is an empty object."""
    text = await read_text(request)
    if not text.strip():
        return Reading({})
    try:
        long = len(text) > _LONG
        return await asyncio.to_thread(reading.read_json, text) if long else reading.read_json(text)
    except (ValueError, RecursionError) as error:
        message = f"The body cannot be read as JSON: {error}."
        raise InvalidBody(message, "Send one JSON object.") from error


async def read_object(request: web.Request) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The body as a JSON object, and what is wrong with the JSON."""
    found = await read_json(request)
    if not isinstance(found.data, dict):
        raise InvalidBody("The body is not a JSON object.", "Send one JSON object.")
    return found.data, found.problems


async def read_body(request: web.Request, model: type[M]) -> M:
    """The body as a `model`. Raises `ScenarioError` with every problem."""
    return validate_as(model, *await read_object(request))


def page_of(request: web.Request) -> tuple[str, int]:
    """Which page of a list is asked for: the id that it comes after, and its length."""
    query = request.query
    given = query.get("limit")
    if given is None:
        return query.get("after", ""), _LIMIT
    if not re.fullmatch("[0-9]{1,4}", given) or not 1 <= int(given) <= _MOST:
        message = f"The limit '{given}' is not a number from 1 to {_MOST}."
        raise InvalidLimit(message, "Follow 'next' with ?after= for more.")
    return query.get("after", ""), int(given)


def unknown_filter(what: str, unknown: Iterable[str], known: Iterable[str]) -> UnknownFilter:
    """What to raise for filters that there are none of; `what` begins the message."""
    names = [*known]
    given = sorted(unknown)
    near = "".join(did_you_mean(each, names) for each in given)
    return UnknownFilter(f"{what} {', '.join(given)}{near or '.'}", names)


def is_yaml(request: web.Request) -> bool:
    """Whether the body says that it is YAML."""
    return request.content_type in _YAML
