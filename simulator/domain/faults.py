"""Faults: what is to go wrong on purpose, for which requests, and how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from simulator.domain.members import Count, Id, Numbered

DECISIONS: Final = frozenset({"authorize", "preauthorize"})
"""The operations that can fail for one resource and not for another."""

# The codes that decisions carry on their items (Adobe: error codes, ERR2).
ITEM_CODES: Final = frozenset(
    {
        "invalid_header_identity_for_temporary_access",
        "preauthorization_denied_by_mvpd",
        "authorization_denied_by_mvpd",
        "authorization_denied_by_parental_controls",
        "authorization_denied_by_degradation_rule",
        "too_many_resources",
        "invalid_configuration_temporary_access",
        "authenticated_profile_missing",
        "authenticated_profile_expired",
        "authenticated_profile_invalidated",
        "temporary_access_duration_limit_exceeded",
        "temporary_access_resources_limit_exceeded",
        "authorization_denied_by_hba_policies",
        "authorization_denied_by_session_invalidated",
        "identity_not_recognized_by_mvpd",
        "network_received_error",
        "network_connection_timeout",
        "maximum_execution_time_exceeded",
    }
)
"""The codes that `authorize` and `preauthorize` tell on a decision, with HTTP 200."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """An order to let requests fail.

    `match` maps members of a `Call` to the value that they must have; `action` is a mapping whose
    `kind` names what happens to a request that is struck.
    """

    id: Annotated[Id, Numbered("fault"), "The fault's id; fault-1, fault-2, … when absent."]
    match: Annotated[Mapping[str, str], "The requests that the fault is for."] = field(
        default_factory=dict
    )
    skip: Annotated[Count, "How many matching requests pass before the first is struck."] = 0
    times: Annotated[Count | None, "How many are struck; every one when absent."] = None
    probability: Annotated[float, "How likely each is struck, from 0 to 1."] = 1.0
    action: Annotated[
        Mapping[str, object], "What happens to a request that is struck; a code alone is an error."
    ]

    @property
    def item_code(self) -> str | None:
        """The code that the fault puts on decisions, where it is one of those that belong there."""
        code = self.action.get("code")
        on_items = self.action["kind"] == "error" and code in ITEM_CODES
        return str(code) if on_items else None


@dataclass(frozen=True, kw_only=True, slots=True)
class FaultUse:
    """How often a fault has matched and struck; `id` is the fault's."""

    id: str
    matched: int = 0
    struck: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A device request as faults see it; what it does not tell is None.

    `platforms` holds the platform ("tvOS") and its category ("TV connected").
    """

    operation: str
    service_provider: str | None = None
    mvpd: str | None = None
    device: str | None = None
    client: str | None = None
    platforms: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()

    def values(self, matcher: str) -> tuple[str | None, ...]:
        """What the call has under the name of a matcher."""
        if matcher == "platform":
            return self.platforms
        if matcher == "resource":
            return self.resources
        value: str | None = getattr(self, matcher)
        return (value,)


def fits(fault: Fault, call: Call) -> bool:
    """Whether `fault` is meant for `call`."""
    return all(wanted in call.values(name) for name, wanted in fault.match.items())


def strike(fault: Fault, use: FaultUse | None, chance: float) -> tuple[FaultUse, bool]:
    """Whether a matching request is struck, and the use of the fault after it.

    `chance` is a number from 0 to 1, drawn for this request.
    """
    before = use or FaultUse(id=fault.id)
    after = replace(before, matched=before.matched + 1)
    spent = fault.times is not None and before.struck >= fault.times
    if before.matched < fault.skip or spent or chance >= fault.probability:
        return after, False
    return replace(after, struck=before.struck + 1), True
