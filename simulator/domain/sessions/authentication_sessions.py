"""Authentication sessions: what asking for one leads to, and how one lives.

(Adobe: create session, N1 to N10; resume session, N11, N12)
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Final

from simulator.domain.configuration import Mvpd
from simulator.domain.errors import EnhancedError
from simulator.domain.members import Instant

LIFETIME: Final = 30 * 60 * 1000
"""How long a code is good for, in milliseconds (Adobe: create session, TTL1)."""

CODE_ALPHABET: Final = "ACDEFGHJKMNPQRTUVWXY34679"
"""No two of these look alike on a television across the room."""

CODE_LENGTH: Final = 7
_CODE: Final = re.compile(r"[A-Z0-9]{6,8}")


class Status(StrEnum):
    """Where a session stands; that its time is over follows from its window.

    `RESERVED` is no session yet, but the code that the next one is to get.
    """

    RESERVED = "reserved"
    PENDING = "pending"
    STARTED = "started"
    COMPLETED = "completed"
    AUTHORIZED = "authorized"
    FAILED = "failed"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthenticationSession:
    """A login attempt of one app instance on one device; `id` is its code.

    `identities` are the SSO headers that came with it, by name: a login completed elsewhere is
    linked to them. `ip_address` and `port` are where the call that created it came from.
    """

    id: str
    session_id: str
    service_provider: str
    client: str
    device: str
    info: Mapping[str, Any] = field(default_factory=dict)
    user_agent: str = ""
    sso_headers: Mapping[str, str] = field(default_factory=dict)
    mvpd: str | None = None
    domain_name: str | None = None
    redirect_url: str | None = None
    status: Status = Status.PENDING
    not_before: Instant
    not_after: Instant
    ip_address: str | None = None
    port: int | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The parameters without which nobody can log in (Adobe: create session, C6)."""
        given = {
            "mvpd": self.mvpd,
            "domainName": self.domain_name,
            "redirectUrl": self.redirect_url,
        }
        return tuple(name for name, value in given.items() if not value)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """What a session in one status is good for: one row of the life cycle.

    `known` sessions can be retrieved and resumed; `opens` says that a user agent may log in, and
    `shows` that the profile by code is looked up rather than an empty map.
    """

    known: bool
    opens: bool
    shows: bool


LIFE_CYCLE: Final[Mapping[Status, Stage]] = {
    Status.RESERVED: Stage(known=False, opens=False, shows=False),
    Status.PENDING: Stage(known=True, opens=True, shows=False),
    Status.STARTED: Stage(known=True, opens=True, shows=False),
    Status.COMPLETED: Stage(known=True, opens=False, shows=True),
    Status.AUTHORIZED: Stage(known=True, opens=False, shows=True),
    Status.FAILED: Stage(known=True, opens=True, shows=False),
    Status.SUPERSEDED: Stage(known=False, opens=False, shows=False),
}

_EXPIRED: Final = Stage(known=False, opens=False, shows=False)


def stage(session: AuthenticationSession, now: int) -> Stage:
    """The row of the life cycle that holds for `session` at `now`."""
    return LIFE_CYCLE[session.status] if now < session.not_after else _EXPIRED


class Outcome(Enum):
    """What the app does next: `actionName` when a session is created, when it is resumed, `actionType`."""

    AUTHENTICATE = ("authenticate", "authenticate", "interactive")
    RESUME = ("resume", "retry", "direct")
    AUTHORIZE = ("authorize", "authorize", "direct")

    def __init__(self, created: str, resumed: str, action_type: str) -> None:
        self.created = created
        self.resumed = resumed
        self.action_type = action_type


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the rows look at. `given` is the mvpd parameter, `mvpd` what it names, if anything."""

    given: str | None
    mvpd: Mvpd | None = None
    integrated: bool = False
    degraded: bool = False
    logged_in: bool = False
    single_sign_on: bool = False
    missing: tuple[str, ...] = ()

    @property
    def temporary(self) -> bool:
        """The MVPD is a TempPass."""
        return self.mvpd is not None and self.mvpd.kind.temporary


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of the matrix: an outcome with its `reasonType`, or the code of an error."""

    id: str
    when: Callable[[Facts], bool]
    outcome: Outcome = Outcome.RESUME
    reason: str = "none"
    error: str | None = None
    because: str


# N8 (only an appleSSO profile) has no row of its own: such a profile does not make `logged_in` true,
# because a session carries no partner status to confirm it. N11 is `stage`, N12 follows from N6.
ROWS: Final = (
    Row(id="N1", when=lambda f: not f.given,
        outcome=Outcome.RESUME, because="no MVPD was chosen yet"),
    Row(id="N2", when=lambda f: f.mvpd is None,
        error="invalid_parameter_mvpd", because="the MVPD is unknown"),
    Row(id="N3", when=lambda f: not f.integrated,
        error="invalid_integration", because="the integration is missing or disabled"),
    Row(id="N4", when=lambda f: f.temporary,
        outcome=Outcome.AUTHORIZE, reason="temporary", because="the MVPD is a TempPass"),
    Row(id="N5", when=lambda f: f.degraded,
        outcome=Outcome.AUTHORIZE, reason="degraded", because="AuthNAll is in force"),
    Row(id="N6", when=lambda f: f.logged_in,
        outcome=Outcome.AUTHORIZE, reason="authenticated",
        because="the app holds a valid regular profile"),
    Row(id="N7", when=lambda f: f.single_sign_on,
        outcome=Outcome.AUTHORIZE, reason="authenticatedSSO",
        because="an SSO header matches a valid profile"),
    Row(id="N9", when=lambda f: bool(f.missing),
        outcome=Outcome.RESUME, because="parameters are missing"),
    Row(id="N10", when=lambda _: True,
        outcome=Outcome.AUTHENTICATE, because="the viewer has to log in"),
)  # fmt: skip


def decide(facts: Facts) -> Row:
    """The first row of the matrix that holds for `facts`."""
    return next(row for row in ROWS if row.when(facts))


def reservation(code: str, since: int) -> AuthenticationSession:
    """What stands in the place of a session until one is created with this code."""
    return AuthenticationSession(
        id=code,
        session_id="",
        service_provider="",
        client="",
        device="",
        status=Status.RESERVED,
        not_before=since,
        not_after=since,
    )


def readable_code(code: str) -> str:
    """The code as it is stored. Raises `invalid_parameter_code` for what cannot be one.

    (Adobe: resume session, N11, C19)
    """
    found = code.strip().upper()
    if not _CODE.fullmatch(found):
        raise EnhancedError("invalid_parameter_code")
    return found
