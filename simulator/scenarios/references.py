"""References between the parts of a document: what is defined, and what is only named."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from simulator.domain.configuration import integration_id
from simulator.domain.members import members
from simulator.validation.problems import Problem, did_you_mean

from .household_orders import HouseholdOrders
from .models import MODELS, ScenarioDocument
from .naming import entries, written_id

REFERENCES: Final = (
    *(
        (name, each.name, each.reference.target)
        for name, model in MODELS.items()
        for each in members(model.of)
        if each.reference
    ),
    ("generate", "service_provider", "service_providers"),
    ("generate", "mvpds", "mvpds"),
)
"""Which member of which list names an entry of which other list."""

_TARGETS: Final = frozenset(target for _, _, target in REFERENCES)


class Index:
    """What a document defines, to look references up in."""

    def __init__(
        self,
        document: ScenarioDocument,
        assumed: Mapping[str, Iterable[str]],
        unread: Collection[str] = (),
    ) -> None:
        self.document = document
        self._unread = unread
        self.orders = HouseholdOrders(document.generate)
        self._ids = {
            name: {written_id(entry) for entry in entries(document, name)}
            | {*assumed.get(name, ())}
            for name in (*_TARGETS, "integrations")
        }
        self.kinds = {mvpd.id: mvpd.kind for mvpd in document.mvpds}

    def defines(self, name: str, identifier: str) -> bool:
        """Whether the list `name` has, or will have, or may have, an entry of that id."""
        if name in self._unread or identifier in self._ids[name]:
            return True
        return name == "subscribers" and self.orders.of_subscriber(identifier) is not None

    def known(self, name: str) -> list[str]:
        """The ids in the list `name`."""
        return sorted(identifier for identifier in self._ids[name] if identifier)


def undefined_references(index: Index) -> Iterator[Problem]:
    """Names of entries that no list has."""
    for name, member, target in REFERENCES:
        for position, entry in enumerate(entries(index.document, name)):
            value: str | tuple[str, ...] | None = getattr(entry, member)
            named = value if isinstance(value, tuple) else (value,)
            for number, identifier in enumerate(named):
                if identifier is None or index.defines(target, identifier):
                    continue
                path = (member, number) if isinstance(value, tuple) else (member,)
                hint = did_you_mean(identifier, index.known(target))
                yield index.document.origins.of(name, position).problem(
                    f"{identifier!r} is not defined in {target}{hint}", *path
                )
    for position, mvpd in enumerate(index.document.mvpds):
        if mvpd.proxy == mvpd.id:
            problem = "an MVPD cannot be its own proxy"
            yield index.document.origins.of("mvpds", position).problem(problem, "proxy")


def undefined_pairs(index: Index) -> Iterator[Problem]:
    """Entries at an integration that is not defined, although both of its ends are."""
    document = index.document
    for name in ("profiles", "temp_passes", "degradations"):
        for position, entry in enumerate(getattr(document, name)):
            if _lacks_integration(index, entry.service_provider, entry.mvpd):
                yield document.origins.of(name, position).problem(
                    _undefined_pair(entry.service_provider, entry.mvpd), "mvpd"
                )
    for position, order in enumerate(document.generate):
        for number, mvpd in enumerate(order.mvpds if order.profiles else ()):
            if _lacks_integration(index, order.service_provider, mvpd):
                yield document.origins.of("generate", position).problem(
                    _undefined_pair(order.service_provider, mvpd), "mvpds", number
                )


def _lacks_integration(index: Index, service_provider: str, mvpd: str) -> bool:
    ends = index.defines("service_providers", service_provider) and index.defines("mvpds", mvpd)
    return ends and not index.defines("integrations", integration_id(service_provider, mvpd))


def _undefined_pair(service_provider: str, mvpd: str) -> str:
    return f"the integration of {service_provider!r} with {mvpd!r} is not defined in integrations"
