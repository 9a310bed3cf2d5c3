"""How long something takes: always the same, drawn uniformly, or drawn lognormally as networks are."""

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Final

LONGEST: Final = 600.0
"""Seconds beyond which a drawn time is cut off; a lognormal one has no end of its own."""


def seconds(model: Mapping[str, float], chance: float) -> float:
    """How long it takes when `chance`, a number from 0 to 1, was drawn for it.

    `model` has `seconds`, or `at_least` and `at_most`, or `median` and `sigma`.
    """
    if "seconds" in model:
        return model["seconds"]
    if "median" in model:
        if model["median"] <= 0:
            return 0.0
        # The ends of the distribution lie in the infinite.
        deviation = NormalDist().inv_cdf(min(max(chance, 1e-12), 1 - 1e-12))
        exponent = math.log(model["median"]) + model["sigma"] * deviation
        return min(math.exp(min(exponent, 50.0)), LONGEST)
    return model["at_least"] + chance * (model["at_most"] - model["at_least"])
