"""The management calls beside REST API V2: who may make them, TempPass and degradation.

(Adobe: TempPass, MGT1; degradation, MGT2)
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from simulator.domain.configuration import Mvpd, MvpdKind, ServiceProvider
from simulator.domain.decisions.degradation import Degradation, DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.errors import EnhancedError, ManagementError
from simulator.services.context import AppContext
from simulator.services.shared.admission import DeviceCall, application_of, usable_token
from simulator.storage.worlds import entity_mapping
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

EVERY: Final = "all"
"""The device or key that stands for every one."""


def admit(world: SandboxSession, call: DeviceCall, *, scope: str | None = None) -> None:
    """Check the token of a management call. Raises `ManagementError`.

    401 asks for a new token; 403 for a new registration, or for one with the `scope`.
    """
    try:
        token = usable_token(world, call, scope=None)
    except EnhancedError as error:
        raise ManagementError(401, error.message) from error
    try:
        application_of(world, call)
    except EnhancedError as error:
        raise ManagementError(403, error.message) from error
    if scope is not None and scope not in token.scopes:
        raise ManagementError(403, f"The access token lacks the scope {scope}.")


def named_pair(
    world: SandboxSession, provider: tuple[str, str | None], mvpd: tuple[str, str | None]
) -> tuple[ServiceProvider, Mvpd]:
    """The service provider and MVPD that two parameters (name, value) name. Raises `ManagementError`."""
    config, problems = world.config, []
    found = config.service_providers.get(provider[1] or "")
    at = config.mvpds.get(mvpd[1] or "")
    for (name, value), thing in ((provider, found), (mvpd, at)):
        if thing is None:
            problems.append(f"{name} {'is missing' if not value else f'{value!r} is unknown'}.")
    if found is None or at is None:
        raise ManagementError(400, *problems)
    if config.integration(found.id, at.id) is None:
        raise ManagementError(400, f"{at.id} has no integration with {found.id}.")
    return found, at


@dataclass(frozen=True, kw_only=True, slots=True)
class TempPassReset:
    """The trials to forget: those of a device, or of a key on a promotional TempPass.

    None, or `all`, stands for every one. `generic` says that keys are meant.
    """

    requestor: str | None
    mvpd: str | None
    generic: bool = False
    device: str | None = None
    key: str | None = None


async def reset_temp_pass(
    simulator: AppContext, at: SandboxRef, call: DeviceCall, wanted: TempPassReset
) -> int:
    """Forget TempPass trials, so that the next authorize begins anew: how many there were.

    Raises `ManagementError`.
    """

    def unit(world: SandboxSession) -> int:
        admit(world, call)
        provider, mvpd = named_pair(
            world, ("requestor_id", wanted.requestor), ("mvpd_id", wanted.mvpd)
        )
        if not mvpd.kind.temporary:
            raise ManagementError(400, f"mvpd_id {mvpd.id!r} is no TempPass.")
        if wanted.generic and mvpd.kind is not MvpdKind.TEMP_PASS_PROMOTIONAL:
            raise ManagementError(400, f"mvpd_id {mvpd.id!r} is no promotional TempPass.")
        trials = world.temp_passes.all(service_provider=provider.id, mvpd=mvpd.id)
        deleted = [each.id for each in trials if _meant(each, wanted)]
        for trial in deleted:
            world.temp_passes.delete(trial)
        return len(deleted)

    return await simulator.engine.write(at, unit, long=True)


def _meant(trial: TempPassTrial, wanted: TempPassReset) -> bool:
    if wanted.generic:
        if wanted.key in {None, EVERY}:
            return trial.identity is not None
        return trial.identity is not None and wanted.key in {*_names(trial.identity)}
    if wanted.device in {None, EVERY}:
        return True
    encoded = base64.b64encode(trial.device.encode(errors="replace")).decode()
    return wanted.device in {trial.device, encoded}


def _names(identity: str) -> Iterator[str]:
    """What a key may call an identity: its text, the values in it, and hashes and Base64 of those."""
    texts = [identity]
    try:
        members = json.loads(identity)
    except ValueError:
        members = None
    if isinstance(members, dict):
        texts += [each for each in members.values() if isinstance(each, str)]
    for text in texts:
        data = text.encode(errors="replace")
        yield text
        yield hashlib.sha256(data).hexdigest()
        yield hashlib.sha512(data).hexdigest()
        yield base64.b64encode(data).decode()


DEGRADATION_SCOPE: Final = "entitlement:degradation"
DEGRADATION_TTL: Final = 21_600
"""How long a rule holds when nothing else is asked for, in seconds."""
LONGEST_DEGRADATION: Final = 31 * 86_400

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

    def pairs(self, world: SandboxSession) -> list[tuple[ServiceProvider, Mvpd]]:
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


async def degradation_status(
    simulator: AppContext, at: SandboxRef, call: DeviceCall, wanted: Measures
) -> dict[str, Any]:
    """Which of the measures are applied; one as an object, several as a list. Raises `ManagementError`."""

    def unit(world: SandboxSession) -> dict[str, Any]:
        admit(world, call, scope=DEGRADATION_SCOPE)
        return _shown(world, wanted.kinds(), wanted.pairs(world))

    return await simulator.engine.read(at, unit)


async def apply_degradation(
    simulator: AppContext,
    at: SandboxRef,
    call: DeviceCall,
    wanted: Measures,
    ttl: int,
    message: str | None,
) -> dict[str, Any]:
    """Let a rule hold for `ttl` seconds from now, in place of one that holds already.

    Raises `ManagementError`.
    """

    def unit(world: SandboxSession) -> dict[str, Any]:
        admit(world, call, scope=DEGRADATION_SCOPE)
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
                world.repository(entity_mapping.DEGRADATIONS).put(rule)
        return _shown(world, wanted.kinds(), pairs)

    return await simulator.engine.write(at, unit)


async def remove_degradation(
    simulator: AppContext, at: SandboxRef, call: DeviceCall, wanted: Measures
) -> None:
    """Remove the rules, those to come included. Raises `ManagementError`."""

    def unit(world: SandboxSession) -> None:
        admit(world, call, scope=DEGRADATION_SCOPE)
        for provider, mvpd in wanted.pairs(world):
            for kind in wanted.kinds():
                _remove(world, kind, provider, mvpd)

    await simulator.engine.write(at, unit)


def _of(
    world: SandboxSession, kind: Degradation, provider: ServiceProvider, mvpd: Mvpd
) -> list[DegradationRule]:
    pair = {"service_provider": provider.id, "mvpd": mvpd.id, "rule": kind}
    return [*world.repository(entity_mapping.DEGRADATIONS).all(**pair)]


def _remove(
    world: SandboxSession, kind: Degradation, provider: ServiceProvider, mvpd: Mvpd
) -> None:
    for rule in _of(world, kind, provider, mvpd):
        world.repository(entity_mapping.DEGRADATIONS).delete(rule.id)


def _shown(
    world: SandboxSession,
    wanted: Sequence[Degradation],
    pairs: Iterable[tuple[ServiceProvider, Mvpd]],
) -> dict[str, Any]:
    found = [_measure(world, kind, provider, mvpd) for provider, mvpd in pairs for kind in wanted]
    if len(found) == 1:
        return {"degradation-measure": found[0]}
    return {"degradation-measures": found}


def _measure(
    world: SandboxSession, kind: Degradation, provider: ServiceProvider, mvpd: Mvpd
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
