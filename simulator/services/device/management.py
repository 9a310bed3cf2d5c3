"""The management calls beside REST API V2: who may make them, TempPass and degradation.

(Adobe: TempPass, MGT1; degradation, MGT2)
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
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


RESET_SCOPES: Final = ("temporary:passes:owner",)
DEGRADATION_SCOPES: Final = ("decisions:owner", "entitlement:degradation")
"""The second is what the scope was called here before anybody knew Adobe's name for it."""


def admit(world: SandboxSession, call: DeviceCall, *scopes: str) -> None:
    """Check the token of a management call, which has to have one of the `scopes`, if any are named.

    Raises `ManagementError`: 401 asks for a new token; 403 for a new registration, for a token of an
    application with the scope, or for one of an application that serves the service provider.
    """
    try:
        token = usable_token(world, call, scope=None)
    except EnhancedError as error:
        raise ManagementError(401, error.message) from error
    try:
        application = application_of(world, call)
    except EnhancedError as error:
        raise ManagementError(403, error.message) from error
    world.explanation.application = application.id if application else None
    if scopes and token.scopes.isdisjoint(scopes):
        raise ManagementError(403, f"The access token lacks the scope {scopes[0]}.")
    known = call.service_provider in world.config.service_providers
    if application and known and owned(world) and not application.serves(call.service_provider):
        raise ManagementError(
            403,
            f"The access token belongs to the application {application.id}, which is not assigned to "
            f"the service provider {call.service_provider}.",
        )


def owned(world: SandboxSession) -> bool:
    """Whether only the application of a service provider manages it (Adobe: registration overview, DCR1)."""
    return world.config.setting("management.access") == "owner"


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
        admit(world, call, *(RESET_SCOPES if owned(world) else ()))
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
        world.explanation.explain(f"trials of {mvpd.id} that were forgotten: {len(deleted)}")
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


_LISTS: Final[Mapping[Degradation, str]] = {
    Degradation.AUTHN_ALL: "authnRules",
    Degradation.AUTHZ_ALL: "authzRules",
    Degradation.AUTHZ_NONE: "authzNoneRules",
}
"""What the answer about all rules calls those of a kind."""

_TARGETS: Final[Mapping[Degradation, str]] = {
    Degradation.AUTHZ_ALL: "resource",
    Degradation.AUTHZ_NONE: "channel",
}
"""What a measure of a kind calls the resources that it is about."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """The rules that a call is about, as it names them.

    `mvpds` are all values of the parameter, `resources` those of `resource` and `channel`; none of
    them means all.
    """

    rule: str
    programmer: str | None
    mvpds: Sequence[str] = ()
    resources: Sequence[str] = ()

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

    def pairs_or_all(self, world: SandboxSession) -> list[tuple[ServiceProvider, Mvpd]]:
        """The same; without an MVPD, all that the programmer has an integration with."""
        config = world.config
        provider = config.service_providers.get(self.programmer or "")
        if self.mvpds or provider is None:
            return self.pairs(world)
        return [
            (provider, config.mvpds[each.mvpd])
            for each in config.integrations.values()
            if each.service_provider == provider.id and not config.mvpds[each.mvpd].kind.temporary
        ]

    def about(self, kind: Degradation) -> tuple[str, ...] | None:
        """The resources that a rule of the kind is about; None for all."""
        return tuple(self.resources) or None if kind in _TARGETS else None


async def degradation_status(
    simulator: AppContext, at: SandboxRef, call: DeviceCall, wanted: Measures
) -> dict[str, Any] | None:
    """Which of the measures are applied; None where all were asked for and none is.

    Raises `ManagementError`.
    """

    def unit(world: SandboxSession) -> dict[str, Any] | None:
        admit(world, call, *DEGRADATION_SCOPES)
        kinds, pairs = wanted.kinds(), wanted.pairs_or_all(world)
        return _all(world, pairs) if wanted.rule == ALL else _shown(world, kinds[0], pairs)

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
        admit(world, call, *DEGRADATION_SCOPES)
        if wanted.rule == ALL:
            raise ManagementError(400, "Name one of the measures to apply.")
        (kind,), pairs = wanted.kinds(), wanted.pairs(world)
        resources = wanted.about(kind)
        for provider, mvpd in pairs:
            for rule in _of(world, kind, provider, mvpd):
                if rule.resources == resources:
                    world.repository(entity_mapping.DEGRADATIONS).delete(rule.id)
            rule = DegradationRule(
                id=world.ids.short("degradation"),
                service_provider=provider.id,
                mvpd=mvpd.id,
                rule=kind,
                not_before=world.now,
                until=world.now + ttl * 1000,
                message=message,
                resources=resources,
            )
            world.repository(entity_mapping.DEGRADATIONS).put(rule)
        return _shown(world, kind, pairs)

    return await simulator.engine.write(at, unit)


async def remove_degradation(
    simulator: AppContext, at: SandboxRef, call: DeviceCall, wanted: Measures
) -> None:
    """Remove the rules, those to come included. Raises `ManagementError`.

    Where resources are named, only the rules about one of them go.
    """

    def unit(world: SandboxSession) -> None:
        admit(world, call, *DEGRADATION_SCOPES)
        for provider, mvpd in wanted.pairs(world):
            for kind in wanted.kinds():
                resources = wanted.about(kind)
                for rule in _of(world, kind, provider, mvpd):
                    if resources is None or (rule.resources and rule.covers(resources)):
                        world.repository(entity_mapping.DEGRADATIONS).delete(rule.id)

    await simulator.engine.write(at, unit)


def _of(
    world: SandboxSession, kind: Degradation, provider: ServiceProvider, mvpd: Mvpd
) -> list[DegradationRule]:
    pair = {"service_provider": provider.id, "mvpd": mvpd.id, "rule": kind}
    return [*world.repository(entity_mapping.DEGRADATIONS).all(**pair)]


def _in_force(
    world: SandboxSession, kind: Degradation, provider: ServiceProvider, mvpd: Mvpd
) -> list[DegradationRule]:
    return [each for each in _of(world, kind, provider, mvpd) if each.active(world.now)]


def _shown(
    world: SandboxSession, kind: Degradation, pairs: Sequence[tuple[ServiceProvider, Mvpd]]
) -> dict[str, Any]:
    """The measures of a kind: one for each rule that holds, or one that says that none does."""
    found = [
        _measure(world, kind, *pair, rule)
        for pair in pairs
        for rule in (_in_force(world, kind, *pair) or (None,))
    ]
    if len(found) == 1:
        return {"degradation-measure": found[0]}
    return {"degradation-measure": found, "degradation-measures": found}


def _all(
    world: SandboxSession, pairs: Sequence[tuple[ServiceProvider, Mvpd]]
) -> dict[str, Any] | None:
    """The rules that hold, by kind; None where none does."""
    found = {
        _LISTS[kind]: [
            _measure(world, kind, *pair, rule)
            for pair in pairs
            for rule in _in_force(world, kind, *pair)
        ]
        for kind in Degradation
    }
    every = [each for rules in found.values() for each in rules]
    return {**found, "degradation-measures": every} if every else None


def _measure(
    world: SandboxSession,
    kind: Degradation,
    provider: ServiceProvider,
    mvpd: Mvpd,
    rule: DegradationRule | None,
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": _IDS[kind],
        "programmer": {"id": provider.id},
        "mvpd": {"id": mvpd.id},
        "degradation-measure-enable": rule is not None,
        "degradation-measure-status": "NOT_APPLIED" if rule is None else "APPLIED",
    }
    if rule is None:
        return shown
    if rule.resources is not None and kind in _TARGETS:
        shown[_TARGETS[kind]] = [{"id": each} for each in rule.resources]
    began = world.epoch if rule.not_before is None else rule.not_before
    if rule.until is not None:
        shown["ttl"] = (rule.until - began) // 1000
    if rule.message is not None:
        shown["err-msg"] = rule.message
    shown["activation-time"] = began // 1000
    return shown
