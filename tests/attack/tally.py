"""What an attack came to: how often it was tried, and how often the simulator gave way, by how."""

from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(kw_only=True)
class Tally:
    """One line of the table.

    `lost` are changes that were acknowledged and are gone, `half` those of which a part is there, `leaked`
    what showed in a sandbox that nobody attacked. `errors` are answers of 5xx that blame nobody and no
    database, `tracebacks` those in the log, `hangs` what was not answered, or did not end, in time.
    """

    attack: str
    tries: int = 0
    acknowledged: int = 0
    lost: int = 0
    half: int = 0
    leaked: int = 0
    errors: int = 0
    tracebacks: int = 0
    hangs: int = 0
    note: str = ""

    @property
    def failures(self) -> int:
        """How often it gave way."""
        return self.lost + self.half + self.leaked + self.errors + self.tracebacks + self.hangs

    def remember(self, what: str) -> None:
        """Note the first way in which it gave way."""
        self.note = self.note or what

    def read_log(self, log: Path) -> None:
        """Count the tracebacks of a server that has ended."""
        self.tracebacks += log.read_text(errors="replace").count(
            "Traceback (most recent call last)"
        )


HEAD = tuple(each.name for each in fields(Tally))


def row(tally: Tally) -> tuple[str, ...]:
    """The cells of a line, under `HEAD`."""
    return tuple(
        f"{value:,}" if isinstance(value, int) else str(value)
        for value in (getattr(tally, name) for name in HEAD)
    )
