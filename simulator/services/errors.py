"""Why the simulator's own API says no; the edge turns these into its one error shape."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldProblem:
    """One thing that is wrong with a document, and where."""

    path: str
    problem: str


class Refusal(Exception):  # noqa: N818 - named for what it is
    """A request that cannot be carried out; nothing has changed.

    `code` is for programs, `message` says what is wrong, `hint` the next thing to try.
    """

    def __init__(
        self, code: str, message: str, hint: str = "", fields: Sequence[FieldProblem] = ()
    ) -> None:
        self.code = code
        self.message = message
        self.hint = hint
        self.fields = tuple(fields)
        super().__init__(message)


def not_found(what: str, name: str, hint: str = "") -> Refusal:
    """The refusal for a `what` ("profile") called `name` that does not exist."""
    code = what.replace(" ", "_").replace("-", "_")
    return Refusal(f"{code}_not_found", f"There is no {what} '{name}'.", hint)


def invalid(fields: Sequence[FieldProblem], what: str = "The document") -> Refusal:
    """The refusal for a document, with every problem that was found in it."""
    count = "one problem" if len(fields) == 1 else f"{len(fields)} problems"
    return Refusal(
        "invalid_document",
        f"{what} has {count}.",
        "Mend each of the listed fields; nothing was changed.",
        fields,
    )
