"""The house's one direction: which part may import which, checked over the source (DESIGN 9)."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

PACKAGE: Final = Path(__file__).resolve().parents[1] / "simulator"
ROOT: Final = PACKAGE.name
LONGEST: Final = 400

# Each part of the package, and what it may import besides itself: whole parts, or single modules of
# them. From top to bottom, so that each line names only what stands below it, but for the first two.
MAY_IMPORT: Final[Mapping[str, frozenset[str]]] = {
    part: frozenset(names.split())
    for part, names in {
        # The package itself holds the version and `create_app`.
        "": "app settings",
        "__main__": "cli",
        # Nothing but the command that it starts: it knows a server by what that answers.
        "testing": "cli",
        "cli": "validation app routes admin.openapi api.openapi settings middleware.endpoints "
        "middleware.observing scenarios domain storage.engine.base storage.errors storage.engine.locations "
        "storage.engine.inspection certificates clock",
        "app": "routes middleware services scenarios.library storage.engine.base keys certificates settings "
        "clock ids",
        "routes": "api admin web middleware.endpoints",
        "admin": "validation services middleware domain json_codec scenarios storage.worlds.entity_mapping storage.worlds.sandboxes",
        "api": "services middleware domain json_codec",
        "web": "services middleware certificates domain",
        "middleware": "services domain json_codec storage.worlds.sandboxes storage.worlds.resolution certificates settings",
        "services": "validation domain storage scenarios keys clock ids",
        "keys": "domain storage.engine.base storage.tables clock ids",
        "storage": "domain json_codec clock ids",
        "scenarios": "domain validation",
        "validation": "domain.switches",
        "domain": "",
        "settings": "certificates.bad_kinds",
        "certificates": "",
        "clock": "",
        "json_codec": "",
        "ids": "",
    }.items()
}
# The version may be asked for from anywhere.
VERSION: Final = ROOT

# What comes from outside, and the only parts that may know it.
FRAMEWORKS: Final[Mapping[str, frozenset[str]]] = {
    "aiohttp": frozenset(
        {"", "cli", "app", "routes", "admin", "api", "web", "middleware", "testing"}
    ),
    "jinja2": frozenset({"middleware", "web"}),
    "typer": frozenset({"cli"}),
    "sqlalchemy": frozenset({"keys", "services", "storage"}),
    "aiosqlite": frozenset({"storage"}),
    "alembic": frozenset({"storage"}),
    "pydantic": frozenset({"admin", "cli", "scenarios", "settings", "validation"}),
    "yaml": frozenset({"validation"}),
    "faker": frozenset({"scenarios"}),
    "structlog": frozenset({"cli"}),
    "prometheus_client": frozenset({"web"}),
    "markdown_it": frozenset({"web"}),
}


@cache
def _modules() -> Mapping[str, Path]:
    """Every module by its dotted name."""
    return {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _name(path: Path) -> str:
    parts = [ROOT, *path.relative_to(PACKAGE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _part(module: str) -> str:
    """The part of the package that `module` belongs to: "api", "app", or "" for the package itself."""
    return module.removeprefix(ROOT).removeprefix(".").partition(".")[0]


def _tree(module: str) -> ast.Module:
    return ast.parse(_modules()[module].read_text())


def _imports(module: str, tree: ast.AST) -> Iterator[str]:
    """The absolute names of what `tree`, part of `module`, imports: modules where there are such."""
    is_package = _modules()[module].name == "__init__.py"
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        if isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - max(node.level - 1, 0)]
            base = ".".join([*(above if node.level else ()), *filter(None, [node.module])])
            for each in node.names:
                name = f"{base}.{each.name}"
                yield name if name in _modules() else base


def _ours(module: str, tree: ast.AST) -> set[str]:
    return {each for each in _imports(module, tree) if each.split(".")[0] == ROOT}


def _for_types_only(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _at_run_time(module: str) -> set[str]:
    """What importing `module` imports, there and then."""
    body = [
        each
        for each in _tree(module).body
        if not _for_types_only(each)
        and not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return _ours(module, ast.Module(body=body, type_ignores=[]))


def _allowed(module: str, target: str) -> bool:
    part = _part(module)
    if target == VERSION or part == _part(target):
        return True
    name = target.removeprefix(f"{ROOT}.")
    return any(name == each or name.startswith(f"{each}.") for each in MAY_IMPORT[part])


@pytest.mark.parametrize("module", _modules())
def test_a_module_imports_only_what_its_part_may(module: str) -> None:
    assert [
        each for each in sorted(_ours(module, _tree(module))) if not _allowed(module, each)
    ] == []


def test_every_part_of_the_package_is_in_the_table_and_no_other() -> None:
    assert {_part(module) for module in _modules()} == MAY_IMPORT.keys()


def test_the_table_is_as_strict_as_the_code_allows() -> None:
    needed: dict[str, set[str]] = {part: set() for part in MAY_IMPORT}
    for module in _modules():
        for target in _ours(module, _tree(module)):
            part, name = _part(module), target.removeprefix(f"{ROOT}.")
            needed[part] |= {
                each for each in MAY_IMPORT[part] if name == each or name.startswith(f"{each}.")
            }
    assert {
        part: names - needed[part] for part, names in MAY_IMPORT.items() if names - needed[part]
    } == {}


def test_the_table_has_one_direction() -> None:
    parts = {part: {name.partition(".")[0] for name in names} for part, names in MAY_IMPORT.items()}
    TopologicalSorter(parts).prepare()


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: _at_run_time(module) - {VERSION, module} for module in _modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_framework_stays_where_it_belongs(framework: str) -> None:
    users = {
        _part(module)
        for module in _modules()
        if any(each.split(".")[0] == framework for each in _imports(module, _tree(module)))
    }
    assert users <= FRAMEWORKS[framework]


@pytest.mark.parametrize("folder", ["simulator", "tests"])
def test_no_file_is_longer_than_anybody_reads(folder: str) -> None:
    files = (PACKAGE.parent / folder).rglob("*.py")
    lengths = {str(each): len(each.read_text().splitlines()) for each in files}
    assert lengths
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}
