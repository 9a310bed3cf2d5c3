"""Few tests start an instance of their own, which takes as long as twenty tests that share one."""

from typing import Final

import pytest

# Whoever needs more says why: for settings alone there is `lab_with`.
MOST: Final = 96


def test_few_tests_start_an_instance_of_their_own(request: pytest.FixtureRequest) -> None:
    tests = [each for each in request.session.items if isinstance(each, pytest.Function)]
    own = [each.nodeid for each in tests if "aiohttp_client" in each.fixturenames]
    assert len(own) <= MOST, own
