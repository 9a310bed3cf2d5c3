"""No function of ours decides too much: the cyclomatic complexity of each, as `radon cc` counts it."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.support.source import REPOSITORY, modules

MOST: Final = 15

Function = ast.FunctionDef | ast.AsyncFunctionDef

SOURCE: Final = """
def plain(): ...
def branches(a, b):
    assert a and b
    if a and b or a: ...
    elif b: ...
    else: return 1 if a else 2
def loops(a):
    for each in a:
        while each: ...
        else: return [x for x in a if x if not x]
def handlers(a):
    try: a()
    except ValueError: ...
    except OSError: ...
    else: ...
    with a: return lambda: a or 1
async def cases(a):
    match a:
        case 1 | 2: ...
        case int() if a > 3: ...
        case _: ...
class Holder:
    def method(self, a):
        def inner():
            if a: ...
        return a or inner
"""


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function in `tree`, methods and those within others, too."""
    return (each for each in ast.walk(tree) if isinstance(each, Function))


def complexity(function: Function) -> int:
    """One, and one for each decision in `function`; a function within it is counted by itself."""
    return 1 + sum(map(_decisions, function.body))


def _decisions(node: ast.AST) -> int:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return 0
        case ast.Assert():
            return 1
        case ast.BoolOp():
            own = len(node.values) - 1
        case ast.If() | ast.IfExp():
            own = 1
        case ast.For() | ast.AsyncFor() | ast.While():
            own = 1 + bool(node.orelse)
        case ast.Try():
            own = len(node.handlers) + bool(node.orelse)
        case ast.comprehension():
            own = 1 + len(node.ifs)
        case ast.Match():
            own = sum(getattr(each.pattern, "pattern", node) is not None for each in node.cases)
        case _:
            own = 0
    return own + sum(map(_decisions, ast.iter_child_nodes(node)))


def test_decisions_are_counted_as_radon_counts_them() -> None:
    found = {each.name: complexity(each) for each in functions(ast.parse(SOURCE))}
    assert found == {
        "plain": 1,
        "branches": 7,
        "loops": 7,
        "handlers": 5,
        "cases": 3,
        "method": 2,
        "inner": 2,
    }


def test_no_function_decides_too_much() -> None:
    found = {
        f"{path.relative_to(REPOSITORY)}:{each.lineno} {each.name}": complexity(each)
        for path in modules().values()
        for each in functions(ast.parse(path.read_text()))
    }
    assert {where: count for where, count in found.items() if count > MOST} == {}
