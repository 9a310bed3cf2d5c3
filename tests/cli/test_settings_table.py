"""One table of settings: flags, environment, configuration file and documentation say the same."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

import simulator
from simulator.cli.commands import app
from simulator.cli.server import serving
from simulator.settings import Settings, load_settings
from tests.cli.commands import command
from tests.support.inventory import every

PAGE: Final = Path(simulator.__file__).parent / "docs" / "reference-settings.md"
NAMES: Final = sorted(Settings.model_fields)

# Values that no setting has by default: on the command line, as TOML, and what becomes of them.
TEXTS: Final = {
    "text": ("a text of some length", '"a text of some length"'),
    "number": ("17", "17"),
    "flag": ("true", "true"),
}
OWN: Final[dict[str, tuple[str, str]]] = {
    "public_url": ("https://lab.example", '"https://lab.example"'),
    "scenarios": (".", '"."'),
    "log_format": ("json", '"json"'),
    "log_level": ("error", '"error"'),
    "tls": ("auto", '"auto"'),
    "tls_cert": ("cert.pem", '"cert.pem"'),
    "tls_key": ("key.pem", '"key.pem"'),
    "tls_dir": ("certificates", '"certificates"'),
    "tls_name": ("tv.lab,192.0.2.9", '["tv.lab", "192.0.2.9"]'),
    "allowed_host": ("tv.lab,192.0.2.9", '["tv.lab", "192.0.2.9"]'),
    "admin_origin": (
        "http://localhost:3000,https://tv.lab",
        '["http://localhost:3000", "https://tv.lab"]',
    ),
    "tls_bad": ("expired=8644,weak-key=0", '["expired=8644", "weak-key=0"]'),
}


def _partner(name: str) -> dict[str, str]:
    """What has to be said, too, for the setting to make sense."""
    partners = {"tls_cert": "tls_key", "tls_key": "tls_cert"}
    other = partners.get(name)
    return {f"PASS_SIMULATOR_{other.upper()}": "other.pem"} if other else {}


def _values(name: str) -> tuple[str, str]:
    return OWN.get(name) or TEXTS[Settings.kind(name)]


def _read(name: str) -> dict[str, str]:
    """The page's row for the setting: flag, environment, default."""
    pattern = r"^\| `(--[a-z-]+)` \| `(\w+)` \| [^|]+ \| ([^|]*) \| [^|]+ \|$"
    rows = re.findall(pattern, PAGE.read_text(), re.MULTILINE)
    found = {flag.removeprefix("--").replace("-", "_"): (flag, *rest) for flag, *rest in rows}
    flag, env, default = found[name]
    return {"flag": flag, "env": env, "default": default}


def test_the_page_has_exactly_the_settings_that_there_are() -> None:
    rows = re.findall(r"^\| `--([a-z-]+)` \| `PASS_", PAGE.read_text(), re.MULTILINE)
    assert sorted(each.replace("-", "_") for each in rows) == NAMES


@every(NAMES)
def test_the_page_names_flag_variable_and_default(name: str) -> None:
    row = _read(name)
    assert row["flag"] == "--" + name.replace("_", "-")
    assert row["env"] == f"PASS_SIMULATOR_{name.upper()}"
    default = Settings.model_fields[name].default
    assert row["default"] == ("" if default in {None, (), False} else f"`{default}`")


@every(NAMES)
def test_serve_has_a_flag_for_it_that_says_what_it_does(name: str) -> None:
    [flag] = [each for each in command("serve").params if each.name == name]
    field = Settings.model_fields[name]
    assert flag.opts == ["--" + name.replace("_", "-")]
    assert flag.envvar == f"PASS_SIMULATOR_{name.upper()}"
    assert field.description
    assert field.description in flag.help
    if field.default not in {None, (), False}:
        assert str(field.default) in flag.help


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_comes_to_the_same_from_flag_variable_and_file(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    given, toml = _values(name)
    file = tmp_path / "lab.toml"
    file.write_text(f"{name} = {toml}\n")

    loaded: list[Settings] = []

    async def run(flags: dict[str, Any], config: Path | None) -> None:
        loaded.append(load_settings(flags, config))

    monkeypatch.setattr(serving, "run", run)
    flag = ["--" + name.replace("_", "-"), *([] if Settings.kind(name) == "flag" else [given])]
    for arguments, variables in (
        (["serve", *flag], {}),
        (["serve"], {f"PASS_SIMULATOR_{name.upper()}": given}),
        (["serve", "--config", str(file)], {}),
    ):
        done = CliRunner().invoke(app, arguments, env={**_partner(name), **variables})
        assert done.exit_code == 0, done.output
    one, two, three = (getattr(each, name) for each in loaded)
    assert one == two == three
    assert one != Settings.model_fields[name].default


@pytest.mark.parametrize("name", [each for each in NAMES if Settings.kind(each) == "number"])
def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "lab.toml"
    file.write_text(f"{name} = 3\n")
    assert getattr(load_settings({}, file), name) == 3
    monkeypatch.setenv(f"PASS_SIMULATOR_{name.upper()}", "2")
    assert getattr(load_settings({}, file), name) == 2
    assert getattr(load_settings({name: "1"}, file), name) == 1
