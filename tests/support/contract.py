"""Holding what goes over the wire against an OpenAPI document."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.deserializing.media_types.util import json_loads
from openapi_core.templating.paths import APICallPathFinder
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.testing import MockRequest, MockResponse

from .replies import Json, Reply

HOST: Final = "http://lab"
_TYPES: Final = {"json": "application/json", "data": "application/x-www-form-urlencoded"}
_CONFIG: Final = Config(
    # What nobody declared is a difference, too.
    additional_properties_default_policy="forbid",
    # One line at a time; and what a document can call nothing but a text.
    extra_media_type_deserializers={"application/x-ndjson": json_loads, "application/zip": str},
)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request as it was sent, and its answer; `path` holds the query as well."""

    method: str
    path: str
    headers: Mapping[str, str]
    reply: Reply
    body: bytes = b""
    body_type: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path} → {self.reply.status} {self.reply.text[:500]}"


def exchange(
    method: str, path: str, headers: Mapping[str, str], options: Mapping[str, Json], reply: Reply
) -> Exchange:
    """The exchange of a call that was made with these options of aiohttp's client."""
    given = next((name for name in _TYPES if options.get(name) is not None), "")
    value = options.get(given)
    if given == "json":
        body = json.dumps(value).encode()
    elif isinstance(value, bytes):
        body = value
    else:
        body = urlencode(value).encode() if isinstance(value, Mapping) else b""
    typed = {name.lower(): each for name, each in headers.items()}.get("content-type")
    return Exchange(
        method=method,
        path=path,
        headers=headers,
        reply=reply,
        body=body,
        body_type=typed or _TYPES.get(given, ""),
    )


@dataclass(frozen=True)
class Contract:
    """An OpenAPI document, and what breaks it; its paths lie under `base`."""

    document: Mapping[str, Any]
    base: str = ""

    @cached_property
    def _openapi(self) -> OpenAPI:
        document = {**self.document, "servers": [{"url": HOST + self.base}]}
        return OpenAPI.from_dict(document, config=_CONFIG)

    def operation_of(self, seen: Exchange) -> str | None:
        """The operationId of an exchange; None on paths and methods that the document does not have."""
        spec = self._openapi.spec
        try:
            found = APICallPathFinder(spec).find(seen.method.lower(), HOST + _path(seen))
        except PathError:
            return None
        return str((found.operation / "operationId").read_value())

    def broken_by_answer(self, seen: Exchange) -> Iterator[str]:
        """What the document does not allow in an answer; nothing on paths that it does not have."""
        typed = seen.reply.headers.get("Content-Type", "")
        body = seen.reply.text.encode(errors="surrogateescape")
        answer = MockResponse(body, seen.reply.status, dict(seen.reply.headers), typed)
        yield from _told(self._openapi.iter_response_errors(_request(seen), answer))

    def broken_by_request(self, seen: Exchange) -> Iterator[str]:
        """What the document does not allow in a request."""
        yield from _told(self._openapi.iter_request_errors(_request(seen)))


def _path(seen: Exchange) -> str:
    return urlsplit(seen.path).path.rstrip("/")


def _request(seen: Exchange) -> MockRequest:
    parts = urlsplit(seen.path)
    headers = {**seen.headers, **({"Content-Type": seen.body_type} if seen.body_type else {})}
    return MockRequest(
        HOST,
        seen.method,
        _path(seen),
        args=parse_qs(parts.query, keep_blank_values=True),
        headers=headers,
        data=seen.body,
        content_type=seen.body_type.lower(),
    )


def _told(errors: Any) -> Iterator[str]:  # noqa: ANN401 - an iterator of whatever it raises
    for error in errors:
        if isinstance(error, PathError):
            continue
        causes = getattr(error.__cause__, "schema_errors", ())
        yield "; ".join([str(error), *(f"{each.json_path}: {each.message}" for each in causes)])
