"""The fast loop finds the tests of what was changed."""

import pytest

from tests.changed import PURE, ROOT, affected


def test_what_always_runs_is_there() -> None:
    assert [each for each in PURE if not (ROOT / each).exists()] == []


@pytest.mark.parametrize(
    ("file", "found"),
    [
        # Named after it, in every folder.
        ("simulator/services/device/logout.py", "tests/api/test_logout_rows.py"),
        ("simulator/admin/codes.py", "tests/admin/test_codes.py"),
        # It imports it.
        ("simulator/services/observe/journal.py", "tests/services/test_journal.py"),
        ("tests/web/test_probes.py", "tests/web/test_probes.py"),
        # Slow ones only when they are changed themselves.
        ("tests/cli/test_tls.py", "tests/cli/test_tls.py"),
    ],
)
def test_a_change_brings_its_tests(file: str, found: str) -> None:
    assert found in affected([file])


def test_what_brings_no_tests_of_its_own() -> None:
    assert affected(["README.md", "tests/conftest.py", "tests/support/lab.py", "Makefile"]) == []
    assert [each for each in affected(["simulator/cli/server/logs.py"]) if "/cli/" in each] == []
    # These run anyway.
    assert affected(["tests/domain/test_logout.py"]) == []
