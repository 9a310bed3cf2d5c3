"""A TempPass in use: what a trial still permits, and what authorizing takes from it.

(Adobe: TempPass, TMP2)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulator.domain.configuration import Integration, Mvpd

from . import temp_pass
from .temp_pass import TempPassTrial

USED_UP = "temporary_access_resources_limit_exceeded"


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What the trials of a device, and of an identity, come to; of several the strictest counts.

    `repository` are those that exist, or the one that would begin now. The window is epoch
    milliseconds. `quota` is how many resources a promotional one allows, None for a basic one.
    `strict` says that a trial without resources left permits not even those that were used.
    """

    records: tuple[TempPassTrial, ...]
    not_before: int
    not_after: int
    quota: int | None
    used: frozenset[str]
    strict: bool = False

    def problem(self, resource: str) -> str | None:
        """The code that keeps the trial from permitting `resource`, or None."""
        if self.quota is None or len(self.used) < self.quota:
            return None
        return None if resource in self.used and not self.strict else USED_UP

    def using(self, resource: str) -> "Trial":
        """The trial once `resource` was authorized; a basic one does not count them."""
        if self.quota is None or resource in self.used:
            return self
        records = tuple(
            record
            if resource in record.used_resources
            else replace(record, used_resources=(*record.used_resources, resource))
            for record in self.records
        )
        return replace(self, records=records, used=self.used | {resource})


def trial(
    mvpd: Mvpd,
    integration: Integration,
    records: Sequence[TempPassTrial],
    now: int,
    *,
    strict: bool,
) -> Trial:
    """How the TempPass stands at `now`, by the trials that exist or the one that would begin.

    Raises `EnhancedError` for one that is misconfigured or whose time is over.
    """
    # Whether resources are left is asked resource by resource, so here none counts as used.
    unused = [replace(record, used_resources=()) for record in records]
    left = temp_pass.access(mvpd, integration, unused, now)
    quota = None if left.remaining_resources is None else integration.temp_pass_resources
    used = max((record.used_resources for record in records), key=len, default=())
    return Trial(
        records=tuple({record.id: record for record in records}.values()),
        not_before=left.not_before,
        not_after=left.not_after,
        quota=quota,
        used=frozenset(used),
        strict=strict,
    )
