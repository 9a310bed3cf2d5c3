"""Faults at work: which of those that were ordered strike a device request."""

from dataclasses import dataclass
from typing import Final

from simulator.domain.access import device_info
from simulator.domain.errors import EnhancedError
from simulator.domain.faults import DECISIONS, Call, Fault, fits, strike
from simulator.domain.sessions.authentication_sessions import AuthenticationSession, readable_code
from simulator.services.context import AppContext
from simulator.services.shared.admission import platform_on
from simulator.services.shared.stored_sessions import platform_of
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession


@dataclass(frozen=True, kw_only=True, slots=True)
class Observed:
    """What the edge sees of a device request before anything of it is checked.

    `device` is the plain identifier, `info` and `user_agent` describe the device, `code` is that of
    an authentication session, which knows what its own calls do not tell.
    """

    operation: str
    service_provider: str | None = None
    mvpd: str | None = None
    device: str | None = None
    client: str | None = None
    info: str | None = None
    user_agent: str = ""
    code: str | None = None
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Struck:
    """The faults that strike a request, in the order of their ids; each has an effect of its own."""

    operation: str
    faults: tuple[Fault, ...] = ()

    @property
    def on_answer(self) -> tuple[Fault, ...]:
        """Those that do something to the whole answer."""
        return tuple(each for each in self.faults if not self._on_items(each))

    @property
    def on_items(self) -> "ItemFaults":
        """Those that let single decisions fail."""
        return ItemFaults(faults=tuple(each for each in self.faults if self._on_items(each)))

    def _on_items(self, fault: Fault) -> bool:
        return self.operation in DECISIONS and fault.item_code is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemFaults:
    """The faults that a request for decisions meets, resource by resource."""

    faults: tuple[Fault, ...] = ()

    def on(self, resource: str) -> dict[str, object] | None:
        """What is to be said of `resource` instead of a decision: the members of an error."""
        for fault in self.faults:
            if fault.match.get("resource", resource) == resource:
                return {name: told for name, told in fault.action.items() if name != "kind"}
        return None


NO_ITEM_FAULTS: Final = ItemFaults()


async def meet(simulator: AppContext, at: SandboxRef, observed: Observed) -> Struck:
    """The faults that strike a request; that they matched, and struck, is counted."""

    def unit(world: SandboxSession) -> Struck:
        ordered = world.config.faults
        if not ordered:
            return Struck(operation=observed.operation)
        call = _call(world, observed)
        struck = []
        for fault in ordered:
            if not fits(fault, call):
                continue
            # A certain fault draws no chance: with an id seed, it leaves the other ids as they are.
            chance = 0.0 if fault.probability >= 1 else world.ids.chance()
            use, hit = strike(fault, world.fault_uses.get(fault.id), chance)
            world.fault_uses.put(use)
            if hit:
                struck.append(fault)
                world.explanation.faults.append((fault.id, str(fault.action["kind"])))
                world.explanation.explain(f"fault {fault.id} strikes: {fault.action['kind']}")
        return Struck(operation=observed.operation, faults=tuple(struck))

    return await simulator.engine.write(at, unit)


def _call(world: SandboxSession, observed: Observed) -> Call:
    session = _session(world, observed.code)
    _, found = device_info.device(observed.info, observed.user_agent, strict=False)
    platform = platform_on(world, found)
    if session is not None and observed.info is None:
        platform = platform_of(world, session)
    return Call(
        operation=observed.operation,
        service_provider=observed.service_provider,
        mvpd=observed.mvpd or (session.mvpd if session else None),
        device=observed.device or (session.device if session else None),
        client=observed.client or (session.client if session else None),
        platforms=(platform.name, platform.category),
        resources=observed.resources,
    )


def _session(world: SandboxSession, code: str | None) -> AuthenticationSession | None:
    try:
        return world.sessions.get(readable_code(code)) if code else None
    except EnhancedError:
        return None
