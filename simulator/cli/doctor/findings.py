"""What a check of `doctor` finds."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How bad it is; only what has failed makes `doctor` say no."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at: what there is, and the next thing to try where it is no good."""

    check: str
    status: Status
    said: str
    hint: str = ""

    def view(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def ok(check: str, said: str) -> Finding:
    """All is well."""
    return Finding(check=check, status=Status.OK, said=said)


def warning(check: str, said: str, hint: str) -> Finding:
    """It works, but not for everybody or not for long."""
    return Finding(check=check, status=Status.WARNING, said=said, hint=hint)


def failed(check: str, said: str, hint: str) -> Finding:
    """It does not work."""
    return Finding(check=check, status=Status.FAILED, said=said, hint=hint)
