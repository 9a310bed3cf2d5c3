"""Captures and outputs that are no plain files, instants that no clock shows, and captures that overlap."""

import io
import os
import threading
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from simulator.captures.dialects import RawExchange
from simulator.captures.errors import CaptureError
from simulator.captures.exchanges import Exchange
from simulator.captures.redaction import Redactor
from simulator.captures.sequence import Capture, Reading
from simulator.captures.worlds import learn
from simulator.cli.commands import app
from simulator.cli.exits import CliExit
from simulator.cli.learn.captures import opened

from .playing import learnt, reading
from .test_bad_input import BASE, TEXT, _entries


def _refused(*arguments: str | Path, sentence: str) -> None:
    ran = CliRunner().invoke(app, [str(each) for each in arguments])
    assert ran.exit_code == 2, ran.output
    assert sentence in " ".join(ran.output.split())
    assert isinstance(ran.exception, SystemExit)


VERBS: Final = (["learn"], ["redact"], ["grade"])


@pytest.mark.parametrize("verb", VERBS)
def test_what_cannot_be_opened_is_refused(verb: list[str], tmp_path: Path) -> None:
    output: list[str | Path] = [] if verb == ["grade"] else ["-o", tmp_path / "out"]
    _refused(*verb, tmp_path, *output, sentence="cannot be read: Is a directory.")
    _refused(*verb, tmp_path / "none", *output, sentence="cannot be read: No such file")
    _refused(*verb, "a" * 5_000, *output, sentence="cannot be read: File name too long.")
    assert [*tmp_path.iterdir()] == []


def test_a_closed_stdin_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.cli.learn.captures.sys.stdin", None)
    with pytest.raises(CliExit, match="stdin is closed"):
        opened([Path("-")], None, None)


class _Failing(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def read(self, _size: int = -1, /) -> bytes:
        raise OSError(5, "Input/output error")

    def readinto(self, _buffer: Any, /) -> int:  # noqa: ANN401 - any buffer
        raise OSError(5, "Input/output error")


def test_a_capture_that_cannot_be_read_to_its_end_is_refused() -> None:
    capture = Capture(name="x.har", open=_Failing, size=9)  # type: ignore[arg-type]
    with pytest.raises(CaptureError, match=r"x\.har cannot be read: Input/output error\."):
        learn(Reading(captures=[capture]), "x")
    with pytest.raises(CaptureError, match=r"stdin cannot be read: Input/output error\."):
        Capture.of_pipe(_Failing(), "stdin")  # type: ignore[arg-type]


def test_a_pipe_with_a_name_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(TEXT,))
    writer.start()
    ran = CliRunner().invoke(app, ["redact", str(pipe), "-o", str(tmp_path / "safe.har")])
    writer.join()
    assert ran.exit_code == 0, ran.output


def test_a_capture_is_not_written_over_by_another_name(tmp_path: Path) -> None:
    file, other, link = (tmp_path / each for each in ("x.har", "same.har", "link.har"))
    file.write_bytes(TEXT)
    other.hardlink_to(file)
    link.symlink_to(file)
    for output in (other, link):
        _refused("redact", file, "-o", output, sentence="is the capture itself.")
        _refused("learn", output, "-o", file, sentence="is the capture itself.")
    assert file.read_bytes() == TEXT


@pytest.mark.parametrize("verb", [["learn"], ["redact"], ["grade", "--fidelity"]])
@pytest.mark.parametrize("name", ["itself", "there", "itself/out"])
def test_an_output_that_is_a_link_to_itself_is_refused(
    verb: list[str], name: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.har"
    file.write_bytes(TEXT)
    for link, leads in (("itself", "itself"), ("there", "back"), ("back", "there")):
        (tmp_path / link).symlink_to(tmp_path / leads)
    option = verb[1:] or ["-o"]
    sentence = "cannot be written: Too many levels of symbolic links."
    _refused(verb[0], file, *option, tmp_path / name, sentence=sentence)
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_symlink()) == [
        "back", "itself", "there",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "instant",
    ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59Z",
     "1969-12-31T23:59:59Z", "9000-01-01T00:00:00Z"],
)  # fmt: skip
def test_an_entry_of_an_instant_that_no_clock_shows_is_left_out(instant: str) -> None:
    archive = deepcopy(BASE)
    extra = deepcopy(_entries(archive)[2])
    extra["startedDateTime"] = instant
    _entries(archive).append(extra)
    found = learnt(archive)
    assert found.exchanges == learnt(BASE).exchanges
    assert "1 entries without a request, an answer or a time are left out" in found.assumed
    for each in _entries(archive):
        each["startedDateTime"] = instant
    with pytest.raises(CaptureError, match="has no request to the backend"):
        learnt(archive)


def test_an_entry_whose_texts_are_nested_too_deeply_is_left_out_and_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, last = Redactor.exchange, len(_entries(BASE))

    def deep(redactor: Redactor, raw: RawExchange, number: int) -> Exchange | None:
        if number >= last:
            raise RecursionError
        return read(redactor, raw, number)

    monkeypatch.setattr(Redactor, "exchange", deep)
    archive = deepcopy(BASE)
    _entries(archive).append(None)
    assumed = learnt(archive).assumed
    assert "1 entries with texts that are nested too deeply are left out" in assumed
    assert "1 entries without a request, an answer or a time are left out" in assumed
    last = 0
    with pytest.raises(CaptureError, match=r"\(30 with texts that are nested too deeply\)"):
        learnt(BASE)


@pytest.mark.parametrize(
    "date", ["Fri, 31 Dec 9999 23:59:59 -2359", "Wed, 31 Dec 1969 00:00:00 GMT", "\0"]
)
def test_a_date_that_no_clock_shows_corrects_nothing(date: str) -> None:
    archive = deepcopy(BASE)
    for each in _entries(archive):
        each["response"]["headers"].append({"name": "Date", "value": date})
    assert dict(learnt(archive).document) == dict(learnt(BASE).document)


def test_what_several_captures_have_counts_once() -> None:
    first, second = deepcopy(BASE), deepcopy(BASE)
    _entries(second)[:10] = []
    _entries(first)[25:] = []
    both = {**learnt(first, second).document, "description": ""}
    assert both == {**learnt(BASE).document, "description": ""}
    assert len([*reading(BASE, BASE).exchanges()]) == len([*reading(BASE).exchanges()])


def test_what_one_capture_has_twice_counts_twice() -> None:
    twice, other = deepcopy(BASE), deepcopy(BASE)
    _entries(twice)[2:2] = [_entries(twice)[2]]
    _entries(other)[:] = _entries(other)[:2]
    assert len([*reading(twice, other).exchanges()]) == len([*reading(BASE).exchanges()]) + 1


@pytest.mark.parametrize("alike", [True, False])
def test_requests_of_one_instant_are_not_held_against_each_other(
    monkeypatch: pytest.MonkeyPatch, alike: bool
) -> None:
    def many(first: int) -> Any:  # noqa: ANN401 - JSON
        archive = deepcopy(BASE)
        entry = _entries(archive)[2]
        url = entry["request"]["url"]
        _entries(archive)[:] = [
            {**entry, "request": {**entry["request"], "url": url if alike else f"{url}?n={number}"}}
            for number in range(first, first + 100)
        ]
        return archive

    compared, same = list[object](), Exchange.__eq__

    def counted(one: Exchange, other: object) -> bool:
        compared.append(other)
        return same(one, other)

    monkeypatch.setattr(Exchange, "__eq__", counted)
    found = [*reading(many(0), many(50)).exchanges()]
    assert len(found) == (100 if alike else 150)
    assert len(compared) <= 200
