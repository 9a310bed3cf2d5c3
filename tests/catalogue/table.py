"""The documentation's page on the QA catalogue, made from its tests."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.docs.tables import code, table

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A scenario, as the test of it names it."""

    number: int
    name: str
    file: str
    topic: str


def scenarios() -> Iterator[Scenario]:
    """Every scenario that has a test, in the order of the numbers of their files' first ones."""
    found: list[list[Scenario]] = []
    for path in sorted(_HERE.glob("test_*.py")):
        module = ast.parse(path.read_text())
        topic = (ast.get_docstring(module) or "").partition(": ")[2].partition(".")[0]
        group = [
            Scenario(
                number=int(node.name[5:8]),
                name=node.name[9:].replace("_", " "),
                file=path.name,
                topic=topic,
            )
            for node in module.body
            if isinstance(node, ast.AsyncFunctionDef) and node.name[5:8].isdecimal()
        ]
        if group:
            found.append(group)
    for group in sorted(found, key=lambda each: each[0].number):
        yield from group


def page() -> str:
    """The page in Markdown: a row for each file, with its scenarios by number."""
    rows: dict[tuple[str, str], list[Scenario]] = {}
    for each in scenarios():
        rows.setdefault((each.topic, each.file), []).append(each)
    found = table(
        ("Scenarios", "Topic", "What is shown", "Tests"),
        (
            (
                f"{group[0].number}–{group[-1].number}",
                topic,
                ", ".join(f"{each.name} ({each.number})" for each in group),
                code(f"tests/catalogue/{file}"),
            )
            for (topic, file), group in rows.items()
        ),
    )
    return f"""# The QA catalogue

The situations that a tester of a TV app goes through, by number. Each has a test of its own over HTTP in
the repository, under its name there; the shipped scenario
[`qa-catalogue`](reference-shipped-scenarios.md#qa-catalogue) and the other `qa-…` scenarios are what they
start from. Each of the [47 error codes](reference-errors.md) can be provoked as well.

{found}
"""
