"""Servers that answer as a test wants it."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


class Answering(BaseHTTPRequestHandler):
    """Answers anything with a version, and remembers how it was asked."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[tuple[str, dict[str, str]]]]
    closing: ClassVar[bool] = False
    pause: ClassVar[float] = 0.0
    body: ClassVar[bytes] = b'{"version":"x"}'

    def do_GET(self) -> None:
        self.seen.append((f"{self.client_address[1]} {self.path}", dict(self.headers)))
        time.sleep(self.pause)
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)
        # Without a word, as a server does that has waited long enough.
        self.close_connection = self.closing

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def answering(
    tls: ssl.SSLContext | None = None, **how: object
) -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """A server of its own kind: its address, and what it is asked."""
    seen: list[tuple[str, dict[str, str]]] = []
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Handler", (Answering,), {"seen": seen, **how})
    )
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
