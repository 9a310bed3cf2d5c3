"""From a resolved document to the records of a world."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from simulator.domain.configuration import Integration, integration_id
from simulator.domain.households import Subscriber
from simulator.domain.switches import Setting

from .checking import check
from .context import Record, SoundScenario
from .dead_ends import warnings
from .household_generator import HouseholdGenerator
from .household_orders import HouseholdOrders
from .models import MODELS, ScenarioDocument
from .naming import entities, entries, numbered

__all__ = ["FORMAT", "Record", "check", "count_hint", "digest", "records", "sound", "warnings"]

FORMAT: Final = 1
"""Part of every digest: raise it when the same document comes to other records than before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """A world that a document is merged into: its integrations by id, and where its ids come from."""

    integrations: Mapping[str, Integration]
    new_id: Callable[[str], str]


def records(document: ScenarioDocument, into: Destination | None = None) -> Iterator[Record]:
    """Every record of a document that was resolved and checked, one by one.

    Times are milliseconds from the moment of seeding on. A record comes after those it refers to.
    Merged `into` a world, entries without an id get one that the world does not have yet.
    """
    for name, value in document.settings.items():
        yield Setting(id=name, value=value)
    context = _Context(document, into)
    for name in MODELS:
        if name == "profiles":
            for order in HouseholdOrders(document.generate):
                yield from HouseholdGenerator(order).households(
                    context.lifetime_at(order.model.service_provider)
                )
        for position, entity in entities(document, name):
            context.number = position + 1
            yield from entity.records(context)


def sound(document: ScenarioDocument) -> SoundScenario:
    """What is known of a resolved document once it is checked. Raises ScenarioError."""
    check(document)
    about = {"title": document.title, "description": document.description}
    return SoundScenario(
        name=document.name,
        about=about,
        digest=digest(document),
        warnings=tuple(warnings(document)),
    )


def digest(document: ScenarioDocument) -> str:
    """A name for what a resolved document says: the same for the same content, in any notation."""
    plain = document.model_dump(mode="json", exclude_defaults=True)
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{FORMAT}\n{text}".encode()).hexdigest()


def count_hint(document: ScenarioDocument) -> int:
    """How many records a resolved document comes to."""
    listed = sum(len(entries(document, name)) for name in MODELS)
    links = sum(len(profile.links) for profile in document.profiles)
    ordered = sum(order.size for order in HouseholdOrders(document.generate))
    return len(document.settings) + listed + links + ordered


class _Context:
    """A scenario's own world, in which it is always moment 0 and ids follow from positions."""

    now = 0

    def __init__(self, document: ScenarioDocument, into: Destination | None) -> None:
        self.number = 0
        self._into = into
        self._document = document
        self._orders = HouseholdOrders(document.generate)

    def new_id(self, kind: str, /) -> str:
        return self._into.new_id(kind) if self._into else numbered(kind, self.number)

    def subscriber(self, subscriber: str, /) -> Subscriber | None:
        household = self._orders.of_subscriber(subscriber)
        if household:
            return HouseholdGenerator(household.order).subscriber(household.number)
        return self._subscribers.get(subscriber)

    def integration(self, service_provider: str, mvpd: str, /) -> Integration | None:
        return self._integrations.get(integration_id(service_provider, mvpd))

    def lifetime_at(self, service_provider: str) -> Callable[[str], int]:
        """How long a profile lasts, by MVPD."""

        def lifetime(mvpd: str) -> int:
            found = self.integration(service_provider, mvpd)
            return found.authentication_ttl if found else 0

        return lifetime

    @cached_property
    def _subscribers(self) -> dict[str, Subscriber]:
        return {each.id: each.record(self) for each in self._document.subscribers}

    @cached_property
    def _integrations(self) -> dict[str, Integration]:
        found = [each.record(self) for each in self._document.integrations]
        known = self._into.integrations if self._into else {}
        return {**known, **{integration.id: integration for integration in found}}
