"""The members of a scenario document, one model for each kind of entity.

The same models read the bodies that create entities through the admin API, and their descriptions
are the published schema.
"""

from simulator.scenarios.context import Context, Record

from .base import Entity, Part
from .configuration import (
    IntegrationModel,
    IntegrationSettings,
    MvpdModel,
    ServiceProviderModel,
)
from .document import MODELS, ScenarioDocument
from .faults import ACTIONS, FaultModel
from .households import DeviceModel, GenerateModel, SubscriberModel
from .profiles import (
    AttributeModel,
    DegradationModel,
    LinkModel,
    ProfileModel,
    SsoLinkModel,
    TempPassModel,
)
from .registration import ApplicationModel, ClientModel, IssuerModel

__all__ = [
    "ACTIONS",
    "MODELS",
    "ApplicationModel",
    "AttributeModel",
    "ClientModel",
    "Context",
    "DegradationModel",
    "DeviceModel",
    "Entity",
    "FaultModel",
    "GenerateModel",
    "IntegrationModel",
    "IntegrationSettings",
    "IssuerModel",
    "LinkModel",
    "MvpdModel",
    "Part",
    "ProfileModel",
    "Record",
    "ScenarioDocument",
    "ServiceProviderModel",
    "SsoLinkModel",
    "SubscriberModel",
    "TempPassModel",
]
