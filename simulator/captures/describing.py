"""The text of a world that was learnt: a scenario file that begins with what is known of it."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from simulator.validation.yaml_text import to_yaml

from .worlds import Learnt

_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")
_WIDTH: Final = 108


def scenario_name(file: str) -> str:
    """The name of a scenario that is written to `file`, or learnt from it."""
    stem = _UNFIT.sub("-", PurePath(file).name.partition(".")[0]).strip("-._")
    return stem[:100] or "learnt"


def scenario_text(learnt: Learnt) -> str:
    """The scenario as YAML, with what was seen, assumed and left unknown as comments."""
    return "".join(f"{line}\n" for line in _comments(learnt)) + to_yaml(dict(learnt.document))


def _comments(learnt: Learnt) -> Iterator[str]:
    yield "# Learnt from a capture. Names such as device-1 stand for what the capture had in their place."
    seen = ", ".join(f"{count} {what}" for what, count in learnt.seen.items() if ":" not in what)
    yield from _sentence(f"Seen: {seen}.")
    for title, sentences in (("Assumed", learnt.assumed), ("Unknown", learnt.unknown)):
        if sentences:
            yield f"# {title}:"
            for each in sentences:
                yield from _sentence(each, "- ")


def _sentence(text: str, mark: str = "") -> Iterator[str]:
    for number, line in enumerate(textwrap.wrap(text, _WIDTH)):
        yield f"# {mark if not number else ' ' * len(mark)}{line}"
