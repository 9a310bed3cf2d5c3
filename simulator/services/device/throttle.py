"""The throttle of a sandbox, off unless its switch says otherwise (Adobe: throttling, THR1)."""

from simulator.domain.access.throttle import count
from simulator.services.context import AppContext
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession


async def admits(simulator: AppContext, at: SandboxRef, address: str) -> bool:
    """Count a call from `address`, the device's as far as is known: whether it is admitted."""

    def unit(world: SandboxSession) -> bool:
        forget_after = int(world.config.setting("throttle.forget_after")) * 1000
        window = world.throttle_windows.get(address)
        after, admitted = count(window, address, world.now, forget_after=forget_after)
        world.throttle_windows.put(after)
        if not admitted:
            world.explanation.explain(f"the address {address} has used up its burst")
        return admitted

    return await simulator.engine.write(at, unit)
