"""What a TVE dashboard configures: service providers, MVPDs and the integrations between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from simulator.domain.members import Count, Duration, Id, Implied, Reference, Text

DAY: Final = 24 * 60 * 60 * 1000

ServiceProviderId: TypeAlias = Annotated[
    Id, Reference("service_providers"), "The service provider's id."
]
MvpdId: TypeAlias = Annotated[Id, Reference("mvpds"), "The MVPD's id."]


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

    id: Annotated[Id, "The service provider's id, as it stands in the paths."]
    name: Annotated[Text, Implied(str), "The name for people; the id when absent."]
    domains: Annotated[tuple[Text, ...], "The domains that belong to the service provider."] = ()
    default_redirect_url: Annotated[
        Text | None, "Where logout leads when the request names no redirectUrl."
    ] = None
    certificate: Annotated[
        Text | None, "The certificate (PEM) that user metadata is encrypted for."
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mvpd:
    """A pay-TV identity provider; `proxy` names the MVPD that answers for a proxied one.

    `latency` says how long it takes for a `login` and for an `authorization` (see `latency.seconds`).
    `identity_provider` has the `entity_id`, the `certificate` (PEM, one or several), the `sso_url` and the
    `binding`, redirect or post, of an outside provider.
    """

    id: Annotated[Id, "The MVPD's id, as it stands in the paths."]
    display_name: Annotated[Text, Implied(str), "The name for viewers; the id when absent."]
    logo_url: Annotated[
        Text | None, "The logo for the app's provider picker; a picture of the name when absent."
    ] = None
    kind: Annotated[MvpdKind, "A real provider, or basic or promotional TempPass."] = (
        MvpdKind.REGULAR
    )
    logout_endpoint: Annotated[
        bool, "Whether the provider has a logout page; without one, logout is complete."
    ] = True
    authorization_endpoint: Annotated[
        bool, "Whether the provider is asked; without it, everything is permitted."
    ] = True
    preauthorization_endpoint: Annotated[bool, "The same for preauthorization (preflight)."] = True
    proxy: Annotated[
        Id | None,
        Reference("mvpds"),
        "The MVPD that answers for this one, which is then a proxied MVPD.",
    ] = None
    platform_mappings: Annotated[
        Mapping[Text, Text],
        "The MVPD's id at a partner's framework, by partner, as in apple: cable_1.",
    ] = field(default_factory=dict)
    login: Annotated[
        LoginForm, "Whether login begins with a redirect or with a self-submitting SAML form."
    ] = LoginForm.REDIRECT
    latency: Annotated[
        Mapping[str, Mapping[str, float]] | None,
        "How long the provider takes; it answers at once when absent.",
    ] = None
    identity_provider: Annotated[
        Mapping[Text, Text] | None,
        "The outside SAML identity provider that viewers log in with; a simulated one when absent.",
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Integration:
    """The pair of a service provider and an MVPD, with what the dashboard sets for it.

    `overrides` maps a platform ("Roku") or a platform category ("TV connected") to the members that
    differ there; the platform wins (Adobe: dashboard integrations, CFG2). `user_metadata` maps an
    attribute to whether it is `enabled` and `encrypted` (Adobe: dashboard integrations, META4).
    """

    id: Annotated[Id, "Both ids, with a colon between."]
    service_provider: ServiceProviderId
    mvpd: MvpdId
    active: Annotated[bool, "Whether apps can use the integration."] = True
    authentication_ttl: Annotated[Duration, "How long a profile lasts."] = 30 * DAY
    home_authentication_ttl: Annotated[
        Duration, "How long a profile from home-based authentication lasts."
    ] = DAY
    authorization_ttl: Annotated[Duration, "How long a decision is cached."] = DAY
    media_token_ttl: Annotated[Duration, "How long a media token lasts."] = 420_000
    preauthorize_limit: Annotated[Count, "How many resources one preauthorize may ask."] = 5
    authorize_limit: Annotated[Count, "How many resources one authorize may ask."] = 1
    home_based_authentication: Annotated[
        bool,
        "Whether a device at home, one that names its subscriber, logs in without a form.",
    ] = False
    single_sign_on: Annotated[bool, "Whether single sign-on is on."] = True
    auth_per_aggregator: Annotated[
        bool, "Whether every app must log in by itself, which breaks single sign-on."
    ] = False
    enable_platform_services: Annotated[
        bool | None, "Whether the platform's own framework (Apple) is used."
    ] = None
    display_in_platform_picker: Annotated[
        bool | None, "Whether the platform's own picker shows the MVPD."
    ] = None
    enforce_platform_permissions: Annotated[
        bool | None, "Whether the viewer's choice in the platform's settings is binding."
    ] = None
    boarding_status: Annotated[
        BoardingStatus | None,
        "SUPPORTED to take part in the platform's framework, PICKER to be listed.",
    ] = None
    temp_pass_ttl: Annotated[
        Duration | None,
        "How long a TempPass trial lasts; absent or zero is a misconfiguration.",
    ] = None
    temp_pass_resources: Annotated[
        Count | None, "How many resources a promotional TempPass allows."
    ] = None
    temp_pass_key: Annotated[
        Text | None, "What identifies the user of a promotional TempPass, such as email."
    ] = None
    overrides: Annotated[
        Mapping[str, Mapping[str, object]],
        "What differs on a platform (such as Roku or tvOS) or a platform category "
        "(desktop, mobile, TV connected, unidentified); the platform wins.",
    ] = field(default_factory=dict)
    auth_per_browser_session: Annotated[
        bool | None, "Whether every session of a browser must log in by itself."
    ] = None
    passive_authentication: Annotated[
        bool | None, "Whether a login is tried without the viewer first."
    ] = None
    display_name: Annotated[
        Text | None, "The name for viewers, where it is not that of the MVPD."
    ] = None
    logo_url: Annotated[Text | None, "The logo, where it is not that of the MVPD."] = None
    user_metadata: Annotated[
        Mapping[Text, Mapping[str, bool]] | None,
        "Which attributes of the user metadata apps get, by name, and whether encrypted; those that "
        "are not named come as the MVPD gives them.",
    ] = None

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
