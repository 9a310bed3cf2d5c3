"""What the pages for people are tested with."""

import pytest

from tests.support.console import Console
from tests.support.lab import Lab


@pytest.fixture
def lab(default_lab: Lab) -> Lab:
    """Links name no sandbox where that is `default`, and a code leads to its own where none is named."""
    return default_lab


@pytest.fixture
def console(lab: Lab) -> Console:
    return Console(lab=lab)
