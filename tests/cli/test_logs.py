"""The log on stderr: for people or for machines, and without secrets for both."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from simulator.cli.server import logs
from simulator.settings import Settings
from tests.support.replies import Json
from tests.support.server import ask, serving

JWT: Final = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJZemsxIn0.c2lnbmF0dXJl"
OURS: Final = logging.getLogger("simulator.tests")


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("simulator")
    before = (root.handlers[:], root.level, ours.level)
    yield
    root.handlers[:], root.level, ours.level = before
    logging.getLogger("simulator").setLevel(before[2])


def _raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as caught:
        return caught


def _told(
    monkeypatch: pytest.MonkeyPatch, stderr: io.StringIO, message: str = "told", **settings: Json
) -> str:
    monkeypatch.setattr(sys, "stderr", stderr)
    logs.set_up(Settings(**settings))
    logs.ready()
    OURS.info(message, extra={"sandbox": "ci-42"})
    return stderr.getvalue()


@pytest.mark.usefixtures("_logging_as_before")
class TestFormats:
    def test_a_machine_gets_one_line_of_json(self, monkeypatch: pytest.MonkeyPatch) -> None:
        text = _told(monkeypatch, io.StringIO(), "two\nlines")
        assert text.count("\n") == 1
        line = json.loads(text)
        assert line.pop("timestamp").endswith("Z")
        assert line == {
            "event": "two\nlines",
            "level": "info",
            "logger": "simulator.tests",
            "sandbox": "ci-42",
        }

    @pytest.mark.parametrize(
        ("stderr", "settings"),
        [(Terminal, {}), (io.StringIO, {"log_format": "text"}), (Terminal, {"log_format": "text"})],
    )
    def test_people_get_text(
        self,
        monkeypatch: pytest.MonkeyPatch,
        stderr: type[io.StringIO],
        settings: Json,
    ) -> None:
        text = _told(monkeypatch, stderr(), **settings)
        assert "told" in text
        assert "ci-42" in text
        assert not text.startswith("{")
        assert ("\x1b[" in text) is (stderr is Terminal)

    def test_a_terminal_gets_json_where_that_is_asked_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert json.loads(_told(monkeypatch, Terminal(), log_format="json"))["event"] == "told"

    def test_what_is_below_the_level_is_not_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert _told(monkeypatch, io.StringIO(), log_level="warning") == ""

    def test_the_steps_of_libraries_are_never_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stderr = io.StringIO()
        _told(monkeypatch, stderr, log_level="debug")
        logging.getLogger("aiosqlite").debug("a step")
        OURS.debug("a detail")
        assert "a step" not in stderr.getvalue()
        assert "a detail" in stderr.getvalue()

    @pytest.mark.parametrize("log_format", ["text", "json"])
    def test_a_traceback_is_told_without_its_secrets(
        self, monkeypatch: pytest.MonkeyPatch, log_format: str
    ) -> None:
        stderr = io.StringIO()
        monkeypatch.setattr(sys, "stderr", stderr)
        logs.set_up(Settings(log_format=log_format))  # type: ignore[arg-type]
        logs.ready()
        error = ValueError(f"no such token: {JWT} [parameters: ('hunter2', 1)]")
        OURS.error("failed", exc_info=_raised(error))
        text = stderr.getvalue()
        assert "in _raised" in text
        assert "ValueError" in text
        assert JWT not in text
        assert "hunter2" not in text

    @pytest.mark.parametrize(
        "then", [logs.ready, lambda: OURS.info("two"), lambda: OURS.warning("two")]
    )
    def test_the_first_line_of_a_start_waits_for_what_comes_next(
        self, monkeypatch: pytest.MonkeyPatch, then: Callable[[], None]
    ) -> None:
        stderr = io.StringIO()
        monkeypatch.setattr(sys, "stderr", stderr)
        logs.set_up(Settings())
        OURS.info("one")
        assert stderr.getvalue() == ""
        then()
        lines = [json.loads(each) for each in stderr.getvalue().splitlines()]
        assert [each["event"] for each in lines] == ["one", "two"][: len(lines)]
        assert lines
        OURS.info("three")
        assert stderr.getvalue().count("\n") == len(lines) + 1

    def test_a_start_that_comes_to_nothing_tells_its_line_all_the_same(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stderr = io.StringIO()
        monkeypatch.setattr(sys, "stderr", stderr)
        logs.set_up(Settings())
        OURS.info("one")
        for handler in logging.getLogger().handlers:
            handler.close()
        assert json.loads(stderr.getvalue())["event"] == "one"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Authorization: Bearer {JWT}", "Authorization: Bearer [redacted]"),
        ("authorization=Basic dXNlcjpwYXNz", "authorization=Basic [redacted]"),
        (f"the token {JWT} of ann", "the token [redacted] of ann"),
        ("GET /provider/login?reg_code=ABC2345&x=1 HTTP", "GET /provider/login?[redacted] HTTP"),
        ("https://app.example/done?code=1", "https://app.example/done?[redacted]"),
        ("postgresql://lab:hunter2@db/test", "postgresql://[redacted]@db/test"),
        ("{'client_secret': 'hunter2', 'id': 'x'}", "{'client_secret': '[redacted]', 'id': 'x'}"),
        ("AP-TempPass-Identity: YW5u", "AP-TempPass-Identity: [redacted]"),
        ('{"password":"hun\\"ter2"}', '{"password":"[redacted]"}'),
        ("password=hunter2&username=ann", "password=[redacted]&username=ann"),
        ("software_statement=abc.def", "software_statement=[redacted]"),
        ("SAMLResponse=PHNhbWw+", "SAMLResponse=[redacted]"),
        ("a profile at REF30, regular?", "a profile at REF30, regular?"),
        ("Is it running? Start it.", "Is it running? Start it."),
        ("seeded the sandbox default", "seeded the sandbox default"),
    ],
)
def test_a_secret_is_recognised_wherever_it_stands(text: str, shown: str) -> None:
    assert logs.redact(None, "info", {"event": text})["event"] == shown


def test_a_secret_is_recognised_by_the_name_of_its_member() -> None:
    event = {"event": "x", "token": "abc", "nested": {"Client_Secret": "abc", "id": ["Bearer abc"]}}
    assert logs.redact(None, "info", event) == {
        "event": "x",
        "token": "[redacted]",
        "nested": {"Client_Secret": "[redacted]", "id": ["Bearer [redacted]"]},
    }


def test_at_the_debug_level_every_request_has_its_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    arguments = ("--port", "0", "--db", ":memory:", "--log-level", "debug")
    with serving(*arguments, directory=tmp_path, log=log) as server:
        server.call("GET", "/livez?access_token=hunter2")
        headers = {"Authorization": f"Bearer {JWT}"}
        assert ask(server.origin, "GET", "/api/v2/REF30/profiles", headers=headers).status == 401
        assert server.stop() == 0
    lines = [json.loads(each) for each in log.read_text().splitlines()]
    told = [each for each in lines if each["logger"] == "simulator.requests"]
    assert [(each["event"], each["status"], each["operation"]) for each in told] == [
        ("GET /livez", 200, None),
        ("GET /api/v2/REF30/profiles", 401, "profiles"),
    ]
    assert (told[1]["sandbox"], told[1]["generation"]) == ("default", 1)
    assert told[1]["request"].startswith("req-")
    assert told[1]["ms"] > 0
    assert "hunter2" not in log.read_text()
    assert JWT not in log.read_text()


def test_otherwise_a_request_leaves_nothing_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving("--port", "0", "--db", ":memory:", directory=tmp_path, log=log) as server:
        server.call("GET", "/livez")
        assert server.stop() == 0
    assert "livez" not in log.read_text()
    assert [json.loads(each)["level"] for each in log.read_text().splitlines()] == ["info"] * 2
