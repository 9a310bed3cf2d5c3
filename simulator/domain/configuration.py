"""What a TVE dashboard configures: service providers, MVPDs and the integrations between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

DAY: Final = 24 * 60 * 60 * 1000


class MvpdKind(StrEnum):
    """Whether an MVPD is a pay-TV provider or one of the two TempPass pseudo-providers."""

    REGULAR = "regular"
    TEMP_PASS_BASIC = "temp_pass_basic"
    TEMP_PASS_PROMOTIONAL = "temp_pass_promotional"

    @property
    def temporary(self) -> bool:
        """True for both TempPass kinds."""
        return self is not MvpdKind.REGULAR


class BoardingStatus(StrEnum):
    """How far an MVPD takes part in the platform's own TV provider picker (Adobe: configuration, CFG3)."""

    SUPPORTED = "SUPPORTED"
    PICKER = "PICKER"


class LoginForm(StrEnum):
    """How the provider's login starts: by a redirect, or by a page that posts a SAML form itself."""

    REDIRECT = "redirect"
    FORM_POST = "form_post"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceProvider:
    """A channel or brand of a programmer; `certificate` (PEM) encrypts its user metadata."""

    id: str
    name: str
    domains: tuple[str, ...] = ()
    default_redirect_url: str | None = None
    certificate: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mvpd:
    """A pay-TV identity provider; `proxy` names the MVPD that answers for a proxied one.

    `latency` says how long it takes for a `login` and for an `authorization` (see `latency.seconds`).
    """

    id: str
    display_name: str
    logo_url: str | None = None
    kind: MvpdKind = MvpdKind.REGULAR
    logout_endpoint: bool = True
    authorization_endpoint: bool = True
    preauthorization_endpoint: bool = True
    proxy: str | None = None
    platform_mappings: Mapping[str, str] = field(default_factory=dict)
    login: LoginForm = LoginForm.REDIRECT
    latency: Mapping[str, Mapping[str, float]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Integration:
    """The pair of a service provider and an MVPD, with what the dashboard sets for it.

    Durations are milliseconds. `overrides` maps a platform ("Roku") or a platform category
    ("TV connected") to the members that differ there; the platform wins (Adobe: dashboard
    integrations, CFG2).
    """

    id: str
    service_provider: str
    mvpd: str
    active: bool = True
    authentication_ttl: int = 30 * DAY
    home_authentication_ttl: int = DAY
    authorization_ttl: int = DAY
    media_token_ttl: int = 420_000
    preauthorize_limit: int = 5
    authorize_limit: int = 1
    home_based_authentication: bool = False
    single_sign_on: bool = True
    auth_per_aggregator: bool = False
    enable_platform_services: bool | None = None
    display_in_platform_picker: bool | None = None
    enforce_platform_permissions: bool | None = None
    boarding_status: BoardingStatus | None = None
    temp_pass_ttl: int | None = None
    temp_pass_resources: int | None = None
    temp_pass_key: str | None = None
    overrides: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    auth_per_browser_session: bool | None = None
    passive_authentication: bool | None = None

    def on(self, platform: "Platform") -> "Integration":
        """The integration as it stands on `platform`."""
        changes: dict[str, object] = {
            **self.overrides.get(platform.category, {}),
            **self.overrides.get(platform.name, {}),
        }
        return replace(self, **changes) if changes else self  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True, slots=True)
class Platform:
    """The kind of device that a request came from, as the backend classifies it.

    (Adobe: X-Device-Info header, HDR3)
    """

    name: str
    category: str


def integration_id(service_provider: str, mvpd: str) -> str:
    """The id of the integration of `service_provider` with `mvpd`."""
    return f"{service_provider}:{mvpd}"
