"""Where a client's calls go: an instance, or one of its sandboxes, and how to speak to it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, Final, Generic, Literal, TypeVar
from urllib.parse import quote, urlencode, urljoin

from pass_simulator.errors import (
    AdminError,
    InvalidAddress,
    NoResponse,
    NotReady,
    NotTls,
    UnexpectedResponse,
    Untrusted,
)
from pass_simulator.values import Json

from .calls import Async, Flow, M, Sync, Transport, exchange, pause
from .messages import Request, Response
from .redirects import exchange_redirected

Query = Mapping[str, str | Sequence[str]] | Sequence[tuple[str, str]]
"""The parameters of a query; one that has several values is given several times."""

Binding = Literal["path", "header"]
"""How requests say which sandbox they mean: `/s/{sandbox}/…` or the header X-Sim-Sandbox."""

JSON_TYPE: Final = "application/json"
LINES_TYPE: Final = "application/x-ndjson"
# What stands before the data of an event.
_DATA: Final = b"data: "
# The longest page that there is.
_PAGE: Final = 1000
# Seconds between two questions: a starting server is left alone, and nobody notices the wait.
_SHORTEST: Final = 0.05
_LONGEST: Final = 1.0

Other = TypeVar("Other", Sync, Async)


def path_segment(text: str) -> str:
    """`text` as one segment of a path."""
    return quote(text, safe="")


@dataclass(frozen=True, kw_only=True)
class Connection(Generic[M]):
    """The way to an instance, or to one of its sandboxes.

    `timeout` is how many seconds a response may take, None for as long as it takes.
    """

    transport: Transport[M]
    instance: str
    admin_token: str | None = field(default=None, repr=False)
    sandbox: str | None = None
    binding: Binding = "path"
    timeout: float | None = 30.0
    follow_redirects: bool = False

    def __post_init__(self) -> None:
        # A variable from a file may have the end of its line behind it.
        object.__setattr__(self, "instance", self.instance.strip().rstrip("/"))
        if self.admin_token is not None:
            object.__setattr__(self, "admin_token", self.admin_token.strip())

    @property
    def without_sandbox(self) -> "Connection[M]":
        """The way to the instance."""
        return replace(self, sandbox=None)

    def with_transport(self, transport: Transport[Other]) -> "Connection[Other]":
        """The same way, with another transport and its mode."""
        unmoded: Connection[Any] = self
        return replace(unmoded, transport=transport)

    def to(self, sandbox: str, binding: Binding | None = None) -> "Connection[M]":
        """The way to a sandbox of the same instance."""
        return replace(self, sandbox=sandbox, binding=binding or self.binding)

    @property
    def base(self) -> str:
        """What paths are put behind."""
        if self.sandbox is None or self.binding == "header":
            return self.instance
        return f"{self.instance}/s/{path_segment(self.sandbox)}"

    def url(self, path: str) -> str:
        """The absolute url of a path of the sandbox; whole urls stay as they are."""
        if "://" in path.partition("?")[0]:
            return path
        return f"{self.base}{path}"

    def absolute(self, url: str) -> str:
        """The absolute form of a `url` that a response of the simulator named, maybe root-relative."""
        return urljoin(f"{self.instance}/", url)

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        query: Query | None = None,
        extra_timeout: float = 0.0,
        on_line: Callable[[bytes], None] | None = None,
    ) -> Flow[Response]:
        """The response to a request, whatever its status; `extra_timeout` is what it may take besides."""
        url = self.url(path) + (
            f"?{urlencode(query, doseq=True, quote_via=quote)}" if query else ""
        )
        bound = {"X-Sim-Sandbox": self.sandbox} if self.sandbox and self.binding == "header" else {}
        request = Request(
            method=method,
            url=url,
            headers={**bound, **(headers or {})},
            body=body,
            timeout=None if self.timeout is None else self.timeout + extra_timeout,
            on_line=on_line,
        )
        send = exchange_redirected if self.follow_redirects else exchange
        return (yield from send(request))

    def admin(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Query | None = None,
        content: tuple[str, bytes] | None = None,
        extra_timeout: float = 0.0,
    ) -> Flow[Json]:
        """The JSON object of `/admin/v1/{path}`, or of a path from the root, empty without a body.

        `content` is a body that is no JSON, or JSON already, with its type. Raises `AdminError`.
        """
        if content is None and body is not None:
            content = JSON_TYPE, json.dumps(body).encode()
        response = yield from self.send(
            method,
            path if path.startswith("/") else f"/admin/v1/{path}",
            headers={**self._admin_headers(content), "Accept": JSON_TYPE},
            body=content and content[1],
            query=query,
            extra_timeout=extra_timeout,
        )
        found = response.json()
        if response.ok and isinstance(found, dict | None):
            return found or {}
        raise _error_of(response)

    def admin_lines(
        self,
        method: str,
        path: str,
        content: tuple[str, bytes],
        on_line: Callable[[Json], None],
    ) -> Flow[None]:
        """Call `on_line` with each line of the response of `/admin/v1/{path}`, as it arrives.

        Raises `AdminError`, also where it is a line that says so.
        """
        url = self.url(f"/admin/v1/{path}")

        def read(line: bytes) -> None:
            response = Response(url=url, status=200, headers={}, body=line)
            found = response.json()
            if not isinstance(found, dict) or "error" in found:
                raise _error_of(response)
            on_line(found)

        response = yield from self.send(
            method,
            f"/admin/v1/{path}",
            headers={**self._admin_headers(content), "Accept": LINES_TYPE},
            body=content[1],
            on_line=read,
        )
        if not response.ok:
            raise _error_of(response)

    def events(self, query: Query, on_event: Callable[[Json], None]) -> Flow[None]:
        """Call `on_event` with the data of each event of `/admin/v1/events`, as it happens.

        It ends when the simulator stops. Raises `AdminError`.
        """

        def read(line: bytes) -> None:
            if line.startswith(_DATA):
                on_event(json.loads(line.removeprefix(_DATA)))

        response = yield from self.send(
            "GET",
            "/admin/v1/events",
            headers=self._admin_headers(None),
            query=query,
            on_line=read,
        )
        if not response.ok:
            raise _error_of(response)

    def get(self, path: str, query: Query | None = None) -> Flow[Response]:
        """The response to a GET at any path, whatever its status, for whoever may use the admin API."""
        return (yield from self.send("GET", path, headers=self._admin_headers(None), query=query))

    def download(self, path: str, query: Query | None = None) -> Flow[bytes]:
        """The file at `/admin/v1/{path}`. Raises `AdminError`."""
        response = yield from self.get(f"/admin/v1/{path}", query)
        if not response.ok:
            raise _error_of(response)
        return response.body

    def wait_until_ready(self, timeout: float) -> Flow[None]:
        """Ask until the instance has started. Raises `NotReady` after `timeout` seconds.

        What waiting does not mend is raised at once: `InvalidAddress`, `NotTls`, `Untrusted`.
        """
        deadline, delay = monotonic() + timeout, _SHORTEST
        while True:
            try:
                response = yield from self.send("GET", "/readyz")
            except (InvalidAddress, NotTls, Untrusted):
                # However long it takes to start, this will not get better.
                raise
            except NoResponse as error:
                problem = error.reason
            else:
                if response.ok:
                    return
                problem = f"it answers HTTP {response.status}"
            left = deadline - monotonic()
            if left <= 0:
                raise NotReady(self.instance, timeout, problem)
            yield from pause(min(delay, left))
            delay = min(2 * delay, _LONGEST)

    def pages(
        self,
        path: str,
        query: Mapping[str, str | Sequence[str]] | None = None,
        most: int | None = None,
    ) -> Flow[list[Json]]:
        """The items of a list, page after page, `most` of them or all."""
        items: list[Json] = []
        parameters: dict[str, str | Sequence[str]] = {**(query or {})}
        while most is None or len(items) < most:
            rest = _PAGE if most is None else min(_PAGE, most - len(items))
            found = yield from self.admin("GET", path, query={**parameters, "limit": str(rest)})
            items += found["items"]
            if found["next"] is None:
                break
            parameters["after"] = found["next"]
        return items

    def _admin_headers(self, content: tuple[str, bytes] | None) -> dict[str, str]:
        token = {"Authorization": f"Bearer {self.admin_token}"} if self.admin_token else {}
        return token | ({"Content-Type": content[0]} if content else {})


def drop_none(**members: object) -> Json:
    """The members that are not None: what is left out is the simulator's to decide."""
    return {name: value for name, value in members.items() if value is not None}


def _error_of(response: Response) -> AdminError | UnexpectedResponse:
    """What to raise for a response of the admin API that is no success, or no JSON object."""
    found = response.json()
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, dict):
        return AdminError(response.status, error)
    return UnexpectedResponse(response.url, response.status, response.text)
