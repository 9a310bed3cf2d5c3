"""Calls of REST API V1 and the AccessEnabler: gone, and explained (Adobe: faq, LEG1)."""

from simulator.domain.errors import OWN_ERRORS, EnhancedError
from simulator.domain.legacy import legacy_call
from simulator.services.context import AppContext
from simulator.storage.worlds.sandboxes import SandboxRef
from simulator.storage.worlds.session import SandboxSession


async def refuse(
    simulator: AppContext, at: SandboxRef, *, method: str, path: str, asked: str
) -> None:
    """Say what takes the place of the call: raises `EnhancedError`, a 410.

    `path` is that of the backend, `asked` the one to be told. It returns where the call is none of an
    old app, or the sandbox does not know those.
    """
    call = legacy_call(method, path)
    if call is None:
        return

    def unit(world: SandboxSession) -> bool:
        sentence = (
            f"{asked} is of {call.api}, which ends with 2026; in its place: {call.replacement}"
        )
        world.explanation.explain(sentence)
        return world.config.setting("legacy") == "gone"

    if await simulator.engine.read(at, unit):
        raise EnhancedError(
            # Adobe says that these APIs end, and not with which answer.
            OWN_ERRORS["gone"],
            f"{asked} belongs to {call.api}, which ends with 2026. In its place there is "
            f"{call.replacement}.",
        )
