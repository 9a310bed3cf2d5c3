"""Time that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from simulator.clock import SystemClock

START: Final = datetime(2026, 1, 1, tzinfo=UTC)


class ManualClock(SystemClock):
    """Stands at `START`, the first second of 2026."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Go back to `START`: the next test begins."""
        self._now = START

    def now(self) -> int:
        return int(self._now.timestamp() * 1000)

    @property
    def seconds(self) -> int:
        """The instant in epoch seconds, as JWT claims have it."""
        return self.now() // 1000

    def advance(self, **by: float) -> None:
        """Move on by `timedelta(**by)`."""
        self._now += timedelta(**by)
