"""Test runs inside of tests."""

from collections.abc import Callable
from typing import Final

import pytest

Run = Callable[..., pytest.RunResult]
"""Runs the tests of `pytester` in a process of their own, with these arguments."""

PLUGIN: Final = ("-p", "pass_simulator.pytest_plugin")
"""Our plugin, where no other is loaded by itself."""
