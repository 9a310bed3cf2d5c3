"""The one place that reads the machine's time."""

import time
from dataclasses import dataclass


class SystemClock:
    """Real time, as epoch milliseconds."""

    def now(self) -> int:
        """The current instant in epoch milliseconds."""
        return time.time_ns() // 1_000_000

    elapsed = staticmethod(time.perf_counter)
    """Seconds on a clock that never runs backwards, for measuring durations."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxClock:
    """The clock of one sandbox: real time plus `offset` ms, or standing still at `frozen_at`."""

    offset: int = 0
    frozen_at: int | None = None

    def now(self, real: int) -> int:
        """The sandbox's instant when the machine's is `real`, both in epoch milliseconds."""
        return self.frozen_at if self.frozen_at is not None else real + self.offset
