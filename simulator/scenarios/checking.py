"""The rules that take a whole document: unique ids, references that lead somewhere, free slots."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from simulator.domain.decisions.temp_pass import trial_problem, type_problem
from simulator.validation.origins import Origin
from simulator.validation.problems import Problem, ScenarioError, show_path

from .household_orders import HouseholdOrders, device_id, profile_id
from .models import MODELS, Entity, ProfileModel, ScenarioDocument
from .naming import entities, final_id
from .references import Index, undefined_pairs, undefined_references

_LONGEST_ID: Final = 200
_DEFAULT_LOCALE: Final = "en_US"


def check(document: ScenarioDocument, assumed: Mapping[str, Iterable[str]] | None = None) -> None:
    """Check a resolved document. Raises ScenarioError with everything that is wrong with it.

    `assumed` holds ids, by list, that may be referred to although the document lacks them.
    """
    found = tuple(problems(document, assumed))
    if found:
        raise ScenarioError(found)


def problems(
    document: ScenarioDocument,
    assumed: Mapping[str, Iterable[str]] | None = None,
    unread: Collection[str] = (),
) -> Iterator[Problem]:
    """What is wrong with a resolved document.

    `assumed` holds ids, by list, that may be referred to although the document lacks them; of the lists
    that are `unread` it lacks nobody knows what.
    """
    index = Index(document, assumed or {}, unread)
    yield from duplicates(document)
    yield from undefined_references(index)
    yield from undefined_pairs(index)
    yield from _misplaced_types(index)
    yield from _shared_slots(document)
    yield from _bad_orders(index)


def duplicates(document: ScenarioDocument) -> Iterator[Problem]:
    """Entries of one list with the same id, also where a position or an order makes the id."""
    for name in MODELS:
        seen: dict[str, int] = {}
        for position, entity in entities(document, name):
            identifier = final_id(name, position, entity)
            first = seen.setdefault(identifier, position)
            if first != position:
                origin = document.origins.of(name, position)
                holder = _place(document.origins.of(name, first), origin)
                yield _taken(identifier, holder, origin, entity)
    yield from _duplicates_of_generated(document)
    yield from _duplicate_links(document)
    yield from _duplicate_orders(document)


def _duplicates_of_generated(document: ScenarioDocument) -> Iterator[Problem]:
    if not document.generate:
        return
    orders = HouseholdOrders(document.generate)
    made = {
        "subscribers": orders.of_subscriber,
        "devices": orders.of_device,
        "profiles": orders.of_profile,
    }
    for name, find in made.items():
        for position, entity in entities(document, name):
            identifier = final_id(name, position, entity)
            household = find(identifier)
            if household:
                prefix = household.order.model.prefix
                holder = f"one that generate makes with the prefix {prefix!r}"
                yield _taken(identifier, holder, document.origins.of(name, position), entity)


def _taken(identifier: str, holder: str, origin: Origin, entity: Entity) -> Problem:
    # An id that is not written has no line of its own, and an integration has none at all.
    member = ("id",) if getattr(entity, "id", None) else ()
    return origin.problem(f"{identifier!r} is already the id of {holder}", *member)


def _duplicate_links(document: ScenarioDocument) -> Iterator[Problem]:
    seen: dict[str, Origin] = {}
    for position, profile in enumerate(document.profiles):
        for number, link in enumerate(profile.links):
            identifier = link.final_id(final_id("profiles", position, profile), number + 1)
            origin = document.origins.of("profiles", position).at("links", number)
            first = seen.setdefault(identifier, origin)
            if first is not origin:
                holder = _place(first, origin)
                yield origin.problem(f"{identifier!r} is already the id of {holder}", "id")


def _duplicate_orders(document: ScenarioDocument) -> Iterator[Problem]:
    seen: set[tuple[str, int]] = set()
    for position, order in enumerate(document.generate):
        if (order.prefix, order.seed) in seen:
            yield document.origins.of("generate", position).problem(
                f"the seed {order.seed} is already used with the prefix {order.prefix!r}; "
                "other people need another seed or prefix",
                "seed",
            )
        seen.add((order.prefix, order.seed))


def _place(origin: Origin, seen_from: Origin) -> str:
    """Where `origin` is, naming its file if that is another one."""
    elsewhere = f" of {origin.source}" if origin.source != seen_from.source else ""
    return f"{show_path(origin.path)}{elsewhere}"


def _misplaced_types(index: Index) -> Iterator[Problem]:
    """Profiles and trials at MVPDs where such cannot be."""
    document = index.document
    for position, profile in enumerate(document.profiles):
        kind = index.kinds.get(profile.mvpd)
        if kind and (problem := type_problem(profile.type, profile.mvpd, kind)):
            yield document.origins.of("profiles", position).problem(problem, "type")
    for position, trial in enumerate(document.temp_passes):
        kind = index.kinds.get(trial.mvpd)
        if kind and (problem := trial_problem(trial.mvpd, kind)):
            yield document.origins.of("temp_passes", position).problem(problem, "mvpd")


def _shared_slots(document: ScenarioDocument) -> Iterator[Problem]:
    """One slot (client, device, service provider, MVPD) holds one profile.

    A profile without a client goes to whichever asks first, so it can share with no other.
    """
    orders = HouseholdOrders(document.generate)
    seen: dict[tuple[str, str, str], dict[str | None, int]] = {}
    for position, profile in enumerate(document.profiles):
        holders = seen.setdefault((profile.device, profile.service_provider, profile.mvpd), {})
        if profile.client is None:
            rival = next(iter(holders.values()), None)
        else:
            rival = holders.get(profile.client, holders.get(None))
        if rival is not None or _generated_rival(profile, orders):
            origin = document.origins.of("profiles", position)
            holder = "a generated profile"
            if rival is not None:
                holder = _place(document.origins.of("profiles", rival), origin)
            yield origin.problem(
                f"the slot of {profile.device!r} at {profile.service_provider}/{profile.mvpd} is "
                f"already taken by {holder}; two profiles there need two clients"
            )
        holders.setdefault(profile.client, position)


def _generated_rival(profile: ProfileModel, orders: HouseholdOrders) -> bool:
    household = orders.of_device(profile.device)
    if household is None or not household.order.model.profiles:
        return False
    model = household.order.model
    here = (model.service_provider, household.order.mvpd(household.number))
    same = here == (profile.service_provider, profile.mvpd)
    return same and (None in {model.client, profile.client} or model.client == profile.client)


def _bad_orders(index: Index) -> Iterator[Problem]:
    document = index.document
    for position, order in enumerate(HouseholdOrders(document.generate)):
        model, origin = order.model, document.origins.of("generate", position)
        for number, mvpd in enumerate(model.mvpds):
            kind = index.kinds.get(mvpd)
            if model.profiles and kind and kind.temporary:
                problem = f"expected no TempPass MVPD, found {mvpd!r}: nobody logs in there"
                yield origin.problem(problem, "mvpds", number)
        last = device_id(order.subscriber(order.numbers[-1]), model.devices_each)
        longest = len(profile_id(last, model.service_provider, max(model.mvpds, key=len)))
        if model.profiles and longest > _LONGEST_ID:
            yield origin.problem(
                f"profile ids made of prefix, service provider and MVPD would have {longest} "
                f"characters; at most {_LONGEST_ID} are allowed",
                "prefix",
            )
        if model.locale != _DEFAULT_LOCALE and not _known_locale(model.locale):
            yield origin.problem(f"Faker knows no locale {model.locale!r}", "locale")


def _known_locale(locale: str) -> bool:
    from faker.config import AVAILABLE_LOCALES

    return locale in AVAILABLE_LOCALES
