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
    """aiohttp turned the request down: it is not valid HTTP."""


class ClientOfOtherApplication(AdminError, code="client_of_other_application"):
    """The client that was named is not registered for the application that was named."""


class InvalidAfter(AdminError, code="invalid_after"):
    """`after` is not where a page of this list can begin."""


class InvalidBody(AdminError, code="invalid_body"):
    """The body cannot be read, or its members exclude each other."""


class InvalidEventId(AdminError, code="invalid_event_id"):
    """The Last-Event-ID is not a number."""


class InvalidFormat(AdminError, code="invalid_format"):
    """The report does not exist in the format that was asked for."""


class InvalidGeneration(AdminError, code="invalid_generation"):
    """The generation is not a number, `current` or `any`."""


class InvalidInstant(AdminError, code="invalid_instant"):
    """The clock cannot show this instant."""


class InvalidLease(AdminError, code="invalid_lease"):
    """The sandbox cannot be leased in this way."""


class InvalidLimit(AdminError, code="invalid_limit"):
    """`limit` is not a length that a page may have."""


class InvalidOrder(AdminError, code="invalid_order"):
    """The list cannot be sorted in this order."""


class InvalidRequest(AdminError, code="invalid_request"):
    """Something in the path, the query or a form cannot be used."""


class UnknownFilter(AdminError, code="unknown_filter"):
    """The list has no such filter; it has those in `known`."""

    def __init__(self, message: str, known: Iterable[str]) -> None:
        super().__init__(message, f"Use {', '.join(known)}.")


class UnknownResetTarget(AdminError, code="unknown_reset_target"):
    """`to` names no state that a sandbox can be reset to."""


class MisdirectedRequest(AdminError, status=421, code="misdirected_request"):
    """The request was sent to a host name that nobody has said to be ours."""


class Unauthorized(AdminError, status=401, code="unauthorized"):
    """The request does not carry the admin token."""


class CrossOrigin(AdminError, status=403, code="cross_origin"):
    """The request was sent by a page of another origin."""


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
    """The path does not take the method."""


class RequestTimeout(AdminError, status=408, code="request_timeout"):
    """The rest of the body did not come in time."""


class AlreadyExists(AdminError, status=409, code="already_exists"):
    """The name is taken."""

    def __init__(self, what: ResourceName, name: str, hint: str) -> None:
        super().__init__(f"There is a {what} '{name}' already.", hint)


class Claimed(AdminError, status=409, code="claimed"):
    """Another sandbox has claimed the device."""


class CodeNotOpen(AdminError, status=409, code="code_not_open"):
    """Nobody can log in with the code any more."""


class InUse(AdminError, status=409, code="in_use"):
    """Something else depends on it."""


class Leased(AdminError, status=409, code="leased"):
    """Somebody else has leased the sandbox."""


class LimitReached(AdminError, status=409, code="limit_reached"):
    """There are as many as there may be."""


class NothingToArm(AdminError, status=409, code="nothing_to_arm"):
    """The sandbox lacks what an app could be shown this with."""


class BodyTooLarge(AdminError, status=413, code="body_too_large"):
    """The body is larger than its path takes."""


class InvalidDocument(AdminError, status=422, code="invalid_document"):
    """The document has problems, and these are all of them; `what` begins the message."""

    def __init__(self, fields: Sequence[FieldProblem], what: str = "The document") -> None:
        count = "one problem" if len(fields) == 1 else f"{len(fields)} problems"
        hint = "Mend each of the listed fields; nothing was changed."
        super().__init__(f"{what} has {count}.", hint, fields)

    @classmethod
    def at(cls, path: str, problem: str, what: str = "The document") -> Self:
        """The error for a document with one problem."""
        return cls([FieldProblem(path=path, problem=problem)], what)


class UnknownCell(AdminError, status=422, code="unknown_cell"):
    """Coverage has no such axis, or no such name on it; those that are near are named."""


class InternalServerError(AdminError, status=500, code="internal_server_error"):
    """The simulator itself failed."""


class DatabaseAway(AdminError, status=503, code="database_away"):
    """The database does not answer; nothing can be said of what would come of the request."""


class DatabaseFull(AdminError, status=507, code="database_full"):
    """There is no room in the database for what the request would write."""


class NotSimulated(AdminError, status=501, code="not_simulated"):
    """The real backend has this operation, the simulator does not."""
