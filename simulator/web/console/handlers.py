"""Every handler of the console, imported together by the first request for one."""

from . import (
    board,
    captures,
    conduct,
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
    "captures",
    "conduct",
    "device",
    "faults",
    "fidelity",
    "requests",
    "sandboxes",
    "sign_in",
    "world",
]
