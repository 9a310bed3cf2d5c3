"""The README's table of the catalogue, made from its tests: `python -m tests.catalogue.table` rewrites it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BEGIN: Final = "<!-- catalogue: made by `make catalogue` -->"
END: Final = "<!-- end of catalogue -->"

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


def table() -> str:
    """The table in Markdown: a row for each file, with its scenarios by number."""
    rows: dict[tuple[str, str], list[Scenario]] = {}
    for each in scenarios():
        rows.setdefault((each.topic, each.file), []).append(each)
    lines = ["| scenarios | topic | what is shown |", "|---|---|---|"]
    for (topic, file), group in rows.items():
        numbers = f"{group[0].number}–{group[-1].number}"
        shown = ", ".join(f"{each.name} ({each.number})" for each in group)
        lines.append(f"| {numbers} | [{topic}](tests/catalogue/{file}) | {shown} |")
    return "\n".join(lines)


def main() -> None:
    """Put the table into the README, between its two marks."""
    readme = _HERE.parents[1] / "README.md"
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}")


if __name__ == "__main__":
    main()
