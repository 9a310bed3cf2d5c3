"""The verbs that talk to a running simulator: seed and reset."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server import Server, finished, serving

OWN = """\
name: own
service_providers: [{id: LABSP}]
mvpds: [{id: LabCable}]
integrations: [{service_provider: LABSP, mvpd: LabCable}]
generate: {service_provider: LABSP, mvpds: [LabCable], subscribers: 3}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving("--port", "0", "--db", ":memory:", directory=tmp_path) as running:
        yield running


def test_a_lab_is_seeded_and_reset_from_the_command_line(server: Server, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN)
    at = ("--url", server.origin)

    seeded = finished("seed", "own.yaml", *at, directory=tmp_path)
    assert seeded.status == 0, seeded.err
    assert json.loads(seeded.out)["seeded"]["subscribers"] == 3
    assert "Seeding" in seeded.err
    server.call("POST", "/admin/v1/devices", {"id": "left over"})

    reset = finished("reset", *at, directory=tmp_path)
    assert json.loads(reset.out) == {"generation": 3, "baseline": "own", "cleared": {"devices": 1}}

    added = finished("seed", "own.yaml", "--merge", *at, directory=tmp_path)
    assert json.loads(added.out)["generation"] == 3

    named = finished(
        "seed", "demo", directory=tmp_path, variables={"PASS_SIMULATOR_URL": server.origin}
    )
    assert json.loads(named.out)["generation"] == 4


def test_a_sandbox_is_seeded_alone(server: Server, tmp_path: Path) -> None:
    server.call("POST", "/admin/v1/sandboxes", {"id": "ci-42", "scenario": "demo"})
    at = ("--url", server.origin, "--sandbox", "ci-42")
    done = finished("seed", "logout-samples", *at, directory=tmp_path)
    assert json.loads(done.out)["generation"] == 2
    found = server.call("GET", "/admin/v1/sandboxes")["items"]
    assert {each["id"]: each["generation"] for each in found} == {"default": 1, "ci-42": 2}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["seed", "nope"], ["There is no scenario 'nope'", "demo"]),
        (["seed", "gone.yaml"], ["gone.yaml", "No such file"]),
        (["seed", "broken.yaml"], ["name: required, but missing", "mvpds: expected a list"]),
        (["reset", "--to", "yesterday"], ["'yesterday'", "snapshot:NAME"]),
        (["reset", "--sandbox", "nowhere"], ["There is no sandbox 'nowhere'"]),
    ],
)
def test_a_refusal_ends_with_status_2_and_the_next_thing_to_try(
    server: Server, tmp_path: Path, arguments: list[str], names: list[str]
) -> None:
    (tmp_path / "broken.yaml").write_text("mvpds: 3\n")
    done = finished(*arguments, "--url", server.origin, directory=tmp_path)
    assert (done.status, done.out) == (2, "")
    for name in names:
        assert name in done.err


def test_where_nobody_listens_the_message_says_how_to_start_one(tmp_path: Path) -> None:
    done = finished("reset", "--url", "http://127.0.0.1:9", directory=tmp_path)
    assert done.status == 2
    assert "127.0.0.1:9 cannot be reached" in done.err
    assert "pass-simulator serve" in done.err
