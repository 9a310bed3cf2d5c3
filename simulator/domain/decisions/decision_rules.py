"""The decision table of authorize and preauthorize: rows Z1 to Z17 (Adobe: authorization, D1 to D17).

The journal calls the same rows D1 to D17, with the same numbers.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from simulator.domain.members import Instant

from .degradation import Degradation
from .viewing import NETWORK, OMITTED, PARENTAL, VIEWER


class Operation(Enum):
    """The two operations: what a denial by the MVPD, and one by its parental controls, is called."""

    AUTHORIZE = ("authorize", "authorization_denied_by_mvpd", PARENTAL)
    PREAUTHORIZE = (
        "preauthorize",
        "preauthorization_denied_by_mvpd",
        "preauthorization_denied_by_mvpd",
    )

    def __init__(self, operation_name: str, denied: str, parental: str) -> None:
        self.operation_name = operation_name
        self.denied = denied
        self.parental = parental


class Source(StrEnum):
    """Who decided, as the `source` member says."""

    MVPD = "mvpd"
    DEGRADATION = "degradation"
    TEMP_PASS = "temppass"
    DUMMY = "dummy"


class Window(Enum):
    """Which validity an authorize decision carries in `notBefore` and `notAfter`."""

    NONE = "none"
    TRIAL = "that of the TempPass trial"
    DEGRADED = "that of degraded access"
    AUTHORIZATION = "the authorization TTL, or what is left of it"


class Level(Enum):
    """Where a denial is told: on the item with HTTP 200, or as the whole answer."""

    ITEM = "item"
    SWITCHED = "as the switch decisions.error_level says (Adobe: authorization, C14, C15)"
    TOP = "top"


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the rows look at. What is told as a code is None where nothing is wrong.

    `trial` is what keeps a TempPass from permitting the resource, `profile` why the caller has no
    usable profile, `partner` what is wrong with the partner status of an appleSSO one, and `answer`
    what the MVPD says of viewer and resource. `degraded_profile` is a stored one that was given out
    under AuthNAll; `asked` and `limit` count resources; `endpoint` says that the MVPD can be asked.
    """

    operation: Operation
    temporary: bool = False
    trial: str | None = None
    degradations: frozenset[Degradation] = frozenset()
    degraded_profile: bool = False
    asked: int = 1
    limit: int = 1
    profile: str | None = None
    partner: str | None = None
    endpoint: bool = True
    answer: str | None = None

    @property
    def degraded(self) -> bool:
        """Everybody is authenticated and authorized."""
        return self.degraded_profile or Degradation.AUTHN_ALL in self.degradations


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row of the table: a denial with the `code` that the facts lead to, or a permit without one.

    A row that is not `shown` leaves the resource out of the answer.
    """

    id: str
    when: Callable[[Facts], bool]
    source: Source
    code: Callable[[Facts], str | None] = lambda _: None
    window: Window = Window.NONE
    level: Level = Level.ITEM
    shown: bool = True
    because: str

    @property
    def journalled_as(self) -> str:
        """What the journal calls the row."""
        return f"D{self.id.removeprefix('Z')}"

    @property
    def keeps(self) -> bool:
        """Whether the MVPD's answer may be kept: it decided, and the exchange with it succeeded."""
        return self.window is Window.AUTHORIZATION


# A row's place is its precedence. Z17 comes before the rows that need an answer of the MVPD, and Z12,
# that it permits, after those that say what else it may answer.
ROWS: Final = (
    Row(id="Z1", when=lambda f: f.temporary and f.trial is None,
        source=Source.TEMP_PASS, window=Window.TRIAL,
        because="the TempPass trial has time, and resources, left"),
    Row(id="Z2", when=lambda f: f.trial == "temporary_access_duration_limit_exceeded",
        source=Source.TEMP_PASS, code=lambda f: f.trial,
        because="the time of the TempPass trial is over"),
    Row(id="Z3", when=lambda f: f.trial == "temporary_access_resources_limit_exceeded",
        source=Source.TEMP_PASS, code=lambda f: f.trial,
        because="the resources of the promotional TempPass are used up"),
    Row(id="Z4", when=lambda f: f.trial == "invalid_header_identity_for_temporary_access",
        source=Source.TEMP_PASS, code=lambda f: f.trial,
        because="a promotional TempPass asks for AP-TempPass-Identity"),
    Row(id="Z5", when=lambda f: f.trial == "invalid_configuration_temporary_access",
        source=Source.TEMP_PASS, code=lambda f: f.trial,
        because="the TempPass is misconfigured"),
    Row(id="Z6", when=lambda f: Degradation.AUTHZ_NONE in f.degradations,
        source=Source.DEGRADATION, code=lambda _: "authorization_denied_by_degradation_rule",
        because="AuthZNone is in force"),
    Row(id="Z7", when=lambda f: f.degraded,
        source=Source.DEGRADATION, window=Window.DEGRADED,
        because="access is degraded by AuthNAll"),
    Row(id="Z8", when=lambda f: Degradation.AUTHZ_ALL in f.degradations,
        source=Source.DEGRADATION,
        because="AuthZAll is in force"),
    Row(id="Z9", when=lambda f: f.asked > f.limit,
        source=Source.MVPD, code=lambda _: "too_many_resources", level=Level.SWITCHED,
        because="more resources were asked for than the integration allows"),
    Row(id="Z10", when=lambda f: f.profile is not None,
        source=Source.MVPD, code=lambda f: f.profile, level=Level.SWITCHED,
        because="there is no usable profile"),
    Row(id="Z11", when=lambda f: f.partner is not None,
        source=Source.MVPD, code=lambda f: f.partner, level=Level.TOP,
        because="an appleSSO profile counts only with the partner's permission"),
    Row(id="Z17", when=lambda f: not f.endpoint,
        source=Source.DUMMY,
        because="the MVPD has no endpoint to ask"),
    Row(id="Z16", when=lambda f: f.answer in NETWORK,
        source=Source.MVPD, code=lambda f: f.answer,
        because="the exchange with the MVPD failed"),
    Row(id="Z15", when=lambda f: f.answer in VIEWER,
        source=Source.MVPD, code=lambda f: f.answer,
        because="the MVPD refuses the viewer"),
    Row(id="Z14", when=lambda f: f.answer == PARENTAL,
        source=Source.MVPD, code=lambda f: f.operation.parental,
        because="the resource is rated above the viewer's limit"),
    Row(id="Z13", when=lambda f: f.answer == OMITTED,
        source=Source.MVPD, code=lambda f: f.operation.denied, shown=False,
        because="the MVPD does not know the resource, and the switch unknown_resources omits it"),
    Row(id="Z13", when=lambda f: f.answer is not None,
        source=Source.MVPD, code=lambda f: f.operation.denied, window=Window.AUTHORIZATION,
        because="the MVPD denies the resource"),
    Row(id="Z12", when=lambda _: True,
        source=Source.MVPD, window=Window.AUTHORIZATION,
        because="the MVPD permits the resource"),
)  # fmt: skip


FAULTY: Final = Row(
    id="fault",
    when=lambda _: False,
    source=Source.MVPD,
    because="a fault was ordered for this decision",
)
"""In place of a row of the table, for a decision that a fault strikes."""

PERMIT: Final = ROWS[-1]
"""The row of a resource that nothing speaks against but what the MVPD may answer when it is asked."""


def decide(facts: Facts) -> Row:
    """The first row of the table that holds for `facts`."""
    return next(row for row in ROWS if row.when(facts))


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """An answer of an MVPD that is kept for the authorization TTL; `id` follows from whom it is for.

    It counts while the profile that it was asked with does. `denial` is the code of a denial, with
    its `details`; those are kept only where a switch says so (Adobe: authorization, C49).
    """

    id: str
    service_provider: str
    mvpd: str
    client: str
    device: str
    resource: str
    profile: str
    denial: str | None = None
    details: str | None = None
    not_before: Instant
    not_after: Instant

    def valid(self, now: int) -> bool:
        """Whether the decision can be used at `now`."""
        return self.not_before <= now < self.not_after


def decision_id(
    *, client: str, device: str, service_provider: str, mvpd: str, resource: str
) -> str:
    """The id of the cached decision for an app instance on a device, at an integration."""
    parts = (client, device, service_provider, mvpd, resource)
    encoded = [part.encode(errors="surrogatepass") for part in parts]
    told = b"".join([b"%d:%b" % (len(part), part) for part in encoded])
    return f"decision-{hashlib.sha256(told).hexdigest()[:40]}"
