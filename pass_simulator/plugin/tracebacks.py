"""Tracebacks of what the client raises end in the user's test."""

import sys

import pytest

from pass_simulator.errors import SimulatorError


def end_in_test(failure: pytest.ExceptionInfo[BaseException], *, whole: bool) -> None:
    """Let reports hide our frames and what has caused the error, of which its text has the reason.

    Only for what the client raises on purpose, and not where the `whole` traceback is wanted.
    """
    if whole or not isinstance(failure.value, SimulatorError):
        return
    failure.value.__cause__ = None
    failure.value.__suppress_context__ = True
    for name, module in [*sys.modules.items()]:
        if name.partition(".")[0] == "pass_simulator":
            vars(module)["__tracebackhide__"] = _is_ours


def _is_ours(failure: pytest.ExceptionInfo[BaseException] | None) -> bool:
    return failure is not None and isinstance(failure.value, SimulatorError)
