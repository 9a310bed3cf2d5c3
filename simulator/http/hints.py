"""Hints of the admin API as they read on the command line: a call there is a verb here."""

import json
import re
import shlex
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote

# A call as hints write it: its method, its path, and perhaps a body.
_CALL: Final = re.compile(
    r"(GET|POST|PUT|PATCH|DELETE) /admin/v1/([\w{}/%~.-]*[\w}])(?: with (\{[^{}]*\}))?"
)

VERBS: Final = {
    "GET requests": "requests list",
    "DELETE requests": "requests clear",
    "POST requests/verify": "requests verify",
    "GET conduct": "conduct",
    "GET bundle": "bundle",
    "GET scenarios": "scenario list",
    "POST seed": "seed SCENARIO",
    "POST reset": "reset",
    "GET state": "state export",
    "PUT state": "state import FILE",
    "GET clock": "clock show",
    "POST clock/reset": "clock reset",
    "POST tokens": "token",
    "GET snapshots": "snapshot list",
    "POST snapshots": "snapshot take NAME",
    "POST snapshots/*/restore": "snapshot restore *",
    "DELETE snapshots/*": "snapshot delete *",
    "GET sandboxes": "sandbox list",
    "POST sandboxes": "sandbox create",
    "DELETE sandboxes/*": "sandbox delete *",
    "POST sandboxes/*/lease": "sandbox lease *",
    "DELETE sandboxes/*/lease": "sandbox release *",
    "GET codes": "code list",
    "PUT codes/next": "code next CODE",
    "POST codes/*/approve": "code approve *",
    "POST codes/*/deny": "code deny *",
    "POST codes/*/expire": "code expire *",
    "GET faults": "fault list",
    "POST faults": "fault add",
    "DELETE faults": "fault clear",
    "DELETE faults/*": "fault delete *",
    "GET degradations": "degradation list",
    "POST degradations": "degradation add",
    "DELETE degradations/*": "degradation delete *",
    "GET profiles": "profile list",
    "POST profiles": "profile add",
    "POST profiles/*/expire": "profile expire *",
    "POST profiles/*/invalidate": "profile invalidate *",
    "DELETE profiles/*": "profile delete *",
    "GET devices": "device list",
    "POST devices": "device add ID",
    "DELETE devices/*": "device delete *",
    "PUT devices/*/claim": "device claim *",
    "DELETE devices/*/claim": "device release *",
}
"""The verb for a call; `*` stands for a segment of the path."""

_PATTERNS: Final = tuple(
    (re.compile(re.escape(call).replace(r"\*", "([^/]+)")), verb) for call, verb in VERBS.items()
)


def in_verbs(text: str) -> str:
    """`text` with each call that a verb makes, such as `GET /admin/v1/profiles`, as that verb."""
    return _CALL.sub(_verb, text)


def _verb(found: re.Match[str]) -> str:
    method, path, body = found.groups()
    for pattern, verb in _PATTERNS:
        if match := pattern.fullmatch(f"{method} {path}"):
            for segment in match.groups():
                # What a hint leaves open, people fill in.
                open_one = segment[0] == "{"
                word = segment.strip("{}").upper() if open_one else shlex.quote(unquote(segment))
                verb = verb.replace("*", word, 1)  # noqa: PLW2901 - a segment at a time
            with suppress(ValueError):
                return f"`pass-simulator {verb}{_flags(body)}`"
    return found[0]


def _flags(body: str | None) -> str:
    """The members of a body as options: `{"to": "empty"}` is `--to empty`. Raises `ValueError`."""
    members: dict[str, Any] = json.loads(body) if body else {}
    return "".join(
        f" --{name.replace('_', '-')}" + ("" if value is True else f" {shlex.quote(str(value))}")
        for name, value in members.items()
    )
