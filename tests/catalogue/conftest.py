"""The fixture that the scenarios of the catalogue start from."""

import pytest

from tests.conftest import MakeLab
from tests.support.lab import Lab


@pytest.fixture
async def qa(make_lab: MakeLab) -> Lab:
    """A simulator with the shipped scenario `qa-catalogue`."""
    return await make_lab(scenario="qa-catalogue")
