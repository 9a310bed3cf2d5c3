"""The reference of operations, and the README's sentence on them, from the evidence."""

import re
from collections.abc import Iterable
from typing import Final

from simulator.domain.operations import DOCUMENTED, OPERATIONS
from simulator.evidence.loading import evidence
from simulator.evidence.models import Row
from simulator.evidence.pages import pages
from simulator.evidence.summary import all_rows, fidelity_of, summary_of, summary_of_operation
from tests.docs.tables import code, prose, table

_SENTENCE: Final = re.compile(r"(?<=<!-- made by `make docs` -->\n).*?(?=\n\n)", re.DOTALL)


def operations() -> str:
    """The operations of the backend, how far each is simulated, and what shows it."""
    named = [(name, summary_of_operation(name)) for name in DOCUMENTED]
    topics = {
        name: summary_of(each.rows) for name, each in evidence().items() if each.operation is None
    }
    return f"""# Operations and their fidelity

The names are those that faults, journal and verification know the operations by. How far each is simulated
follows from the *evidence*: statements of Adobe's pages in our own words. A statement is *proven* by a
test that asks over HTTP, and that was seen to fail when the answer is altered where it shows the fact; it
*differs* where the simulator does otherwise, by choice or for want of a way; it is *open* where nobody
outside Adobe can know.

*Exact*: something is proven and nothing differs. *Simplified*: something differs, and is listed below.
*Unproven*: nothing is proven yet. *Not simulated*: 501 with the reason. A test can ask:
`GET /admin/v1/operations`.

{table(("Operation", "Method", "Path", "Fidelity", "Adobe's"), _called())}

{
        table(
            ("Operation", "Proven", "Differs", "Open"),
            [
                (code(name), *map(str, map(len, (each.proven, each.differs, each.open))))
                for name, each in named
            ],
        )
    }

What is proven of a topic counts above for the operation that it is proven on.

{
        table(
            ("Topic", "Proven", "Differs", "Open"),
            [
                (evidence()[name].name, *map(str, map(len, (each.proven, each.differs, each.open))))
                for name, each in topics.items()
            ],
        )
    }

## Where it differs

{_sections((name, each.differs) for name, each in named)}

## What is open

{_sections((name, each.open) for name, each in named)}

The last word on each answer's shape has the OpenAPI document at `/api/v2/openapi.json`.
"""


def _called() -> Iterable[tuple[str, ...]]:
    for each in OPERATIONS:
        page = pages()[each.page]
        yield (
            code(each.name),
            code(each.method),
            code(each.path),
            fidelity_of(each.name),
            f"[{page.title}]({page.url})",
        )


def _sections(found: Iterable[tuple[str, Iterable[Row]]]) -> str:
    sections = []
    for name, rows in found:
        if lines := [_line(each) for each in rows]:
            sections.append("\n".join((f"### {name}\n", *lines)))
    return "\n\n".join(sections) or "Nothing."


def _line(row: Row) -> str:
    page = pages()[row.page]
    switch = f" Switch: [{row.switch}](reference-switches.md)." if row.switch else ""
    why = prose(row.differs or row.open).rstrip(".")
    return f"- {prose(row.says)} *{why[0].upper()}{why[1:]}.*{switch} ([{page.title}]({page.url}))"


def with_sentence(readme: str) -> str:
    """The README with the sentence that gives the totals."""
    total = summary_of(all_rows())
    exact = [name for name in DOCUMENTED if fidelity_of(name) == "exact"]
    sentence = (
        f"Of {len([*all_rows()])} statements that were taken from Adobe's pages, {len(total.proven)} are "
        f"proven by a test each, {len(total.differs)} differ and {len(total.open)} are open; "
        f"{len(exact)} of the {len(DOCUMENTED)} operations are exact:\n"
        "[operations and their fidelity](simulator/docs/reference-operations.md)."
    )
    return _SENTENCE.sub(lambda _: sentence, readme)
