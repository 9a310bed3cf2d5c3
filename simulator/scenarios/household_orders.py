"""The households that a document orders, and their names: known without making them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from .models import GenerateModel

# Python refuses to read numbers with very many digits, and no household has one.
_DIGITS = 9


def device_id(subscriber: str, position: int) -> str:
    """The id of a generated subscriber's device `position` (from 1)."""
    return f"{subscriber}-device-{position}"


def profile_id(device: str, service_provider: str, mvpd: str) -> str:
    """The id of the generated profile in that slot."""
    return f"{device}.{service_provider}.{mvpd}"


@dataclass(frozen=True)
class Order:
    """One entry of `generate`, whose households are numbered from `first`."""

    model: GenerateModel
    first: int

    @property
    def numbers(self) -> range:
        """The numbers of the households."""
        return range(self.first, self.first + self.model.subscribers)

    @property
    def size(self) -> int:
        """How many records the order comes to."""
        devices = self.model.devices_each
        return self.model.subscribers * (1 + devices + (devices if self.model.profiles else 0))

    def subscriber(self, number: int) -> str:
        """The id of the subscriber of household `number`."""
        return f"{self.model.prefix}-{number:05d}"

    def mvpd(self, number: int) -> str:
        """The MVPD of household `number`: they take turns."""
        return self.model.mvpds[(number - self.first) % len(self.model.mvpds)]

    def user_id(self, number: int) -> str:
        """The userID of household `number`: 40 hex digits that tell nothing, as real ones do."""
        text = f"{self.model.seed}\n{self.model.prefix}\n{number}"
        return sha256(text.encode()).hexdigest()[:40]


class Household(NamedTuple):
    """A household to be made: which order it belongs to, and its number."""

    order: Order
    number: int


class HouseholdOrders:
    """All orders of a document. Those of one prefix number their households on from each other."""

    def __init__(self, models: Sequence[GenerateModel]) -> None:
        done: Counter[str] = Counter()
        self._orders: list[Order] = []
        for model in models:
            self._orders.append(Order(model, done[model.prefix] + 1))
            done[model.prefix] += model.subscribers

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders)

    def of_subscriber(self, subscriber: str) -> Household | None:
        """The household whose subscriber has that id."""
        for order in self._orders:
            digits = subscriber.removeprefix(f"{order.model.prefix}-")
            if digits.isdecimal() and digits.isascii() and len(digits) <= _DIGITS:
                number = int(digits)
                if number in order.numbers and order.subscriber(number) == subscriber:
                    return Household(order, number)
        return None

    def of_device(self, device: str) -> Household | None:
        """The household that the device of that id belongs to."""
        subscriber, _, digits = device.rpartition("-device-")
        household = self.of_subscriber(subscriber)
        if household and digits.isdecimal() and digits.isascii() and len(digits) <= _DIGITS:
            within = 1 <= int(digits) <= household.order.model.devices_each
            return household if within and digits == str(int(digits)) else None
        return None

    def of_profile(self, profile: str) -> Household | None:
        """The household that the profile of that id belongs to."""
        for order in self._orders:
            for mvpd in order.model.mvpds if order.model.profiles else ():
                suffix = profile_id("", order.model.service_provider, mvpd)
                household = self.of_device(profile.removesuffix(suffix))
                if household is None or not profile.endswith(suffix):
                    continue
                # Another order of the same prefix may have made the device.
                if household.order is order and order.mvpd(household.number) == mvpd:
                    return household
        return None
