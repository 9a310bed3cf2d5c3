"""The log of a server, on stderr: lines for people on a terminal, JSON for machines, secrets in neither."""

import logging
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from simulator.domain.journal.redaction import SECRET
from simulator.settings import Settings

Event = MutableMapping[str, Any]

_GONE: Final = "[redacted]"
# A `key` may be anything, and `token` is within the names of most others.
_SECRETS: Final = "|".join(map(re.escape, sorted((SECRET - {"key"}) | {"saml_response"})))
_SECRET_NAME: Final = re.compile(_SECRETS, re.IGNORECASE)
# What a secret looks like within a sentence, a traceback or a statement, and what stands for it.
_SECRET_TEXTS: Final = (
    (re.compile(r"(?i)\b(bearer|basic|fingerprint)\s+[^\s\"',;)}\]]+"), rf"\1 {_GONE}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]*(?:\.[\w-]*)?"), _GONE),
    (
        re.compile(rf"(?i)((?:{_SECRETS})[\"']?\s*[=:]\s*)([\"'])(?:\\.|(?!\2).)*\2"),
        rf"\1\2{_GONE}\2",
    ),
    (
        re.compile(rf"(?i)((?:{_SECRETS})[\"']?\s*[=:]\s*)(?!\[|bearer|basic)[^\s\"',;&)}}\]]+"),
        rf"\1{_GONE}",
    ),
    # The values that a statement was sent with, which SQLAlchemy adds to its errors.
    (re.compile(r"\[parameters: [^\n]*\]"), f"[parameters: {_GONE}]"),
    # User and password within an address, and whatever was asked there.
    (re.compile(r"(\w+://)[^/\s@\"']+@"), rf"\1{_GONE}@"),
    (re.compile(r"((?:\w+://|/)[^\s?\"']*)\?[^\s\"']+"), rf"\1?{_GONE}"),
)


def set_up(settings: Settings) -> None:
    """Log to stderr as the settings say: whatever goes through the standard library's `logging`."""
    people = settings.log_format == "text" or (
        settings.log_format == "auto" and sys.stderr.isatty()
    )
    handler = _Patient(sys.stderr)
    handler.setFormatter(_Formatter(people=people))
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    # Libraries tell their every step at the level for debugging, which buries ours.
    logging.basicConfig(level=max(level, logging.INFO), handlers=[handler], force=True)
    logging.getLogger("simulator").setLevel(level)


def ready() -> None:
    """Tell what was held back: the ready line is out, and nobody waits for it any more."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, _Patient):
            handler.write_held()


class _Patient(logging.StreamHandler[TextIO]):
    """Holds back a single line of the start, because to render the first one takes its time.

    A second one, or a warning, shows that there is more to tell than that all went well.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._held: list[logging.LogRecord] | None = []

    def emit(self, record: logging.LogRecord) -> None:
        if self._held == [] and record.levelno < logging.WARNING:
            self._held = [record]
            return
        self.write_held()
        super().emit(record)

    def write_held(self) -> None:
        """Tell what is held back, and hold nothing back from now on."""
        held, self._held = self._held, None
        for each in held or ():
            super().emit(each)

    def close(self) -> None:
        self.write_held()
        super().close()


class _Formatter(logging.Formatter):
    """Renders with structlog, which is loaded for the first line."""

    def __init__(self, *, people: bool) -> None:
        super().__init__()
        self._people = people
        self._real: logging.Formatter | None = None

    def format(self, record: logging.LogRecord) -> str:
        self._real = self._real or _renderer(people=self._people)
        return self._real.format(record)


def _renderer(*, people: bool) -> logging.Formatter:
    with _without("rich", "better_exceptions"):
        from structlog import dev, processors, stdlib

    last: Any = (
        dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
        if people
        else processors.JSONRenderer(default=str)
    )
    return stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            stdlib.add_log_level,
            stdlib.add_logger_name,
            stdlib.ExtraAdder(),
            _stamp,
        ],
        processors=[
            stdlib.ProcessorFormatter.remove_processors_meta,
            processors.format_exc_info,
            redact,
            last,
        ],
        # Without a second copy of the traceback behind the line that has it already.
        keep_exc_info=False,
    )


def _stamp(_logger: object, _method: str, event: Event) -> Event:
    """The moment in which it happened, which is not that in which it is told."""
    moment = datetime.fromtimestamp(event["_record"].created, UTC)
    event["timestamp"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return event


@contextmanager
def _without(*packages: str) -> Iterator[None]:
    """Hide packages from what is imported meanwhile.

    structlog takes rich along where it finds it, to colour tracebacks; that costs a start more than
    everything else about logs.
    """
    hidden = [name for name in packages if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def redact(_logger: object, _method: str, event: Event) -> Event:
    """The event without secrets, wherever in it they are."""
    for name, value in event.items():
        event[name] = _redacted(name, value)
    return event


def _redacted(name: str, value: object) -> object:
    if value is not None and _SECRET_NAME.fullmatch(name):
        return _GONE
    if isinstance(value, str):
        for pattern, instead in _SECRET_TEXTS:
            value = pattern.sub(instead, value)
        return value
    if isinstance(value, Mapping):
        return {each: _redacted(str(each), member) for each, member in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(name, each) for each in value]
    return value
