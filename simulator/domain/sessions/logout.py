"""The logout matrix (Adobe: logout, L1 to L10) and the url that a logout answers with."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple
from urllib.parse import quote

from simulator.domain.bounded_cache import bounded_cache
from simulator.domain.configuration import Mvpd
from simulator.domain.decisions.degradation import Degradation
from simulator.domain.sso.identities import LinkKind

from .profiles import Profile, ProfileType

LOGOUT_PATH: Final = "/adobe-services/logout"
_PARAMETERS_KEPT: Final = 512


class Action(Enum):
    """What the app has to do next: `actionName` and `actionType` of the answer (Adobe: logout, API11)."""

    LOGOUT = ("logout", "interactive")
    PARTNER_LOGOUT = ("partner_logout", "partner_interactive")
    COMPLETE = ("complete", "none")
    INVALID = ("invalid", "none")

    def __init__(self, action_name: str, action_type: str) -> None:
        self.action_name = action_name
        self.action_type = action_type


class Facts(NamedTuple):
    """What the rows look at.

    `own` is the caller's valid profile of its own; `matched` are the kinds of SSO header that reach
    a valid profile for the MVPD; `out_of_reach` says that an SSO header, had it been sent, would
    reach one.
    """

    mvpd: Mvpd
    degradations: frozenset[Degradation] = frozenset()
    own: Profile | None = None
    matched: frozenset[LinkKind] = frozenset()
    out_of_reach: bool = False

    @property
    def degraded(self) -> bool:
        """AuthNAll is in force, or the caller's profile was given out while it was."""
        given_out = self.own is not None and self.own.type is ProfileType.DEGRADED
        return given_out or Degradation.AUTHN_ALL in self.degradations

    @property
    def own_regular(self) -> bool:
        """The caller holds a regular profile, and no SSO header decides instead of it."""
        return self.own is not None and self.own.type is ProfileType.REGULAR and not self.matched


class Deletes(Enum):
    """Which profiles a row deletes."""

    NOTHING = "nothing"
    OWN = "the caller's own profile and every view on it"
    OWN_AND_LINKED = "the caller's own profile and every one that the SSO headers match"


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of the matrix.

    `action` None means by the MVPD's logout endpoint, as in L5 and L6. A row that `passes` only
    explains why it changes nothing; the rows after it decide.
    """

    id: str
    when: Callable[[Facts], bool]
    action: Action | None = None
    deletes: Deletes = Deletes.NOTHING
    passes: bool = False
    because: str

    def action_for(self, mvpd: Mvpd) -> Action:
        """The action that the row answers with at `mvpd`."""
        if self.action is not None:
            return self.action
        return Action.LOGOUT if mvpd.logout_endpoint else Action.COMPLETE


# A row's place is its precedence.
ROWS: Final = (
    Row(id="L1", when=lambda f: f.mvpd.kind.temporary,
        action=Action.COMPLETE, deletes=Deletes.NOTHING,
        because="the MVPD is a TempPass; its trial goes on"),
    Row(id="L2", when=lambda f: f.degraded,
        action=Action.COMPLETE, deletes=Deletes.OWN_AND_LINKED,
        because="access is degraded by AuthNAll"),
    Row(id="L3", when=lambda f: bool(f.degradations), passes=True,
        because="AuthZAll and AuthZNone do not touch a logout"),
    Row(id="L4", when=lambda f: f.own is not None and f.own.type is ProfileType.APPLE_SSO,
        action=Action.PARTNER_LOGOUT, deletes=Deletes.OWN_AND_LINKED,
        because="the profile came from the partner framework, where the account stays signed in"),
    Row(id="L5", when=lambda f: f.own_regular and f.mvpd.logout_endpoint,
        action=Action.LOGOUT, deletes=Deletes.OWN,
        because="a regular profile, and the MVPD has a logout endpoint"),
    Row(id="L6", when=lambda f: f.own_regular,
        action=Action.COMPLETE, deletes=Deletes.OWN,
        because="a regular profile, and the MVPD has no logout endpoint"),
    Row(id="L7", when=lambda f: LinkKind.PLATFORM_IDENTITY in f.matched,
        action=None, deletes=Deletes.OWN_AND_LINKED,
        because="a platform identity header matches profiles of this MVPD, across apps"),
    Row(id="L8", when=lambda f: LinkKind.SERVICE_TOKEN in f.matched,
        action=None, deletes=Deletes.OWN_AND_LINKED,
        because="a service token matches profiles of this MVPD, across devices"),
    Row(id="L9", when=lambda f: f.own is None and f.out_of_reach,
        action=Action.INVALID, deletes=Deletes.NOTHING,
        because="a profile exists through single sign-on, but its header was not sent"),
    Row(id="L10", when=lambda _: True,
        action=Action.INVALID, deletes=Deletes.NOTHING,
        because="no valid profile"),
)  # fmt: skip


def decide(facts: Facts) -> tuple[Row, list[Row]]:
    """The first row of the matrix that decides for `facts`, and the rows before it that hold but pass."""
    passed: list[Row] = []
    for row in ROWS:
        if row.when(facts):
            if not row.passes:
                return row, passed
            passed.append(row)
    message = "L10 holds for everything"
    raise AssertionError(message)


# Most of what the urls are made of is the same from one logout to the next.
@bounded_cache(_PARAMETERS_KEPT)
def _query(parts: tuple[str, ...]) -> str:
    """A query of names and values, one after the other."""
    values = iter(parts)
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in zip(values, values))  # noqa: B905 - one iterator


class LogoutUrl(NamedTuple):
    """What the url of a logout is made of; `form` is the value of the switch `logout.url`.

    (Adobe: logout, C7)
    """

    form: str
    origin: str
    service_provider: str
    mvpd: str
    redirect_url: str
    device: str
    by_sso: bool
    sandbox: str | None = None

    def __str__(self) -> str:
        whom: tuple[str, ...]
        if self.by_sso:
            device = hashlib.sha256(self.device.encode()).hexdigest()
            whom = (
                "requestor_id",
                self.service_provider,
                "mso_id",
                self.mvpd,
                "pt_device_id",
                device,
            )
        else:
            whom = ("noflash", "true", "mso_id", self.mvpd, "requestor_id", self.service_provider)
        query = _query((*whom, "redirect_url", self.redirect_url))
        relative = self.form == "relative" or (self.form == "documented" and self.by_sso)
        prefixed = not relative and self.origin.endswith(f"/s/{self.sandbox}")
        if self.sandbox and not prefixed:
            # A root-relative url loses the path prefix when it is joined, and a user agent sends
            # neither token nor header: only the query can bring this call home.
            query += f"&{_query(('sim_sandbox', self.sandbox))}"
        path = f"{LOGOUT_PATH}?{query}"
        return path if relative else f"{self.origin}{path}"
