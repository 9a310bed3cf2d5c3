"""Each row is proven, or refused by a sentence that says what to do: a run over made-up rows and tests."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.support.source import REPOSITORY

TESTS: Final = """
import pytest
from tests.support.replies import Reply, received

def _profiles(status=200, text='{"profiles": {"M": {"type": "regular"}}}'):
    return received("GET", "/api/v2/SP/profiles", Reply(status=status, headers={}, text=text))

def test_asserts():
    assert _profiles().json == {"profiles": {"M": {"type": "regular"}}}

def test_trips():
    assert _profiles().json["profiles"]["M"]["type"]

def test_looks_away():
    _profiles()

def test_fails():
    assert _profiles().status == 201

@pytest.mark.skip("never")
def test_is_skipped():
    pass

@pytest.fixture
def complains():
    seen = []
    yield seen
    assert seen == [200]

@pytest.mark.parametrize("status", [200, 404])
def test_each(status, complains):
    complains.append(_profiles(status).status)
    assert complains == [status]
    complains[:] = [200]

async def test_later():
    assert _profiles().status == 200
"""
REFUSED: Final = {
    "passing-by": "does not notice the alteration",
    "by-accident": "fails by KeyError, not by an assertion",
    "elsewhere": "got no answer of profiles with such a place",
    "other-operation": "got no answer of logout with such a place",
    "broken": "fails as it is",
    "skipped": "is skipped",
    "other-parameter": "was not collected",
}
ROWS: Final = {
    "sound": ("test_asserts", "json: profiles.*.type", "drop"),
    "also-sound": ("test_asserts", "json: profiles", "retype"),
    "one-of-several": ("test_each[404]", "status: 404", "{replace: 200}"),
    "asynchronous": ("test_later", "status: 200", "{replace: 201}"),
    "passing-by": ("test_looks_away", "status: 200", "{replace: 201}"),
    "by-accident": ("test_trips", "json: profiles.M", "drop"),
    "elsewhere": ("test_asserts", "json: profiles.N", "drop"),
    "other-operation": ("test_asserts", "operation: logout, status: 200", "{replace: 201}"),
    "broken": ("test_fails", "status: 200", "{replace: 202}"),
    "skipped": ("test_is_skipped", "status: 200", "{replace: 202}"),
    "other-parameter": ("test_each[500]", "status: 200", "{replace: 202}"),
}


# Of tests that have just passed as they are, only the altered ones are run.
REFUSED_OF_ALTERED: Final = {
    **{name: text for name, text in REFUSED.items() if name != "broken"},
    "skipped": "was not run with its answers altered",
    "other-parameter": "was not run with its answers altered",
}


@pytest.mark.parametrize(
    ("more", "refused"),
    [((), REFUSED), (("--altered-only",), REFUSED_OF_ALTERED)],
    ids=["all", "altered only"],
)
def test_each_row_is_proven_or_told_why_not(
    tmp_path: Path, more: tuple[str, ...], refused: dict[str, str]
) -> None:
    (tmp_path / "test_them.py").write_text(TESTS)
    rows = "\n".join(
        f"  - {{id: {name}, says: x, page: profiles, test: 'test_them.py::{test}', "
        f"where: {{{where}}}, alter: {alter}}}"
        for name, (test, where, alter) in ROWS.items()
    )
    (tmp_path / "profiles.yaml").write_text(f"operation: profiles\nrows:\n{rows}\n")
    options = ["--rootdir", str(tmp_path), "-c", str(REPOSITORY / "pyproject.toml"), "-n1", "-q"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.evidence.plugin", "-p", "no:randomly",
         "--evidence-folder", tmp_path, *options, *more, tmp_path / "test_them.py"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )  # fmt: skip
    said = dict(re.findall(r"^profiles/(\S+): test_them.py::\S+ (.*)$", done.stdout, re.MULTILINE))
    assert done.returncode == 1, done.stdout + done.stderr
    assert said.keys() == refused.keys(), done.stdout
    assert {name: text for name, text in refused.items() if not said[name].startswith(text)} == {}
