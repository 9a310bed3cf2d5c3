"""The right answer, late. Nobody else waits."""

import asyncio
import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, Final

from aiohttp import web

from simulator.middleware.endpoints import SIMULATOR

from .actions import Proceed

LONGEST: Final = 600.0
"""Seconds beyond which a drawn delay is cut off; a lognormal one has no end of its own."""


async def wait(
    request: web.Request, action: Mapping[str, Any], proceed: Proceed
) -> web.StreamResponse:
    """Wait for as long as the fault says, then go on."""
    await asyncio.sleep(seconds(action, request.app[SIMULATOR].ids.chance()))
    return await proceed()


def seconds(action: Mapping[str, Any], chance: float) -> float:
    """How long a delay is when `chance`, a number from 0 to 1, was drawn for it."""
    if "seconds" in action:
        return float(action["seconds"])
    if "median" in action:
        if action["median"] <= 0:
            return 0.0
        # The ends of the distribution lie in the infinite.
        deviation = NormalDist().inv_cdf(min(max(chance, 1e-12), 1 - 1e-12))
        exponent = math.log(action["median"]) + action["sigma"] * deviation
        return min(math.exp(min(exponent, 50.0)), LONGEST)
    shortest: float = action["at_least"]
    return shortest + chance * (float(action["at_most"]) - shortest)
