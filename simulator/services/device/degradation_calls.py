"""The degradation calls: which rules there are, making them and removing them (CONTRACT 12.2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from simulator.domain.configuration import Mvpd, ServiceProvider
from simulator.domain.decisions.degradation import Degradation, DegradationRule
from simulator.services.context import Simulator
from simulator.services.shared.admission import DeviceCall
from simulator.storage.worlds import entity_mapping
from simulator.storage.worlds.sandboxes import Head
from simulator.storage.worlds.session import World

from .management import ManagementError, admit, named_pair

SCOPE: Final = "entitlement:degradation"
TTL: Final = 21_600
"""How long a rule holds when nothing else is asked for, in seconds."""
LONGEST: Final = 31 * 86_400

RULES: Final[Mapping[str, Degradation]] = {
    "authnAll": Degradation.AUTHN_ALL,
    "authzAll": Degradation.AUTHZ_ALL,
    "authzNone": Degradation.AUTHZ_NONE,
}
ALL: Final = "all"

_IDS: Final[Mapping[Degradation, str]] = {
    Degradation.AUTHN_ALL: "authn-all",
    Degradation.AUTHZ_ALL: "authz-all",
    Degradation.AUTHZ_NONE: "authz-none",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """The rules that a call is about, as it names them; `mvpds` are all values of the parameter."""

    rule: str
    programmer: str | None
    mvpds: Sequence[str]

    def kinds(self) -> tuple[Degradation, ...]:
        """The kinds of rules. Raises `ManagementError`."""
        if self.rule == ALL:
            return tuple(Degradation)
        if self.rule not in RULES:
            known = ", ".join((*RULES, ALL))
            raise ManagementError(400, f"There is no measure {self.rule!r}; there are {known}.")
        return (RULES[self.rule],)

    def pairs(self, world: World) -> list[tuple[ServiceProvider, Mvpd]]:
        """The integrations. Raises `ManagementError` with all problems of all of them."""
        found, problems = [], []
        for mvpd in self.mvpds or (None,):
            try:
                found.append(named_pair(world, ("programmer", self.programmer), ("mvpd", mvpd)))
            except ManagementError as error:
                problems += [each for each in error.problems if each not in problems]
        if problems:
            raise ManagementError(400, *problems)
        return found


async def status(
    simulator: Simulator, at: Head, call: DeviceCall, wanted: Measures
) -> dict[str, Any]:
    """Which of the measures are applied; one as an object, several as a list. Raises `ManagementError`."""

    def unit(world: World) -> dict[str, Any]:
        admit(world, call, scope=SCOPE)
        return _shown(world, wanted.kinds(), wanted.pairs(world))

    return await simulator.engine.read(at, unit)


async def apply(
    simulator: Simulator,
    at: Head,
    call: DeviceCall,
    wanted: Measures,
    ttl: int,
    message: str | None,
) -> dict[str, Any]:
    """Let a rule hold for `ttl` seconds from now, in place of one that holds already.

    Raises `ManagementError`.
    """

    def unit(world: World) -> dict[str, Any]:
        admit(world, call, scope=SCOPE)
        if wanted.rule == ALL:
            raise ManagementError(400, "Name one of the measures to apply.")
        pairs = wanted.pairs(world)
        for provider, mvpd in pairs:
            for kind in wanted.kinds():
                _remove(world, kind, provider, mvpd)
                rule = DegradationRule(
                    id=world.ids.short("degradation"),
                    service_provider=provider.id,
                    mvpd=mvpd.id,
                    rule=kind,
                    not_before=world.now,
                    until=world.now + ttl * 1000,
                    message=message,
                )
                world.records(entity_mapping.DEGRADATIONS).put(rule)
        return _shown(world, wanted.kinds(), pairs)

    return await simulator.engine.write(at, unit)


async def remove(simulator: Simulator, at: Head, call: DeviceCall, wanted: Measures) -> None:
    """Remove the rules, those to come included. Raises `ManagementError`."""

    def unit(world: World) -> None:
        admit(world, call, scope=SCOPE)
        for provider, mvpd in wanted.pairs(world):
            for kind in wanted.kinds():
                _remove(world, kind, provider, mvpd)

    await simulator.engine.write(at, unit)


def _of(
    world: World, kind: Degradation, provider: ServiceProvider, mvpd: Mvpd
) -> list[DegradationRule]:
    pair = {"service_provider": provider.id, "mvpd": mvpd.id, "rule": kind}
    return [*world.records(entity_mapping.DEGRADATIONS).all(**pair)]


def _remove(world: World, kind: Degradation, provider: ServiceProvider, mvpd: Mvpd) -> None:
    for rule in _of(world, kind, provider, mvpd):
        world.records(entity_mapping.DEGRADATIONS).delete(rule.id)


def _shown(
    world: World, wanted: Sequence[Degradation], pairs: Iterable[tuple[ServiceProvider, Mvpd]]
) -> dict[str, Any]:
    found = [_measure(world, kind, provider, mvpd) for provider, mvpd in pairs for kind in wanted]
    if len(found) == 1:
        return {"degradation-measure": found[0]}
    return {"degradation-measures": found}


def _measure(
    world: World, kind: Degradation, provider: ServiceProvider, mvpd: Mvpd
) -> dict[str, Any]:
    rules = [each for each in _of(world, kind, provider, mvpd) if each.active(world.now)]
    shown: dict[str, Any] = {
        "id": _IDS[kind],
        "programmer": {"id": provider.id},
        "mvpd": {"id": mvpd.id},
        "degradation-measure-enable": bool(rules),
        "degradation-measure-status": "APPLIED" if rules else "NOT_APPLIED",
    }
    for rule in rules[:1]:
        began = world.epoch if rule.not_before is None else rule.not_before
        if rule.until is not None:
            shown["ttl"] = (rule.until - began) // 1000
        shown["activation-time"] = began // 1000
    return shown
