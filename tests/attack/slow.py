"""Clients that take their time, and clients that speak no HTTP, both seen from the socket."""

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.support.server import serving

from .crowds import ask_alive
from .progress import progress
from .tally import Tally

# Seconds that the server is started with, and those that a busy machine may add.
_HEAD: Final = 2
_BODY: Final = 6
_IDLE: Final = 5
_SPARE: Final = 8.0
_DRIP: Final = 0.3
_OPTIONS: Final = (
    "--head-seconds", str(_HEAD), "--body-seconds", str(_BODY), "--idle-seconds", str(_IDLE),
)  # fmt: skip
_REQUEST: Final = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
_UPLOAD: Final = (
    b"POST /admin/v1/seed HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 100000\r\n\r\n"
)
# So many answers fill every buffer on the way.
_LARGE: Final = b"GET /admin/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
_LARGE_TIMES: Final = 200

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Client = Callable[[Streams], Awaitable[None]]


async def _drip(streams: Streams, text: bytes) -> None:
    """Send a byte now and then, until the server has enough of it."""
    reader, writer = streams
    ended = asyncio.ensure_future(reader.read())
    for byte in text:
        writer.write(bytes([byte]))
        done, _ = await asyncio.wait([ended], timeout=_DRIP)
        if done:
            return
    await ended


async def _drips_a_head(streams: Streams) -> None:
    await asyncio.wait_for(_drip(streams, b"GET / HTTP/1.1\r\nX: " + b"y" * 500), _HEAD + _SPARE)


async def _drips_another_head(streams: Streams) -> None:
    reader, writer = streams
    writer.write(_REQUEST)
    await reader.readuntil(b"}")
    await asyncio.wait_for(_drip(streams, b"GET / HTTP/1.1\r\nX: " + b"y" * 500), _IDLE + _SPARE)


async def _drips_a_body(streams: Streams) -> None:
    streams[1].write(_UPLOAD)
    await asyncio.wait_for(_drip(streams, b"{" + b" " * 500), _BODY + _SPARE)


async def _stops_in_a_head(streams: Streams) -> None:
    reader, writer = streams
    writer.write(_REQUEST[:20])
    writer.write_eof()
    await asyncio.wait_for(reader.read(), _HEAD + _SPARE)


async def _stops_in_a_body(streams: Streams) -> None:
    reader, writer = streams
    writer.write(_UPLOAD + b"{")
    writer.write_eof()
    await asyncio.wait_for(reader.read(), _HEAD + _SPARE)


async def _is_silent_half_way(streams: Streams) -> None:
    reader, writer = streams
    writer.write(_UPLOAD + b"{")
    await asyncio.wait_for(reader.read(), _HEAD + _SPARE)


async def _takes_no_answer(streams: Streams) -> None:
    """What it gets in the end must be less than it asked for: by then the server has given up."""
    reader, writer = streams
    writer.write(_LARGE * _LARGE_TIMES)
    await asyncio.sleep(3 * _HEAD)
    heads = 0
    with suppress(ConnectionError):
        while piece := await asyncio.wait_for(reader.read(2**20), _SPARE):
            heads += piece.count(b"HTTP/1.1 200")
    if heads >= _LARGE_TIMES:
        raise TimeoutError


_CLIENTS: Final[tuple[Client, ...]] = (
    _drips_a_head,
    _drips_another_head,
    _drips_a_body,
    _stops_in_a_head,
    _stops_in_a_body,
    _is_silent_half_way,
    _takes_no_answer,
)


async def clients(folder: Path, number: int) -> Tally:
    """So many of them at once; each has to be let go in its time, and others are answered meanwhile."""
    tally = Tally(attack="slow clients")
    log = folder / "slow.log"
    options = ("--port", "0", "--db", str(folder / "slow.db"), "--scenario", "demo", *_OPTIONS)
    with serving(*options, directory=folder, log=log) as server:
        host, port = server.origin.removeprefix("http://").split(":")

        async def one(at: int) -> None:
            client = _CLIENTS[at % len(_CLIENTS)]
            small = socket.create_connection((host, int(port)))
            small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            streams = await asyncio.open_connection(sock=small, limit=4096)
            tally.tries += 1
            try:
                await client(streams)
            except TimeoutError:
                tally.hangs += 1
                tally.remember(f"one that {client.__name__.strip('_')} was not let go")
            except (OSError, asyncio.IncompleteReadError):
                # It was let go while it was still about to send.
                pass
            finally:
                streams[1].close()

        progress(tally.attack, 0, number)
        work = asyncio.gather(*map(one, range(number)))
        while not work.done():
            await ask_alive(server.origin, tally)
            await asyncio.sleep(0.5)
        await work
        await asyncio.to_thread(server.stop)
    tally.read_log(log)
    return tally


_MALFORMED: Final = (
    b"\r\n", b"\x00" * 64, b"\xff" * 64, b"\x16\x03\x01\x02\x00\x01\x00", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1 x\r\n\r\n",
    b"GET  / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\nHost: x\n\n", b"get / HTTP/1.1\r\n\r\n",
    b"G\x00T / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET * HTTP/1.1\r\nHost: x\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET http:// HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://[zz]/ HTTP/1.1\r\nHost: x\r\n\r\n", b"GET //x//y HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost x\r\n\r\n", b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nA B: x\r\n\r\n", b"GET / HTTP/1.1\r\nA: x\r\n y\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"A: x\r\n" * 5_000 + b"\r\n", b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1e3\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nExpect: \xff\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
)  # fmt: skip
_AT_ONCE: Final = 16


async def malformed(folder: Path, number: int) -> Tally:
    """So many requests that are no HTTP, as they stand in the list and then spoilt further."""
    tally = Tally(attack="malformed HTTP")
    log = folder / "malformed.log"
    options = ("--port", "0", "--db", str(folder / "m.db"), "--scenario", "demo", *_OPTIONS)
    with serving(*options, directory=folder, log=log) as server:
        host, port = server.origin.removeprefix("http://").split(":")
        left, pick = iter(range(number)), random.Random(1)

        async def send() -> None:
            for at in left:
                if at % 100 == 0:
                    progress(tally.attack, at, number)
                text = _MALFORMED[at % len(_MALFORMED)]
                if at >= len(_MALFORMED):
                    cut = pick.randrange(len(text))
                    text = text[:cut] + pick.randbytes(pick.randrange(4)) + text[cut + 1 :]
                tally.tries += 1
                try:
                    exchange = _exchanged(host, int(port), text, half_close=at % 2 == 1)
                    answer = await asyncio.wait_for(exchange, _HEAD + _SPARE)
                except TimeoutError:
                    tally.hangs += 1
                    tally.remember(f"not let go: {text[:80]!r}")
                except OSError:
                    pass
                else:
                    if answer.startswith(b"HTTP/1.1 5") and not answer.startswith(b"HTTP/1.1 501"):
                        tally.errors += 1
                        tally.remember(repr(text[:80]))

        await asyncio.gather(*(send() for _ in range(_AT_ONCE)))
        await ask_alive(server.origin, tally)
        await asyncio.to_thread(server.stop)
    tally.read_log(log)
    return tally


async def _exchanged(host: str, port: int, text: bytes, *, half_close: bool) -> bytes:
    """What is answered first; with `half_close` the server knows that nothing else will come."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(text)
        if half_close:
            writer.write_eof()
        return await reader.read(2**16)
    finally:
        writer.close()
