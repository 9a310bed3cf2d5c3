"""A scenario's file is one and the same, whether it is checked, seeded from here, or sent by a program."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from pass_simulator import AdminError, Simulator
from pass_simulator.client.scenario_files import content_of
from simulator.cli.commands import app
from tests.support.identity_provider import metadata
from tests.support.server import Server, serving

_PARENT: Final = "name: parent\nservice_providers: [{id: LABSP}]\nmvpds: [{id: Cable}]\n"
FILES: Final = {
    "parent.yaml": _PARENT,
    "child.yaml": "name: child\nextends: parent\nintegrations: [{service_provider: LABSP, mvpd: Cable}]\n",
    "child.json": '{"name": "child", "extends": "child-of-demo"}',
    "child-of-demo.yaml": "name: child-of-demo\nextends: demo\n",
    "federated.yaml": "name: federated\nmvpds:\n- id: Out\n  identity_provider: {metadata: idp/out.xml}\n",
    "idp/out.xml": metadata(),
    "comma.json": '{\n"name": "comma",\n}',
    "orphan.yaml": "name: orphan\nextends: nobody-at-all\n",
    "heir.yaml": "name: heir\nextends: broken\n",
    "broken.yaml": "name: broken\nmvpds: [{id: 7}]\n",
    "lost.yaml": "name: lost\nmvpds:\n- id: Out\n  identity_provider: {metadata: nowhere.xml}\n",
    "binary.yaml": "",
}
# What is wrong with each, and nothing for those that are sound.
FOUND: Final = {
    "child.yaml": "",
    "child.json": "",
    "federated.yaml": "",
    "comma.json": "comma.json:3: not JSON",
    "orphan.yaml": "orphan.yaml:2: extends: no scenario is called 'nobody-at-all'",
    "heir.yaml": "broken.yaml:2: mvpds[0].id: expected a text",
    "lost.yaml": "lost.yaml:4: mvpds[0].identity_provider: expected SAML metadata",
    "binary.yaml": "binary.yaml:1: expected UTF-8 text",
}
# One of each kind that there is: of the text, of the shape, of a value, of what it extends, of a reference,
# of an id, and of what goes together.
MISTAKES: Final = """\
name: mistaken
title: one
title: two
extends: dmeo
colour: blue
settings: {logout.url: sideways}
mvpds: [{id: Twice}, {id: Twice}]
integrations: [{service_provider: REF30, mvpd: Nowhere}]
profiles: [{service_provider: REF30, mvpd: Cablevision, device: tv, type: temporary}]
"""
PLACES: Final = {
    "title": 3,
    "extends": 4,
    "colour": 5,
    "settings.logout.url": 6,
    "mvpds[1].id": 7,
    "integrations[0].mvpd": 8,
    "profiles[0].type": 9,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    place = tmp_path_factory.mktemp("files")
    with serving("--port", "0", "--db", ":memory:", directory=place) as running:
        yield running


@pytest.fixture
def lab(here: Path) -> Path:
    """A folder with those files, below the one where we are."""
    folder = here / "lab"
    (folder / "idp").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    (folder / "binary.yaml").write_bytes(b"\xff\xfe")
    return folder


@pytest.mark.parametrize(("name", "problem"), FOUND.items(), ids=FOUND)
def test_what_is_found_valid_is_seeded_and_nothing_else(
    lab: Path, server: Server, name: str, problem: str
) -> None:
    generation = server.call("GET", "/admin/v1/sandboxes/default")["generation"]
    checked = CliRunner().invoke(app, ["scenario", "validate", f"lab/{name}"])
    seeded = CliRunner().invoke(app, ["seed", f"lab/{name}", "--url", server.origin])
    assert (checked.exit_code, seeded.exit_code) == ((1, 1) if problem else (0, 0)), seeded.output
    with Simulator(server.origin) as simulator:
        if not problem:
            assert simulator.default.seed(lab / name).generation == generation + 2
            assert server.call("GET", "/admin/v1/sandboxes/default")["baseline"] == Path(name).stem
            return
        assert f"lab/{problem}" in checked.output
        # The line is said in the words of either.
        place, _, words = problem.partition(": ")
        file, _, line = place.partition(":")
        for part in (f"lab/{file}", line, words.rpartition(": ")[2]):
            assert part in seeded.output
        if name != "binary.yaml":
            with pytest.raises(AdminError) as refused:
                simulator.default.seed(lab / name)
            assert words.rpartition(": ")[2] in str(refused.value)
    assert server.call("GET", "/admin/v1/sandboxes/default")["generation"] == generation


def test_all_mistakes_of_all_kinds_are_said_at_once(here: Path, server: Server) -> None:
    file = here / "mistaken.yaml"
    file.write_text(MISTAKES)
    checked = CliRunner().invoke(app, ["scenario", "validate", "mistaken.yaml", "--json"])
    (told,) = json.loads(checked.stdout)["files"]
    assert {each["path"]: each["line"] for each in told["problems"]} == PLACES
    seeded = CliRunner().invoke(app, ["seed", "mistaken.yaml", "--url", server.origin])
    assert (seeded.exit_code, "7 problems" in seeded.stderr) == (1, True), seeded.stderr
    media_type, body = content_of(file)
    with Simulator(server.origin) as simulator:
        document = json.loads(body)
        assert media_type.endswith("+json")
        assert [*document["files"]] == [str(file)]
        with pytest.raises(AdminError) as refused:
            simulator.default.seed(file)
    assert {path.rpartition(": ")[2] for path, _ in refused.value.fields} == {*PLACES}


@pytest.mark.parametrize("merge", [[], ["--merge"]])
def test_what_would_seed_nothing_is_refused(here: Path, server: Server, merge: list[str]) -> None:
    (here / "nothing.yaml").write_text("name: nothing\ntitle: In preparation\n")
    before = server.call("GET", "/admin/v1/state")
    done = CliRunner().invoke(app, ["seed", "nothing.yaml", *merge, "--url", server.origin])
    assert done.exit_code == 1
    assert "There is nothing in the scenario 'nothing' that could be seeded." in done.stderr
    assert server.call("GET", "/admin/v1/state") == before
