"""What a call yields to its transport, requests and pauses, and what it is sent back."""

import base64
import errno
import json
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from pass_simulator.errors import (
    InvalidAddress,
    NoResponse,
    NotTls,
    UnexpectedResponse,
    Unreachable,
    Untrusted,
)

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

# What OpenSSL calls it when something else than TLS is answered, from one version to the next.
_NO_TLS: Final = frozenset(
    {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"}
)

_NOBODY: Final = frozenset({errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH})

CONNECT_TIMEOUT: Final = 10.0
"""Seconds that opening a connection may take, where a request does not want it sooner."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request as it goes out: nothing is added to its url, and redirects are not followed.

    `timeout` is how many seconds it may take until something of the response arrives, and then until
    more of it does; None for as long as it takes. `on_line` is called with each line of a successful
    response as it arrives, and its body is empty then.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout: float | None = 30.0
    on_line: Callable[[bytes], None] | None = None

    @property
    def address(self) -> tuple[str, str, int]:
        """Scheme, host and port. Raises `InvalidAddress` where the url does not say them."""
        try:
            parts = urlsplit(self.url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise InvalidAddress(self.url, str(error)) from error
        if parts.scheme not in _DEFAULT_PORTS:
            raise InvalidAddress(self.url, _without_scheme(self.url))
        if not host:
            raise InvalidAddress(self.url, "it names no host")
        return parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme]

    @property
    def target(self) -> str:
        """Path and query."""
        parts = urlsplit(self.url)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    @property
    def basic_credentials(self) -> str | None:
        """The Authorization header for the user and password in the url, None where it has none."""
        parts = urlsplit(self.url)
        if parts.username is None:
            return None
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _without_scheme(url: str) -> str:
    problem = "it begins with neither http:// nor https://"
    if "://" in url.partition("?")[0]:
        return problem
    base = url.lstrip("/").partition("/")[0]
    return f"{problem}; try http://{base}"


def is_success(status: int) -> bool:
    """Whether the status of a response says that all went well."""
    return 200 <= status < 300  # noqa: PLR2004 - HTTP's own numbers


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Seconds in which a call waits before it asks again."""

    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """A response: its status, its headers by lower-case name, its body, and the url that gave it."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status says that all went well."""
        return is_success(self.status)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:  # noqa: ANN401 - JSON of any shape
        """The body as JSON, None where it is empty. Raises `UnexpectedResponse` where it is neither."""
        if not self.body.strip():
            return None
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise UnexpectedResponse(self.url, self.status, self.text) from error


def no_response(request: Request, error: Exception) -> NoResponse:
    """What to raise where `error` has cut an exchange off, in as few words as there are for it."""
    # aiohttp puts its own around it.
    cause = getattr(error, "certificate_error", error)
    if isinstance(cause, ssl.SSLError):
        if cause.reason in _NO_TLS:
            return NotTls(request.url)
        verdict = getattr(cause, "verify_message", "")
        return Untrusted(
            request.url, f"certificate verify failed: {verdict}" if verdict else str(cause)
        )
    number = getattr(error, "errno", None)
    known = os.strerror(number) if isinstance(number, int) and number > 0 else str(error)
    nobody = number in _NOBODY or isinstance(getattr(error, "os_error", error), socket.gaierror)
    kind = Unreachable if nobody else NoResponse
    return kind(request.url, known or type(error).__name__)
