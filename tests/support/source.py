"""The source as data: modules, what each imports and where, and circles among them."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("simulator", "pass_simulator")

# Functions that are given the name of what they import.
_BY_TEXT: Final = (
    "import_module",
    "__import__",
    "find_spec",
    "resolve_name",
    "run_module",
    "import_string",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Import:
    """One import: the module with it, its target (a module of ours where there is such), the line.

    `lazy` ones stand in a function, `typing` ones under TYPE_CHECKING; `by_text` ones name their target in a
    string, as `import_module` and what follows `-m` do.
    """

    module: str
    target: str
    line: int
    lazy: bool = False
    typing: bool = False
    by_text: bool = False


@cache
def modules(root: Path = REPOSITORY, packages: tuple[str, ...] = PACKAGES) -> Mapping[str, Path]:
    """Every module of these packages, by its dotted name."""
    found = (path for package in packages for path in sorted((root / package).rglob("*.py")))
    return {_name(path.relative_to(root)): path for path in found}


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(name: str, path: Path, known: Mapping[str, Path]) -> list[Import]:
    """All that the module `name` imports: in functions, for type checkers alone and by text, too."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return imports_of(path.read_text(), name, package, known)


def imports_of(source: str, name: str, package: str, known: Mapping[str, Path]) -> list[Import]:
    """All that `source` imports, where it is that of the module `name` in `package`."""
    return [*_Reader(name, package, known).read(ast.parse(source))]


@cache
def all_imports() -> tuple[Import, ...]:
    """Every import of every module of ours."""
    known = modules()
    return tuple(each for name, path in known.items() for each in imports(name, path, known))


class _Reader:
    def __init__(self, name: str, package: str, known: Mapping[str, Path]) -> None:
        self._name = name
        self._package = package.split(".")
        self._known = known

    def read(self, node: ast.AST, *, lazy: bool = False, typing: bool = False) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            for target, by_text in self._targets(child):
                yield Import(
                    module=self._name,
                    target=target,
                    line=getattr(child, "lineno", 0),
                    lazy=lazy,
                    typing=typing,
                    by_text=by_text,
                )
            yield from self.read(
                child,
                lazy=lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda),
                typing=typing or _for_types_only(child),
            )

    def _targets(self, node: ast.AST) -> Iterator[tuple[str, bool]]:
        if isinstance(node, ast.Import):
            yield from ((each.name, False) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            depth = len(self._package) - max(node.level - 1, 0)
            above = self._package[:depth] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            for each in node.names:
                name = f"{base}.{each.name}".lstrip(".")
                yield (name if name in self._known else base or name), False
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(_BY_TEXT):
            yield from ((each, True) for each in _texts(node.args) or [ast.unparse(node)])
        elif isinstance(node, ast.List | ast.Tuple):
            texts = [_text(each) for each in node.elts]
            yield from ((name, True) for flag, name in pairwise(texts) if flag == "-m" and name)


def _texts(arguments: list[ast.expr]) -> list[str]:
    return [text for each in arguments if (text := _text(each))]


def _text(argument: ast.expr) -> str:
    """A string, or what one that is put together begins with; else nothing."""
    if isinstance(argument, ast.JoinedStr) and argument.values:
        argument = argument.values[0]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    return ""


def _for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of nodes that reach each other, each sorted (Tarjan's algorithm)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = low[node] = len(order)
        stack.append(node)
        for target in graph.get(node, ()):
            if target not in order:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], order[target])
        if low[node] == order[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1 or node in graph.get(node, ()):
                found.append(sorted(group))

    for node in graph:
        if node not in order:
            visit(node)
    return found
