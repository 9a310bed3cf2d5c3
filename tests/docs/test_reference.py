"""The reference: it says what the code says, and leaves nothing out."""

import re
from typing import Any

import pass_simulator
from pass_simulator.plugin import fixtures
from simulator.domain.conduct.report import RULES as CONDUCT
from simulator.domain.decisions import decision_rules
from simulator.domain.errors import ERRORS
from simulator.domain.sessions import authentication_sessions, logout
from simulator.domain.sso import partner_sso
from simulator.domain.switches import SWITCHES
from simulator.http.documented import documentation_of
from simulator.http.endpoint import Endpoint, Surface
from simulator.routes import ENDPOINTS
from simulator.scenarios.schema import schema
from simulator.settings import Settings
from tests.cli.commands import PATHS, command
from tests.docs.backend import backend as reference_of_the_backend
from tests.docs.pages import FOLDER, PAGES, README, read
from tests.docs.reference import pages
from tests.docs.reference_operations import with_sentence
from tests.docs.reference_python import FIXTURES, options
from tests.support.inventory import every

MADE = pages()


@every(MADE)
def test_a_page_that_is_made_from_the_code_is_current(name: str) -> None:
    assert read(FOLDER / f"{name}.md") == MADE[name], "run `make docs` to rewrite it"


def test_the_readme_tells_how_much_is_proven() -> None:
    told = read(README)
    assert re.search(r"[0-9]+ are proven by a test each", told)
    assert told == with_sentence(told), "run `make docs` to rewrite it"


def test_nothing_is_called_a_reference_that_is_not_made_from_the_code() -> None:
    assert {each.stem for each in PAGES if each.stem.startswith("reference-")} == MADE.keys()


@every(Settings.model_fields)
def test_every_setting_is_in_the_reference(name: str) -> None:
    assert Settings.model_fields[name].description
    assert f"`--{name.replace('_', '-')}`" in MADE["reference-settings"]


@every(PATHS)
def test_every_verb_is_in_the_reference_with_all_that_it_takes(path: str) -> None:
    _, _, after = MADE["reference-command-line"].partition(f"\n### {path}\n")
    section = re.split(r"^##", after, maxsplit=1, flags=re.MULTILINE)[0]
    assert re.search(r"^Example: `.*pass-simulator", section, re.MULTILINE)
    for each in command(path).params:
        if each.name != "help":
            assert each.help, (path, each.name)
            shown = each.opts[0] if each.opts[0].startswith("-") else each.name.upper()
            assert f"`{shown}`" in section


def _path(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def _served(*surfaces: Surface) -> list[Endpoint]:
    return [each for each in ENDPOINTS if each.surface in surfaces]


@every(_served(Surface.ADMIN), _path)
def test_every_endpoint_of_the_admin_api_is_in_the_reference(endpoint: Endpoint) -> None:
    doc = documentation_of(endpoint.handler)
    assert doc is not None
    row = f"| `{endpoint.method}` | `{endpoint.path}` | {doc.summary} |"
    assert row in MADE["reference-admin-api"]


@every(_served(Surface.DEVICE, Surface.REGISTRATION), _path)
def test_every_endpoint_of_devices_is_in_the_reference(endpoint: Endpoint) -> None:
    cells = f"| `{endpoint.operation}` | `{endpoint.method}` | `{endpoint.path}` |"
    assert cells in MADE["reference-operations"]


@every(_served(Surface.WEB, Surface.CONSOLE, Surface.PROBE), _path)
def test_every_page_and_probe_is_in_the_reference(endpoint: Endpoint) -> None:
    assert endpoint.handler.__doc__
    assert f"| `{endpoint.method}` | `{endpoint.path}` |" in MADE["reference-pages"]


def test_there_is_no_other_kind_of_endpoint() -> None:
    device, admin = (Surface.DEVICE, Surface.REGISTRATION), (Surface.ADMIN,)
    others = (Surface.WEB, Surface.CONSOLE, Surface.PROBE)
    assert {*device, *admin, *others} == {*Surface}


def _members(node: Any, place: str) -> list[tuple[str, Any]]:  # noqa: ANN401 - JSON Schema
    return [(f"{place}.{name}", each) for name, each in node.get("properties", {}).items()]


def test_every_member_of_a_scenario_says_what_it_is() -> None:
    document = schema()
    members = _members(document, "scenario")
    for name, definition in document["$defs"].items():
        members += _members(definition, name)
    assert len(members) > 100
    parts = [*members, *document["$defs"].items()]
    assert [name for name, each in parts if not each.get("description")] == []
    page = MADE["reference-scenario-files"]
    assert [name for name, _ in members if f"| `{name.partition('.')[2]}`" not in page] == []


def test_every_rule_switch_and_error_code_is_in_the_reference() -> None:
    page = MADE["reference-rules"]
    rows = [
        *(each.id for each in (*logout.ROWS, *authentication_sessions.ROWS)),
        *(each.journalled_as for each in decision_rules.ROWS),
        *(each.id for each in (*partner_sso.SESSION_ROWS, *partner_sso.PROFILE_ROWS)),
    ]
    assert [each for each in rows if f"\n| {each} |" not in page] == []
    backend = reference_of_the_backend()
    assert [each for each in backend.rules if f"\n| {each} |" not in page] == []
    assert [each for each in backend.pages if f"\n| {each} |" not in page] == []
    conduct = MADE["reference-conduct"]
    assert [each.id for each in CONDUCT if f"| `{each.id}` |" not in conduct] == []
    assert [each for each in SWITCHES if f"| `{each}` |" not in MADE["reference-switches"]] == []
    assert [each for each in ERRORS if f"| `{each}` |" not in MADE["reference-errors"]] == []


def test_every_fixture_and_option_of_the_plugin_is_in_the_reference_and_in_the_how_to() -> None:
    found = {name for name, each in vars(fixtures).items() if _is_fixture(each)}
    assert found == {*FIXTURES}
    page, how_to = MADE["reference-python"], read(FOLDER / "pytest.md")
    assert [name for name in found if f"| `{name}` |" not in page] == []
    assert [name for name in found - {"simulator_server"} if name not in how_to] == []
    assert len(options()) > 4
    assert [name for name, about in options() if f"| `{name}` | {about}" not in page] == []


def _is_fixture(thing: object) -> bool:
    return type(thing).__name__ == "FixtureFunctionDefinition"


def test_every_public_name_of_the_client_is_in_the_reference() -> None:
    page = MADE["reference-python"]
    names = dir(pass_simulator)
    assert [
        each for each in names if f"\n## {each}\n" not in page and f"| `{each}` |" not in page
    ] == []
    # A member that says nothing has an empty cell.
    assert "` |  |" not in page
