"""The verdict for machines and for people who were not there: JSON, JUnit and a page."""

import html
import json
from collections.abc import Iterator
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from simulator import __version__

from .grading import Differing, Grade

_WIDEST: Final = 160


def fidelity(grade: Grade, captures: list[str]) -> dict[str, Any]:
    """For each operation, how many of its exchanges agreed: what evidence can cite as recorded."""
    return {
        "version": __version__,
        "captures": captures,
        "operations": {
            name: {"exchanges": count, "agreed": grade.agreed.get(name, 0)}
            for name, count in sorted(grade.exchanges.items())
        },
    }


def as_data(grade: Grade) -> dict[str, Any]:
    """All of it as JSON."""
    return {
        "exchanges": grade.total,
        "agreed": grade.total_agreed,
        "operations": fidelity(grade, [])["operations"],
        "differing": [_differing(each) for each in grade.differing],
        "more": grade.more,
        "problems": [{"problem": what, "times": times} for what, times in grade.problems.items()],
    }


def _differing(each: Differing) -> dict[str, Any]:
    return {
        "entry": each.number,
        "operation": each.operation,
        "request": each.request,
        "differences": [
            {"member": one.what, "theirs": one.recorded, "ours": one.replayed}
            for one in each.differences
        ],
        "rules": [*each.rules],
        "why": [*each.why],
        "page": each.page,
        "url": each.url,
    }


def short(value: object) -> str:
    """A value in so few letters that it fits into a table."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"


def junit(grade: Grade) -> str:
    """A test suite with a case for each operation, which fails where an exchange differed."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    failing = sum(grade.agreed.get(name, 0) != count for name, count in grade.exchanges.items())
    lines.append(
        f'<testsuite name="pass-simulator grade" tests="{len(grade.exchanges)}" failures="{failing}">'
    )
    for name, count in sorted(grade.exchanges.items()):
        agreed = grade.agreed.get(name, 0)
        lines.append(f'  <testcase classname="grade" name={quoteattr(name)}>')
        if agreed != count:
            text = "\n".join(_sentences(grade, name))
            message = quoteattr(f"{agreed} of {count} exchanges agreed")
            lines.append(f"    <failure message={message}>{escape(_xml(text))}</failure>")
        lines.append("  </testcase>")
    lines.append("</testsuite>")
    return "\n".join(lines) + "\n"


def _sentences(grade: Grade, operation: str) -> Iterator[str]:
    for each in grade.differing:
        if each.operation == operation:
            for one in each.differences:
                yield (
                    f"entry {each.number}, {each.request}: {one.what} is {short(one.recorded)} in the "
                    f"capture and {short(one.replayed)} here ({', '.join(each.rules) or 'no rule'}; "
                    f"{each.page})"
                )


def _xml(text: str) -> str:
    return "".join(each if each.isprintable() or each == "\n" else "?" for each in text)


_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;color:#1b1f24;
background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #d5dae0;
overflow-wrap:anywhere}
.good{color:#116329}.bad{color:#a40e26}
section{border:1px solid #d5dae0;border-radius:.5rem;padding:.75rem 1rem;margin:1rem 0}
code{overflow-wrap:anywhere}p{margin:.4rem 0}
@media(max-width:40rem){thead{display:none}td{display:block;border:0;padding:.15rem 0}
tr{display:block;border-bottom:1px solid #d5dae0;padding:.5rem 0}
td[data-name]::before{content:attr(data-name) ": ";color:#59636e}}
@media(prefers-color-scheme:dark){body{background:#14171b;color:#e3e7ec}
th,td,section,tr{border-color:#3a424c}.good{color:#57ab5a}.bad{color:#ff7b72}a{color:#79b8ff}}
"""


def page(grade: Grade, captures: list[str]) -> str:
    """The verdict as a page that needs nothing else."""
    verdict = "agreed" if grade.total == grade.total_agreed else "differed"
    style = "good" if verdict == "agreed" else "bad"
    differed = grade.total - grade.total_agreed
    summary = f"{grade.total_agreed} of {grade.total} exchanges agreed"
    summary += f", {differed} differed" if differed else ""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width,initial-scale=1'>",
        f"<title>Grade of {_text(', '.join(captures))}</title><style>{_STYLE}</style>",
        f"<h1>Grade of {_text(', '.join(captures))}</h1>",
        f"<p class={style}><strong>{summary}.</strong></p>",
        "<table><thead><tr><th>Operation<th>Exchanges<th>Agreed</thead>",
    ]
    for name, count in sorted(grade.exchanges.items()):
        agreed = grade.agreed.get(name, 0)
        colour = "good" if agreed == count else "bad"
        parts.append(
            f"<tr><td data-name=Operation>{_text(name)}<td data-name=Exchanges>{count}"
            f"<td data-name=Agreed class={colour}>{agreed}"
        )
    parts.append("</table>")
    if grade.differing:
        parts.append("<h2>Differences</h2>")
    parts += map(_section, grade.differing)
    if grade.more:
        parts.append(f"<p>And {grade.more} more exchanges that differed.</p>")
    if grade.problems:
        parts.append("<h2>What could not be done as it was</h2><ul>")
        parts += [f"<li>{_text(what)} ({times} times)" for what, times in grade.problems.items()]
        parts.append("</ul>")
    return "\n".join(parts) + "\n"


def _section(each: Differing) -> str:
    rows = "".join(
        f"<tr><td data-name=Member><code>{_text(one.what)}</code><td data-name=Theirs>"
        f"<code>{_text(short(one.recorded))}</code><td data-name=Ours>"
        f"<code>{_text(short(one.replayed))}</code>"
        for one in each.differences
    )
    why = "".join(f"<p>{_text(reason)}</p>" for reason in each.why[:4])
    return (
        f"<section><strong>{_text(each.operation)}</strong>, entry {each.number}<p><code>"
        f"{_text(each.request)}</code></p><table><thead><tr><th>Member<th>Theirs<th>Ours</thead>{rows}"
        f"</table>{why}<p>Rests on <a href={quoteattr(each.url)}>{_text(each.page)}</a></p></section>"
    )


def _text(value: str) -> str:
    return html.escape(value)
