"""The exchanges of one or several captures in the order of their time."""

import hashlib
import heapq
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from email.utils import parsedate_to_datetime
from itertools import repeat
from pathlib import Path
from typing import BinaryIO, Final, cast

from simulator.domain.members import LATEST

from . import dialects, reading
from .errors import CaptureError, unread
from .exchanges import Backend, Exchange
from .redaction import Redactor
from .stand_ins import StandIns

Opener = Callable[[], BinaryIO]

# Tools write entries as they end, so a slow one may stand behind those that came after it.
_DISORDER: Final = 256


@dataclass(frozen=True, kw_only=True)
class Capture:
    """A capture: what it is called, how it is opened, and how many bytes it has."""

    name: str
    open: Opener
    size: int

    @classmethod
    def of_file(cls, file: Path) -> "Capture":
        """The capture in a file. Raises `CaptureError`."""
        try:
            found = file.stat()
            # Whether it can be read is known before anything else begins.
            with file.open("rb") as stream:
                if not stat.S_ISREG(found.st_mode):
                    return cls.of_pipe(stream, str(file))
        except OSError as error:
            raise unread(str(file), error) from error
        return cls(name=str(file), open=lambda: file.open("rb"), size=found.st_size)

    @classmethod
    def of_pipe(cls, stream: BinaryIO, name: str) -> "Capture":
        """The capture that comes through a pipe, which is kept in a file without a name: it is read twice.

        Raises `CaptureError`.
        """
        # It ends with the process.
        number, path = tempfile.mkstemp()
        Path(path).unlink()

        def again(mode: str = "rb") -> BinaryIO:
            os.lseek(number, 0, os.SEEK_SET)
            return cast("BinaryIO", os.fdopen(os.dup(number), mode))

        try:
            with again("wb") as kept:
                shutil.copyfileobj(stream, kept)
        except OSError as error:
            raise unread(name, error) from error
        size = os.fstat(number).st_size
        return cls(name=name, open=again, size=size)


class BackendClock:
    """The clock of the backend, as the Date of its answers shows it: a device's may be wrong, or be set.

    `corrections` is how often another correction had to be taken, `largest` the largest, in milliseconds.
    """

    def __init__(self) -> None:
        self.corrections = 0
        self.largest = 0
        self._offset = 0

    def corrected(self, exchange: Exchange) -> Exchange:
        """The exchange at the instant at which it began by the backend's clock."""
        shown = exchange.answer_headers.get("date")
        if shown is None or exchange.own:
            return exchange
        try:
            answered = round(parsedate_to_datetime(shown).timestamp() * 1000)
        except (ValueError, TypeError, OverflowError):
            return exchange
        if not 0 <= answered - exchange.took < LATEST:
            return exchange
        off = answered - exchange.at - exchange.took
        if abs(off - self._offset) > _RIGHT:
            # The Date has whole seconds, and says when the answer began.
            self._offset = off if abs(off) > _RIGHT else 0
            self.corrections += 1
            self.largest = max(self.largest, abs(self._offset))
        return replace(exchange, at=exchange.at + self._offset) if self._offset else exchange


_RIGHT: Final = 3_000


@dataclass(kw_only=True)
class Reading:
    """One pass over captures: what came, what was left out, and what was odd.

    `known` are the stand-ins of an earlier pass over the same captures: what it met late is not shown by what
    came early, either. `progress` is called with the bytes that were read and those that there are.
    """

    captures: Sequence[Capture]
    hosts: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    known: StandIns | None = None
    progress: Callable[[int, int], None] = lambda _done, _all: None
    entries: int = 0
    unreadable: int = 0
    nested: int = 0
    backwards: int = 0
    furthest: int = 0
    clock: BackendClock = field(default_factory=BackendClock)
    redactor: Redactor = field(init=False)

    def __post_init__(self) -> None:
        """Begin with stand-ins of its own, unless there were some before."""
        self.redactor = Redactor(self.known or StandIns(self.keep), Backend(self.hosts))

    def again(self) -> "Reading":
        """Another pass over the same captures, with the same stand-ins."""
        return Reading(
            captures=self.captures,
            hosts=self.hosts,
            keep=self.keep,
            known=self.redactor.stand_ins,
        )

    def exchanges(self) -> Iterator[Exchange]:
        """The exchanges with the backend, one after the other. Raises `CaptureError`."""
        latest = None
        for each in self._ordered():
            if latest is not None and each.at < latest:
                # Time does not run backwards: what came later is later.
                self.backwards += 1
                self.furthest = max(self.furthest, latest - each.at)
                yield replace(each, at=latest)
                continue
            latest = each.at
            yield each

    def _ordered(self) -> Iterator[Exchange]:
        streams = [
            _in_order(self._of(each, index), each.name) for index, each in enumerate(self.captures)
        ]
        if len(streams) == 1:
            return streams[0]
        numbered = (zip(each, repeat(index)) for index, each in enumerate(streams))
        return _once(heapq.merge(*numbered, key=lambda each: each[0].at))

    def _of(self, capture: Capture, index: int) -> Iterator[Exchange]:
        before = sum(each.size for each in self.captures[:index])
        total = sum(each.size for each in self.captures)
        with capture.open() as stream:
            found = reading.entries(
                stream, capture.name, lambda read: self.progress(before + read, total)
            )
            for number, entry in enumerate(found, 1):
                self.entries += 1
                raw = dialects.exchange(entry)
                if raw is None:
                    self.unreadable += 1
                    continue
                try:
                    exchange = self.redactor.exchange(raw, number)
                except RecursionError:
                    # Nobody packs texts into texts as often as that.
                    self.nested += 1
                    continue
                if exchange is not None:
                    yield self.clock.corrected(exchange)


def _once(found: Iterable[tuple[Exchange, int]]) -> Iterator[Exchange]:
    """Those of captures that overlap: what another one had at the same instant is left out."""
    # Under a clock that stands still all are of one instant, so they are looked up, and not held together.
    at, before = None, dict[bytes, int]()
    for each, capture in found:
        if each.at != at:
            at, before = each.at, {}
        if before.setdefault(_digest(each), capture) == capture:
            yield each


def _digest(exchange: Exchange) -> bytes:
    """The same for exchanges that differ in nothing but their numbers."""
    said = [getattr(exchange, each) for each in _SAID]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()


_SAID: Final = [each.name for each in fields(Exchange) if each.name != "number"]


def _in_order(found: Iterator[Exchange], name: str) -> Iterator[Exchange]:
    """Those of one capture by their time, as far as they are not too far from their place."""
    waiting: list[tuple[int, int, Exchange]] = []
    latest = falls = 0
    for number, each in enumerate(found):
        falls += each.at < latest
        latest = each.at
        heapq.heappush(waiting, (each.at, number, each))
        if number == _DISORDER and falls > number // 2:
            raise CaptureError(
                f"{name} has its newest requests first.",
                "Let the tool sort them by time before it exports them, or do it with "
                "`jq '.log.entries |= sort_by(.startedDateTime)'`.",
            )
        if len(waiting) > _DISORDER:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]
