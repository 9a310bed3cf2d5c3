"""`requests`, `conduct` and `coverage`: what devices did, on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from simulator.cli.commands import app
from tests.support.lab import device_header
from tests.support.server import Server, serving

DEVICE: Final = "ba23d141-d715-561c-94f4-e9e4c966b1eb"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose default sandbox has a TV that asked for the wrong MVPD and logged out of another."""
    place = tmp_path_factory.mktemp("journals")
    with serving("--port", "0", "--db", ":memory:", directory=place) as running:
        token = running.call("POST", "/admin/v1/tokens", {})["access_token"]
        for path in ("profiles", "logout/Dish?redirectUrl=https%3A%2F%2Fapp.example"):
            running.call("GET", f"/api/v2/REF30/{path}", headers=_headers(token))
        running.call("POST", "/admin/v1/sandboxes", {"id": "quiet"})
        running.call("POST", "/admin/v1/sandboxes", {"id": "unshown"})
        yield running


def _headers(token: str) -> dict[str, str]:
    identifier = "fingerprint YmEyM2QxNDEtZDcxNS01NjFjLTk0ZjQtZTllNGM5NjZiMWVi"
    return {"Authorization": f"Bearer {token}", "AP-Device-Identifier": identifier}


def _run(server: Server, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--url", server.origin])


def test_requests_are_listed_with_their_reasons(server: Server) -> None:
    listed = _run(server, "requests", "list").output.splitlines()
    assert [each.split()[2] for each in listed[1:]] == ["profiles", "logout"]
    assert "L6: " in listed[2]
    (found,) = json.loads(_run(server, "requests", "list", "-m", "rule=L6", "--json").output)[
        "items"
    ]
    assert found["operation"] == "logout"
    none = _run(server, "requests", "list", "--match", "device=nobody")
    assert none.output == "No device has asked for anything like that.\n"
    last = json.loads(_run(server, "requests", "list", "--last", "1", "--json").output)["items"]
    assert [each["operation"] for each in last] == ["logout"]


def test_an_empty_answer_is_listed_with_what_keeps_the_app_from_a_profile(server: Server) -> None:
    owned = {"service_provider": "REF30", "mvpd": "Cablevision", "device": "lone-tv"}
    at = "/s/quiet/admin/v1"
    server.call("POST", f"{at}/profiles", {"id": "mine", "client": "another", **owned})
    token = server.call("POST", f"{at}/tokens", {})
    headers = {
        **_headers(token["access_token"]),
        "AP-Device-Identifier": device_header("lone-tv"),
    }
    server.call("GET", "/s/quiet/api/v2/REF30/profiles", headers=headers)
    [listed] = _run(server, "requests", "list", "--sandbox", "quiet").output.splitlines()[1:]
    assert "of the client another" in listed
    assert f"the call is of the client {token['client_id']}" in listed
    assert "POST /admin/v1" not in listed
    _run(server, "requests", "clear", "--sandbox", "quiet")


def test_requests_are_verified(server: Server) -> None:
    done = _run(server, "requests", "verify", "-m", "operation=logout", "--exactly", "1")
    assert (done.exit_code, done.output) == (0, "Verified: 1.\n")
    failed = _run(server, "requests", "verify", "-m", "operation=logout", "-m", "rule=L5")
    assert failed.exit_code == 1
    assert "Not verified: there were 0." in failed.output
    assert "rule is ['L6'], not L5" in failed.output
    told = _run(server, "requests", "verify", "-m", "rule=L5", "--json")
    assert (told.exit_code, json.loads(told.output)["verified"]) == (1, False)


def test_requests_are_exported(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "lab.har"
    done = _run(server, "requests", "har", "-m", "operation=logout", "-o", str(file), "--json")
    assert json.loads(done.output) == {"file": str(file), "bytes": file.stat().st_size}
    assert len(json.loads(file.read_bytes())["log"]["entries"]) == 1
    shown = _run(server, "requests", "har")
    assert len(json.loads(shown.output)["log"]["entries"]) == 2


def test_conduct_fails_where_something_was_broken(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "conduct.xml"
    done = _run(server, "conduct", "--junit", str(file))
    assert done.exit_code == 1
    lines = done.output.splitlines()
    assert "device-info-sent" in done.output
    assert "authorization-sent" not in done.output
    assert any("profiles came without X-Device-Info (and 1 more)" in each for each in lines)
    assert int(ET.parse(file).getroot().attrib["failures"]) >= 1  # noqa: S314 - it is ours
    everything = _run(server, "conduct", "--all", "--device", DEVICE)
    assert "authorization-sent" in everything.output
    assert _run(server, "conduct", "--json").exit_code == 1


def test_conduct_of_nobody_is_no_failure(server: Server) -> None:
    done = _run(server, "conduct", "--device", "nobody")
    assert (done.exit_code, done.output) == (0, "No app has called yet.\n")


def test_requests_are_cleared(server: Server) -> None:
    done = _run(server, "requests", "clear", "--sandbox", "quiet")
    assert (done.exit_code, done.output) == (0, "Forgot 0.\n")
    told = _run(server, "requests", "clear", "--sandbox", "quiet", "--json")
    assert json.loads(told.output) == {"deleted": 0}


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["requests", "list", "--match", "logout"], 2, "'logout' is not MEMBER=VALUE."),
        (["requests", "list", "--match", "colour=red"], 2, "colour"),
        (["requests", "list", "--match", "operatoin=x"], 2, "did you mean 'operation'?"),
        (["requests", "verify", "--match", "operatoin=x"], 2, "did you mean 'operation'?"),
        (["requests", "verify", "--match", "operation=logot"], 2, "did you mean 'logout'?"),
        (["requests", "--follow", "--match", "operation=logot"], 2, "did you mean 'logout'?"),
        (["requests", "verify", "--match", "status=abc"], 2, "status[0]"),
        (["requests", "verify", "--exactly", "1", "--at-least", "2"], 2, "expected one of"),
        (["requests", "har", "--match", "order=newest"], 2, "order"),
        (["conduct", "--sandbox", "nowhere"], 1, "There is no sandbox 'nowhere'"),
    ],
)
def test_what_makes_no_sense_is_named(
    server: Server, arguments: list[str], status: int, says: str
) -> None:
    done = _run(server, *arguments)
    assert done.exit_code == status
    assert says in done.output


def test_coverage_is_told_and_what_is_required_decides(server: Server, tmp_path: Path) -> None:
    found = _run(server, "coverage", "--require", "logout:L6")
    assert found.exit_code == 0
    assert any(each.split()[:3] == ["logout", "L6", "1"] for each in found.output.splitlines())
    junit, html = tmp_path / "coverage.xml", tmp_path / "coverage.html"
    files = ("--junit", str(junit), "--html", str(html))
    failed = _run(server, "coverage", "--device", DEVICE, "--require", "logout:L1", *files)
    assert failed.exit_code == 1
    assert "Not met: logout:L1. pass-simulator coverage arm logout:L1, then" in failed.output
    cases = ET.parse(junit).getroot().iter("testcase")  # noqa: S314 - it is ours
    failures = [each.get("name") for each in cases if each.find("failure") is not None]
    assert failures == ["L1", "device-info-sent"]
    assert '<td class="n">L6</td>' in html.read_text()
    unknown = _run(server, "coverage", "--require", "logout:L16")
    assert (unknown.exit_code, "Did you mean logout:L" in unknown.output) == (2, True)
    missing = _run(server, "coverage", "--missing").output.splitlines()
    assert not any(each.split()[:2] == ["logout", "L6"] for each in missing)
    assert any("pass-simulator coverage arm logout:L5, then logout" in each for each in missing)
    assert json.loads(_run(server, "coverage", "--json").output)["known"]["devices"] == [DEVICE]


def test_coverage_is_armed_and_forgotten(server: Server) -> None:
    armed = _run(
        server, "coverage", "arm", "logout:L8", "--device", "armed", "--sandbox", "unshown"
    )
    assert armed.output.startswith("Logs another device in, shared by service token.")
    assert "Let the app call logout at ATTOTT now, with the AD-Service-Token" in armed.output
    assert "\nAD-Service-Token: ey" in armed.output
    assert (
        _run(server, "coverage", "clear", "--sandbox", "unshown").output
        == "Nothing was counted yet.\n"
    )


def test_coverage_files_that_cannot_be_merged_write_nothing(tmp_path: Path) -> None:
    cell = {"met": 1, "forced": 0, "outcomes": {"well": 1}, "tests": ["a"]}
    document = {
        "format": "pass-simulator-coverage",
        "version": 1,
        "runs": ["one"],
        "axes": {"logout": {"L5": cell, "L6": {**cell, "met": 0}}},
    }
    one, two, output = (tmp_path / name for name in ("one.json", "two.json", "all.json"))
    one.write_text(json.dumps(document))

    def merge(text: str, *more: str) -> Result:
        two.write_text(text)
        files = (str(one), str(two), "--output", str(output))
        return CliRunner().invoke(app, ["coverage", "merge", *files, *more])

    for text, problem in (
        (json.dumps(document), "has the run one"),
        (json.dumps(document)[:-9], "is cut off"),
        (json.dumps({**document, "version": 9}), "is of version 9"),
        (json.dumps({**document, "format": "lcov"}), "is no coverage of pass-simulator"),
    ):
        refused = merge(text)
        assert (refused.exit_code, output.exists()) == (2, False), problem
        assert f"{two} {problem}" in refused.output.replace("\n", " ")
    other = json.dumps({**document, "runs": ["two"]})
    unknown = merge(other, "--require", "logout:L7")
    assert (unknown.exit_code, output.exists()) == (2, False)
    done = merge(other, "--require", "logout:L5")
    assert (done.exit_code, json.loads(output.read_text())["runs"]) == (0, ["one", "two"])
    assert merge(other, "--require", "logout:L6").exit_code == 1
