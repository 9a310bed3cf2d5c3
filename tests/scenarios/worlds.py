"""Whole worlds made up by Hypothesis: any records that a sandbox could hold, consistent in themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING
from typing import Any, Final, get_args, get_origin

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from simulator.domain.access.registration import Application, Client
from simulator.domain.configuration import (
    DAY,
    BoardingStatus,
    Integration,
    Mvpd,
    MvpdKind,
    ServiceProvider,
    integration_id,
)
from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.faults import Fault
from simulator.domain.households import Device, Subscriber
from simulator.domain.members import Form, Member, members
from simulator.domain.operations import OPERATION_NAMES
from simulator.domain.sessions.profiles import Profile, ProfileType
from simulator.domain.sso.identities import Issuer, LinkKind, SsoLink
from simulator.domain.switches import SWITCHES, Setting
from simulator.scenarios.context import Record
from tests.support.identity_provider import certificate

PEM: Final = (
    Ed25519PrivateKey.generate()
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode()
)

# A world takes as long to draw as many simple values, so fewer of them have to do.
thorough: Final = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

flags = st.booleans()
instants = st.integers(-400 * DAY, 400 * DAY)
lengths = st.integers(0, 400 * DAY)
words = st.sampled_from(
    ["a", "B-1", "x.y", "two words", "null", "007", "é", "0", "PT5M", "id#1: [x]"]
)
ids = words | st.text("abcXYZ019-_.: é", min_size=1, max_size=8).filter(str.strip)
texts = words | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1
)
data = st.recursive(
    st.none() | flags | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words | st.just("value"), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
objects = st.dictionaries(words, data, max_size=3)


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value or none."""
    return st.none() | strategy


def one_of(choices: list[str]) -> st.SearchStrategy[str | None]:
    """One of `choices`, or none."""
    return some(st.sampled_from(choices)) if choices else st.none()


def several(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(strategy, max_size=3).map(tuple)


def distinct(strategy: st.SearchStrategy[str], *, least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(strategy, unique=True, min_size=least, max_size=3)


changes = st.fixed_dictionaries(
    {},
    optional={
        "active": flags,
        "authentication_ttl": lengths,
        "media_token_ttl": lengths,
        "authorize_limit": st.integers(0, 9),
        "enable_platform_services": some(flags),
        "boarding_status": some(st.sampled_from(BoardingStatus)),
        "temp_pass_ttl": some(lengths),
        "temp_pass_key": some(texts),
    },
)

attributes = st.dictionaries(
    words,
    st.fixed_dictionaries({"value": data, "state": st.sampled_from(["plain", "enc"])})
    # Values that look like an attribute themselves are the hardest to tell apart.
    | st.just({"value": {"value": 1, "state": "plain"}, "state": "plain"}),
    max_size=3,
)


LATENCIES: Final[tuple[dict[str, dict[str, float]] | None, ...]] = (
    None,
    {},
    {"login": {"seconds": 2.0}},
    {
        "login": {"at_least": 0.0, "at_most": 1.5},
        "authorization": {"median": 1.0, "sigma": 0.25},
    },
)

ACTIONS: Final[tuple[dict[str, object], ...]] = (
    {"kind": "error", "code": "internal_server_error"},
    {"kind": "error", "code": "made_up", "status": 418, "action": "retry", "message": "no"},
    {"kind": "status", "status": 503, "body": "<p>", "headers": {"Retry-After": "1"}},
    {"kind": "delay", "seconds": 0.5},
    {"kind": "delay", "at_least": 0.0, "at_most": 1.5},
    {"kind": "delay", "median": 1.0, "sigma": 0.25},
    {"kind": "hang"},
    {"kind": "hang", "seconds": 2.0},
    {"kind": "reset"},
    {"kind": "close"},
    {"kind": "truncate", "after": 20},
    {"kind": "garble"},
    {"kind": "slow_body", "seconds": 1.0, "pieces": 3},
    {"kind": "throttle"},
)

latencies, actions = st.sampled_from(LATENCIES), st.sampled_from(ACTIONS)
providers_of_identity = some(
    st.fixed_dictionaries(
        {
            "entity_id": texts,
            "certificate": st.just(certificate("idp")),
            "sso_url": st.just("https://idp.example/sso"),
            "binding": st.sampled_from(["redirect", "post"]),
        }
    )
)
algorithms = st.sampled_from([("RS256",), ("ES256", "EdDSA")])
overrides = st.dictionaries(words, changes, max_size=2)
metadata = some(
    st.dictionaries(
        words, st.fixed_dictionaries({"enabled": flags}, optional={"encrypted": flags}), max_size=2
    )
)
denials = st.sampled_from([{}, {"*": {"code": "internal_server_error", "details": "d"}}])
matches = st.fixed_dictionaries(
    {}, optional={"operation": st.sampled_from(OPERATION_NAMES), "resource": texts}
)


def at(pair: tuple[str, str]) -> dict[str, str]:
    """The members of an entity at an integration."""
    return {"service_provider": pair[0], "mvpd": pair[1]}


@st.composite
def worlds(draw: st.DrawFn) -> list[Record]:
    """A list of records, in no particular order."""
    providers, mvpds = draw(distinct(ids, least=1)), draw(distinct(ids, least=1))
    kinds = {mvpd: draw(st.sampled_from(MvpdKind)) for mvpd in mvpds}
    every_pair = [(provider, mvpd) for provider in providers for mvpd in mvpds]
    pairs = draw(st.lists(st.sampled_from(every_pair), unique=True, max_size=4))
    applications, issuers, viewers = (draw(distinct(ids)) for _ in range(3))
    clients = draw(distinct(ids)) if applications else []
    devices = draw(distinct(ids | st.just("a/b+c=="), least=1))
    switches = draw(distinct(st.sampled_from([*SWITCHES])))
    plans: list[st.SearchStrategy[Record]] = [
        *(made(ServiceProvider, each) for each in providers),
        *(
            made(
                Mvpd,
                each,
                kind=kind,
                proxy=one_of([*{*mvpds} - {each}]),
                latency=latencies,
                identity_provider=providers_of_identity,
            )
            for each, kind in kinds.items()
        ),
        *(
            made(
                Integration,
                integration_id(*pair),
                **at(pair),
                overrides=overrides,
                user_metadata=metadata,
            )
            for pair in pairs
        ),
        *(
            made(Application, each, service_providers=several(st.sampled_from(providers)))
            for each in applications
        ),
        *(made(Client, each, application=st.sampled_from(applications)) for each in clients),
        *(made(Issuer, each, public_key=PEM, algorithms=algorithms) for each in issuers),
        *(made(Subscriber, each, mvpd=one_of(mvpds), denials=denials) for each in viewers),
        *(made(Device, each, subscriber=one_of(viewers)) for each in devices),
        *(
            made(TempPassTrial, f"trial at {pair}", **at(pair), device=st.sampled_from(devices))
            for pair in pairs
            if kinds[pair[1]].temporary
        ),
        *(made(DegradationRule, f"rule at {pair}", **at(pair)) for pair in pairs),
        *(
            made(Fault, each, match=matches, probability=st.floats(0, 1), action=actions)
            for each in draw(distinct(ids))
        ),
        *(st.just(Setting(id=each, value=SWITCHES[each].default)) for each in switches),
    ]
    found = [draw(plan) for plan in plans]
    found += draw(_logins(pairs, kinds, devices, clients or ["gone"], viewers))
    return draw(st.permutations(found))


_FORMS: Final[Mapping[Form | None, st.SearchStrategy[Any]]] = {
    Form.KEY: texts,
    Form.TEXT: texts,
    Form.PROSE: texts | st.just(""),
    Form.COUNT: st.integers(0, 1000),
    Form.INSTANT: instants | st.just(0),
    Form.DURATION: lengths,
}


def made(entity: type[Any], identifier: str, **given: object) -> st.SearchStrategy[Any]:
    """Entities of a class; a member is what is `given`, a value or a strategy, else anything."""
    plans = {
        each.name: given.get(each.name) if each.name in given else _anything(each, identifier)
        for each in members(entity)
    }
    plans["id"] = identifier
    ready = {
        name: plan if isinstance(plan, st.SearchStrategy) else st.just(plan)
        for name, plan in plans.items()
    }
    return st.builds(entity, **ready)


def _anything(each: Member, identifier: str) -> st.SearchStrategy[Any]:
    found = _FORMS[each.form] if each.form in _FORMS else _of_type(each.type)
    if each.implied:
        found |= st.just(identifier)
    if each.default is not MISSING:
        found |= st.just(each.default)
    return some(found) if each.optional else found


def _of_type(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any type
    if hint is bool:
        return flags
    if get_origin(hint) is tuple:
        return several(texts)
    if get_origin(hint) is Mapping:
        return objects if get_args(hint)[1] is object else st.dictionaries(words, texts, max_size=2)
    return st.sampled_from(hint)


@st.composite
def _logins(
    draw: st.DrawFn,
    pairs: Sequence[tuple[str, str]],
    kinds: dict[str, MvpdKind],
    devices: Sequence[str],
    clients: list[str],
    viewers: list[str],
) -> list[Record]:
    found: list[Record] = []
    for device in devices:
        for pair in pairs:
            # A slot is free, open to the first that asks, or held by some of the clients.
            shared = draw(flags)
            owners = [None] if shared else draw(distinct(st.sampled_from(clients)))
            for owner in owners:
                plan = _profile(f"p{len(found)}", at(pair), kinds[pair[1]], device, owner, viewers)
                profile = draw(plan)
                numbers = range(draw(st.integers(0, 2)))
                found += [profile, *(draw(_link(profile.id, number)) for number in numbers)]
    return found


def _profile(
    identifier: str,
    pair: Mapping[str, str],
    kind: MvpdKind,
    device: str,
    client: str | None,
    viewers: list[str],
) -> st.SearchStrategy[Profile]:
    types = [each for each in ProfileType if (each is ProfileType.TEMPORARY) == kind.temporary]
    user_id = st.fixed_dictionaries(
        {"userID": st.builds(lambda t: {"value": t, "state": "plain"}, texts)}
    )
    return made(
        Profile,
        identifier,
        **pair,
        device=device,
        client=client,
        subscriber=one_of(viewers),
        type=st.sampled_from(types),
        attributes=st.builds(lambda one, others: {**others, **one}, user_id, attributes),
    )


@st.composite
def _link(draw: st.DrawFn, profile: str, number: int) -> SsoLink:
    literal = draw(flags)
    return SsoLink(
        # The number that it would be given, and one that it would not.
        id=f"{profile}.{number + 1}" if draw(flags) else f"{profile}-{number}",
        profile=profile,
        kind=draw(st.sampled_from(LinkKind)),
        issuer=None if literal else draw(some(texts)),
        subject=None if literal else draw(texts),
        value=draw(texts) if literal else None,
    )
