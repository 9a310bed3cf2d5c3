"""Whether a test's id names a test, as far as its source tells without running it."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.support.source import REPOSITORY

_Test = ast.FunctionDef | ast.AsyncFunctionDef


def problem(node_id: str, root: Path = REPOSITORY) -> str | None:
    """What is wrong with the id, or None. Whether it has these very parameters, a run tells."""
    file, _, name = node_id.partition("::")
    name, bracket, _ = name.partition("[")
    path = root / file
    if not path.is_file():
        return f"there is no file {file}: name the one that the test is in"
    test = _tests(path).get(name)
    if test is None:
        return f"{file} has no test {name}: write it, or name another"
    several = any("parametrize" in ast.unparse(each) for each in test.decorator_list)
    if several and not bracket:
        return f"{name} has parameters: say in brackets which, as pytest prints them"
    return None


@cache
def _tests(path: Path) -> Mapping[str, _Test]:
    body = ast.parse(path.read_text("utf-8")).body
    return {each.name: each for each in body if isinstance(each, _Test)}
