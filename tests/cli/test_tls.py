"""HTTPS beside HTTP: good certificates that verify, and bad ones that fail for the reason they should."""

import json
import re
import ssl
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from simulator.certificates.bad_kinds import BAD
from simulator.certificates.folder import Folder
from simulator.certificates.host_names import Names
from simulator.certificates.issuing import issue, leaf, make_authority, pem_of
from simulator.cli.commands import app
from simulator.clock import SystemClock
from tests.support.replies import Json
from tests.support.server import Server, ask, finished, serving
from tests.support.tls import handshake, verifying

# What OpenSSL's verification says of each.
REASONS: Final = {
    "expired": "certificate has expired",
    "not-yet-valid": "certificate is not yet valid",
    "wrong-host": "Hostname mismatch",
    "unknown-authority": "unable to get local issuer certificate",
    "self-signed": "self-signed certificate",
    "missing-intermediate": "unable to get local issuer certificate",
    "weak-key": "EE certificate key too weak",
    "weak-chain": "CA certificate key too weak",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """HTTP, HTTPS and every bad certificate."""
    options = [option for kind in BAD for option in ("--tls-bad", f"{kind}=0")]
    directory = tmp_path_factory.mktemp("lab")
    with serving(
        "--port", "0", "--db", "lab.db", "--tls", "auto", "--tls-port", "0",
        "--tls-name", "tv.lab.example", *options, directory=directory,
    ) as running:  # fmt: skip
        yield running


@pytest.fixture(scope="module")
def facts(server: Server) -> Json:
    return _facts(server)


def _facts(server: Server) -> Json:
    return server.call("GET", "/certs", headers={"Accept": "application/json"})


@pytest.fixture(scope="module")
def trusting(server: Server) -> ssl.SSLContext:
    """A client that trusts what is downloaded from the page for devices."""
    return verifying(ask(server.origin, "GET", "/certs/ca.pem").text)


def _get(
    port: int, path: str, tls: ssl.SSLContext, headers: Mapping[str, str] | None = None
) -> Json:
    """The JSON at `path` of the server at `port`, whose certificate is verified."""
    return ask(f"https://localhost:{port}", "GET", path, headers=headers, tls=tls).json()


def test_there_is_a_reason_for_each_kind() -> None:
    assert REASONS.keys() == BAD.keys()


def test_http_and_https_serve_the_same(
    server: Server, facts: Json, trusting: ssl.SSLContext
) -> None:
    found = _get(facts["https_port"], "/admin/v1/version", trusting)
    assert found == server.call("GET", "/admin/v1/version")


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "::1", "tv.lab.example", "x.lab.example", "x.tv.lab.example"]
)
def test_a_good_certificate_is_for_the_names_it_should_be_for(
    facts: Json, trusting: ssl.SSLContext, host: str
) -> None:
    if host == "x.lab.example":
        with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
            handshake(facts["https_port"], trusting, host)
    else:
        handshake(facts["https_port"], trusting, host)


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_certificate_fails_for_its_reason(
    facts: Json, trusting: ssl.SSLContext, kind: str
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError) as caught:
        handshake(facts["bad_ports"][kind], trusting)
    assert caught.value.verify_message.startswith(REASONS[kind])


@pytest.mark.parametrize("kind", BAD)
def test_a_client_that_does_not_look_is_served(facts: Json, kind: str) -> None:
    careless = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE
    careless.set_ciphers("DEFAULT:@SECLEVEL=0")
    assert _get(facts["bad_ports"][kind], "/livez", careless) == {"status": "live"}


def test_the_authority_can_be_had_in_both_encodings(server: Server, facts: Json) -> None:
    pem = ask(server.origin, "GET", "/certs/ca.pem")
    assert pem.headers["content-type"] == "application/x-pem-file"
    der = ask(server.origin, "GET", "/certs/ca.der")
    assert der.headers["content-type"] == "application/x-x509-ca-cert"
    assert "attachment" in der.headers["content-disposition"]
    assert ssl.PEM_cert_to_DER_cert(pem.text) == der.body
    assert facts["authority"]["pem"] == f"{server.origin}/certs/ca.pem"


def test_absolute_urls_are_those_that_the_client_came_by(
    server: Server, facts: Json, trusting: ssl.SSLContext
) -> None:
    port = facts["https_port"]
    secure = _get(port, "/admin/v1/openapi.json", trusting)
    assert secure["servers"][0]["url"] == f"https://localhost:{port}"
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "sim.lab"}
    behind = server.call("GET", "/admin/v1/openapi.json", headers=forwarded)
    assert behind["servers"][0]["url"] == "https://sim.lab"


def test_http_at_the_port_of_https_is_told_apart(facts: Json) -> None:
    url = f"http://127.0.0.1:{facts['https_port']}"
    done = CliRunner().invoke(app, ["clock", "show", "--url", url])
    assert (done.exit_code, done.stdout) == (2, "")
    assert url.replace("http:", "https:") in done.stderr


def test_a_logout_over_https_leads_back_by_https(
    server: Server, facts: Json, trusting: ssl.SSLContext
) -> None:
    server.call("POST", "/admin/v1/seed", {"scenario": "logout-samples"})
    token = server.call("POST", "/admin/v1/tokens", {})["access_token"]
    headers = {
        "Authorization": f"Bearer {token}",
        "AP-Device-Identifier": "fingerprint YmEyM2QxNDEtZDcxNS01NjFjLTk0ZjQtZTllNGM5NjZiMWVi",
    }
    port = facts["https_port"]
    path = "/api/v2/REF30/logout/Cablevision?redirectUrl=https%3A%2F%2Fadobe.com"
    answer = _get(port, path, trusting, headers)
    url = answer["logouts"]["Cablevision"]["url"]
    assert url.startswith(f"https://localhost:{port}/adobe-services/logout")


def test_a_restart_keeps_the_authority(tmp_path: Path) -> None:
    options = ("--port", "0", "--db", "lab.db", "--tls", "auto", "--tls-port", "0")
    found = []
    for _ in range(2):
        with serving(*options, directory=tmp_path) as server:
            found.append(_facts(server))
    first, second = found
    assert first["authority"]["sha256"] == second["authority"]["sha256"]
    assert first["certificate"]["sha256"] == second["certificate"]["sha256"]
    folder = tmp_path / "pass-simulator-certificates"
    modes = {stat.S_IMODE(each.stat().st_mode) for each in folder.glob("*-private.pem")}
    assert modes == {0o600}


def test_without_https_there_is_nothing_to_trust(tmp_path: Path) -> None:
    with serving("--port", "0", "--db", ":memory:", directory=tmp_path) as server:
        assert _facts(server) == {
            "https_port": None,
            "authority": None,
            "certificate": None,
            "bad_ports": {},
        }
        done = CliRunner().invoke(app, ["certs", "ca", "--url", server.origin])
        assert (done.exit_code, done.stdout) == (1, "")
        assert "--tls auto" in done.stderr
        done = CliRunner().invoke(app, ["certs", "show", "--url", server.origin])
        assert done.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def _own(directory: Path) -> tuple[Path, Path, str]:
    """A certificate of one's own, its key, and the authority that vouches for it."""
    now = SystemClock().now()
    authority = make_authority("somebody else's", now)
    pair = issue(leaf(Names.of(["localhost"]), now), authority)
    text = pair.pem()
    cut = text.index(b"-----BEGIN CERTIFICATE")
    (directory / "key.pem").write_bytes(text[:cut])
    (directory / "cert.pem").write_bytes(text[cut:])
    return directory / "cert.pem", directory / "key.pem", pem_of(authority.certificate).decode()


def test_a_certificate_of_ones_own_is_shown(tmp_path: Path) -> None:
    certificate, key, authority = _own(tmp_path)
    with serving(
        "--port", "0", "--db", ":memory:", "--tls-port", "0",
        "--tls-cert", certificate, "--tls-key", key, directory=tmp_path,
    ) as server:  # fmt: skip
        facts = _facts(server)
        assert facts["authority"] is None
        assert facts["certificate"]["names"] == ["localhost"]
        handshake(facts["https_port"], verifying(authority))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["cert.pem", "key.pem"]


def _swap(here: Path) -> list[str]:
    _, key, _ = _own(here)
    key.rename(here / "other.pem")
    _own(here)
    return ["--tls-cert", "cert.pem", "--tls-key", "other.pem"]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--tls", "on"], ["--tls", "auto"]),
        (["--tls-port", "70000", "--tls", "auto"], ["--tls-port", "65535"]),
        (["--tls-cert", "cert.pem"], ["--tls-cert", "--tls-key", "together"]),
        (["--tls-key", "cert.pem"], ["--tls-cert", "--tls-key", "together"]),
        (["--tls-cert", "no.pem", "--tls-key", "no.pem"], ["no.pem", "does not exist"]),
        (["--tls-cert", "notes", "--tls-key", "notes"], ["notes", "cannot be used"]),
        (["--tls-bad", "rotten=1"], ["'rotten'", "expired", "weak-chain"]),
        (["--tls-bad", "expired"], ["'expired'", "expired=8644"]),
        (["--tls-bad", "expired=99999"], ["'expired=99999'"]),
        (["--tls-name", "a b/c"], ["b/c"]),
        (["--tls", "auto", "--tls-dir", "notes"], ["notes", "--tls-dir"]),
    ],
)
def test_a_bad_start_ends_with_a_message(
    tmp_path: Path, options: list[str], names: list[str]
) -> None:
    (tmp_path / "notes").write_text("notes")
    done = finished("serve", "--port", "0", "--db", ":memory:", *options, directory=tmp_path)
    assert (done.status, done.out) == (2, "")
    for name in names:
        assert name in done.err
    assert "Traceback" not in done.err


def test_a_key_that_belongs_to_another_certificate_is_told(tmp_path: Path) -> None:
    options = _swap(tmp_path)
    done = finished("serve", "--port", "0", "--db", ":memory:", *options, directory=tmp_path)
    assert done.status == 2
    assert "other.pem" in done.err
    assert "belongs to it" in done.err


@pytest.mark.parametrize("flag", ["tls-port", "tls-bad"])
def test_a_port_that_is_taken_is_named_with_its_flag(
    server: Server, tmp_path: Path, flag: str
) -> None:
    port = server.origin.rpartition(":")[2]
    options = {
        "tls-port": ("--tls", "auto", "--tls-port", port),
        "tls-bad": ("--tls-bad", f"expired={port}"),
    }
    done = finished("serve", "--port", "0", "--db", ":memory:", *options[flag], directory=tmp_path)
    assert done.status == 2
    assert f"127.0.0.1:{port}" in done.err
    assert f"--{flag}" in done.err


# The verb


def _run(*arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(app, ["certs", *arguments])
    assert done.exit_code == status, done.output
    return done.stdout


def test_the_authority_is_printed_and_made_when_there_is_none(here: Path) -> None:
    assert json.loads(_run("show", "--json", status=1))["authority"] is None
    pem = _run("ca")
    assert pem == Folder(here / "pass-simulator-certificates").authority_file.read_text()
    assert _run("ca") == pem
    _run("ca", "--der", "--output", "ca.der")
    assert (here / "ca.der").read_bytes() == ssl.PEM_cert_to_DER_cert(pem)
    shown = json.loads(_run("show", "--json"))
    assert shown["certificate"] is None
    assert shown["authority"]["name"].startswith("pass-simulator on ")
    assert shown["authority"]["sha256"] in _run("show")


def test_certificates_are_found_where_serve_keeps_them(here: Path) -> None:
    (here / "lab").mkdir()
    _run("ca", "--db", "lab/lab.db")
    assert (here / "lab" / "pass-simulator-certificates").is_dir()
    _run("show", "--db", "lab/lab.db")
    _run("ca", "--tls-dir", "elsewhere")
    (here / "lab.toml").write_text('tls_dir = "elsewhere"\n')
    _run("show", "--config", "lab.toml")
    assert "pass-simulator-certificates" not in [each.name for each in here.iterdir()]


def test_those_of_a_running_simulator_are_shown(server: Server, facts: Json, here: Path) -> None:
    assert json.loads(_run("show", "--url", server.origin, "--json")) == facts
    shown = _run("show", "--url", server.origin)
    assert f"weak-chain on port {facts['bad_ports']['weak-chain']}" in shown
    assert _run("ca", "--url", server.origin) == ask(server.origin, "GET", "/certs/ca.pem").text
    assert list(here.iterdir()) == []


def test_verbs_reach_a_simulator_by_https_once_they_trust_it(
    server: Server, facts: Json, here: Path
) -> None:
    url = f"https://localhost:{facts['https_port']}"
    distrusting = CliRunner().invoke(app, ["clock", "show", "--url", url])
    assert distrusting.exit_code == 2
    assert "cannot be trusted" in distrusting.stderr
    assert "--ca" in distrusting.stderr
    _run("ca", "--url", server.origin, "--output", "ca.pem")
    for arguments in (["clock", "show"], ["wait", "--timeout", "5"]):
        done = CliRunner().invoke(app, [*arguments, "--url", url, "--ca", "ca.pem"])
        assert done.exit_code == 0, done.output
    (here / "bad.pem").write_text("notes")
    for file in ("bad.pem", "gone.pem"):
        done = CliRunner().invoke(app, ["clock", "show", "--url", url, "--ca", file])
        assert done.exit_code == 2
        assert file in done.stderr


def test_a_bad_certificate_is_made_for_a_server_of_ones_own(here: Path) -> None:
    assert [each["kind"] for each in json.loads(_run("bad", "--json"))["items"]] == list(BAD)
    assert all(about in _run("bad") for about in BAD.values())
    text = _run("bad", "weak-chain")
    assert len(re.findall("BEGIN CERTIFICATE", text)) == 2
    assert "PRIVATE KEY" in text
    _run("bad", "expired", "--output", "expired.pem")
    assert stat.S_IMODE((here / "expired.pem").stat().st_mode) == 0o600
    done = CliRunner().invoke(app, ["certs", "bad", "rotten"])
    assert done.exit_code == 2
    assert "weak-chain" in done.stderr


def test_a_folder_that_cannot_be_used_is_told(here: Path) -> None:
    (here / "file").write_text("")
    for arguments in (["ca"], ["show"], ["bad", "expired"]):
        done = CliRunner().invoke(app, ["certs", *arguments, "--tls-dir", "file"])
        assert done.exit_code == 2, done.output
        assert "--tls-dir" in done.stderr
