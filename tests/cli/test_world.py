"""The verbs about what is in a running simulator: sandboxes, codes, faults, profiles, devices."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pass_simulator import Sandbox, Simulator
from simulator.cli.commands import app
from simulator.http.hints import VERBS, in_verbs
from tests.cli.commands import PATHS
from tests.support.server import Server, command, environment, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    place = tmp_path_factory.mktemp("world")
    with serving("--port", "0", "--db", ":memory:", directory=place) as running:
        yield running


@pytest.fixture
def sandbox(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox of its own, in which verbs work that name none."""
    with Simulator(server.origin) as simulator:
        made = simulator.create_sandbox(scenario="demo")
        monkeypatch.setenv("PASS_SIMULATOR_SANDBOX", made.name)
        yield made
        made.delete()


def _run(server: Server, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--url", server.origin])


def _says(server: Server, *arguments: str) -> str:
    done = _run(server, *arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def _json(server: Server, *arguments: str) -> Any:  # noqa: ANN401
    return json.loads(_says(server, *arguments, "--json"))


def _refused(server: Server, *arguments: str) -> tuple[int, str]:
    done = _run(server, *arguments)
    assert done.stdout == ""
    return done.exit_code, done.stderr


def test_a_sandbox_is_made_lent_brought_back_and_deleted(server: Server) -> None:
    assert _says(server, "sandbox", "create", "ci-42", "--keep-clients") == "ci-42\n"
    assert "clients" in server.call("GET", "/admin/v1/sandboxes/ci-42")["keep"]
    lent = _json(server, "sandbox", "lease", "ci-42", "--owner", "nightly", "--for", "PT30M")
    assert (lent["owner"], lent["on_return"]) == ("nightly", "reset")
    assert _refused(server, "sandbox", "lease", "ci-42", "--owner", "me", "--for", "PT1M")[0] == 1
    listed = _says(server, "sandbox", "list")
    assert "nightly" in listed
    _says(server, "sandbox", "release", "ci-42")
    assert _says(server, "sandbox", "delete", "ci-42") == "Deleted.\n"
    names = {each["id"] for each in _json(server, "sandbox", "list")["items"]}
    assert "ci-42" not in names
    status, said = _refused(server, "sandbox", "delete", "ci-42")
    assert (status, "`pass-simulator sandbox create" in said) == (1, True)
    terms = ("--owner", "nightly", "--for", "PT1H")
    made = _json(server, "sandbox", "create", "--from-sandbox", "default", *terms)
    assert (made["lease"]["owner"], made["lease"]["on_return"]) == ("nightly", "delete")
    _says(server, "sandbox", "delete", made["id"])
    assert _refused(server, "sandbox", "create", "--owner", "nightly")[0] == 2


def test_a_login_is_approved_denied_and_expired_by_its_code(
    server: Server, sandbox: Sandbox
) -> None:
    assert _says(server, "code", "list") == "No code is waiting for a login.\n"
    assert _refused(server, "code", "approve")[0] == 1
    assert _says(server, "code", "next", "LAB2345") == "The next session gets LAB2345.\n"
    tv, box = sandbox.device("bedroom-tv"), sandbox.device("box")
    assert tv.start_login("Cablevision").code == "LAB2345"
    second = box.start_login("Cablevision").code
    [one] = _json(server, "code", "list", "--device", "box")["items"]
    assert one["code"] == second
    status, said = _refused(server, "code", "approve")
    assert (status, "LAB2345" in said, second in said) == (2, True, True)
    assert _says(server, "code", "approve", "--device", "bedroom-tv", "--subscriber", "demo") == (
        "Logged in: LAB2345 of bedroom-tv at Cablevision.\n"
    )
    assert [*tv.profiles()] == ["Cablevision"]
    # Of one that is waiting nobody has to say the code.
    assert _says(server, "code", "deny").startswith(f"Denied: {second}")
    third = box.start_login("Cablevision").code
    assert _json(server, "code", "expire", third)["status"] == "expired"
    assert "code list" in _refused(server, "code", "approve", "NOCODE2")[1]


def test_requests_go_wrong_until_the_fault_is_deleted(server: Server, sandbox: Sandbox) -> None:
    match = ("-m", "operation=profiles", "--times", "2")
    made = _json(server, "fault", "add", "internal_server_error", *match, "--id", "own")
    assert (made["match"], made["times"]) == ({"operation": "profiles"}, 2)
    late = _json(server, "fault", "add", "delay", "--with", "seconds=2")
    assert late["action"] == {"kind": "delay", "seconds": 2}
    odd = _json(server, "fault", "add", "out_of_tea", "-w", "status=418", "-w", "message=None left")
    assert odd["action"]["code"] == "out_of_tea"
    listed = _says(server, "fault", "list").splitlines()
    assert ["own", "internal_server_error", "operation=profiles", "2", "times", "0"] in [
        each.split() for each in listed
    ]
    assert _says(server, "fault", "delete", "own") == "Deleted.\n"
    assert _json(server, "fault", "clear") == {"deleted": 2}
    status, said = _refused(server, "fault", "add", "internal_server_eror")
    assert (status, "did you mean 'internal_server_error'?" in said) == (2, True)
    status, said = _refused(server, "fault", "add", "hang", "-m", "operatoin=profiles")
    assert (status, "did you mean 'operation'?" in said) == (2, True)
    assert sandbox.faults.list() == []


def test_a_provider_is_degraded_for_a_time(server: Server, sandbox: Sandbox) -> None:
    pair = ("--service-provider", "REF30", "--mvpd", "Spectrum")
    made = _json(server, "degradation", "add", "authnall", *pair, "--until", "PT1H")
    assert (made["rule"], made["active"]) == ("AuthNAll", True)
    [found] = _json(server, "degradation", "list", "--mvpd", "Spectrum")["items"]
    assert found["id"] == made["id"]
    assert "AuthNAll" in _says(server, "degradation", "list")
    _says(server, "degradation", "delete", made["id"])
    assert not sandbox.degradations.list(mvpd="Spectrum")
    # What is not there is a slip of who typed it.
    wrong = _run(
        server, "degradation", "add", "AuthZAll", "--service-provider", "REF30", "--mvpd", "Nope"
    )
    assert (wrong.exit_code, "'Nope' is not in mvpds" in wrong.stderr) == (2, True)


def test_a_profile_is_made_and_ended(server: Server, sandbox: Sandbox) -> None:
    where = ("--device", "tv", "--mvpd", "Spectrum", "--service-provider", "REF30")
    made = _json(server, "profile", "add", *where, "--expires-in", "PT6H")
    assert [*sandbox.device("tv").profiles()] == ["Spectrum"]
    [listed] = _json(server, "profile", "list", "--device", "tv")["items"]
    assert listed["id"] == made["id"]
    assert _says(server, "profile", "invalidate", made["id"]) == "Invalidated: tv at Spectrum.\n"
    assert _json(server, "profile", "expire", made["id"])["valid"] is False
    assert " no " in _says(server, "profile", "list", "--device", "tv")
    _says(server, "profile", "delete", made["id"])
    status, said = _refused(server, "profile", "expire", made["id"])
    assert (status, "`pass-simulator profile list` lists" in said) == (1, True)
    assert _says(server, "profile", "list", "--device", "tv") == "Nobody is logged in.\n"


def test_a_device_is_described_claimed_and_taken_on_purpose(
    server: Server, sandbox: Sandbox
) -> None:
    assert _says(server, "device", "add", "lab-tv", "--platform", "Roku") == "Added.\n"
    claimed = _json(server, "device", "claim", "lab-tv", "--for", "PT1H")
    assert claimed["sandbox"] == sandbox.name
    assert _json(server, "device", "list")["claimed"] == ["lab-tv"]
    status, said = _refused(server, "device", "claim", "lab-tv", "--sandbox", "default")
    assert (status, f"'{sandbox.name}' has claimed the device 'lab-tv'" in said) == (1, True)
    assert "`pass-simulator device claim lab-tv --take`" in said
    _says(server, "device", "claim", "lab-tv", "--sandbox", "default", "--take")
    assert _json(server, "device", "list")["claimed"] == []
    assert _says(server, "device", "release", "lab-tv") == "Released.\n"
    assert _says(server, "device", "delete", "lab-tv") == "Deleted.\n"
    assert "lab-tv" not in _says(server, "device", "list")


def test_requests_are_followed_as_they_come(
    server: Server, sandbox: Sandbox, tmp_path: Path
) -> None:
    tv, other = sandbox.device("tv", minted=True), sandbox.device("other", minted=True)
    tv.profiles()
    asked = ("requests", "--follow", "--json", "--match", "device=tv", "--url", server.origin)
    with subprocess.Popen(
        command(*asked, "--sandbox", sandbox.name),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        assert following.stdout
        # The latest come first, and by then it follows.
        assert json.loads(following.stdout.readline())["operation"] == "profiles"
        other.profiles()
        tv.logout("Cablevision")
        assert json.loads(following.stdout.readline())["operation"] == "logout"
        following.send_signal(signal.SIGINT)
        assert (following.stdout.read(), following.wait(30)) == ("", 0)


def test_a_shell_completes_names_and_says_nothing_where_nobody_answers(
    server: Server, sandbox: Sandbox, tmp_path: Path
) -> None:
    def offered(typed: str, url: str) -> list[str]:
        script = "import sys; sys.argv = ['pass-simulator']; from simulator.cli import main; main()"
        variables = {
            "_PASS_SIMULATOR_COMPLETE": "complete_bash",
            "COMP_WORDS": f"pass-simulator {typed}",
            "COMP_CWORD": str(typed.count(" ") + 1),
            "PASS_SIMULATOR_URL": url,
        }
        done = subprocess.run(
            [*command()[:1], "-c", script],
            cwd=tmp_path,
            env=environment(**variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.stderr == ""
        return done.stdout.split()

    at = server.origin
    assert offered(f"reset --sandbox {sandbox.name}", at) == [sandbox.name]
    assert offered("profile list --mvpd Cab", at) == ["Cablevision"]
    assert offered("seed qa-ho", at) == offered("scenario show qa-ho", at) == ["qa-home"]
    nobody = "http://127.0.0.1:9"
    assert offered("reset --sandbox d", nobody) == []
    assert offered("profile list --mvpd C", nobody) == []
    # Those that are shipped are here.
    assert offered("seed qa-ho", nobody) == ["qa-home"]


def test_a_scenario_of_a_running_simulator_is_shown_as_its_file_stands(
    server: Server, tmp_path: Path
) -> None:
    here = CliRunner().invoke(app, ["scenario", "show", "demo"]).stdout
    assert here.startswith("# yaml-language-server")
    assert _says(server, "scenario", "show", "demo") == here
    assert _json(server, "scenario", "show", "demo")["name"] == "demo"


@pytest.mark.parametrize(
    ("hint", "verb"),
    [
        ("GET /admin/v1/profiles lists them.", "`pass-simulator profile list` lists them."),
        (
            'To empty it, POST /admin/v1/reset with {"to": "empty"}.',
            "To empty it, `pass-simulator reset --to empty`.",
        ),
        (
            "PUT /admin/v1/devices/{id}/claim makes one.",
            "`pass-simulator device claim ID` makes one.",
        ),
        ("DELETE /admin/v1/devices/my%20tv.", "`pass-simulator device delete 'my tv'`."),
        ("POST /admin/v1/codes/A B/expire", "POST /admin/v1/codes/A B/expire"),
        ("POST /admin/v1/reset with {odd}", "POST /admin/v1/reset with {odd}"),
        ("PATCH /admin/v1/mvpds/x", "PATCH /admin/v1/mvpds/x"),
        ("GET /admin/v1 lists what there is.", "GET /admin/v1 lists what there is."),
    ],
)
def test_a_hint_names_the_verb_where_there_is_one(hint: str, verb: str) -> None:
    assert in_verbs(hint) == verb


def test_the_verbs_of_hints_are_there() -> None:
    for verb in VERBS.values():
        words = verb.split()
        assert " ".join(words[:2]) in PATHS or words[0] in PATHS, verb
