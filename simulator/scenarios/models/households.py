"""The people and boxes of a scenario, and the order for made-up ones."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, Strict

from simulator.domain.decisions.viewing import DENIALS
from simulator.domain.households import Device, Subscriber
from simulator.validation.texts import Flag, Id, Text, Texts

from .base import Entity, Part

DenialCode = Literal[DENIALS]  # type: ignore[valid-type]


class DenialModel(Part):
    """What the MVPD answers instead of what the entitlements say."""

    code: DenialCode = Field(description="The code of the error in the decision.")
    details: Text | None = Field(None, description="The MVPD's own text, for the error's details.")


def _denial(value: object) -> object:
    return {"code": value} if isinstance(value, str) else value


Denial = Annotated[
    DenialModel, BeforeValidator(_denial, json_schema_input_type=DenialModel | DenialCode)
]


class SubscriberModel(Entity, of=Subscriber):
    """An account at an MVPD, to log in with on the provider's page."""

    denials: dict[Text, Denial]


class DeviceModel(Entity, of=Device):
    """A streaming device. It need not be listed for profiles to name it."""


class GenerateModel(Part):
    """An order for made-up households: a subscriber each, with devices and a login on every device.

    The same order always makes the same people. Orders of one prefix number their households on
    from each other.
    """

    seed: Annotated[int, Strict(), Field(ge=0, lt=2**63)] = Field(
        0, description="Which people; the same seed, the same ones."
    )
    service_provider: Id = Field(description="The service provider of the profiles.")
    mvpds: Annotated[tuple[Id, ...], Field(min_length=1)] = Field(
        description="The MVPDs whose subscribers they are, in equal parts."
    )
    subscribers: Annotated[int, Strict(), Field(ge=1, le=1_000_000)] = Field(
        description="How many subscribers."
    )
    devices_each: Annotated[int, Strict(), Field(ge=0, le=50)] = Field(
        1, description="How many devices every subscriber has."
    )
    platforms: Annotated[Texts, Field(min_length=1)] = Field(
        ("Roku", "tvOS", "FireTV", "Android", "iOS", "desktop"),
        description="The platforms to draw from.",
    )
    profiles: Flag = Field(default=True, description="Whether every device is logged in.")
    client: Id | None = Field(
        None, description="The client that owns the profiles; the first app that asks when absent."
    )
    prefix: Annotated[Id, Field(max_length=40)] = Field(
        "household", description="How the ids begin, as in household-00001-device-1."
    )
    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}_[A-Z]{2}$")] = Field(
        "en_US", description="Where the people live, as Faker names it."
    )
