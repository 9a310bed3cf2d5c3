"""What the simulated providers' own pages need to know."""

from simulator.services.context import Simulator
from simulator.storage.worlds.sandboxes import Head
from simulator.storage.worlds.session import World


async def has_logout_page(simulator: Simulator, at: Head, mvpd_id: str) -> bool:
    """Whether the MVPD exists in the sandbox and has a logout endpoint."""

    def unit(world: World) -> bool:
        mvpd = world.catalogue.mvpds.get(mvpd_id)
        return mvpd is not None and mvpd.logout_endpoint

    return await simulator.engine.read(at, unit)
