"""The explanation of a request: what it did, and why, as its journal entry records it."""

from dataclasses import dataclass, field
from enum import StrEnum


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
    it could be read.
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

    def explain(self, *sentences: str) -> None:
        """Give reasons."""
        self.reasons.extend(sentences)

    def forget(self) -> None:
        """Forget everything, because what was done is done anew."""
        empty = Explanation()
        for name in self.__slots__:
            setattr(self, name, getattr(empty, name))

    def decided(self, rule: str, because: str) -> None:
        """Name the row of a rule table that decided, with its reason."""
        if rule not in self.rules:
            self.rules.append(rule)
        sentence = f"{rule}: {because}"
        if sentence not in self.reasons:
            self.reasons.append(sentence)

    def add(self, more: "Explanation") -> None:
        """Take over what another explanation says."""
        for name in _FACTS:
            value = getattr(more, name)
            if value is not None:
                setattr(self, name, value)
        self.rules += [each for each in more.rules if each not in self.rules]
        self.reasons += more.reasons
        self.changes += more.changes
        self.faults += more.faults
        self.decisions += more.decisions
        self.identities += more.identities


_FACTS = (
    "service_provider",
    "mvpd",
    "device",
    "application",
    "caller",
    "client",
    "platform",
    "code",
    "error",
)
