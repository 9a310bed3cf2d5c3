"""The dashboard's side of a scenario: service providers, MVPDs and their integrations."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, field_serializer

from simulator.domain.configuration import (
    DAY,
    BoardingStatus,
    Integration,
    LoginForm,
    Mvpd,
    MvpdKind,
    ServiceProvider,
    integration_id,
)
from simulator.scenarios.context import Context, Record
from simulator.validation.durations import Length
from simulator.validation.texts import Count, Flag, Id, Text, Texts

from .base import Entity, Part
from .delays import Delay


class ServiceProviderModel(Entity):
    """A channel or brand, the first path segment of REST API V2."""

    id: Id = Field(description="The service provider's id, as it stands in the paths.")
    name: Text | None = Field(None, description="The name for people; the id when absent.")
    domains: Texts = Field((), description="The domains that belong to the service provider.")
    default_redirect_url: Text | None = Field(
        None, description="Where logout leads when the request names no redirectUrl."
    )
    certificate: Text | None = Field(
        None, description="The certificate (PEM) that user metadata is encrypted for."
    )

    def records(self, _context: Context, /) -> Iterator[Record]:
        """The service provider."""
        yield ServiceProvider(
            id=self.id,
            name=self.name or self.id,
            domains=self.domains,
            default_redirect_url=self.default_redirect_url,
            certificate=self.certificate,
        )


class LatencyModel(Part):
    """How long a provider takes for what it is asked for."""

    login: Delay | None = Field(None, description="From the viewer's answer to the login.")
    authorization: Delay | None = Field(
        None,
        description="For authorize and preauthorize, unless the decision is cached. Longer than the "
        "switch decisions.time_budget it is not waited for.",
    )


class MvpdModel(Entity):
    """A pay-TV provider, or one of the TempPass pseudo-providers."""

    id: Id = Field(description="The MVPD's id, as it stands in the paths.")
    display_name: Text | None = Field(None, description="The name for viewers; the id when absent.")
    logo_url: Text | None = Field(None, description="The logo for the app's provider picker.")
    kind: MvpdKind = Field(
        MvpdKind.REGULAR, description="A real provider, or basic or promotional TempPass."
    )
    logout_endpoint: Flag = Field(
        default=True,
        description="Whether the provider has a logout page; without one, logout is complete.",
    )
    authorization_endpoint: Flag = Field(
        default=True,
        description="Whether the provider is asked; without it, everything is permitted.",
    )
    preauthorization_endpoint: Flag = Field(
        default=True, description="The same for preauthorization (preflight)."
    )
    proxy: Id | None = Field(
        None, description="The MVPD that answers for this one, which is then a proxied MVPD."
    )
    platform_mappings: dict[Text, Text] = Field(
        {}, description="The MVPD's id at a partner's framework, by partner, as in apple: cable_1."
    )
    login: LoginForm = Field(
        LoginForm.REDIRECT,
        description="Whether login begins with a redirect or with a self-submitting SAML form.",
    )

    latency: LatencyModel | None = Field(
        None, description="How long the provider takes; it answers at once when absent."
    )

    def records(self, _context: Context, /) -> Iterator[Record]:
        """The MVPD."""
        yield Mvpd(
            id=self.id,
            display_name=self.display_name or self.id,
            logo_url=self.logo_url,
            kind=self.kind,
            logout_endpoint=self.logout_endpoint,
            authorization_endpoint=self.authorization_endpoint,
            preauthorization_endpoint=self.preauthorization_endpoint,
            proxy=self.proxy,
            platform_mappings=self.platform_mappings,
            login=self.login,
            latency=self.latency.model_dump(exclude_none=True) if self.latency else None,
        )


class IntegrationSettings(Part):
    """What the dashboard sets for an integration, and may set differently for a platform.

    Under `overrides` only the members that are given count; the others stay as they are.
    """

    active: Flag = Field(default=True, description="Whether apps can use the integration.")
    authentication_ttl: Length = Field(30 * DAY, description="How long a profile lasts.")
    home_authentication_ttl: Length = Field(
        DAY, description="How long a profile from home-based authentication lasts."
    )
    authorization_ttl: Length = Field(DAY, description="How long a decision is cached.")
    media_token_ttl: Length = Field(420_000, description="How long a media token lasts.")
    preauthorize_limit: Count = Field(5, description="How many resources one preauthorize may ask.")
    authorize_limit: Count = Field(1, description="How many resources one authorize may ask.")
    home_based_authentication: Flag = Field(
        default=False,
        description="Whether a device at home, one that names its subscriber, logs in without a form.",
    )
    single_sign_on: Flag = Field(default=True, description="Whether single sign-on is on.")
    auth_per_aggregator: Flag = Field(
        default=False,
        description="Whether every app must log in by itself, which breaks single sign-on.",
    )
    auth_per_browser_session: Flag | None = Field(
        None, description="Whether every session of a browser must log in by itself."
    )
    passive_authentication: Flag | None = Field(
        None, description="Whether a login is tried without the viewer first."
    )
    enable_platform_services: Flag | None = Field(
        None, description="Whether the platform's own framework (Apple) is used."
    )
    display_in_platform_picker: Flag | None = Field(
        None, description="Whether the platform's own picker shows the MVPD."
    )
    enforce_platform_permissions: Flag | None = Field(
        None, description="Whether the viewer's choice in the platform's settings is binding."
    )
    boarding_status: BoardingStatus | None = Field(
        None, description="SUPPORTED to take part in the platform's framework, PICKER to be listed."
    )
    temp_pass_ttl: Length | None = Field(
        None, description="How long a TempPass trial lasts; absent or zero is a misconfiguration."
    )
    temp_pass_resources: Count | None = Field(
        None, description="How many resources a promotional TempPass allows."
    )
    temp_pass_key: Text | None = Field(
        None, description="What identifies the user of a promotional TempPass, such as email."
    )

    def given(self) -> dict[str, Any]:
        """The members that the document gives, by name."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


class IntegrationModel(IntegrationSettings, Entity):
    """The pair of a service provider and an MVPD."""

    service_provider: Id = Field(description="The service provider's id.")
    mvpd: Id = Field(description="The MVPD's id.")
    overrides: dict[Text, IntegrationSettings] = Field(
        {},
        description="What differs on a platform (such as Roku or tvOS) or a platform category "
        "(desktop, mobile, TV connected, unidentified); the platform wins.",
    )

    @field_serializer("overrides", mode="wrap", when_used="json")
    def _only_what_is_given(
        self, value: dict[str, IntegrationSettings], _: SerializerFunctionWrapHandler
    ) -> dict[str, Any]:
        # A default that is written out in an override overrides; one that is not, does not.
        return {
            name: settings.model_dump(mode="json", exclude_unset=True)
            for name, settings in value.items()
        }

    def records(self, _context: Context, /) -> Iterator[Record]:
        """The integration."""
        yield self.record()

    def record(self) -> Integration:
        """The integration, which depends on no context."""
        return Integration(
            id=integration_id(self.service_provider, self.mvpd),
            service_provider=self.service_provider,
            mvpd=self.mvpd,
            **{name: getattr(self, name) for name in IntegrationSettings.model_fields},
            overrides={name: settings.given() for name, settings in self.overrides.items()},
        )
