"""The samples of Adobe's pages name no sandbox: they are answered from `default`."""

import pytest

from tests.support.lab import Lab


@pytest.fixture
def lab(default_lab: Lab) -> Lab:
    return default_lab
