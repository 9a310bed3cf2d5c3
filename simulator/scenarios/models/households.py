"""The people and boxes of a scenario, and the order for made-up ones."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field, Strict

from simulator.domain.decisions.viewing import DENIALS
from simulator.domain.households import Device, Subscriber
from simulator.scenarios.context import Context, Record
from simulator.validation.json_data import JsonObject
from simulator.validation.texts import DeviceId, Flag, Id, Text, Texts

from .base import Entity, Part

PASSWORD: Final = "password"

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


class SubscriberModel(Entity):
    """An account at an MVPD, to log in with on the provider's page."""

    id: Id = Field(description="The subscriber's id within the scenario.")
    username: Text | None = Field(None, description="The name to log in with; the id when absent.")
    password: Text = Field(PASSWORD, description="The password to log in with.")
    name: Text | None = Field(None, description="The viewer's name.")
    mvpd: Id | None = Field(None, description="The MVPD of the account; any when absent.")
    user_id: Text | None = Field(None, description="The userID that profiles of the viewer carry.")
    household: Text | None = Field(None, description="The household, which several may share.")
    entitlements: Texts | None = Field(
        None,
        description="The resources that the viewer may watch; every resource when absent. An MRSS "
        "resource goes by its whole text, or by the title of its channel.",
    )
    denials: dict[Text, Denial] = Field(
        {},
        description="What the MVPD answers for a resource, or for every one under *, whatever the "
        "entitlements say: the code of a decision's error, or code and details. With "
        "authorization_denied_by_mvpd preauthorize says preauthorization_denied_by_mvpd; with "
        "preauthorization_denied_by_mvpd only preauthorize denies. Decisions that are cached "
        "stand.",
    )
    attributes: JsonObject = Field(
        {}, description="Further user metadata, such as zip or maxRating, by name."
    )

    def records(self, _context: Context, /) -> Iterator[Record]:
        """The subscriber."""
        yield self.record()

    def record(self) -> Subscriber:
        """The subscriber, which depends on no context."""
        return Subscriber(
            id=self.id,
            username=self.username or self.id,
            password=self.password,
            name=self.name,
            mvpd=self.mvpd,
            user_id=self.user_id,
            household=self.household,
            entitlements=self.entitlements,
            denials={
                resource: denial.model_dump(exclude_none=True)
                for resource, denial in self.denials.items()
            },
            attributes=self.attributes,
        )


class DeviceModel(Entity):
    """A streaming device. It need not be listed for profiles to name it."""

    id: DeviceId = Field(description="The plain text inside the AP-Device-Identifier header.")
    name: Text | None = Field(None, description="The name for people.")
    platform: Text | None = Field(
        None, description="The platform, such as Roku, tvOS, FireTV, Android, iOS or desktop."
    )
    subscriber: Id | None = Field(None, description="The id of the subscriber whose device it is.")
    info: JsonObject = Field({}, description="What its X-Device-Info header says.")

    def records(self, _context: Context, /) -> Iterator[Record]:
        """The device."""
        yield Device(
            id=self.id,
            name=self.name,
            platform=self.platform,
            subscriber=self.subscriber,
            info=self.info,
        )


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
