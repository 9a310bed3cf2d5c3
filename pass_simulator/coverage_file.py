"""The file in which a test run keeps what its apps were shown, and how several become one.

It is JSON: `format` and `version` say what it is, `runs` are the ids of the test runs in it, and `axes`
holds all cells by axis and name: how often each was `met`, how often of these `forced` by a fault, the
`outcomes`, the `verdict` of a rule of conduct, and the `tests` that met it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pass_simulator.errors import UnusableCoverage

FORMAT: Final = "pass-simulator-coverage"
VERSION: Final = 1

_OUTCOMES: Final = ("well", "looped", "stopped", "gave_up", "open")
# The worse of two verdicts counts.
_VERDICTS: Final = ("not seen", "kept", "broken")
_MOST_NEAR: Final = 3

Cell = dict[str, Any]
Axes = dict[str, dict[str, Cell]]


@dataclass(frozen=True, kw_only=True)
class CoverageFile:
    """What such a file holds; `name` is the file's own."""

    name: str
    runs: tuple[str, ...]
    axes: Axes

    def text(self) -> str:
        """The file as text, always the same for the same counts."""
        axes = {
            axis: {name: dict(sorted(cell.items())) for name, cell in cells.items()}
            for axis, cells in self.axes.items()
        }
        document = {
            "format": FORMAT,
            "version": VERSION,
            "runs": sorted(self.runs),
            "axes": axes,
        }
        return json.dumps(document, indent=1) + "\n"

    def cell(self, given: str) -> Cell:
        """The cell that is written `axis:name`. Raises `UnusableCoverage`, with those that are near."""
        axis, _, name = given.partition(":")
        if axis in self.axes and name in self.axes[axis]:
            return self.axes[axis][name]
        known = {f"{axis}:{name}": None for axis, cells in self.axes.items() for name in cells}
        near = get_close_matches(given, known, _MOST_NEAR, 0.5)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        message = f"{self.name} has no cell {given!r}.{meant}"
        raise UnusableCoverage(message, f"The axes are {', '.join(self.axes)}.")


def read(path: Path) -> CoverageFile:
    """What is in a file. Raises `UnusableCoverage`, which names it, for what is no coverage of ours."""
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UnusableCoverage(f"{name} cannot be read: {reason}.") from error
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnusableCoverage(
            f"{name} is cut off, or no JSON: {error}.", "Let the test run write it anew."
        ) from error
    return _checked(name, document)


def _checked(name: str, document: object) -> CoverageFile:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else None
        what = f"its format is {found!r}" if found else "it names no format"
        raise UnusableCoverage(
            f"{name} is no coverage of pass-simulator: {what}.",
            "Give files that pytest wrote for --pass-simulator-coverage, or Vitest or Playwright Test "
            "for PASS_SIMULATOR_COVERAGE.",
        )
    if document.get("version") != VERSION:
        raise UnusableCoverage(
            f"{name} is of version {document.get('version')!r}, and this reads version {VERSION}.",
            "Write it anew with this version of pass-simulator.",
        )
    runs, axes = document.get("runs"), document.get("axes")
    if (
        not isinstance(runs, list)
        or not runs
        or not all(isinstance(each, str) for each in runs)
        or not isinstance(axes, dict)
        or not all(_is_axis(each) for each in axes.values())
    ):
        raise UnusableCoverage(
            f"{name} lacks some of what such a file holds.", "Let the test run write it anew."
        )
    return CoverageFile(name=name, runs=tuple(runs), axes=axes)


def _is_axis(cells: object) -> bool:
    return isinstance(cells, dict) and all(
        isinstance(each, dict)
        and _is_count(each.get("met"))
        and _is_count(each.get("forced"))
        and isinstance(each.get("outcomes"), dict)
        and all(_is_count(number) for number in each["outcomes"].values())
        and isinstance(each.get("tests"), list)
        and all(isinstance(test, str) for test in each["tests"])
        and each.get("verdict") in {None, *_VERDICTS}
        for each in cells.values()
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def merge(files: Sequence[CoverageFile]) -> CoverageFile:
    """Several files as one. Raises `UnusableCoverage` where a run is in two of them."""
    seen: dict[str, str] = {}
    for file in files:
        for run in file.runs:
            if run in seen:
                raise UnusableCoverage(
                    f"{file.name} has the run {run}, which is in {seen[run]} already.",
                    "Give each file once, and not together with what it was merged into.",
                )
            seen[run] = file.name
    axes: Axes = {}
    for file in files:
        add(axes, file.axes)
    return CoverageFile(name="the merged file", runs=tuple(seen), axes=axes)


def add(axes: Axes, more: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
    """Add the cells of `more` to those of `axes`."""
    for axis, cells in more.items():
        known = axes.setdefault(axis, {})
        for name, cell in cells.items():
            before = known.get(name)
            known[name] = _sum(before, cell) if before else _sum(_EMPTY, cell)


_EMPTY: Final[Cell] = {"met": 0, "forced": 0, "outcomes": {}, "tests": []}


def _sum(one: Mapping[str, Any], other: Mapping[str, Any]) -> Cell:
    verdicts = [each["verdict"] for each in (one, other) if each.get("verdict")]
    outcomes = {
        name: one["outcomes"].get(name, 0) + other["outcomes"].get(name, 0) for name in _OUTCOMES
    }
    found: Cell = {
        "met": one["met"] + other["met"],
        "forced": one["forced"] + other["forced"],
        "outcomes": outcomes,
        "tests": sorted({*one["tests"], *other["tests"]}),
    }
    if verdicts:
        found["verdict"] = max(verdicts, key=_VERDICTS.index)
    return found


def of_report(report: Mapping[str, Any], test: str) -> Axes:
    """The cells of a sandbox's `GET coverage`, as those that a test met."""
    return {
        axis["axis"]: {
            cell["name"]: {
                "met": cell["met"],
                "forced": cell["forced"],
                "outcomes": {
                    name: number for name, number in cell["outcomes"].items() if name in _OUTCOMES
                },
                "tests": [test] if cell["met"] else [],
                **({"verdict": cell["verdict"]} if cell["verdict"] else {}),
            }
            for cell in axis["cells"]
        }
        for axis in report["axes"]
    }


def collected(run: str, axes: Iterable[Axes]) -> CoverageFile:
    """What the tests of a run met."""
    together: Axes = {}
    for each in axes:
        add(together, each)
    return CoverageFile(name="this run", runs=(run,), axes=together)
