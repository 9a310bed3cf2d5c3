"""Answers that are spoilt at one place, for a test that has to notice."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from multidict import CIMultiDict

from simulator.evidence.models import Alter, Where
from simulator.routes import ENDPOINTS
from tests.support.replies import Json, Reply

_NOTHING: Final = object()


@dataclass
class Alteration:
    """What is done to the answers of `operation`; `met` counts the answers that it changed."""

    operation: str
    where: Where
    alter: Alter
    met: int = 0

    def __call__(self, method: str, path: str, reply: Reply) -> Reply:
        """The answer to a request, spoilt where it is one that is meant."""
        wanted = self.where.status in {None, reply.status}
        if not wanted or operation_of(method, path) != self.operation:
            return reply
        spoilt = self._spoilt(reply)
        self.met += spoilt != reply
        return spoilt

    def _spoilt(self, reply: Reply) -> Reply:
        match self.where.kind:
            case "status":
                return replace(reply, status=self.alter.value)
            case "header":
                return self._with_header(reply, self.where.header or "")
            case "body":
                return replace(reply, text=self._text(reply.text))
        try:
            found = json.loads(reply.text)
        except ValueError:
            return reply
        spoilt = _altered(found, _parts(self.where.json_path or "."), self.alter)
        return reply if spoilt == found else replace(reply, text=json.dumps(spoilt))

    def _with_header(self, reply: Reply, name: str) -> Reply:
        headers = CIMultiDict(reply.headers)
        if (name in headers) == (self.alter.verb == "add"):
            return reply
        headers.popall(name, None)
        if self.alter.verb != "drop":
            headers[name] = self.alter.value
        return replace(reply, headers=headers)

    def _text(self, text: str) -> str:
        match self.alter.verb:
            case "drop":
                return ""
            case "add":
                return text + str(self.alter.value)
        return str(self.alter.value)


def _parts(path: str) -> list[str]:
    return [] if path == "." else path.split(".")


def _altered(found: Json, parts: list[str], alter: Alter) -> Json:
    """A copy of what was found, changed at each place that a path leads to."""
    if not parts:
        return _changed(found, alter)
    copy = dict(found) if isinstance(found, dict) else [*found] if isinstance(found, list) else None
    if copy is None:
        return found
    for key in [*_keys(copy, parts[0])]:
        changed = _altered(copy[key], parts[1:], alter)
        copy[key] = changed
    return _without(copy, _NOTHING)


def _without(copy: Json, nothing: object) -> Json:
    if isinstance(copy, dict):
        return {name: each for name, each in copy.items() if each is not nothing}
    return [each for each in copy if each is not nothing]


def _keys(found: dict[str, Any] | list[Any], part: str) -> Iterator[Any]:
    if isinstance(found, dict):
        yield from found if part == "*" else {part} & found.keys()
    elif part == "*":
        yield from range(len(found))
    elif part.isdecimal() and int(part) < len(found):
        yield int(part)


def _changed(found: Json, alter: Alter) -> Json:
    match alter.verb, found:
        case "drop", _:
            return _NOTHING
        case "retype", _:
            return _retyped(found)
        case "replace", _:
            return alter.value
        case "add", dict() if isinstance(alter.value, dict):
            return {**found, **alter.value}
        case "add", list():
            return [*found, alter.value]
    return found


def _retyped(found: Json) -> Json:
    """The same as another kind of JSON: text as a list of it, all else as text."""
    return [found] if isinstance(found, str) else json.dumps(found)


@dataclass(frozen=True, slots=True)
class _Pattern:
    method: str
    segments: tuple[str, ...]
    operation: str

    def fits(self, method: str, segments: list[str]) -> bool:
        return (
            method == self.method
            and len(segments) == len(self.segments)
            and all(
                ours.startswith("{") or ours == theirs
                for ours, theirs in zip(self.segments, segments, strict=True)
            )
        )

    @property
    def literals(self) -> list[bool]:
        """What comes first in the router: of two that fit, the one with more literals in front."""
        return [each.startswith("{") for each in self.segments]


_PATTERNS: Final = sorted(
    (
        _Pattern(each.method, tuple(each.path.split("/")), each.operation)
        for each in ENDPOINTS
        if each.operation
    ),
    key=lambda each: each.literals,
)


def operation_of(method: str, path: str) -> str | None:
    """The operation or page that a request is for, or None for one of another surface.

    A request with a verb that is not served is for the operation of its path.
    """
    segments = path.partition("?")[0].removesuffix("/").split("/")
    if segments[1:2] == ["s"]:
        segments = ["", *segments[3:]]
    fitting = (
        each.operation
        for verb in (method, "GET", "POST", "DELETE")
        for each in _PATTERNS
        if each.fits(verb, segments)
    )
    return next(fitting, None)
