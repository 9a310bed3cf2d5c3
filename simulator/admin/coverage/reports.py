"""Coverage as JUnit XML, on which a pipeline can fail, and as a page of HTML that stands alone."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from simulator.domain.coverage.axes import AXES, Axis
from simulator.domain.coverage.outcomes import Outcome
from simulator.domain.texts import xml_text
from simulator.services.observe.arming.ways import way_to
from simulator.services.observe.coverage import CellCount, Report

Cells = Sequence[tuple[str, str]]


def as_junit(found: Report, required: Cells) -> bytes:
    """One suite for each axis and one case for each cell.

    What is required and was not met is a failure, and so is what an app met and went wrong about; what was
    not met otherwise is skipped.
    """
    suites = [_suite(axis, found, required) for axis in AXES.values()]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="coverage">', *suites]
    return "\n".join([*lines, "</testsuites>"]).encode() + b"\n"


def _suite(axis: Axis, found: Report, required: Cells) -> str:
    cases = [
        _case(axis.id, name, found.counts[axis.id][name], required=(axis.id, name) in required)
        for name in axis.cells
    ]
    failures = sum("<failure" in each for each in cases)
    skipped = sum("<skipped" in each for each in cases)
    head = (
        f'<testsuite name="{escape(axis.id)}" tests="{len(cases)}" failures="{failures}" errors="0" '
        f'skipped="{skipped}">'
    )
    return "\n".join([head, *cases, "</testsuite>"])


def _case(axis: str, name: str, count: CellCount, *, required: bool) -> str:
    begin = f'<testcase classname="coverage.{escape(axis)}" name="{escape(name)}"'
    way = way_to(f"{axis}:{name}")
    if not count.met:
        how = xml_text(f"pass-simulator coverage arm {axis}:{name}, then {way.call} {way.note}")
        if required:
            return f'{begin}><failure message="not met">{escape(how.strip())}</failure></testcase>'
        return f'{begin}><skipped message="not met"/></testcase>'
    if wrong := ", ".join(_wrong(count)):
        told = escape(xml_text(f"{wrong}; the last request of it was {count.request}"))
        return f'{begin}><failure message="{escape(wrong)}">{told}</failure></testcase>'
    return f"{begin}/>"


_WRONG: Final = (Outcome.LOOPED, Outcome.STOPPED, Outcome.GAVE_UP)


def _wrong(count: CellCount) -> Iterator[str]:
    """What the app did that it should not have."""
    if count.verdict == "broken":
        yield "broken"
    for outcome in _WRONG:
        if count.outcomes[outcome]:
            yield f"{outcome.value.replace('_', ' ')} {count.outcomes[outcome]} times"


_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem;
  color: #1c1c1c; background: #fff }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #ddd }
tr.met { background: #e4f5e6 } tr.wrong { background: #fde7e3 } td.n { white-space: nowrap }
.soft { color: #666 } code { font-size: .9em }
@media (prefers-color-scheme: dark) {
  body { color: #e8e8e8; background: #181818 } td, th { border-color: #444 }
  tr.met { background: #173a1c } tr.wrong { background: #4a1f17 } .soft { color: #aaa }
}
"""


def as_html(found: Report, sandbox: str) -> str:
    """All axes as tables, the met rows lit."""
    parts = "\n".join(_table(axis, found) for axis in AXES.values())
    name = escape(sandbox)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Coverage of {name}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>What apps were shown in {name}</h1>\n{parts}\n</body></html>\n"
    )


def _table(axis: Axis, found: Report) -> str:
    rows = "\n".join(
        _row(f"{axis.id}:{name}", name, says, found.counts[axis.id][name])
        for name, says in axis.cells.items()
    )
    return f"<h2>{escape(axis.title)}</h2>\n<table>{rows}</table>"


def _row(where: str, name: str, says: str, count: CellCount) -> str:
    wrong = [*_wrong(count)]
    lit = "wrong" if wrong else "met" if count.met else ""
    if count.met:
        told = f"met {count.met} times" + (f", {count.forced} by a fault" if count.forced else "")
        rest = escape("; ".join([told, *wrong, f"last {count.request}"]))
    else:
        way = way_to(where)
        rest = (
            f'<span class="soft">not met: <code>pass-simulator coverage arm {escape(where)}</code>, '
            f"then {escape(f'{way.call} {way.note}'.strip())}</span>"
        )
    return f'<tr class="{lit}"><td class="n">{escape(name)}</td><td>{escape(says)}</td><td>{rest}</td></tr>'
