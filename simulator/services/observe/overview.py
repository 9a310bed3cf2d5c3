"""A sandbox at a glance: the scenario in force, its clock, its snapshots, faults and switches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.domain.decisions.degradation import DegradationRule
from simulator.domain.faults import Fault, FaultUse
from simulator.services.context import AppContext
from simulator.services.control.sandboxes import view
from simulator.services.control.settings import shown
from simulator.storage.worlds import entity_mapping
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession
from simulator.storage.worlds.usage import usage_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """What there is to see and to set; instants in epoch milliseconds.

    `sandbox` is as `sandboxes.show` has it, `about` the title and description of the baseline,
    `ahead` how far its clock is from real time.
    """

    sandbox: Mapping[str, Any]
    about: Mapping[str, str]
    ahead: int
    real_now: int
    snapshots: Sequence[Mapping[str, Any]]
    faults: Sequence[tuple[Fault, FaultUse]]
    degradations: Sequence[tuple[DegradationRule, bool]]
    switches: Mapping[str, Mapping[str, Any]]
    mvpds: Sequence[str]
    integrations: Sequence[tuple[str, str]]
    scenarios: Sequence[str]


async def show(simulator: AppContext, at: SandboxRef) -> Overview:
    """The sandbox at a glance."""
    scenarios = simulator.library.names()

    def unit(world: SandboxSession) -> Overview:
        used = usage_of(world)
        uses = {each.id: each for each in world.fault_uses.all()}
        return Overview(
            sandbox=view(used, world.real_now),
            about=used.details.baseline.about,
            ahead=world.now - world.real_now,
            real_now=world.real_now,
            snapshots=[{"name": each.name, "created": each.created} for each in used.snapshots],
            faults=[
                (each, uses.get(each.id) or FaultUse(id=each.id)) for each in world.config.faults
            ],
            degradations=[
                (each, each.active(world.now))
                for each in world.repository(entity_mapping.DEGRADATIONS).all()
            ],
            switches=shown(world),
            mvpds=sorted(world.config.mvpds),
            integrations=sorted(
                (each.service_provider, each.mvpd) for each in world.config.integrations.values()
            ),
            scenarios=scenarios,
        )

    return await simulator.engine.read(at, unit)
