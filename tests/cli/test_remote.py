"""The verbs that talk to a running simulator."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from simulator.cli.addresses import local_url
from simulator.cli.commands import app
from tests.pass_simulator.servers import answering
from tests.support.identity_provider import ENTITY, metadata
from tests.support.server import Server, finished, finished_from_the_start, serving

OWN = """\
name: own
service_providers: [{id: LABSP}]
mvpds: [{id: LabCable}]
integrations: [{service_provider: LABSP, mvpd: LabCable}]
generate: {service_provider: LABSP, mvpds: [LabCable], subscribers: 3}
"""


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that nobody changes."""
    place = tmp_path_factory.mktemp("quiet")
    with serving("--port", "0", "--db", ":memory:", directory=place) as running:
        yield running


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving("--port", "0", "--db", ":memory:", directory=tmp_path) as running:
        yield running


def test_a_lab_is_seeded_and_reset_from_the_command_line(server: Server, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN)
    at = ("--url", server.origin, "--json")

    seeded = finished_from_the_start("seed", "own.yaml", *at, directory=tmp_path)
    assert seeded.status == 0, seeded.err
    assert json.loads(seeded.out)["seeded"]["subscribers"] == 3
    # Where nobody looks, no bar is drawn.
    assert "Seeding" not in seeded.err
    server.call("POST", "/admin/v1/devices", {"id": "left over"})

    reset = finished("reset", *at, directory=tmp_path)
    assert json.loads(reset.out) == {"generation": 3, "baseline": "own", "cleared": {"devices": 1}}

    added = finished("seed", "own.yaml", "--merge", *at, directory=tmp_path)
    assert json.loads(added.out)["generation"] == 3

    variables = {"PASS_SIMULATOR_URL": server.origin}
    named = finished("seed", "demo", directory=tmp_path, variables=variables)
    assert named.out.endswith("Generation 4.\n")
    assert " 11 mvpds, 14 integrations, 4 applications, 1 degradation," in named.out

    (tmp_path / "bare.yaml").write_text("name: bare\nmvpds: [{id: Cable}]\n")
    bare = finished("seed", "bare.yaml", directory=tmp_path, variables=variables)
    assert bare.status == 0
    assert "bare.yaml:1: warning: applications: there is none, so no app can register" in bare.err


def test_metadata_beside_a_scenario_travels_with_it(server: Server, tmp_path: Path) -> None:
    (tmp_path / "idp.xml").write_text(metadata())
    (tmp_path / "own.yaml").write_text(
        "name: own\nmvpds: [{id: Cable, identity_provider: {metadata: idp.xml}}]\n"
    )
    for verb in (
        ("seed", "own.yaml"),
        ("seed", "own.yaml", "--merge"),
        ("state", "import", "own.yaml"),
    ):
        done = finished(*verb, "--url", server.origin, directory=tmp_path)
        assert done.status == 0, done.err
        found = server.call("GET", "/admin/v1/mvpds/Cable")
        assert found["identity_provider"]["entity_id"] == ENTITY
    checked = finished("scenario", "validate", "own.yaml", directory=tmp_path)
    assert checked.out.startswith("own.yaml: valid\n")


def test_what_stays_is_said_on_the_command_line(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "more.yaml").write_text("name: more\nextends: demo\n")
    server.call("POST", "/admin/v1/sandboxes", {"id": "ci-42", "scenario": "demo"})

    def left(place: str, *arguments: str) -> bool:
        """Whether a new client is still there afterwards."""
        at = f"/s/{place}/admin/v1/clients"
        client = {"id": "own", "application": "sample-app"}
        server.call("POST", at, client)
        _run(server, *arguments, "--sandbox", place)
        found = {each["id"] for each in server.call("GET", at)["items"]}
        _run(server, "reset", "--keep", "nothing", "--sandbox", place)
        return "own" in found

    for way in (["reset"], ["seed", "demo"], ["seed", "more.yaml"]):
        assert left("default", *way)
        assert not left("default", *way, "--keep", "nothing")
        assert not left("ci-42", *way)
        assert left("ci-42", *way, "--keep", "clients")
    done = CliRunner().invoke(app, ["reset", "--keep", "profiles", "--url", server.origin])
    assert done.exit_code == 2
    assert "clients" in done.stderr


def test_a_sandbox_is_seeded_alone(server: Server, tmp_path: Path) -> None:
    server.call("POST", "/admin/v1/sandboxes", {"id": "ci-42", "scenario": "demo"})
    at = ("--url", server.origin, "--sandbox", "ci-42", "--json")
    done = finished("seed", "logout-samples", *at, directory=tmp_path)
    assert json.loads(done.out)["generation"] == 2
    found = server.call("GET", "/admin/v1/sandboxes")["items"]
    assert {each["id"]: each["generation"] for each in found} == {"default": 1, "ci-42": 2}


@pytest.mark.parametrize(
    ("arguments", "status", "names"),
    [
        (["seed", "nope"], 1, ["There is no scenario 'nope'", "demo"]),
        (["seed", "gone.yaml"], 2, ["gone.yaml", "No such file", "scenario list"]),
        (["seed", "broken.yaml"], 1, ["name: required, but missing", "mvpds: expected a list"]),
        (["reset", "--to", "yesterday"], 2, ["'yesterday'", "snapshot:NAME"]),
        (["reset", "--sandbox", "nowhere"], 1, ["There is no sandbox 'nowhere'"]),
        (["snapshot", "take", "a b"], 2, ["name"]),
        (["snapshot", "restore", "none"], 1, ["none"]),
        (["snapshot", "delete", "a/b"], 1, ["a/b"]),
        (["clock", "set", "tomorrow"], 2, ["now"]),
        (["clock", "freeze", "2026-01-01T00:00:00"], 2, ["now"]),
        (["clock", "advance", "6 hours"], 2, ["by", "PT5M"]),
        (["state", "import", "broken.yaml"], 1, ["name: required, but missing"]),
        (["state", "import", "gone.json"], 2, ["gone.json", "No such file"]),
        (["state", "export", "--sandbox", "nowhere"], 1, ["There is no sandbox 'nowhere'"]),
        (["state", "export", "-o", "no/where.json"], 2, ["no/where.json", "--output"]),
        (["token", "--application", "nope"], 1, ["nope"]),
        (["scenario", "show", "nope"], 1, ["'nope'", "demo"]),
    ],
)
def test_a_refusal_ends_with_its_status_and_the_next_thing_to_try(
    quiet: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    status: int,
    names: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.yaml").write_text("mvpds: 3\n")
    before = _run(quiet, "state", "export")
    done = CliRunner().invoke(app, [*arguments, "--url", quiet.origin])
    assert (done.exit_code, done.stdout) == (status, "")
    assert "Traceback" not in done.stderr
    assert _run(quiet, "state", "export") == before
    for name in names:
        assert name in done.stderr


REMOTE: Final = (
    "seed demo",
    "reset",
    "snapshot list",
    "snapshot take x",
    "snapshot restore x",
    "snapshot delete x",
    "state export",
    "state import own.yaml",
    "clock show",
    "clock freeze",
    "clock set 2026-01-01T00:00:00Z",
    "clock advance PT1H",
    "clock reset",
    "token",
    "scenario list",
    "scenario show demo",
)


@pytest.mark.parametrize("typed", REMOTE)
def test_where_nobody_listens_the_message_says_how_to_start_one(
    typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.yaml").write_text(OWN)
    done = CliRunner().invoke(app, [*typed.split(), "--url", "http://127.0.0.1:9"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "127.0.0.1:9 cannot be reached: Connection refused" in done.stderr
    assert "pass-simulator serve" in done.stderr


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("lab", "try http://lab"),
        ("127.0.0.1:8642", "try http://127.0.0.1:8642"),
        ("localhost:8642", "try http://localhost:8642"),
        ("//127.0.0.1:8642", "try http://127.0.0.1:8642"),
        ("http://", "names no host"),
        ("ftp://lab", "neither http:// nor https://"),
        ("ftp://lab:21", "neither http:// nor https://"),
        ("http://lab:port", "ort"),
        ("http://lab:99999", "ort"),
        ("http://[zz]:8642", ""),
        ("", "neither http:// nor https://"),
    ],
)
def test_what_is_no_url_is_told_at_once(url: str, problem: str) -> None:
    for typed in (["clock", "show"], ["wait"], ["doctor"], ["seed", "demo"]):
        done = CliRunner().invoke(app, [*typed, "--url", url])
        assert (done.exit_code, done.stdout) == (2, ""), (typed, done.output)
        assert "is no URL: " in done.stderr
        assert problem in done.stderr
        assert "http://127.0.0.1:8642" in done.stderr


def test_https_at_a_port_of_http_is_told_at_once(quiet: Server) -> None:
    url = quiet.origin.replace("http:", "https:")
    for typed in (["clock", "show"], ["wait"], ["doctor"]):
        done = CliRunner().invoke(app, [*typed, "--url", url])
        assert (done.exit_code, done.stdout) == (2, ""), (typed, done.output)
        assert "speaks no TLS" in done.stderr
        assert quiet.origin in done.stderr


def test_whoever_answers_something_else_is_no_simulator(tmp_path: Path) -> None:
    with answering(body=b"<h1>A printer</h1>") as (address, _):
        done = CliRunner().invoke(app, ["clock", "show", "--url", f"http://{address}"])
    assert done.exit_code == 2
    assert "not the admin API's" in done.stderr
    assert "--url" in done.stderr


def test_without_the_token_nothing_is_answered(tmp_path: Path) -> None:
    arguments = ("--port", "0", "--db", ":memory:", "--admin-token", "a long secret")
    with serving(*arguments, directory=tmp_path) as server:
        at = ["--url", server.origin]
        for typed in (["clock", "show"], ["state", "export"]):
            done = CliRunner().invoke(app, [*typed, *at])
            assert (done.exit_code, done.stdout) == (2, "")
            assert "PASS_SIMULATOR_ADMIN_TOKEN" in done.stderr
        given = CliRunner().invoke(app, ["clock", "show", *at, "--admin-token", "a long secret"])
        assert given.exit_code == 0, given.output


def _run(server: Server, *arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments, "--url", server.origin])
    assert done.exit_code == 0, done.output
    return done.stdout


def _json(server: Server, *arguments: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(_run(server, *arguments, "--json"))


def test_a_simulator_that_is_ready_is_not_waited_for(quiet: Server) -> None:
    assert _json(quiet, "wait", "--timeout", "30")["ready"] is True
    assert _run(quiet, "wait") == f"{quiet.origin} is ready.\n"


def test_waiting_in_vain_ends_with_status_1() -> None:
    arguments = ["wait", "--url", "http://127.0.0.1:9", "--timeout", "0.1"]
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "not ready within 0.1 seconds: Connection refused" in done.stderr
    assert "--timeout" in done.stderr


def test_a_token_is_printed_alone_and_works(quiet: Server) -> None:
    printed = _run(quiet, "token")
    token = printed.removesuffix("\n")
    assert token.count(".") == 2
    assert " " not in token
    headers = {
        "Authorization": f"Bearer {token}",
        "AP-Device-Identifier": "fingerprint YmVkcm9vbS10dg==",
    }
    assert quiet.call("GET", "/api/v2/REF30/profiles", headers=headers) == {"profiles": {}}
    minted = _json(quiet, "token", "--expires-in", "60")
    assert minted["expires_in"] == 60


def test_a_snapshot_is_taken_listed_restored_and_deleted(server: Server) -> None:
    assert "snapshot take NAME" in _run(server, "snapshot", "list")
    assert _json(server, "snapshot", "take", "clean")["name"] == "clean"
    assert "restore clean" not in _run(server, "snapshot", "list")
    assert "clean" in _run(server, "snapshot", "list")
    server.call("POST", "/admin/v1/devices", {"id": "left over"})
    restored = _json(server, "snapshot", "restore", "clean")
    assert restored == {"generation": 2, "snapshot": "clean", "cleared": {"devices": 1}}
    assert "Generation 3" in _run(server, "reset", "--to", "snapshot:clean")
    assert _json(server, "snapshot", "delete", "clean") == {"deleted": "clean"}
    assert _json(server, "snapshot", "list")["items"] == []


def test_a_state_is_exported_and_imported_to_the_byte(server: Server, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    told = _json(server, "state", "export", "--output", str(first))
    assert told == {"file": str(first), "bytes": first.stat().st_size}
    assert _json(server, "state", "import", str(first))["generation"] == 2
    _run(server, "state", "export", "--output", str(second))
    assert first.read_bytes() == second.read_bytes()
    piped = _run(server, "state", "export")
    assert piped.encode() == first.read_bytes() + b"\n"
    done = CliRunner().invoke(app, ["state", "import", "-", "--url", server.origin], input=piped)
    assert "Generation 3" in done.stdout
    assert done.stderr == ""
    assert list(tmp_path.iterdir()).count(first) == 1
    assert not [each for each in tmp_path.iterdir() if each.name.startswith("tmp")]


def test_a_clock_is_frozen_set_moved_and_reset(server: Server) -> None:
    assert _run(server, "clock", "show").endswith("(running)\n")
    frozen = _run(server, "clock", "freeze", "2030-01-01T00:00:00Z")
    assert frozen.startswith("2030-01-01T00:00:00.000Z (frozen)\nfell due")
    assert "profile expired" in frozen
    moved = _run(server, "clock", "advance", "P365D")
    assert moved == "2031-01-01T00:00:00.000Z (frozen)\n"
    here = _json(server, "clock", "freeze")
    assert (here["mode"], here["now"]) == ("frozen", "2031-01-01T00:00:00.000Z")
    assert "from real time)" in _run(server, "clock", "set", "2032-01-01T00:00:00Z")
    assert _json(server, "clock", "reset")["offset"] == "PT0S"


def test_a_running_simulator_shows_its_own_scenarios(server: Server, tmp_path: Path) -> None:
    own = tmp_path / "mine"
    own.mkdir()
    (own / "own.yaml").write_text(OWN)
    with serving(
        "--port", "0", "--db", ":memory:", "--scenarios", own, directory=tmp_path
    ) as other:
        names = [each["name"] for each in _json(other, "scenario", "list")["items"]]
        assert "own" in names
        assert _run(other, "scenario", "show", "own") == OWN
        assert _json(other, "scenario", "show", "own")["name"] == "own"
    assert "own" not in _run(server, "scenario", "list").split()


@pytest.mark.parametrize("where", ["port", "host and port", "file"])
def test_without_a_url_it_is_looked_for_where_serve_would_listen(
    quiet: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.chdir(tmp_path)
    port = quiet.origin.rpartition(":")[2]
    if where == "file":
        Path("lab.toml").write_text(f'host = "0.0.0.0"\nport = {port}\n')
        monkeypatch.setenv("PASS_SIMULATOR_CONFIG", "lab.toml")
        # What Kubernetes says does not count.
        monkeypatch.setenv("PASS_SIMULATOR_PORT", "tcp://10.0.0.1:8642")
    else:
        monkeypatch.setenv("PASS_SIMULATOR_PORT", port)
        if where == "host and port":
            monkeypatch.setenv("PASS_SIMULATOR_HOST", "0.0.0.0")  # noqa: S104 - as in the image
    for typed in (["wait", "--timeout", "3"], ["clock", "show"]):
        done = CliRunner().invoke(app, typed)
        assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({}, "http://127.0.0.1:8642"),
        ({"PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"PORT": "0"}, "http://127.0.0.1:8642"),
        ({"PORT": "tcp://10.0.0.1:8642"}, "http://127.0.0.1:8642"),
        ({"HOST": "::", "PORT": "9000"}, "http://[::1]:9000"),
        ({"HOST": "192.0.2.7"}, "http://192.0.2.7:8642"),
        ({"CONFIG": "/nowhere/lab.toml"}, "http://127.0.0.1:8642"),
    ],
    ids=str,
)
def test_the_url_follows_the_settings(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"PASS_SIMULATOR_{name}", value)
    assert local_url() == url
