"""The names and signatures of `pass_simulator`, as the source has them."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import pass_simulator


def client() -> str:
    """Every public name, and what its users can call and read."""
    return "".join(f"{line}\n" for name in dir(pass_simulator) for line in _described(name))


def _described(name: str) -> Iterator[str]:
    found = getattr(pass_simulator, name)
    if not inspect.isclass(found):
        yield f"{name}: {type(found).__name__} of {', '.join(found)}"
        return
    bases = ", ".join(each.__name__ for each in found.__bases__ if each is not object)
    yield f"class {name}({bases})" if bases else f"class {name}"
    members = {
        each: line
        for owner in reversed(found.__mro__)
        if owner.__module__.partition(".")[0] == pass_simulator.__name__
        for each, line in _members(owner)
    }
    yield from (f"    {members[each]}" for each in sorted(members))


def _members(owner: type) -> Iterator[tuple[str, str]]:
    tree = _tree(owner)
    assert isinstance(tree, ast.ClassDef)
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and _is_public(ast.unparse(node.target)):
            yield ast.unparse(node.target), f"{ast.unparse(node.target)}: {_type(node.annotation)}"
    for name, member in vars(owner).items():
        if name == "__init__":
            yield from _constructed(owner, member)
        elif isinstance(member, property):
            if _is_public(name):
                yield name, f"{name}: {_returned(member.fget)}"
        elif _is_public(name) and callable(getattr(owner, name)):
            yield name, _signature(name, getattr(owner, name))


def _constructed(owner: type, initializer: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - maybe a slot's
    """How it is made, and what that leaves on it; a dataclass is told by its members."""
    if not isinstance(initializer, FunctionType) or hasattr(owner, "__dataclass_fields__"):
        return
    if owner.__name__.endswith("Simulator"):
        yield "", _signature("", initializer).replace(" -> None", "")
    for node in ast.walk(_tree(initializer)):
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Attribute) and _is_public(target.attr):
                kind = f": {_type(node.annotation)}" if isinstance(node, ast.AnnAssign) else ""
                yield target.attr, f"{target.attr}{kind}"


def _signature(name: str, function: Callable[..., object]) -> str:
    tree = _tree(inspect.unwrap(getattr(function, "__func__", function)))
    assert isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef)
    given = ast.unparse(tree.args)
    for first in ("self, /, ", "self, ", "self, /", "cls, ", "self", "cls"):
        if given.startswith(first):
            given = given.removeprefix(first)
            break
    return f"{name}({given}) -> {_type(tree.returns)}"


def _returned(function: Callable[..., object] | None) -> str:
    assert function
    tree = _tree(function)
    assert isinstance(tree, ast.FunctionDef)
    return _type(tree.returns)


def _type(annotation: ast.expr | None) -> str:
    """An annotation; a call's flow is told by what it comes to."""
    assert annotation
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Flow":
        annotation = annotation.slice
    return ast.unparse(annotation)


def _tree(what: Any) -> ast.stmt:  # noqa: ANN401 - a class or a function
    return ast.parse(textwrap.dedent(inspect.getsource(what))).body[0]


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name in {"__contains__", "__getitem__"}
