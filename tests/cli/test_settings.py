"""Where a setting comes from: flag before environment before file before default."""

import json
from pathlib import Path
from typing import Final

import pytest
from pydantic import ValidationError

from simulator.settings import Settings, load_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A configuration file that sets port and scenario."""
    path = tmp_path / "lab.toml"
    path.write_text('port = 3\nscenario = "of the file"\n')
    return path


def test_without_a_word_the_defaults_hold() -> None:
    settings = load_settings({})
    assert (settings.host, settings.port) == ("127.0.0.1", 8642)
    assert (settings.db, settings.scenario) == ("pass-simulator.db", "demo")
    assert (settings.admin_token, settings.public_url, settings.scenarios) == (None, None, None)


def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASS_SIMULATOR_PORT", "2")
    monkeypatch.setenv("PASS_SIMULATOR_DB", "of the environment")
    assert load_settings({"port": 1}, file).port == 1
    assert load_settings({"port": None}, file).port == 2
    settings = load_settings({}, file)
    assert (settings.db, settings.scenario) == ("of the environment", "of the file")
    assert settings.host == "127.0.0.1"


def test_a_file_that_is_not_named_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    (file.parent / ".env").write_text("PASS_SIMULATOR_PORT=9\n")
    assert load_settings({}).port == 8642


def test_one_start_does_not_remember_the_file_of_another(file: Path) -> None:
    assert load_settings({}, file).port == 3
    assert load_settings({}).port == 8642
    assert Settings.file is None


@pytest.mark.parametrize(
    ("flags", "name"),
    [
        ({"port": 65_536}, "port"),
        ({"port": "x"}, "port"),
        ({"db": ""}, "db"),
        ({"host": ""}, "host"),
        ({"admin_token": "short"}, "admin_token"),
        ({"public_url": "lab.example"}, "public_url"),
        ({"public_url": "ftp://lab.example"}, "public_url"),
        ({"scenarios": "/nowhere/at/all"}, "scenarios"),
        ({"max_sandboxes": 0}, "max_sandboxes"),
        ({"log_format": "xml"}, "log_format"),
        ({"log_level": "loud"}, "log_level"),
        ({"drain_seconds": -1}, "drain_seconds"),
        ({"journal_entries": 0}, "journal_entries"),
        ({"journal_hours": 0}, "journal_hours"),
        ({"tls": "on"}, "tls"),
        ({"tls_port": -1}, "tls_port"),
        ({"tls_cert": "cert.pem"}, "tls_key"),
        ({"tls_key": "key.pem"}, "tls_key"),
        ({"tls_bad": 7}, "tls_bad"),
        ({"tls_bad": ["expired=x"]}, "tls_bad"),
        ({"tls_name": ["-"]}, "tls_name"),
        ({"allowed_host": "http://lab.local"}, "allowed_host"),
        ({"allowed_host": "*"}, "allowed_host"),
        ({"admin_origin": "localhost:3000"}, "admin_origin"),
        ({"admin_origin": "http://localhost:3000/app"}, "admin_origin"),
        ({"admin_origin": "null"}, "admin_origin"),
        ({"admin_origin": "*"}, "admin_origin"),
        ({"head_seconds": 0}, "head_seconds"),
        ({"idle_seconds": 0}, "idle_seconds"),
        ({"max_connections": 0}, "max_connections"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_bad_value_is_refused(flags: dict[str, object], name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        load_settings(flags)
    assert [each["loc"][0] for each in caught.value.errors()] == [name]


TIDY: Final = {"db": "x.db", "admin_token": "a good token", "host": "127.0.0.1", "port": 1, "tls": "off",
               "public_url": "https://lab.example", "tls_name": ("lab.example",)}  # fmt: skip


@pytest.mark.parametrize("around", ["{}\r", "{}\n", " {} ", "\t{}\r\n"])
@pytest.mark.parametrize("name", TIDY)
def test_what_stands_around_a_value_does_no_harm(
    name: str, around: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = TIDY[name]
    text = around.format(wanted[0] if isinstance(wanted, tuple) else wanted)
    assert getattr(load_settings({name: text}), name) == wanted
    file = tmp_path / "lab.toml"
    file.write_text(f"{name} = {json.dumps(text)}\n")
    assert getattr(load_settings({}, file), name) == wanted
    monkeypatch.setenv(f"PASS_SIMULATOR_{name.upper()}", text)
    assert getattr(load_settings({}), name) == wanted


def test_what_stands_around_a_path_does_no_harm(tmp_path: Path) -> None:
    assert load_settings({"scenarios": Path(f"{tmp_path}\r")}).scenarios == tmp_path
    assert load_settings({"scenarios": f" {tmp_path}\n"}).scenarios == tmp_path


@pytest.mark.parametrize("name", ["db", "admin_token", "host", "scenario", "public_url", "tls_dir"])
@pytest.mark.parametrize("value", ["a long\rvalue", "a long\x00value", "a long\x7fvalue"])
def test_a_control_character_within_a_value_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match="control character"):
        load_settings({name: value})


def test_nothing_but_blanks_is_no_value() -> None:
    for name in ("db", "admin_token", "host"):
        with pytest.raises(ValidationError):
            load_settings({name: " \r\n"})


@pytest.mark.parametrize("text", ["port = 3\n", "port = 3\r\n", "# ein Gruß\nport = 3\n"])
def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lab.toml"
    path.write_bytes(text.encode("utf-8-sig"))
    assert load_settings({}, path).port == 3


@pytest.mark.parametrize("name", ["PORT", "TLS_PORT", "HOST", "DB"])
def test_an_address_that_kubernetes_sets_is_no_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, file: Path
) -> None:
    monkeypatch.setenv(f"PASS_SIMULATOR_{name}", "tcp://10.0.0.1:8642")
    monkeypatch.setenv("PASS_SIMULATOR_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("PASS_SIMULATOR_PORT_8642_TCP_ADDR", "10.0.0.1")
    assert load_settings({}) == Settings()
    # What comes after the environment counts then.
    assert load_settings({}, file).port == 3
    with pytest.raises(ValidationError):
        load_settings({"port": "tcp://10.0.0.1:8642"})


def test_a_port_that_is_none_is_refused_wherever_it_comes_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for value in ("tcp://", "10.0.0.1:8642", "http://10.0.0.1:8642"):
        monkeypatch.setenv("PASS_SIMULATOR_PORT", value)
        with pytest.raises(ValidationError):
            load_settings({})


def test_origins_are_read_as_browsers_send_them() -> None:
    given = (
        "HTTP://LocalHost:3000/, https://app.example:443 http://app.example:80,http://[::1]:3000"
    )
    assert load_settings({"admin_origin": given}).admin_origin == (
        "http://localhost:3000",
        "https://app.example",
        "http://app.example",
        "http://[::1]:3000",
    )
