"""What an MVPD answers when it is asked whether a viewer may watch a resource.

(Adobe: decisions feature, DEC1)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from simulator.domain.households import Subscriber
from simulator.domain.sessions.profiles import Profile

from .ratings import Resource

DENIED: Final = "authorization_denied_by_mvpd"
DENIED_BEFOREHAND: Final = "preauthorization_denied_by_mvpd"
PARENTAL: Final = "authorization_denied_by_parental_controls"

VIEWER: Final = (
    "authorization_denied_by_hba_policies",
    "authorization_denied_by_session_invalidated",
    "identity_not_recognized_by_mvpd",
)
"""The codes of an MVPD that turns the viewer away, whatever the resource (row Z15)."""

LATE: Final = "maximum_execution_time_exceeded"
"""The code of an MVPD that takes longer than the time budget."""

NETWORK: Final = (
    "network_connection_timeout",
    "network_received_error",
    LATE,
    "internal_server_error",
)
"""The codes of an exchange with the MVPD that came to nothing (row Z16)."""

DENIALS: Final = (DENIED, DENIED_BEFOREHAND, PARENTAL, *VIEWER, *NETWORK)
"""What an MVPD can be made to answer: the codes on decisions that have it as a cause.

(Adobe: error codes, DEC3)
"""

EVERY_RESOURCE: Final = "*"
"""The name of any resource among a subscriber's denials."""

OMITTED: Final = "omitted"
"""No code, but the answer of an MVPD that says nothing of a resource that it does not know."""

AT_AUTHORIZATION: Final = ("householdID", "maxRating", "allowMirroring")
"""The user metadata that MVPDs hand over, or renew, with an authorization (Adobe: user metadata, META1)."""

_TOLD: Final = 5
_LONG_FORM: Final = frozenset({"value", "state"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the MVPD answers: None to permit, else a code, with the text that it sends along."""

    code: str | None = None
    details: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """A viewer as the MVPD knows one; `entitlements` of None permits every resource.

    `denials` maps a resource, or `EVERY_RESOURCE`, to the `code` and perhaps the `details` of the
    answer; it comes first. `limit` is the viewer's maxRating, `subscriber` the id of its account.
    """

    entitlements: frozenset[str] | None = None
    denials: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    limit: Mapping[str, object] = field(default_factory=dict)
    subscriber: str | None = None

    @property
    def package(self) -> str:
        """What the viewer is entitled to, for the reasons that are given."""
        if self.entitlements is None:
            return "every resource"
        told = sorted(self.entitlements)
        more = f" and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
        return f"{', '.join(told[:_TOLD]) or 'nothing'}{more}"

    def authorize(self, resource: Resource) -> Answer:
        """The answer to an authorization request; what cannot be read is denied, unless it is named."""
        denial = self._denial(resource)
        # That one speaks of preflight alone.
        if denial is not None and denial.code != DENIED_BEFOREHAND:
            return denial
        if self._entitled(resource):
            return self._rated(resource)
        return Answer(code=DENIED, details=resource.malformed)

    def preauthorize(self, resource: Resource, unknown: str) -> Answer:
        """The answer to a preflight request.

        A resource that neither the entitlements nor the denials name is unknown to the MVPD: then
        `unknown` says whether to "deny", "permit" or "omit" it. What cannot be read is denied as above.
        """
        denial = self._denial(resource)
        if denial is not None:
            return denial
        if resource.malformed:
            unknown = "deny"
        if self._entitled(resource) or unknown == "permit":
            return self._rated(resource)
        if unknown == "omit":
            return Answer(code=OMITTED)
        return Answer(code=DENIED, details=resource.malformed)

    def _denial(self, resource: Resource) -> Answer | None:
        for name in (*resource.names, EVERY_RESOURCE):
            if found := self.denials.get(name):
                return Answer(code=found["code"], details=found.get("details"))
        return None

    def _entitled(self, resource: Resource) -> bool:
        if self.entitlements is None:
            return not resource.malformed
        return not self.entitlements.isdisjoint(resource.names)

    def _rated(self, resource: Resource) -> Answer:
        return Answer(code=PARENTAL if resource.above(self.limit) else None)


def viewer(profile: Profile, subscriber: Subscriber | None) -> Viewer:
    """The viewer behind `profile`; a profile without a subscriber is of one who may watch everything.

    The MVPD's own maxRating, which is the subscriber's, comes before the profile's copy.
    """
    at_mvpd = subscriber.attributes if subscriber else {}
    for attributes in (at_mvpd, profile.attributes):
        limit = long_form(attributes.get("maxRating"))["value"]
        if isinstance(limit, Mapping):
            break
    else:
        limit = {}
    if subscriber is None:
        return Viewer(limit=limit)
    entitled = subscriber.entitlements
    return Viewer(
        entitlements=None if entitled is None else frozenset(entitled),
        denials=subscriber.denials,
        limit=limit,
        subscriber=subscriber.id,
    )


def renewed(profile: Profile, subscriber: Subscriber) -> dict[str, Mapping[str, object]]:
    """The attributes of `profile` with what the MVPD renews when it permits a resource."""
    known: dict[str, object] = {**subscriber.attributes}
    if subscriber.household:
        known["householdID"] = subscriber.household
    found = dict(profile.attributes)
    found |= {name: long_form(known[name]) for name in AT_AUTHORIZATION if name in known}
    return found


def long_form(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - user metadata is any JSON
    """A piece of user metadata as value and state, however it was written."""
    given = isinstance(value, Mapping) and value.keys() == _LONG_FORM
    return value if given else {"value": value, "state": "plain"}
