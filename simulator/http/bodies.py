"""Bodies of requests: read once, unpacked only for who reads them, and never beyond their limit."""

import asyncio
import zlib
from collections.abc import Iterator
from typing import Final

from aiohttp import hdrs, web

from .request_context import REQUEST_CONTEXT

LARGEST: Final = 1024 * 1024
"""How many bytes a body may have, packed and unpacked, where its path does not take more."""

_PIECE: Final = 64 * 1024
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"})
_READABLE: Final = frozenset({"gzip", "x-gzip", "deflate"})
_ZLIB: Final = 8
"""What the lower half of the first byte of "deflate" is, unless it comes without its frame."""


class UnreadableBody(Exception):  # noqa: N818 - read at the call site: except UnreadableBody
    """A body that cannot be had as it was meant; `message` says why, `hint` what to send instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


async def body_of(request: web.Request, most: int = LARGEST) -> bytes:
    """The body as it was before it was packed, of at most `most` bytes.

    Raises `HTTPRequestEntityTooLarge`, and `UnreadableBody` where it is not what its Content-Encoding says.
    """
    context = request[REQUEST_CONTEXT]
    if context.body is None:
        reader = request if most == LARGEST else request.clone(client_max_size=most)
        body = await reader.read()
        if body and (coding := coding_of(request)):
            body = await asyncio.to_thread(_unpacked, body, coding, most)
        context.body = body
    return context.body


def coding_of(request: web.Request) -> str | None:
    """How the body is packed; None where it is not.

    What is no coding packs nothing: there are clients that name their charset there.
    """
    given = request.headers.get(hdrs.CONTENT_ENCODING)
    if given is None:
        return None
    named = ",".join(request.headers.getall(hdrs.CONTENT_ENCODING)).lower().split(",")
    return ", ".join(each for each in map(str.strip, named) if each in _PACKED) or None


def _unpacked(packed: bytes, coding: str, most: int) -> bytes:
    if coding not in _READABLE:
        raise UnreadableBody(
            f"The body is packed as '{coding}', which is not read here.",
            "Send it as it is, or packed once, as gzip or deflate.",
        )
    try:
        # What unpacks to too much is found out before any of it is kept.
        size = 0
        for piece in _pieces(packed, coding):
            size += len(piece)
            if size > most:
                raise web.HTTPRequestEntityTooLarge(most, size)
        return b"".join(_pieces(packed, coding))
    except zlib.error as error:
        reason = str(error).rpartition(": ")[2]
        raise UnreadableBody(
            f"The body is not what its Content-Encoding says, '{coding}': {reason}.",
            "Send it as it is without a Content-Encoding, or pack all of it.",
        ) from error


def _pieces(packed: bytes, coding: str) -> Iterator[bytes]:
    """What `packed` holds, a little at a time. Raises `zlib.error`."""
    bits = zlib.MAX_WBITS
    if coding != "deflate":
        bits += 16
    elif packed[0] & 0xF != _ZLIB:
        bits = -bits
    stream = zlib.decompressobj(bits)
    for start in range(0, len(packed), _PIECE):
        rest = packed[start : start + _PIECE]
        while rest and not stream.eof:
            yield stream.decompress(rest, _PIECE)
            rest = stream.unconsumed_tail
        if stream.unused_data or (stream.eof and start + _PIECE < len(packed)):
            raise zlib.error("there is something behind its end")
    while piece := stream.decompress(b"", _PIECE):
        yield piece
    if not stream.eof:
        raise zlib.error("it ends too early")
