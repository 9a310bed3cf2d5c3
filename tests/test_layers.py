"""The house's one direction: which room may import which, checked over the source.

TYPE_CHECKING, the bodies of functions and imports by text count like any other import.
"""

from collections.abc import Collection, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Final

from tests.support.source import REPOSITORY, all_imports, circles, modules

# Each room, and what it may import besides itself: whole rooms, or single modules of them. A room within
# another (`storage.engine`) is a room of its own; what is left of the outer one are the files beside it.
# From top to bottom, so that each line names only what stands below it.
MAY_IMPORT: Final[Mapping[str, frozenset[str]]] = {
    room: frozenset(names.split())
    for room, names in {
        # What other people's projects import: it knows a server by what that answers.
        "pass_simulator": "",
        # A script, which the server's process begins with.
        "pass_simulator.child_process": "cli",
        "__main__": "cli",
        "cli": "pass_simulator.errors pass_simulator.transport pass_simulator.server_process "
        "pass_simulator.client.scenario_files pass_simulator.coverage_file captures evidence app routes "
        "admin.openapi api.openapi http.endpoint http.admission http.connections http.hints "
        "http.request_counts scenarios validation domain storage.engine "
        "storage.errors certificates settings clock",
        "app": "routes edge http services scenarios.library storage.engine keys certificates "
        "settings clock ids",
        "routes": "api admin web http.endpoint domain.operations",
        "admin": "captures evidence http services scenarios validation storage.worlds.sandboxes domain "
        "json_codec",
        "web": "api.openapi captures evidence http services scenarios validation.problems "
        "certificates domain json_codec",
        "api": "http services storage.worlds.sandboxes domain json_codec",
        "edge": "http services storage.errors storage.worlds.sandboxes domain json_codec",
        "http": "services scenarios.library storage.errors storage.worlds.sandboxes "
        "storage.worlds.resolution validation.problems domain certificates settings json_codec",
        "services.observe": "services storage domain",
        "services.control": "services.shared services.context services.errors "
        "storage.worlds storage.engine storage.errors scenarios validation.problems domain clock ids",
        "services.device": "services.shared services.context services.errors storage.worlds storage.engine "
        "domain keys",
        "services.shared": "services.context storage.worlds domain keys",
        "services": "services.observe.journal storage.engine scenarios.library keys clock ids",
        "services.observe.journal": "storage domain clock",
        "keys": "storage.engine storage.errors storage.signing_keys domain clock ids",
        "storage.engine": "storage.worlds storage.tables storage.statements storage.errors domain clock",
        "storage.worlds": "storage.journal storage.tables storage.statements storage.signing_keys "
        "storage.errors domain clock ids",
        "storage.journal": "storage.tables storage.statements storage.listed domain json_codec",
        "storage": "",
        # Captures of traffic, read from outside: what they show of a world, as a scenario.
        "captures": "scenarios validation domain",
        "scenarios": "validation domain clock",
        "evidence": "validation domain",
        "validation": "domain.switches domain.texts",
        "domain": "",
        "settings": "certificates.bad_kinds",
        "certificates": "",
        "clock": "",
        "ids": "",
        "json_codec": "",
        # The version, which may be asked for from anywhere.
        "": "",
    }.items()
}

# What comes from outside, and the only rooms that may know it.
FRAMEWORKS: Final[Mapping[str, frozenset[str]]] = {
    framework: frozenset(rooms.split())
    for framework, rooms in {
        "aiohttp": "pass_simulator cli app routes admin api web edge http",
        # Whatever asks a simulator from outside, as the command line does.
        "pass_simulator": "pass_simulator cli",
        "jinja2": "http web",
        "typer": "cli",
        "sqlalchemy": "storage",
        "aiosqlite": "storage.engine.sqlite_thread",
        "asyncpg": "storage.engine",
        "alembic": "storage.engine",
        "pydantic": "admin cli evidence http.documented scenarios settings validation",
        "yaml": "api.openapi validation",
        "faker": "scenarios",
        "structlog": "cli",
        "prometheus_client": "web",
        "markdown_it": "web",
    }.items()
}


def short(module: str) -> str:
    """The name of a module as the table has it: without that of the package around nearly all of them."""
    return module.removeprefix("simulator").removeprefix(".")


def room_of(module: str) -> str:
    """The innermost room of a module; the version's where there is none."""
    fitting = (each for each in MAY_IMPORT if each and within(module, {each}))
    return max(fitting, key=len, default="")


def within(target: str, names: Collection[str]) -> bool:
    """Whether `target` is one of `names`, or in one of them."""
    return any(target == each or target.startswith(f"{each}.") for each in names)


def ours() -> Iterator[tuple[str, str, str]]:
    """Each import of one of our modules by another: by which, of which, and where."""
    known = modules()
    for each in all_imports():
        if each.target in known and each.target not in {each.module, "simulator"}:
            yield short(each.module), short(each.target), f"{each.module}:{each.line}"


def test_a_module_imports_only_what_its_room_may() -> None:
    wrong = {
        f"{where} imports {target}"
        for module, target, where in ours()
        if room_of(target) != room_of(module)
        if not within(target, MAY_IMPORT[room_of(module)])
    }
    assert wrong == set()


def test_every_room_is_in_the_table_and_no_other() -> None:
    assert {room_of(short(module)) for module in modules()} == MAY_IMPORT.keys()


def test_the_table_is_as_strict_as_the_code_allows() -> None:
    needed: dict[str, set[str]] = {room: set() for room in MAY_IMPORT}
    for module, target, _ in ours():
        room = room_of(module)
        needed[room] |= {name for name in MAY_IMPORT[room] if within(target, {name})}
    superfluous = {room: names - needed[room] for room, names in MAY_IMPORT.items()}
    assert {room: names for room, names in superfluous.items() if names} == {}


def test_the_table_has_one_direction() -> None:
    rooms = {
        room: {each for each in MAY_IMPORT if each != room and within(each, names)}
        | {room_of(name) for name in names} - {room}
        for room, names in MAY_IMPORT.items()
    }
    TopologicalSorter(rooms).prepare()


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for module, target, _ in ours():
        graph.setdefault(module, set()).add(target)
    assert circles(graph) == []


def test_a_framework_stays_where_it_belongs() -> None:
    wrong = {
        f"{each.module}:{each.line} imports {each.target}"
        for each in all_imports()
        if (framework := each.target.split(".")[0]) in FRAMEWORKS
        if not within(short(each.module), FRAMEWORKS[framework])
    }
    assert wrong == set()


def test_nothing_is_imported_by_text() -> None:
    assert [f"{each.module}:{each.line}" for each in all_imports() if each.by_text] == []


# Where a file is longer, it has no seam.
LONGER: Final = frozenset({"simulator/storage/tables.py"})
LONGEST: Final = 400


def test_no_file_is_longer_than_anybody_reads() -> None:
    folders = ("simulator", "pass_simulator", "tests")
    files = [path for folder in folders for path in (REPOSITORY / folder).rglob("*.py")]
    lengths = {
        str(path.relative_to(REPOSITORY)): len(path.read_text().splitlines()) for path in files
    }
    assert lengths
    too_long = {name: length for name, length in lengths.items() if length > LONGEST}
    assert {name: length for name, length in too_long.items() if name not in LONGER} == {}


def test_no_folder_is_a_shelf_of_everything() -> None:
    folders: dict[str, int] = {}
    for path in modules().values():
        folder = str(path.parent.relative_to(REPOSITORY))
        folders[folder] = folders.get(folder, 0) + 1
    assert {folder: count for folder, count in folders.items() if count > 20} == {}
