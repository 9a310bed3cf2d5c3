"""The errors of the simulator's own API: each a class, with its status, code, message and hint."""

# ruff: noqa: N818 - each is an error, and is raised by the name of what is wrong

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Self


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldProblem:
    """One thing that is wrong with a document, and where."""

    path: str
    problem: str


class AdminError(Exception):
    """A request that cannot be carried out; nothing has changed.

    `code` is for programs, `message` says what is wrong, `hint` the next thing to try, `fields` where.
    """

    status: ClassVar[int]
    code: str

    def __init_subclass__(cls, *, status: int = 400, code: str = "") -> None:
        cls.status, cls.code = status, code

    def __init__(self, message: str, hint: str = "", fields: Iterable[FieldProblem] = ()) -> None:
        self.message = message
        self.hint = hint
        self.fields = tuple(fields)
        super().__init__(message)


class BadRequest(AdminError, code="bad_request"):
    """A request that HTTP itself does not allow."""


class ClientOfOtherApplication(AdminError, code="client_of_other_application"):
    """A client and an application that do not belong together."""


class InvalidAfter(AdminError, code="invalid_after"):
    """A place in a list that is none."""


class InvalidBody(AdminError, code="invalid_body"):
    """A body that cannot be read, or whose members exclude each other."""


class InvalidEventId(AdminError, code="invalid_event_id"):
    """A Last-Event-ID that no event has."""


class InvalidFormat(AdminError, code="invalid_format"):
    """A format that a report is not written in."""


class InvalidGeneration(AdminError, code="invalid_generation"):
    """A generation that is none."""


class InvalidInstant(AdminError, code="invalid_instant"):
    """An instant that no clock can show."""


class InvalidLease(AdminError, code="invalid_lease"):
    """A lease that the sandbox cannot be given."""


class InvalidLimit(AdminError, code="invalid_limit"):
    """A length that no page of a list has."""


class InvalidOrder(AdminError, code="invalid_order"):
    """An order that a list cannot be put in."""


class InvalidRequest(AdminError, code="invalid_request"):
    """A request that names or asks for what cannot be."""


class UnknownFilter(AdminError, code="unknown_filter"):
    """A filter that a list does not have; it has those that are `known`."""

    def __init__(self, message: str, known: Iterable[str]) -> None:
        super().__init__(message, f"Use {', '.join(known)}.")


class UnknownResetTarget(AdminError, code="unknown_reset_target"):
    """A state that a sandbox cannot be reset to."""


class Unauthorized(AdminError, status=401, code="unauthorized"):
    """A request without the admin token."""


class CrossOrigin(AdminError, status=403, code="cross_origin"):
    """A form that a page of somebody else sent."""


ResourceName = Literal[
    "application", "claim", "client", "code", "degradation", "device", "fault", "integration",
    "issuer", "lease", "mvpd", "profile", "request", "route", "sandbox", "scenario",
    "service provider", "snapshot", "sso link", "subscriber", "temp pass",
]  # fmt: skip
"""What something that can be asked for is called, in messages and codes."""


class NotFound(AdminError, status=404):
    """A `what` called `name` that does not exist; `message` says it in other words.

    Its code names what is missing: `sso_link_not_found`.
    """

    def __init__(
        self, what: ResourceName, name: str = "", hint: str = "", *, message: str = ""
    ) -> None:
        self.code = self.code_of(what)
        super().__init__(message or f"There is no {what} '{name}'.", hint)

    @staticmethod
    def code_of(what: ResourceName) -> str:
        """The code for a `what` that does not exist."""
        return f"{what.replace(' ', '_')}_not_found"


class MethodNotAllowed(AdminError, status=405, code="method_not_allowed"):
    """A method that the path does not take."""


class AlreadyExists(AdminError, status=409, code="already_exists"):
    """A name that is taken."""

    def __init__(self, what: ResourceName, name: str, hint: str) -> None:
        super().__init__(f"There is a {what} '{name}' already.", hint)


class CodeNotOpen(AdminError, status=409, code="code_not_open"):
    """A code that nobody can log in with any more."""


class InUse(AdminError, status=409, code="in_use"):
    """Something that others depend on."""


class Leased(AdminError, status=409, code="leased"):
    """A sandbox that somebody else has borrowed."""


class LimitReached(AdminError, status=409, code="limit_reached"):
    """As many as there can be."""


class BodyTooLarge(AdminError, status=413, code="body_too_large"):
    """A body that is larger than its path takes."""


class InvalidDocument(AdminError, status=422, code="invalid_document"):
    """A document, with every problem that was found in it; `what` begins the message."""

    def __init__(self, fields: Sequence[FieldProblem], what: str = "The document") -> None:
        count = "one problem" if len(fields) == 1 else f"{len(fields)} problems"
        hint = "Mend each of the listed fields; nothing was changed."
        super().__init__(f"{what} has {count}.", hint, fields)

    @classmethod
    def at(cls, path: str, problem: str, what: str = "The document") -> Self:
        """The error for a document with one problem."""
        return cls([FieldProblem(path=path, problem=problem)], what)


class InternalServerError(AdminError, status=500, code="internal_server_error"):
    """A failure of our own."""


class NotSimulated(AdminError, status=501, code="not_simulated"):
    """An operation of the real backend that the simulator does not have."""
