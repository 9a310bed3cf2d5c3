"""Decisions: whether a viewer may watch resources, and the media tokens to prove it.

(Adobe: authorization, API10)
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from simulator.domain.decisions.decision_rules import Operation
from simulator.domain.decisions.ratings import Resource
from simulator.domain.errors import EnhancedError
from simulator.services.context import AppContext
from simulator.services.shared.admission import DeviceCall, active_integration, admit, known_mvpd
from simulator.services.shared.media_tokens import issued
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession

from .decision_request import DecisionRequest, DecisionResult
from .decision_result import decision_results
from .faults import NO_ITEM_FAULTS, ItemFaults
from .provider_latency import ProviderWait, with_provider_wait


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The decisions that are asked for; `resources` are those of the body, or what is wrong with it.

    `faults` are those that some of the decisions are to meet, `typed` says that the body came as JSON.
    """

    operation: Operation
    call: DeviceCall
    mvpd: str
    resources: Sequence[Resource] | EnhancedError
    faults: ItemFaults = NO_ITEM_FAULTS
    typed: bool = True


async def decide(simulator: AppContext, at: SandboxRef, asked: Asked) -> dict[str, Any]:
    """Decide on every resource, in their order. Raises `EnhancedError`.

    Only authorize leaves something behind: permits to be repeated, trials begun and used
    (Adobe: preauthorization, API9; authorization, API10).
    """
    engine = simulator.engine
    run = engine.write if asked.operation is Operation.AUTHORIZE else engine.read
    found = await with_provider_wait(
        run, at, lambda world, provider: _decide(world, asked, provider)
    )
    # Signing takes as long as all the rest, so neither the writer's thread nor the loop does it.
    signs = any(each.token for each in found)
    items = await asyncio.to_thread(_items, simulator, found) if signs else _items(simulator, found)
    return {"decisions": items}


def _decide(world: SandboxSession, asked: Asked, provider: ProviderWait) -> list[DecisionResult]:
    caller = admit(world, asked.call)
    if not asked.typed and world.config.setting("content_type") == "strict":
        problem = "The body did not come under the Content-Type application/json."
        raise EnhancedError("invalid_parameter_resources", problem)
    if isinstance(asked.resources, EnhancedError):
        raise asked.resources
    mvpd = known_mvpd(world, asked.mvpd)
    integration = active_integration(world, caller, mvpd)
    case = DecisionRequest(
        world=world,
        caller=caller,
        mvpd=mvpd,
        integration=integration,
        call=asked.call,
        operation=asked.operation,
        faults=asked.faults,
        provider_wait=provider,
    )
    return [*decision_results(case, _readable(world, asked.resources))]


def _readable(world: SandboxSession, resources: Sequence[Resource]) -> Sequence[Resource]:
    """The resources as the switch has those that nobody can read. Raises `EnhancedError`."""
    malformed = [
        f"resources[{number}]: {each.malformed}"
        for number, each in enumerate(resources)
        if each.malformed
    ]
    wanted = world.config.setting("decisions.malformed_resources") if malformed else "deny"
    if wanted == "refuse":
        raise EnhancedError("invalid_parameter_resources", " ".join(malformed))
    if wanted == "name":
        return [replace(each, malformed=None) for each in resources]
    return resources


def _items(simulator: AppContext, found: Sequence[DecisionResult]) -> list[dict[str, Any]]:
    items = []
    for result in found:
        item = dict(result.members)
        if result.token is not None:
            item["token"] = issued(simulator, result.token)
        if result.window is not None:
            item["notBefore"], item["notAfter"] = result.window
        items.append(item)
    return items
