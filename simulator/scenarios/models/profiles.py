"""Logins that exist from the start, and their ties to single sign-on identities."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.domain.configuration import DAY
from simulator.domain.sessions.profiles import Profile, ProfileType, default_user_id
from simulator.domain.sso.identities import LinkKind, SsoLink
from simulator.scenarios.context import Context, Record
from simulator.validation.durations import Duration
from simulator.validation.json_data import JsonData
from simulator.validation.texts import DeviceId, Flag, Id, LinkId, Prose, Text

from .base import Entity, Part

USER_ID: Final = "userID"
_AUTHENTICATION_TTL: Final = 30 * DAY


def default_start(expires_in: int) -> int:
    """When a profile began, as an offset, if only its end is known."""
    return 0 if expires_in > 0 else expires_in - DAY


class AttributeModel(Part):
    """One piece of user metadata."""

    value: JsonData = Field(description="The value.")
    state: Literal["plain", "enc"] = Field("plain", description="Whether the value is encrypted.")


def is_long_form(value: object) -> bool:
    """Whether an attribute is written as value and state, rather than as the value alone."""
    return isinstance(value, dict) and value.keys() == {"value", "state"}


def _long_form(value: object) -> object:
    if isinstance(value, AttributeModel) or is_long_form(value):
        return value
    return {"value": value, "state": "plain"}


Attribute = Annotated[AttributeModel, BeforeValidator(_long_form, json_schema_input_type=object)]


class LinkModel(Part):
    """The tie of a profile to an SSO identity: to a subject, or to a literal header value."""

    id: LinkId | None = Field(
        None, description="The link's id; the profile's id with a number behind it when absent."
    )
    kind: LinkKind = Field(
        description="service_token for AD-Service-Token, platform_identity for "
        "Adobe-Subject-Token and the Roku header."
    )
    issuer: Text | None = Field(None, description="The token's iss claim; any issuer when absent.")
    subject: Text | None = Field(None, description="The token's sub claim.")
    value: Text | None = Field(None, description="The whole header value, to be matched literally.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.subject is None) == (self.value is None):
            raise PydanticCustomError("link", "expected exactly one of subject and value")
        if self.issuer is not None and self.value is not None:
            raise PydanticCustomError("link", "expected issuer only beside subject")
        return self

    def record(self, profile: str, number: int) -> SsoLink:
        """The link as number `number` (from 1) of `profile`."""
        return SsoLink(
            id=self.id or f"{profile}.{number}",
            profile=profile,
            kind=self.kind,
            issuer=self.issuer,
            subject=self.subject,
            value=self.value,
        )


class SsoLinkModel(LinkModel, Entity):
    """An SSO link on its own, with the profile that it belongs to."""

    profile: Id = Field(description="The id of the profile.")

    def records(self, context: Context, /) -> Iterator[Record]:
        """The link."""
        yield replace(self.record(self.profile, 0), id=self.id or context.new_id("link"))


class ProfileModel(Entity):
    """A login of a device at an MVPD for a service provider."""

    id: Id | None = Field(
        None, description="The profile's id; profile-1, profile-2, … when absent."
    )
    service_provider: Id = Field(description="The service provider's id.")
    mvpd: Id = Field(description="The MVPD's id.")
    device: DeviceId = Field(description="The device's identifier.")
    client: Id | None = Field(
        None, description="The client that owns it; the first app that asks when absent."
    )
    subscriber: Id | None = Field(None, description="The id of the subscriber who logged in.")
    type: ProfileType = Field(ProfileType.REGULAR, description="How the login came about.")
    not_before: Duration | None = Field(
        None,
        description="When the profile began; now when absent, or a day before its end when that "
        "has passed.",
    )
    expires_in: Duration | None = Field(
        None,
        description="When the profile ends; after the integration's authentication_ttl (for a "
        "temporary profile its temp_pass_ttl) when absent.",
    )
    invalidated: Flag = Field(default=False, description="Whether the MVPD has ended the login.")
    attributes: dict[Prose, Attribute] = Field(
        {},
        description="User metadata by name, as plain values or as {value, state}. userID is added "
        "when absent.",
    )
    links: tuple[LinkModel, ...] = Field(
        (), description="The single sign-on identities that share the login."
    )

    def records(self, context: Context, /) -> Iterator[Record]:
        """The profile, and then its links."""
        identifier = self.id or context.new_id("profile")
        ends = self._lifetime(context) if self.expires_in is None else self.expires_in
        starts = default_start(ends) if self.not_before is None else self.not_before
        yield Profile(
            id=identifier,
            service_provider=self.service_provider,
            mvpd=self.mvpd,
            device=self.device,
            client=self.client,
            subscriber=self.subscriber,
            type=self.type,
            not_before=context.now + starts,
            not_after=context.now + ends,
            invalidated=self.invalidated,
            attributes=self._attributes(context),
        )
        for number, link in enumerate(self.links, 1):
            yield link.record(identifier, number)

    def _lifetime(self, context: Context) -> int:
        integration = context.integration(self.service_provider, self.mvpd)
        if integration is None:
            return _AUTHENTICATION_TTL
        if self.type is ProfileType.TEMPORARY and integration.temp_pass_ttl is not None:
            return integration.temp_pass_ttl
        return integration.authentication_ttl

    def _attributes(self, context: Context) -> dict[str, dict[str, object]]:
        given: dict[str, dict[str, object]] = {
            name: {"value": attribute.value, "state": attribute.state}
            for name, attribute in self.attributes.items()
        }
        if USER_ID in given:
            return given
        viewer = context.subscriber(self.subscriber) if self.subscriber else None
        known = viewer.user_id if viewer else None
        value = known or default_user_id(self.mvpd, self.subscriber or self.device)
        return {USER_ID: {"value": value, "state": "plain"}, **given}
