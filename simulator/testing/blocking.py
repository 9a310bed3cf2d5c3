"""The driver of the blocking client: http.client of the standard library, with kept connections."""

import selectors
import ssl
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Lock
from typing import Any

from .errors import NoAnswer
from .flows import Answer, Blocking, Driver, Flow, Pause, Request


class BlockingDriver(Driver[Blocking]):
    """Runs flows to their end; any number of threads may share one."""

    def __init__(self, cafile: str | None = None) -> None:
        self._cafile = cafile
        self._lock = Lock()
        self._idle: dict[str, list[HTTPConnection]] = {}
        self._tls: ssl.SSLContext | None = None

    def run(self, flow: Flow[Any]) -> Any:  # noqa: ANN401 - the flow's result
        """The result of `flow`. Raises what it raises, and `NoAnswer`."""
        try:
            step = next(flow)
            while True:
                try:
                    answer = self._do(step)
                except NoAnswer as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(answer)
        except StopIteration as end:
            return end.value

    def close(self) -> None:
        """Close the connections that are kept."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for connections in idle.values():
            for each in connections:
                each.close()

    def __del__(self) -> None:
        self.close()

    def _do(self, step: Request | Pause) -> Answer | None:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        return self._send(step)

    def _send(self, request: Request) -> Answer:
        connection = self._connection(request)
        headers = {name: value.encode() for name, value in request.headers.items()}
        try:
            connection.request(request.method, request.target, request.body, headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, HTTPException) as error:
            connection.close()
            raise NoAnswer(request.url, str(error) or type(error).__name__) from error
        except BaseException:
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            with self._lock:
                self._idle.setdefault(request.origin, []).append(connection)
        return Answer(
            url=request.url,
            status=response.status,
            # http.client takes headers for Latin-1; ours are UTF-8.
            headers={
                name.lower(): value.encode("latin-1").decode(errors="replace")
                for name, value in response.getheaders()
            },
            body=body,
        )

    def _connection(self, request: Request) -> HTTPConnection:
        """A connection that is still open, else a new one."""
        while True:
            with self._lock:
                kept = self._idle.get(request.origin)
                connection = kept.pop() if kept else None
            if connection is None:
                return self._connect(request)
            if _open(connection):
                connection.sock.settimeout(request.timeout)
                return connection
            connection.close()

    def _connect(self, request: Request) -> HTTPConnection:
        scheme, _, address = request.origin.partition("://")
        if scheme == "https":
            if self._tls is None:
                self._tls = ssl.create_default_context(cafile=self._cafile)
            return HTTPSConnection(address, timeout=request.timeout, context=self._tls)
        return HTTPConnection(address, timeout=request.timeout)


def _open(connection: HTTPConnection) -> bool:
    """Whether the server has kept the connection, too: there is nothing to read, not even its end.

    Asking first is better than trying twice, which would hide the faults that cut a connection.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return not selector.select(0)
