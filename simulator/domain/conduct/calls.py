"""What the rules of conduct look at: the requests of one app instance on one device."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

VERIFIED: Final = "verify_media_token"
"""As an operation: a media token was shown to the verifier."""

PROFILES: Final = frozenset({"profiles", "profile_by_mvpd", "profile_by_code"})
REST_V2: Final = PROFILES | {
    "configuration",
    "create_session",
    "resume_session",
    "get_session",
    "preauthorize",
    "authorize",
    "logout",
    "partner_session",
    "partner_profile",
}
"""What apps themselves call of REST API V2."""

OURS: Final = "sim_sandbox"
"""Our own parameter, by which urls of ours come home."""

EXPIRED_SESSION: Final = "invalid_authentication_session"
REFUSED_TOKEN: Final = "invalid_access_token_client_application"


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A request and what it came to.

    `number` is its place in the order of all, `at` an instant of the sandbox's clock (epoch
    milliseconds). `headers` go by names in lower
    case, `form` are the members of the body, be it a form or JSON, `answer` those of the answer.
    Secrets are marks that are equal when the secrets were. `decisions` are resources, each with the
    code of its denial or None, `reasons` the sentences of its explanation.
    """

    id: str
    number: int
    at: int
    operation: str | None
    method: str = "GET"
    path: str = ""
    status: int | None = 200
    error: str | None = None
    service_provider: str | None = None
    mvpd: str | None = None
    application: str | None = None
    client: str | None = None
    device: str | None = None
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    decisions: Sequence[tuple[str, str | None]] = ()
    reasons: Sequence[str] = ()

    @property
    def ok(self) -> bool:
        """Whether it was answered, and not with an error."""
        return self.status is not None and self.status < _ERRORS

    @property
    def bearer(self) -> str | None:
        """The mark of the access token that it carried."""
        scheme, _, mark = self.headers.get("authorization", "").strip().partition(" ")
        return mark.strip() if scheme.lower() == "bearer" else None

    @property
    def profiles(self) -> Mapping[str, Any]:
        """The profiles in the answer, by MVPD."""
        found = self.answer.get("profiles")
        return found if self.ok and isinstance(found, Mapping) else {}

    @property
    def message(self) -> str:
        """What an error says in words."""
        return str(self.answer.get("message") or "")

    def repeats(self, other: "Call") -> bool:
        """Whether it asks for just what `other` asked for."""
        return (self.operation, self.path, self.query, self.form) == (
            other.operation,
            other.path,
            other.query,
            other.form,
        )


_ERRORS: Final = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class App:
    """One app instance on one device, and its requests in their order.

    `around` are requests that belong to no app (pages in a user agent, media tokens that were
    verified) or look at another app's session; `siblings` those of other instances of the application on this
    device; `elsewhere` those of the same instance on other devices.
    """

    application: str | None = None
    client: str | None = None
    device: str | None = None
    calls: Sequence[Call] = ()
    around: Sequence[Call] = ()
    siblings: Sequence[Call] = ()
    elsewhere: Sequence[Call] = ()

    def of(self, *operations: str) -> list[Call]:
        """The calls of these operations."""
        return [each for each in self.calls if each.operation in operations]
