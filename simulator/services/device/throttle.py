"""The throttle of a sandbox, off unless its switch says otherwise (CONTRACT 9)."""

from simulator.domain.access.throttle import count
from simulator.services.context import Simulator
from simulator.storage.worlds.sandboxes import Head
from simulator.storage.worlds.session import World


async def admits(simulator: Simulator, at: Head, address: str) -> bool:
    """Count a call from `address`, the device's as far as is known: whether it is admitted."""

    def unit(world: World) -> bool:
        forget_after = int(world.catalogue.setting("throttle.forget_after")) * 1000
        window = world.throttle_windows.get(address)
        after, admitted = count(window, address, world.now, forget_after=forget_after)
        world.throttle_windows.put(after)
        if not admitted:
            world.account.say(f"the address {address} has used up its burst")
        return admitted

    return await simulator.engine.write(at, unit)
