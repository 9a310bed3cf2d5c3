"""Every handler of the console, imported together by the first request for one."""

from . import (
    board,
    conduct,
    coverage,
    device,
    faults,
    fidelity,
    requests,
    sandboxes,
    sign_in,
    world,
)

__all__ = [
    "board",
    "conduct",
    "coverage",
    "device",
    "faults",
    "fidelity",
    "requests",
    "sandboxes",
    "sign_in",
    "world",
]
