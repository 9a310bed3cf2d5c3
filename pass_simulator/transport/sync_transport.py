"""The transport of the blocking client: http.client of the standard library, with kept connections."""

import os
import selectors
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.client import (
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
)
from threading import Lock
from typing import Any, Final

from pass_simulator.errors import NoResponse

from .calls import Flow, Sync, Transport
from .messages import CONNECT_TIMEOUT, Pause, Request, Response, is_success, no_response

_PIECE: Final = 65_536
_WITH_BODY: Final = frozenset({"PATCH", "POST", "PUT"})
# Where there is one, it takes a single system call.
_Selector: Final[type[selectors.BaseSelector]] = getattr(
    selectors, "PollSelector", selectors.SelectSelector
)


class _InOnePiece(HTTPConnection):
    """Sends the head of a request and its body together: apart, they would wake the server twice."""

    _held: list[bytes] | None = None

    def send_request(self, body: bytes | None) -> None:
        """End the head that was put, and send all of it."""
        self._held = []
        try:
            self.endheaders(body)
            whole = b"".join(self._held)
        finally:
            self._held = None
        self.send(whole)

    def send(self, data: Any) -> None:  # noqa: ANN401 - whatever http.client sends
        if self._held is None:
            super().send(data)
        else:
            self._held.append(data)


class _Secure(_InOnePiece, HTTPSConnection):
    """A connection of HTTPS."""


class SyncTransport(Transport[Sync]):
    """Runs flows to their end; any number of threads may share one.

    A process that was forked from one with a used transport has connections of its own.
    """

    def __init__(self, cafile: str | None = None, *, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(cafile, tls=tls)
        self._start()

    def _start(self) -> None:
        self._lock = Lock()
        self._idle: dict[tuple[str, str, int], list[_InOnePiece]] = {}
        self._process = os.getpid()

    def _leave_to_parent(self) -> None:
        """Begin anew in a child: on a connection that it shares, one would get the other's answers.

        The lock may be held by a thread that there is only in the parent.
        """
        if self._process != os.getpid():
            idle = self._idle
            self._start()
            _close(idle.values())

    def run(self, flow: Flow[Any]) -> Any:  # noqa: ANN401 - the flow's result
        """The result of `flow`. Raises what it raises, and `NoResponse`."""
        return self.start(flow)()

    def start(self, flow: Flow[Any]) -> Callable[[], Any]:
        """Send the first request of `flow`; what is returned runs it to its end, as `run` does."""
        try:
            step = next(flow)
        except StopIteration as end:
            return partial(_same, end.value)
        return partial(self._finish, flow, self._begun(step))

    def _finish(self, flow: Flow[Any], begun: Callable[[], Response | None]) -> Any:  # noqa: ANN401 - the flow's result
        try:
            while True:
                try:
                    response = begun()
                except NoResponse as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(response)
                begun = self._begun(step)
        except StopIteration as end:
            return end.value

    def close(self) -> None:
        """Close the connections that are kept."""
        self._leave_to_parent()
        with self._lock:
            idle, self._idle = self._idle, {}
        _close(idle.values())

    def __del__(self) -> None:
        self.close()

    def _begun(self, step: Request | Pause) -> Callable[[], Response | None]:
        """Send a request; what is returned waits for its response, and raises `NoResponse`."""
        if isinstance(step, Pause):
            return partial(time.sleep, step.seconds)
        try:
            connection = self._connection(step)
            with _held(connection, step):
                _write(connection, step)
        except NoResponse as error:
            return partial(_raise, error)
        return partial(self._end, connection, step)

    def _end(self, connection: _InOnePiece, request: Request) -> Response:
        with _held(connection, request):
            response = connection.getresponse()
            body = _read(response, request.on_line)
        if response.will_close:
            connection.close()
        else:
            with self._lock:
                self._idle.setdefault(request.address, []).append(connection)
        return Response(
            url=request.url,
            status=response.status,
            # http.client takes headers for Latin-1, ours are UTF-8; and it keeps blanks at their end.
            headers={
                name.lower(): value.encode("latin-1").decode(errors="replace").strip()
                for name, value in response.getheaders()
            },
            body=body,
        )

    def _connection(self, request: Request) -> _InOnePiece:
        """A connection that is still open, else a new one."""
        self._leave_to_parent()
        while True:
            with self._lock:
                kept = self._idle.get(request.address)
                connection = kept.pop() if kept else None
            if connection is None:
                break
            if _is_open(connection):
                connection.sock.settimeout(request.timeout)
                return connection
            connection.close()
        connection = self._new_connection(request)
        try:
            connection.connect()
        except (OSError, UnicodeError) as error:
            connection.close()
            raise no_response(request, error) from error
        connection.sock.settimeout(request.timeout)
        return connection

    def _new_connection(self, request: Request) -> _InOnePiece:
        scheme, host, port = request.address
        timeout = min(CONNECT_TIMEOUT, request.timeout or CONNECT_TIMEOUT)
        if scheme == "http":
            return _InOnePiece(host, port, timeout=timeout)
        return _Secure(host, port, timeout=timeout, context=self.trust())


@contextmanager
def _held(connection: _InOnePiece, request: Request) -> Iterator[None]:
    """Close the connection where the block fails. Raises `NoResponse` for what has cut it off."""
    try:
        yield
    except (OSError, HTTPException) as error:
        connection.close()
        raise no_response(request, error) from error
    except BaseException:
        connection.close()
        raise


def _same(value: Any) -> Any:  # noqa: ANN401 - the result of any flow
    return value


def _raise(error: NoResponse) -> None:
    raise error


def _close(idle: Iterable[Iterable[_InOnePiece]]) -> None:
    for connections in idle:
        for each in connections:
            each.close()


def _write(connection: _InOnePiece, request: Request) -> None:
    # Not as a dictionary: a header may be there twice.
    headers = [(name, value.encode()) for name, value in request.headers.items()]
    given = {name.lower() for name, _ in headers}
    if (credentials := request.basic_credentials) and "authorization" not in given:
        headers.append(("Authorization", credentials.encode()))
    if request.body is not None or request.method in _WITH_BODY:
        headers.append(("Content-Length", str(len(request.body or b"")).encode()))
    try:
        connection.putrequest(
            request.method,
            request.target,
            skip_host="host" in given,
            skip_accept_encoding="accept-encoding" in given,
        )
        for name, value in headers:
            connection.putheader(name, value)
        connection.send_request(request.body)
    except (BrokenPipeError, ConnectionResetError):
        # A server may refuse before it has read all; then its response is there all the same.
        return
    except ValueError as error:
        raise HTTPException(str(error)) from error


def _read(response: HTTPResponse, on_line: Callable[[bytes], None] | None) -> bytes:
    """The body, empty where its lines go to `on_line`. Raises `IncompleteRead` where it was cut off."""
    if on_line is None or not is_success(response.status):
        return response.read()
    # Not kept: what is followed may go on for days.
    line = b""
    while piece := response.read1(_PIECE):
        *lines, line = (line + piece).split(b"\n")
        for each in lines:
            on_line(each)
    if response.length:
        raise IncompleteRead(line, response.length)
    if line:
        on_line(line)
    return b""


def _is_open(connection: _InOnePiece) -> bool:
    """Whether the server has kept the connection, too: there is nothing to read, not even its end.

    Asking first is better than trying twice, which would hide the faults that cut a connection.
    """
    with _Selector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return not selector.select(0)
