"""Made-up households by the thousand: the same order makes the same people on every machine.

Faker supplies a few hundred names and post codes per order. Which of them a household gets follows
from the digest that is its userID, so no household depends on the ones before it, and making a
hundred thousand of them costs no more than building the records.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from simulator.domain.households import Device, Subscriber
from simulator.domain.sessions.profiles import Profile
from simulator.domain.sessions.user_metadata import USER_ID

from .context import Record
from .household_orders import Order, device_id, profile_id

_POOL: Final = 300
_DIGITS: Final = 15

# What X-Device-Info says on common devices of each platform: model, maker, type and system.
_MODELS: Final = {
    "Roku": (
        ("Roku Ultra", "4850X", "Roku", "SetTopBox", "Roku OS", "14.1"),
        ("Roku Streaming Stick 4K", "3820X", "Roku", "SetTopBox", "Roku OS", "13.0"),
    ),
    "tvOS": (
        ("Apple TV 4K", "AppleTV14,1", "Apple", "SetTopBox", "tvOS", "18.2"),
        ("Apple TV HD", "AppleTV5,3", "Apple", "SetTopBox", "tvOS", "17.6"),
    ),
    "FireTV": (
        ("Fire TV Stick 4K", "AFTKA", "Amazon", "SetTopBox", "Android", "9"),
        ("Fire TV Cube", "AFTGAZL", "Amazon", "SetTopBox", "Android", "9"),
    ),
    "Android": (
        ("Pixel 9", "tokay", "Google", "MobilePhone", "Android", "15"),
        ("Galaxy Tab S9", "SM-X710", "Samsung", "Tablet", "Android", "14"),
    ),
    "iOS": (
        ("iPhone 15", "iPhone15,4", "Apple", "MobilePhone", "iOS", "18.1"),
        ("iPad Air", "iPad14,8", "Apple", "Tablet", "iOS", "17.5"),
    ),
    "desktop": (
        ("Surface Laptop", "5", "Microsoft", "Desktop", "Windows", "11"),
        ("MacBook Air", "Mac14,2", "Apple", "Desktop", "Mac OS", "15.1"),
    ),
}


class _Model(NamedTuple):
    platform: str
    name: str
    info: dict[str, object]


class HouseholdGenerator:
    """Makes the households of one order."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._firsts, self._lasts, self._post_codes = _pools(order.model.locale, order.model.seed)
        self._models = [model for name in order.model.platforms for model in _models(name)]

    def subscriber(self, number: int) -> Subscriber:
        """The subscriber of household `number`."""
        user_id = self._order.user_id(number)
        chance, first = divmod(_chance(user_id), _POOL)
        chance, last = divmod(chance, _POOL)
        identifier = self._order.subscriber(number)
        return Subscriber(
            id=identifier,
            username=identifier,
            name=f"{self._firsts[first]} {self._lasts[last]}",
            mvpd=self._order.mvpd(number),
            user_id=user_id,
            household=identifier,
            attributes={"zip": self._post_codes[chance % _POOL]},
        )

    def households(self, lifetime: Callable[[str], int]) -> Iterator[Record]:
        """Every record of the order: a subscriber, its devices, and their profiles, and so on.

        `lifetime` says how long a profile at an MVPD lasts, in milliseconds.
        """
        order, model = self._order, self._order.model
        lifetimes = {mvpd: lifetime(mvpd) for mvpd in model.mvpds} if model.profiles else {}
        positions = range(1, model.devices_each + 1)
        for number in order.numbers:
            subscriber = self.subscriber(number)
            yield subscriber
            devices = [device_id(subscriber.id, position) for position in positions]
            yield from self._devices(devices, subscriber)
            if model.profiles:
                ends = lifetimes[order.mvpd(number)]
                yield from self._profiles(devices, subscriber, ends)

    def _devices(self, devices: list[str], subscriber: Subscriber) -> Iterator[Device]:
        # Other digits than those that the subscriber's name was chosen by.
        chance = _chance((subscriber.user_id or "")[_DIGITS:])
        for position, device in enumerate(devices):
            model = self._models[(chance >> position) % len(self._models)]
            yield Device(
                id=device,
                name=model.name,
                platform=model.platform,
                subscriber=subscriber.id,
                info=model.info,
            )

    def _profiles(
        self, devices: list[str], subscriber: Subscriber, not_after: int
    ) -> Iterator[Profile]:
        order, mvpd = self._order.model, subscriber.mvpd or ""
        attributes: dict[str, dict[str, object]] = {
            USER_ID: {"value": subscriber.user_id, "state": "plain"},
            "householdID": {"value": subscriber.household, "state": "plain"},
        }
        for device in devices:
            yield Profile(
                id=profile_id(device, order.service_provider, mvpd),
                service_provider=order.service_provider,
                mvpd=mvpd,
                device=device,
                client=order.client,
                subscriber=subscriber.id,
                not_before=0,
                not_after=not_after,
                attributes=attributes,
            )


def _chance(digits: str) -> int:
    """A number to choose by, from hexadecimal digits that are as good as random."""
    return int(digits[:_DIGITS], 16)


def _pools(locale: str, seed: int) -> tuple[list[str], list[str], list[str]]:
    """First names, last names and post codes to choose from."""
    from faker import Faker

    # The whole of Faker has two dozen providers. Two are enough, and load in a third of the time.
    fake = Faker(locale, providers=["faker.providers.person", "faker.providers.address"])
    fake.seed_instance(seed)
    return (
        [fake.first_name() for _ in range(_POOL)],
        [fake.last_name() for _ in range(_POOL)],
        [fake.postcode() for _ in range(_POOL)],
    )


def _models(platform: str) -> Iterator[_Model]:
    for name, version, maker, kind, system, system_version in _MODELS.get(platform, ()):
        info: dict[str, object] = {
            "primaryHardwareType": kind,
            "model": name,
            "version": version,
            "manufacturer": maker,
            "vendor": maker,
            "osName": system,
            "osVersion": system_version,
            "connectionType": "WiFi",
        }
        yield _Model(platform, name, info)
    if platform not in _MODELS:
        yield _Model(platform, platform, {})
