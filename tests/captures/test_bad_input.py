"""Captures that are none, or odd ones: a clear sentence, and never half a file."""

import base64
import gzip
import io
import itertools
import json
import tracemalloc
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import pytest
from typer.testing import CliRunner

from simulator.captures.describing import scenario_text
from simulator.captures.errors import CaptureError
from simulator.captures.sequence import Capture, Reading
from simulator.captures.worlds import learn
from simulator.cli.commands import app
from simulator.scenarios import compiling
from simulator.scenarios.loading import parse

from .playing import learnt, reading
from .test_secrets import _capture

BASE: Final = _capture()
TEXT: Final = json.dumps(BASE).encode()

UNUSABLE: Final[dict[str, tuple[bytes, str]]] = {
    "empty": (b"", "is empty"),
    "no JSON": (b"hello there, this is no archive", "it is no JSON object"),
    "a page": (b"<html></html>", "it is XML or HTML"),
    "a zip": (b"PK\x03\x04" + b"\0" * 40, "it is a zip"),
    "packed": (b"\x1f\x8b\x08" + b"\0" * 40, "is packed with gzip"),
    "flows of mitmproxy": (b"1234:7:version;2:20#", "it holds flows of mitmproxy"),
    "a capture of packets": (b"\xd4\xc3\xb2\xa1\x02\0", "is a capture of packets"),
    "a session of Charles": (b'[{"status":"COMPLETE"}]', "it is a list"),
    "another object": (b'{"entries": []}', "it has no member log"),
    "a log without entries": (b'{"log": {"version": "1.2"}}', "its log has no list of entries"),
    "cut off in an entry": (TEXT[: len(TEXT) // 2], "is cut off after entry"),
    "cut off behind the entries": (TEXT[:-2], "is cut off after entry 30"),
    "cut off in a word": (b'{"log":{"entries":[{"request":nul', "is cut off"),
    "cut off in a number": (b'{"log":{"entries":[{"time":12.', "is cut off"),
    "cut off in an escape": (b'{"log":{"entries":[{"comment":"\\u12', "is cut off"),
    "a comma too many": (TEXT[:-3] + b",]}}", "is no JSON (Expecting value) after entry 30"),
    "a number without end": (
        TEXT.replace(b'"time": 20', b'"time": ' + b"2" * 5_000, 1), "has a number of thousands of digits",
    ),
    "two in one": (TEXT + TEXT, "goes on behind its end after entry 30"),
    "UTF-16 without a mark": (TEXT.decode().encode("utf-16-le"), "it is UTF-16"),
    "UTF-16 of the other order": (TEXT.decode().encode("utf-16-be"), "it is UTF-16"),
    "UTF-16": (TEXT.decode().encode("utf-16"), "it is UTF-16"),
    "entries of no use": (
        b'{"log":{"entries":[null,[],{"startedDateTime":1772359200000,"request":{},"response":{}}]}}',
        "in its 3 entries (3 without a request, an answer or a time)",
    ),
    "broken": (TEXT.replace(b'"request"', b'"request"!', 1), "is no JSON"),
    "nested too deeply": (b'{"log":{"entries":[' + b"[" * 200_000, "is nested too deeply"),
    "nothing of the backend": (
        (b'{"log":{"entries":[{"startedDateTime":"2026-01-01T00:00:00Z","request":{"method":"GET",'
        b'"url":"https://shop.example/api/v2/x/profiles","headers":[]},"response":{"status":200,'
        b'"headers":[],"content":{"text":"{}"}}}]}}'),
        "has no request to the backend in its 1 entries (1 other hosts)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_is_no_capture_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    data, sentence = UNUSABLE[name]
    with pytest.raises(CaptureError) as caught:
        learn(reading(data), "x")
    assert sentence in caught.value.message
    assert caught.value.hint
    (tmp_path / "x.har").write_bytes(data)
    world = tmp_path / "world.yaml"
    world.write_text("as it was")
    for verb in ("learn", "redact"):
        ran = CliRunner().invoke(app, [verb, str(tmp_path / "x.har"), "-o", str(world)])
        assert ran.exit_code == 2
        assert sentence in ran.output
        assert world.read_text() == "as it was"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["world.yaml", "x.har"]


def _entries(archive: Any) -> list[Any]:  # noqa: ANN401 - JSON
    found: list[Any] = archive["log"]["entries"]
    return found


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_bodies_as_base64_and_forms_as_parameters_are_read(
    packed: Callable[[bytes], bytes],
) -> None:
    archive = deepcopy(BASE)
    for each in _entries(archive):
        content = each["response"]["content"]
        content["text"] = base64.b64encode(packed(content["text"].encode())).decode()
        content["encoding"] = "base64"
        posted = each["request"].get("postData")
        if posted and "=" in posted["text"] and not posted["text"].startswith("{"):
            pairs = [pair.split("=", 1) for pair in posted.pop("text").split("&")]
            posted["params"] = [{"name": name, "value": value} for name, value in pairs]
    assert scenario_text(learnt(archive)) == scenario_text(learnt(BASE))


@pytest.mark.parametrize(
    "odd", [None, True, -1, 10**30, 0.5, "", "x", "\0", [], [[]], {}, {"": None}]
)
def test_an_answer_of_an_odd_shape_says_nothing_and_ends_nothing(odd: Any) -> None:  # noqa: ANN401
    for number, entry in enumerate(_entries(BASE)):
        content = entry["response"]["content"]
        for path in _paths(json.loads(content["text"])):
            archive = deepcopy(BASE)
            answer = at = json.loads(content["text"])
            for each in path[:-1]:
                at = at[each]
            at[path[-1]] = odd
            _entries(archive)[number]["response"]["content"]["text"] = json.dumps(answer)
            compiling.sound(parse(scenario_text(learnt(archive))))
        if number == _A_VIEWER:
            # The others are the same again.
            break


_A_VIEWER: Final = 5


def _paths(value: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    places = value.items() if isinstance(value, dict) else enumerate(value)
    for name, each in places:
        yield (name,)
        if isinstance(each, dict | list):
            yield from ((name, *path) for path in _paths(each))


def test_an_answer_to_a_device_without_an_identifier_is_one_of_an_unseen_device() -> None:
    archive = deepcopy(BASE)
    for each in _entries(archive):
        headers = each["request"]["headers"]
        headers[:] = [one for one in headers if one["name"] != "AP-Device-Identifier"]
    found = learnt(archive)
    assert {each["device"] for each in found.document["profiles"]} == {"device-unseen"}
    assert "requests without a device's identifier that were answered: 10" in found.assumed


@pytest.mark.parametrize(
    "left",
    [{"size": 99}, {"size": 99, "text": ""}, {"text": None}, {"text": "%%", "encoding": "base64"}],
)
def test_bodies_that_are_missing_are_counted(left: dict[str, Any]) -> None:
    archive = deepcopy(BASE)
    for each in _entries(archive):
        each["response"]["content"] = left
    found = learnt(archive)
    assert "25 answers without a body in the capture: only their status counts" in found.assumed


def test_a_clock_that_goes_back_is_told_of_and_stands_still() -> None:
    archive = deepcopy(BASE)
    for each in _entries(archive)[15:]:
        begun = datetime.fromisoformat(each["startedDateTime"])
        each["startedDateTime"] = (begun - timedelta(hours=2)).isoformat()
    found = reading(archive)
    times = [each.at for each in found.exchanges()]
    assert times == sorted(times)
    # So few are put into their order instead.
    assert found.backwards == 0


def test_what_is_no_entry_is_counted_and_the_others_keep_their_numbers() -> None:
    archive = deepcopy(BASE)
    archive["log"]["entries"] = [None, 5, *_entries(archive)]
    found = reading(archive)
    assert [each.number for each in found.exchanges()][:3] == [3, 4, 5]
    assert found.unreadable == 2


def test_a_status_that_is_written_as_a_text_is_one() -> None:
    archive = deepcopy(BASE)
    for each in _entries(archive):
        each["response"]["status"] = str(each["response"]["status"])
    assert scenario_text(learnt(archive)) == scenario_text(learnt(BASE))


@pytest.mark.parametrize(
    "given", ["Proxy.example", "proxy.example:8443", "https://proxy.example/x"]
)
def test_a_host_may_be_given_as_a_url(given: str) -> None:
    archive = deepcopy(BASE)
    for each in _entries(archive):
        each["request"]["url"] = each["request"]["url"].replace(
            "sp.auth.adobe.com", "proxy.example"
        )
        each["response"]["content"] = {}
    assert [*reading(archive).exchanges()] == []
    assert len([*reading(archive, hosts=(given,)).exchanges()]) == 25


def test_no_verb_writes_over_the_capture_itself(tmp_path: Path) -> None:
    file = tmp_path / "x.har"
    file.write_bytes(TEXT)
    for verb in ("learn", "redact"):
        ran = CliRunner().invoke(app, [verb, str(file), "-o", str(tmp_path / "y" / ".." / "x.har")])
        assert ran.exit_code == 2
        assert "is the capture itself" in ran.output
        assert file.read_bytes() == TEXT


def test_a_capture_may_come_through_a_pipe_and_go_through_one(tmp_path: Path) -> None:
    file, safe = tmp_path / "x.har", tmp_path / "safe.har"
    file.write_bytes(TEXT)
    assert CliRunner().invoke(app, ["redact", str(file), "-o", str(safe)]).exit_code == 0
    piped = CliRunner().invoke(app, ["redact", "-", "-o", "-"], input=TEXT)
    assert piped.exit_code == 0, piped.output
    assert piped.stdout_bytes == safe.read_bytes()
    graded = CliRunner().invoke(app, ["grade", "-", "--json"], input=TEXT)
    assert json.loads(graded.stdout)["exchanges"] == 25
    broken = CliRunner().invoke(app, ["redact", "-", "-o", "-"], input=TEXT[:-2])
    assert broken.exit_code == 2
    assert broken.stdout == ""


def _many(step: int) -> Any:  # noqa: ANN401 - JSON
    """300 requests, each so many seconds after the one before it in the file."""
    archive, entry = deepcopy(BASE), _entries(BASE)[2]
    begun = datetime.fromisoformat(entry["startedDateTime"])
    archive["log"]["entries"] = [
        {**entry, "startedDateTime": (begun + timedelta(seconds=step * number)).isoformat()}
        for number in range(300)
    ]
    return archive


def test_a_long_capture_with_its_newest_requests_first_is_not_taken_for_another_journey() -> None:
    assert len([*reading(_many(1)).exchanges()]) == 300
    with pytest.raises(CaptureError) as caught:
        [*reading(_many(-1)).exchanges()]
    assert caught.value.message == "journey.har has its newest requests first."


def test_a_clock_that_goes_back_in_a_long_capture_stands_still_and_is_told_of() -> None:
    archive, later = _many(1), _many(1)
    for each in _entries(later):
        begun = datetime.fromisoformat(each["startedDateTime"])
        each["startedDateTime"] = (begun - timedelta(hours=2)).isoformat()
    archive["log"]["entries"] += _entries(later)
    found = reading(archive)
    times = [each.at for each in found.exchanges()]
    assert times == sorted(times)
    assert found.backwards > 0
    assert any("the clock of the capture goes back" in each for each in learnt(archive).assumed)


def test_other_hosts_and_preflights_are_left_out_and_counted() -> None:
    archive = deepcopy(BASE)
    first = _entries(archive)[2]
    for method, url in (
        ("GET", "https://shop.example/api/v2/ONE/profiles"),
        ("CONNECT", "https://sp.auth.adobe.com:443"),
        ("OPTIONS", first["request"]["url"]),
    ):
        other = deepcopy(first)
        other["request"] |= {"method": method, "url": url}
        other["response"]["content"] = {"text": "{}"}
        _entries(archive).append(other)
    seen = learnt(archive).seen
    assert seen["left out: other hosts"] == 1
    assert seen["left out: preflights of browsers"] == 1
    assert seen["exchanges"] == learnt(BASE).seen["exchanges"]


def test_two_captures_are_merged_by_time() -> None:
    entries = _entries(deepcopy(BASE))
    halves = [{"log": {"entries": each}} for each in (entries[::2], entries[1::2])]
    assert learnt(*halves).document["profiles"] == learnt(BASE).document["profiles"]


def test_the_text_of_a_world_is_read_back_as_the_same_world() -> None:
    found = learnt(BASE)
    document = parse(scenario_text(found))
    compiling.sound(document)
    assert document.as_written() == dict(found.document)


class _Long(io.RawIOBase):
    """The archive with so many films before its entries, made as it is read."""

    def __init__(self, films: int) -> None:
        film = json.dumps(
            {"startedDateTime": "2026-03-01T09:00:00Z",
             "request": {"method": "GET", "url": "https://cdn.example/film", "headers": []},
             "response": {"status": 200, "headers": [], "content": {"text": "x" * 1_000_000}}}
        )  # fmt: skip
        head, rest = TEXT.split(b'"entries": [', 1)
        self._pieces = iter(
            [head, b'"entries": [', *(itertools.repeat(film.encode() + b",", films)), rest]
        )
        self._waiting = b""
        self.given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while len(self._waiting) < size and (piece := next(self._pieces, None)) is not None:
            self._waiting += piece
        found, self._waiting = self._waiting[:size], self._waiting[size:]
        self.given += len(found)
        return found


def test_a_capture_is_read_entry_by_entry_whatever_its_size() -> None:
    streams: list[_Long] = []

    def open_it() -> BinaryIO:
        streams.append(_Long(50))
        return cast("BinaryIO", streams[-1])

    shown: list[int] = []
    capture = Capture(name="long.har", open=open_it, size=50_000_000)
    tracemalloc.start()
    try:
        found = learn(
            Reading(captures=[capture], progress=lambda done, _all: shown.append(done)), "x"
        )
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert streams[0].given > 50_000_000
    assert most < 16_000_000
    assert found.seen["left out: other hosts"] == 50
    assert found.document["profiles"] == learnt(BASE).document["profiles"]
    assert shown == sorted(shown)
    assert len(shown) > 50
