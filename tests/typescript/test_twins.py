"""The README's example in Python and its twin in TypeScript: they pass, and fail in the same words."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from pass_simulator.server_process import running_server
from tests.docs.pages import README, blocks, read
from tests.support.packages import use_packages

# What goes wrong, in each of both: an expectation, an account, and what a typo does.
_MISTAKES: Final = [
    ('"L5"', '"L9"'),
    ('"logout", ', '"logoff", '),
    ('"demo"', '"nobody"'),
    ('"Cablevision"', '"Cablevison"'),
]
_CONFTEST: Final = """
import json, pytest

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    if call.when == "call":
        with open("python.jsonl", "a") as file:
            print(json.dumps(str(call.excinfo.value) if call.excinfo else None), file=file)
    return (yield)
"""
_VITEST: Final = """
export default { test: { globalSetup: "pass-simulator/vitest/setup", testTimeout: 60_000 } };
"""


def test_the_twins_of_the_readme_pass_and_fail_in_the_same_words(tmp_path: Path) -> None:
    use_packages(tmp_path)
    shown = {each.file: each.text for each in blocks(read(README)) if each.file is not None}
    python, typescript = shown["test_logout.py"], shown["logout.test.ts"]
    (tmp_path / "conftest.py").write_text(_CONFTEST)
    (tmp_path / "vitest.config.js").write_text(_VITEST)
    (tmp_path / "test_logout.py").write_text(_with_mistakes(python, "def test_", "def test_{}_"))
    heading, _, body = typescript.partition("\n\n")
    tests = _with_mistakes(body, 'test("', 'test("{} ')
    (tmp_path / "logout.test.ts").write_text(f"{heading}\n{tests}")
    with running_server([], log=tmp_path / "log") as url:
        _run(tmp_path, url, sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly")
        _run(tmp_path, url, "npx", "vitest", "run", "--reporter=json", "--outputFile=vitest.json")
    ours = [json.loads(line) for line in (tmp_path / "python.jsonl").read_text().splitlines()]
    [found] = json.loads((tmp_path / "vitest.json").read_text())["testResults"]
    theirs = [each["failureMessages"] for each in found["assertionResults"]]
    assert ours[0] is None
    assert theirs[0] == []
    assert len(ours) == len(theirs) == len(_MISTAKES) + 1
    for one, [other] in zip(ours[1:], theirs[1:], strict=True):
        assert one
        # The name of the class comes first, and a trace last.
        told = re.split(r"\n    at ", other, maxsplit=1)[0].partition(": ")[2]
        assert _without_ids(told) == _without_ids(one)


def _with_mistakes(text: str, name: str, numbered: str) -> str:
    """The test as it is, and once more with each of the mistakes, numbered."""
    assert all(text.count(right) for right, _ in _MISTAKES)
    wrong = [text.replace(right, mistake) for right, mistake in _MISTAKES]
    return "\n".join(
        each.replace(name, numbered.format(number)) for number, each in enumerate([text, *wrong])
    )


def _run(folder: Path, url: str, *command: str) -> None:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    }
    subprocess.run(
        command,
        cwd=folder,
        env={**inherited, "PASS_SIMULATOR_URL": url},
        check=False,
        capture_output=True,
        timeout=120,
    )


def _without_ids(message: str) -> str:
    return re.sub(r"\b(req|test|[\da-f]{8})-[\w-]+", "…", message)
