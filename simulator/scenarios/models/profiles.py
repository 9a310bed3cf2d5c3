"""Access from the start: logins, their ties to single sign-on identities, TempPass trials, degradation."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.domain.configuration import DAY
from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.sessions.profiles import Profile, ProfileType, default_user_id
from simulator.domain.sessions.user_metadata import USER_ID, default_state
from simulator.domain.sso.identities import SsoLink
from simulator.scenarios.context import Context, Record
from simulator.validation.durations import Duration
from simulator.validation.json_data import JsonData
from simulator.validation.texts import Prose

from .base import Entity, Part, plain

_AUTHENTICATION_TTL: Final = 30 * DAY


def _default_start(expires_in: int) -> int:
    """When a profile began, as an offset, if only its end is known."""
    return 0 if expires_in > 0 else expires_in - DAY


class AttributeModel(Part):
    """One piece of user metadata."""

    value: JsonData = Field(description="The value.")
    state: Literal["plain", "enc"] | None = Field(
        None,
        description="Whether the value is encrypted; what requires encryption, such as zip, is when "
        "absent.",
    )

    def named(self, name: str) -> Mapping[str, object]:
        """The attribute of this name in the domain, also with a value of None."""
        return {"value": self.value, "state": self.state or default_state(name)}


def _is_long_form(value: object) -> bool:
    """Whether an attribute is written as a value, maybe with its state, rather than as the value alone."""
    return isinstance(value, dict) and {"value"} <= value.keys() <= {"value", "state"}


def _long_form(value: object) -> object:
    if isinstance(value, AttributeModel) or _is_long_form(value):
        return value
    return {"value": value}


def _short_form(name: str, attribute: Mapping[str, object]) -> object:
    value = plain(attribute["value"])
    if attribute["state"] == default_state(name) and not _is_long_form(value):
        return value
    return {"value": value, "state": attribute["state"]}


Attribute = Annotated[AttributeModel, BeforeValidator(_long_form, json_schema_input_type=object)]


class LinkModel(Entity, of=SsoLink, without={"profile"}):
    """The tie of a profile to an SSO identity: to a subject, or to a literal header value."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.subject is None) == (self.value is None):
            raise PydanticCustomError("link", "expected exactly one of subject and value")
        if self.issuer is not None and self.value is not None:
            raise PydanticCustomError("link", "expected issuer only beside subject")
        return self

    def final_id(self, profile: str, number: int) -> str:
        """The id as link number `number` (from 1) of `profile`."""
        return self.id or f"{profile}.{number}"


class SsoLinkModel(LinkModel, of=SsoLink):
    """An SSO link on its own, with the profile that it belongs to."""


class ProfileModel(Entity, of=Profile, names={"not_after": "expires_in"}):
    """A login of a device at an MVPD for a service provider."""

    not_before: Duration | None = None
    not_after: Duration | None = None
    attributes: dict[Prose, Attribute]
    links: tuple[LinkModel, ...] = Field(
        (), description="The single sign-on identities that share the login."
    )

    def records(self, context: Context, /) -> Iterator[Record]:
        """The profile, and then its links."""
        ends = self._lifetime(context) if self.not_after is None else self.not_after
        starts = _default_start(ends) if self.not_before is None else self.not_before
        profile: Profile = self.record(
            context,
            not_before=context.now + starts,
            not_after=context.now + ends,
            attributes=self._attributes(context),
        )
        yield profile
        for number, link in enumerate(self.links, 1):
            yield link.record(context, id=link.final_id(profile.id, number), profile=profile.id)

    @classmethod
    def entry(
        cls, entity: Profile, moment: int, links: Sequence[SsoLink] = ()
    ) -> dict[str, object]:
        """The profile with its links as a document has it."""
        found = super().entry(entity, moment)
        if entity.not_before - moment == _default_start(entity.not_after - moment):
            del found["not_before"]
        found["attributes"] = {
            name: _short_form(name, attribute)
            for name, attribute in sorted(entity.attributes.items())
        }
        if links:
            in_order = sorted(links, key=lambda link: link.id)
            found["links"] = [LinkModel.entry(link, moment) for link in in_order]
        return found

    def _lifetime(self, context: Context) -> int:
        integration = context.integration(self.service_provider, self.mvpd)
        if integration is None:
            return _AUTHENTICATION_TTL
        if self.type is ProfileType.TEMPORARY and integration.temp_pass_ttl is not None:
            return integration.temp_pass_ttl
        return integration.authentication_ttl

    def _attributes(self, context: Context) -> dict[str, Mapping[str, object]]:
        given = {name: attribute.named(name) for name, attribute in self.attributes.items()}
        if USER_ID in given:
            return given
        viewer = context.subscriber(self.subscriber) if self.subscriber else None
        known = viewer.user_id if viewer else None
        value = known or default_user_id(self.mvpd, self.subscriber or self.device)
        return {USER_ID: {"value": value, "state": "plain"}, **given}


class TempPassModel(Entity, of=TempPassTrial):
    """A TempPass trial whose clock is running, or has run out."""


class DegradationModel(Entity, of=DegradationRule):
    """A degradation rule on one integration."""
