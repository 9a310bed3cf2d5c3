"""Every handler of the console, imported together by the first request for one."""

from . import (
    board,
    conduct,
    coverage,
    degradation,
    device,
    faults,
    fidelity,
    requests,
    sandboxes,
    scenario,
    sign_in,
    world,
)

__all__ = [
    "board",
    "conduct",
    "coverage",
    "degradation",
    "device",
    "faults",
    "fidelity",
    "requests",
    "sandboxes",
    "scenario",
    "sign_in",
    "world",
]
