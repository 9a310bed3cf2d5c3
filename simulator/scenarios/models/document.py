"""The whole scenario document."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, PrivateAttr

from simulator.validation.origins import Origins
from simulator.validation.texts import Prose, ScenarioName

from .base import Entity, Part
from .configuration import IntegrationModel, MvpdModel, ServiceProviderModel
from .faults import FaultModel
from .households import DeviceModel, GenerateModel, SubscriberModel
from .profiles import DegradationModel, ProfileModel, TempPassModel
from .registration import ApplicationModel, ClientModel, IssuerModel
from .settings import Settings


def _listed(value: object) -> object:
    return [value] if isinstance(value, dict) else value


Generate = Annotated[
    tuple[GenerateModel, ...],
    BeforeValidator(_listed, json_schema_input_type=GenerateModel | tuple[GenerateModel, ...]),
]

MODELS: Final[Mapping[str, type[Entity]]] = {
    "service_providers": ServiceProviderModel,
    "mvpds": MvpdModel,
    "integrations": IntegrationModel,
    "applications": ApplicationModel,
    "clients": ClientModel,
    "issuers": IssuerModel,
    "subscribers": SubscriberModel,
    "devices": DeviceModel,
    "profiles": ProfileModel,
    "temp_passes": TempPassModel,
    "degradations": DegradationModel,
    "faults": FaultModel,
}
"""The lists of entities in a document; whatever refers to an entity comes after it."""


class ScenarioDocument(Part):
    """A scenario: a whole world, described relative to the moment in which it is seeded."""

    schema_uri: str | None = Field(
        None, alias="$schema", exclude=True, description="Where an editor finds this schema."
    )
    name: ScenarioName = Field(description="The scenario's name, which is its file's name too.")
    title: Prose = Field("", description="What the scenario is, in a few words.")
    description: Prose = Field("", description="What it holds and what it is good for.")
    extends: ScenarioName | None = Field(
        None, description="The scenario whose world this one starts from."
    )
    settings: Settings = Field({}, description="Switches of the sandbox that differ.")
    service_providers: tuple[ServiceProviderModel, ...] = Field((), description="The channels.")
    mvpds: tuple[MvpdModel, ...] = Field((), description="The TV providers.")
    integrations: tuple[IntegrationModel, ...] = Field(
        (), description="Which channel works with which TV provider, and how."
    )
    applications: tuple[ApplicationModel, ...] = Field((), description="The registered apps.")
    clients: tuple[ClientModel, ...] = Field((), description="Registered app instances.")
    issuers: tuple[IssuerModel, ...] = Field(
        (), description="Issuers of SSO tokens whose signatures are checked."
    )
    subscribers: tuple[SubscriberModel, ...] = Field((), description="Accounts to log in with.")
    devices: tuple[DeviceModel, ...] = Field((), description="Known devices.")
    profiles: tuple[ProfileModel, ...] = Field((), description="Logins that exist already.")
    temp_passes: tuple[TempPassModel, ...] = Field((), description="Trials that have begun.")
    degradations: tuple[DegradationModel, ...] = Field((), description="Degradation rules.")
    faults: tuple[FaultModel, ...] = Field((), description="What goes wrong on purpose.")
    generate: Generate = Field((), description="Orders for made-up households.")

    _origins: Origins = PrivateAttr(default_factory=Origins)

    @property
    def origins(self) -> Origins:
        """Where the document and its entries came from, for problems that are found later."""
        return self._origins

    def placed(self, origins: Origins) -> "ScenarioDocument":
        """The same document, come from `origins`."""
        copy = self.model_copy()
        copy._origins = origins  # noqa: SLF001 - a copy of its own class
        return copy

    def as_written(self) -> dict[str, object]:
        """The document as plain JSON data, with just the members that it gives."""
        return self.model_dump(mode="json", exclude_unset=True)
