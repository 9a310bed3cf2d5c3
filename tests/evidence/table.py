"""How many rows are proven, differ and are open, by operation and topic, as a table for the terminal."""

from collections import Counter
from collections.abc import Iterable, Mapping

from simulator.evidence.models import Subject

STANDINGS = ("proven", "differs", "open")


def table(
    subjects: Mapping[str, Subject], recorded: Mapping[str, Mapping[str, int]] | None = None
) -> str:
    """A line for each file, and one for all of them.

    `recorded` is, by operation, how many exchanges of captures there were and how many agreed, as
    `pass-simulator grade --fidelity` writes it.
    """
    counts = {
        name: Counter[str](row.outcome for row in each.rows) for name, each in subjects.items()
    }
    width = max(map(len, (*counts, "total")), default=0)
    total = sum(counts.values(), Counter[str]())
    return "\n".join(
        (
            _line("", (*STANDINGS, *(("recorded",) if recorded else ())), width),
            *(
                _line(name, (*_figures(each), *_agreed(recorded, name)), width)
                for name, each in counts.items()
            ),
            _line("total", _figures(total), width),
        )
    )


def _agreed(recorded: Mapping[str, Mapping[str, int]] | None, name: str) -> list[str]:
    found = (recorded or {}).get(name)
    return [f"{found['agreed']}/{found['exchanges']}"] if found else []


def _figures(count: Mapping[str, int]) -> list[int]:
    return [count.get(each, 0) for each in STANDINGS]


def _line(name: str, cells: Iterable[object], width: int) -> str:
    return f"{name:{width}}" + "".join(f"  {each!s:>7}" for each in cells)
