"""The axes of coverage, and the cells of each: all that an app can be shown, by name.

Axes are never added up: a rule is not worth so many codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from simulator.domain.conduct import report
from simulator.domain.errors import ERRORS
from simulator.domain.operations import OPERATION_NAMES

from .cells import ACTIONS, FAULT_KINDS, REASONS, RULES
from .events import EVENTS


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """One axis: its id as in `codes:invalid_integration`, its title, and its cells with what they mean."""

    id: str
    title: str
    cells: Mapping[str, str]


CONDUCT: Final = "conduct"
"""The axis whose cells are judged from the journal, and not counted."""

AXES: Final[Mapping[str, Axis]] = {
    name: Axis(id=name, title=title, cells=cells)
    for name, title, cells in (
        ("operations", "Operations", dict.fromkeys(OPERATION_NAMES, "")),
        ("logout", "Rules of logout", RULES["logout"]),
        ("sessions", "Rules of sessions", RULES["sessions"]),
        ("decisions", "Rules of decisions", RULES["decisions"]),
        ("partner-sessions", "Rules of partner sessions", RULES["partner-sessions"]),
        ("partner-profiles", "Rules of partner profiles", RULES["partner-profiles"]),
        ("codes", "Error codes", {code: each.message for code, each in ERRORS.items()}),
        ("actions", "Actions", ACTIONS),
        ("reasons", "Reason types", REASONS),
        (CONDUCT, "Rules of conduct", {each.id: each.says for each in report.RULES}),
        ("faults", "Faults", FAULT_KINDS),
        ("clock", "Events of the clock", EVENTS),
    )
}
"""The axes by id, in the order in which they are shown."""


class UnknownCellError(ValueError):
    """There is no such axis, or no such name on it; `near` are those that were perhaps meant."""

    def __init__(self, given: str, problem: str, near: list[str]) -> None:
        self.given = given
        self.near = near
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"{given!r}: {problem}.{meant}")


_MOST_NEAR: Final = 3


def cell(given: str) -> tuple[str, str]:
    """Axis and name of a cell that is written `axis:name`. Raises `UnknownCellError`."""
    axis, colon, name = given.strip().partition(":")
    if not colon:
        near = [f"{each}:{given}" for each in AXES if given in AXES[each].cells]
        problem = "a cell is written axis:name, such as logout:L5"
        raise UnknownCellError(given, problem, near or _near(given, AXES))
    if axis not in AXES:
        near = [f"{each}:{name}" for each in _near(axis, AXES)]
        raise UnknownCellError(given, f"there is no axis {axis!r}", near or [*AXES])
    if name not in AXES[axis].cells:
        near = [f"{axis}:{each}" for each in _near(name, AXES[axis].cells)]
        raise UnknownCellError(given, f"the axis {axis} has no {name!r}", near)
    return axis, name


def _near(given: str, known: Mapping[str, object]) -> list[str]:
    lower = {each.lower(): each for each in known}
    return [lower[each] for each in get_close_matches(given.lower(), lower, _MOST_NEAR, 0.5)]
