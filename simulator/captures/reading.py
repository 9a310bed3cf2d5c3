"""Reading an HTTP Archive entry by entry, so that one of any size takes the memory of one entry.

The decoder of the standard library is given the text piece by piece: an entry that is not whole yet is tried
again with more of it.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

from .errors import CaptureError, unread

_PIECE: Final = 256 * 1024
_LONGEST: Final = 64 * 1024 * 1024
"""The characters that one entry may have: what is longer is a film, and no exchange with a backend."""

_BLANK: Final = re.compile(r"[ \t\r\n]*")
# The decoder says where it stood when the text ended, give or take an escape.
_NEAR: Final = 16
_UNFINISHED: Final = ("Unterminated string", "Invalid \\")
# What a word or a number that is cut off leaves behind.
_PART: Final = re.compile(r"(?:t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?|-|\.|[eE][+-]?)?\s*")
_DECODER: Final = json.JSONDecoder(strict=False)
_HINT: Final = "Give a HAR file; `docs/captures` says how each tool exports one."

_OTHERS: Final = (
    (b"PK\x03\x04", "is a zip: a session of Charles or Proxyman, or a bundle of the simulator",
     "Export the session as a HAR; `pass-simulator replay` takes bundles."),
    (b"\x1f\x8b", "is packed with gzip", "Unpack it: `gunzip -c FILE | pass-simulator learn -`."),
    (b"\xff\xfe", "is UTF-16", "Save it as UTF-8."),
    (b"\xfe\xff", "is UTF-16", "Save it as UTF-8."),
    (b"{\0", "is UTF-16", "Save it as UTF-8."),
    (b"\0{", "is UTF-16", "Save it as UTF-8."),
    (b"<", "is XML or HTML", "In Charles, choose HTTP Archive (.har) as the format of the export."),
    (b"\xd4\xc3\xb2\xa1", "is a capture of packets",
     "Packets of HTTPS are encrypted; capture with a proxy such as mitmproxy, and save a HAR."),
    (b"\n\r\r\n", "is a capture of packets",
     "Packets of HTTPS are encrypted; capture with a proxy such as mitmproxy, and save a HAR."),
)  # fmt: skip
_FLOWS: Final = re.compile(rb"[0-9]{1,12}:")

Progress = Callable[[int], None]
"""Called with how many bytes were read so far."""


def entries(stream: BinaryIO, name: str, progress: Progress = lambda _read: None) -> Iterator[Any]:
    """The entries of the archive in `stream`, in their order. Raises `CaptureError` that calls it `name`."""
    text = _Text(stream, name, progress)
    try:
        yield from _archive(text)
        if text.next():
            raise text.wrong(
                "goes on behind its end",
                "Are these several archives? Give them one by one: they are merged by time.",
            )
    except RecursionError as error:
        raise text.wrong("is nested too deeply to be read") from error


class _Text:
    """A JSON text of which there is only so much in memory as is being read."""

    def __init__(self, stream: BinaryIO, name: str, progress: Progress) -> None:
        self.name = name
        self.entries = 0
        self._stream = stream
        self._progress = progress
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
        self._buffer = ""
        self._at = 0
        self._bytes = 0
        self._ended = False
        first = self._more(_PIECE)
        for start, what, hint in _OTHERS:
            if first.startswith(start):
                raise CaptureError(f"{name} is no HAR: it {what}.", hint)
        if _FLOWS.match(first):
            raise CaptureError(
                f"{name} is no HAR: it holds flows of mitmproxy.",
                "Convert it: `mitmdump -nr FILE --set hardump=FILE.har`.",
            )
        if not first.strip():
            raise CaptureError(f"{name} is empty.", _HINT)

    def wrong(self, what: str, hint: str = _HINT) -> CaptureError:
        """The error that says where it is."""
        place = f" after entry {self.entries}" if self.entries else ""
        return CaptureError(f"{self.name} {what}{place}.", hint)

    def cut_off(self) -> CaptureError:
        """The error of an archive that ends too early."""
        return self.wrong(
            "is cut off", "Export it again, and let the export end before it is used."
        )

    def next(self) -> str:
        """The next character that is no blank, which stays; empty at the end."""
        while True:
            self._at = _BLANK.match(self._buffer, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if self._ended:
                return ""
            self._more(_PIECE)

    def take(self, wanted: str) -> bool:
        """Whether the next character is `wanted`, which is taken then."""
        found = self.next()
        if not found:
            raise self.cut_off()
        if found == wanted:
            self._at += 1
        return found == wanted

    def value(self) -> Any:  # noqa: ANN401 - JSON of any shape
        """The next value, whole."""
        self.next()
        while True:
            try:
                found, end = _DECODER.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                whole = error.pos < len(self._buffer) - _NEAR
                if self._ended or (whole and not error.msg.startswith(_UNFINISHED[0])):
                    raise self._broken(error) from error
            except ValueError as error:
                raise self.wrong("has a number of thousands of digits") from error
            else:
                # A number may go on in the next piece.
                if end < len(self._buffer) or self._ended or isinstance(found, dict | list | str):
                    self._at = end
                    return found
            if len(self._buffer) - self._at > _LONGEST:
                raise self.wrong(
                    f"has an entry of more than {_LONGEST >> 20} MiB",
                    "Leave films and downloads out of the export, or export the backend's host alone.",
                )
            self._more(max(_PIECE, len(self._buffer) - self._at))

    def _broken(self, error: json.JSONDecodeError) -> CaptureError:
        rest = self._buffer[error.pos : error.pos + _NEAR]
        cut = _PART.fullmatch(rest) or error.msg.startswith(_UNFINISHED)
        if self._ended and cut and (self.entries or self._bytes > _NEAR):
            return self.cut_off()
        return self.wrong(f"is no JSON ({error.msg})")

    def _more(self, size: int) -> bytes:
        try:
            piece = self._stream.read(size)
        except OSError as error:
            raise unread(self.name, error) from error
        self._ended = not piece
        self._bytes += len(piece)
        self._buffer = self._buffer[self._at :] + self._decode(piece, not piece)
        self._at = 0
        self._progress(self._bytes)
        return piece


def _archive(text: _Text) -> Iterator[Any]:
    if text.next() == "[":
        raise text.wrong(
            "is no HAR: it is a list, as Charles's own JSON sessions are",
            "In Charles, choose HTTP Archive (.har) as the format of the export.",
        )
    if text.next() != "{":
        raise text.wrong("is no HAR: it is no JSON object")
    found = False
    for name in _members(text):
        if name == "log" and text.next() == "{":
            found = True
            yield from _log(text)
        else:
            text.value()
    if not found:
        raise text.wrong("is no HAR: it has no member log")


def _log(text: _Text) -> Iterator[Any]:
    found = False
    for name in _members(text):
        if name == "entries" and text.next() == "[":
            found = True
            yield from _list(text)
        else:
            text.value()
    if not found:
        raise text.wrong("is no HAR: its log has no list of entries")


def _members(text: _Text) -> Iterator[str]:
    """The names of an object's members; whoever asks reads the value of each before the next."""
    text.take("{")
    if text.take("}"):
        return
    while True:
        name = text.value()
        if not isinstance(name, str) or not text.take(":"):
            raise text.wrong("is no JSON")
        yield name
        if text.take("}"):
            return
        if not text.take(","):
            raise text.wrong("is no JSON (Expecting ',' delimiter)")


def _list(text: _Text) -> Iterator[Any]:
    text.take("[")
    if text.take("]"):
        return
    while True:
        if not text.next():
            raise text.cut_off()
        found = text.value()
        text.entries += 1
        yield found
        if text.take("]"):
            return
        if not text.take(","):
            raise text.wrong("is no JSON (Expecting ',' delimiter)")
