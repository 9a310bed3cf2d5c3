"""The explanation of a request: what it did, and why, as its journal entry records it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ChangeKind(StrEnum):
    """What was done to an entity."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(kw_only=True, slots=True)
class Explanation:
    """Rules that decided, reasons in plain words, who was concerned, and which entities changed.

    It is filled while a request is carried out: by the edge with what the request says of itself, by
    the units of work with what they found. `client` is the app instance that it was about, `caller` the
    one that asked where a code led to the session of another. `rules` are row ids, `changes` kind of
    change, kind of entity and id, `decisions` the resources that were decided on, each with the code of
    its denial or None, `identities` the headers of single sign-on, each with issuer and subject where
    it could be read. `expired` are the events of the clock that it met, `forced` the codes that faults made.
    `begun` says how much of it there was when the unit under way began.
    """

    service_provider: str | None = None
    mvpd: str | None = None
    device: str | None = None
    application: str | None = None
    caller: str | None = None
    client: str | None = None
    platform: str | None = None
    code: str | None = None
    error: str | None = None
    rules: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    changes: list[tuple[ChangeKind, str, str]] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    decisions: list[tuple[str, str | None]] = field(default_factory=list)
    identities: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    forced: list[str] = field(default_factory=list)
    begun: tuple[int, ...] = (0,) * 8

    def explain(self, *sentences: str) -> None:
        """Give reasons."""
        self.reasons.extend(sentences)

    def add(self, sentence: str) -> None:
        """Give a reason that may have been given already."""
        if sentence not in self.reasons:
            self.reasons.append(sentence)

    def begin(self) -> None:
        """A unit of work begins, which may be undone."""
        self.begun = (
            len(self.changes),
            len(self.rules),
            len(self.reasons),
            len(self.faults),
            len(self.decisions),
            len(self.identities),
            len(self.expired),
            len(self.forced),
        )

    def forget(self) -> None:
        """Forget what the unit told, because it is done anew."""
        told: tuple[list[Any], ...] = (
            self.changes,
            self.rules,
            self.reasons,
            self.faults,
            self.decisions,
            self.identities,
            self.expired,
            self.forced,
        )
        for each, length in zip(told, self.begun, strict=True):
            del each[length:]

    def undo_changes(self) -> None:
        """Forget what the unit changed, because nothing of it was kept."""
        del self.changes[self.begun[0] :]

    def decided(self, rule: str, because: str) -> None:
        """Name the row of a rule table that decided, with its reason."""
        if rule not in self.rules:
            self.rules.append(rule)
        sentence = f"{rule}: {because}"
        if sentence not in self.reasons:
            self.reasons.append(sentence)
