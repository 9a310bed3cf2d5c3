"""The dashboard's side of a scenario: service providers, MVPDs and their integrations."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SerializerFunctionWrapHandler, field_serializer
from pydantic_core import PydanticCustomError

from simulator.domain.configuration import Integration, Mvpd, ServiceProvider, integration_id
from simulator.domain.members import members
from simulator.domain.sessions.user_metadata import USER_ID
from simulator.scenarios.context import Context
from simulator.validation.texts import Flag, Text

from .base import Derived, Entity, Part, written
from .delays import Delay
from .identity_providers import IdentityProviderModel


class ServiceProviderModel(Entity, of=ServiceProvider):
    """A channel or brand, the first path segment of REST API V2."""


class LatencyModel(Part):
    """How long a provider takes for what it is asked for."""

    login: Delay | None = Field(None, description="From the viewer's answer to the login.")
    authorization: Delay | None = Field(
        None,
        description="For authorize and preauthorize, unless the decision is cached. Longer than the "
        "switch decisions.time_budget it is not waited for.",
    )


class MvpdModel(Entity, of=Mvpd):
    """A pay-TV provider, or one of the TempPass pseudo-providers."""

    latency: LatencyModel | None
    identity_provider: IdentityProviderModel | None


class UserMetadataModel(Part):
    """What the dashboard sets for one attribute of the user metadata."""

    enabled: Flag = Field(default=True, description="Whether apps get the attribute.")
    encrypted: Flag | None = Field(
        None,
        description="Whether it is encrypted for the service provider's certificate; what requires "
        "encryption, such as zip, is when absent.",
    )


def _with_user_id(
    value: dict[str, UserMetadataModel] | None,
) -> dict[str, UserMetadataModel] | None:
    if value and USER_ID in value and not value[USER_ID].enabled:
        raise PydanticCustomError("user_metadata", "expected userID, which every profile has")
    return value


class IntegrationSettings(
    Derived,
    of=Integration,
    without={"id", "service_provider", "mvpd", "overrides", "user_metadata"},
):
    """What the dashboard sets for an integration, and may set differently for a platform.

    Under `overrides` only the members that are given count; the others stay as they are.
    """

    def in_domain(self) -> Mapping[str, object]:
        """The members that the document gives, by name."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


class IntegrationModel(Entity, of=Integration, without={"id"}):
    """The pair of a service provider and an MVPD."""

    overrides: dict[Text, IntegrationSettings]
    user_metadata: Annotated[dict[Text, UserMetadataModel] | None, AfterValidator(_with_user_id)]

    @field_serializer("overrides", mode="wrap", when_used="json")
    def _only_what_is_given(
        self, value: dict[str, IntegrationSettings], _: SerializerFunctionWrapHandler
    ) -> dict[str, Any]:
        # A default that is written out in an override overrides; one that is not, does not.
        return {
            name: settings.model_dump(mode="json", exclude_unset=True)
            for name, settings in value.items()
        }

    def record(self, context: Context, /, **others: object) -> Any:  # noqa: ANN401 - an Integration
        """The integration."""
        return super().record(
            context, id=integration_id(self.service_provider, self.mvpd), **others
        )

    @classmethod
    def entry(cls, entity: Integration, moment: int) -> dict[str, object]:
        """The integration as a document has it."""
        found = super().entry(entity, moment)
        if entity.overrides:
            found["overrides"] = {
                place: {
                    each.name: written(each, changes[each.name])
                    for each in sorted(members(Integration), key=lambda member: member.name)
                    if each.name in changes
                }
                for place, changes in sorted(entity.overrides.items())
            }
        return found
