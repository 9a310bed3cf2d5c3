"""`new` and `env`: a scenario for a channel of one's own, and variables for a shell."""

import json
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from simulator.cli import new as verb
from simulator.cli.commands import app
from simulator.cli.new import Channel, written

TEXTS: Final = st.text(min_size=1, max_size=20).filter(str.isprintable)
NASTY: Final = 'it\'s "$HOME" `x` \\ ü'


def _run(*arguments: str, **options: str) -> Result:
    return CliRunner().invoke(app, arguments, **options)  # type: ignore[arg-type]


def test_a_scenario_of_ones_own_is_small_commented_and_valid(here: Path) -> None:
    flags = ("--title", "My TV", "--mvpd", "Cablevision", "--mvpd", "Dish", "--resource", "NEWS")
    done = _run("new", "MYTV", *flags, "--resource", "SPORTS")
    assert done.exit_code == 0, done.output
    assert done.stdout == ("pass-simulator serve --scenarios . --scenario mytv --db :memory:\n")
    text = (here / "mytv.yaml").read_text()
    assert len(text.splitlines()) < 30
    assert sum(each.startswith("#") for each in text.splitlines()) >= 5
    found = yaml.safe_load(text)
    assert found["service_providers"][0] | {"domains": []} == {
        "id": "MYTV",
        "name": "My TV",
        "domains": [],
        "default_redirect_url": "https://mytv.example",
    }
    assert [each["id"] for each in found["mvpds"]] == ["Cablevision", "Dish"]
    assert found["subscribers"][1]["entitlements"] == ["NEWS"]
    checked = _run("scenario", "validate", "mytv.yaml")
    assert (checked.exit_code, checked.stdout) == (0, "mytv.yaml: valid\n")
    again = _run("new", "MYTV")
    assert (again.exit_code, "--force" in again.stderr) == (1, True)
    assert json.loads(_run("new", "MYTV", "--force", "--json").stdout)["name"] == "mytv"


def test_what_is_not_said_is_asked_for_at_a_terminal(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "at_terminal", lambda: True)
    done = _run("new", input="MYTV\nMy TV\nDish Spectrum\nNEWS\n\n")
    assert done.exit_code == 0, done.output
    assert "Providers to log in at [Cablevision Spectrum]" in done.stderr
    found = yaml.safe_load((here / "mytv.yaml").read_text())
    assert found["title"] == "My TV"
    assert [each["mvpd"] for each in found["integrations"]] == ["Dish", "Spectrum"]


def test_nobody_is_asked_elsewhere(here: Path) -> None:
    done = _run("new")
    assert (done.exit_code, "pass-simulator new MYTV" in done.stderr) == (2, True)
    assert _run("new", "MYTV", "--output", "-").stdout.startswith("#")
    assert [*here.iterdir()] == []


def test_all_that_no_scenario_can_be_made_of_is_told_at_once(here: Path) -> None:
    done = _run("new", "MY\tTV", "--name", "a/b")
    assert done.exit_code == 2
    assert "name: " in done.stderr
    assert "service_providers[0].id: " in done.stderr
    assert [*here.iterdir()] == []


@given(TEXTS, TEXTS, TEXTS, st.lists(TEXTS, min_size=1, max_size=3, unique=True))
def test_whatever_is_said_is_read_from_it_again(
    name: str, title: str, domain: str, mvpds: list[str]
) -> None:
    channel = Channel(id=name, name=name, title=title, domain=domain, mvpds=mvpds, resources=mvpds)
    found = yaml.safe_load(written(channel))
    assert (found["name"], found["title"]) == (name, title)
    assert [each["id"] for each in found["mvpds"]] == mvpds
    assert found["service_providers"][0]["domains"] == [domain]
    assert found["subscribers"][1]["entitlements"] == mvpds[:1]


def test_a_shell_takes_the_variables() -> None:
    options = ("--url", "http://lab:8642/", "--sandbox", "ci-42", "--admin-token", NASTY)
    text = _run("env", *options).stdout
    names = ("URL", "BASE_URL", "ADMIN_TOKEN")
    script = f'{text}\nprintf "%s|" ' + " ".join(f'"$PASS_SIMULATOR_{each}"' for each in names)
    shown = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown == f"http://lab:8642|http://lab:8642/s/ci-42|{NASTY}|"
    found = json.loads(_run("env", *options, "--json").stdout)
    assert found["PASS_SIMULATOR_SANDBOX"] == "ci-42"
    lines = {
        shell: _run("env", *options, "--shell", shell).stdout.splitlines()
        for shell in ("fish", "powershell", "github")
    }
    assert lines["github"][-1] == f"PASS_SIMULATOR_ADMIN_TOKEN={NASTY}"
    assert lines["fish"][-1] == ("set -gx PASS_SIMULATOR_ADMIN_TOKEN 'it\\'s \"$HOME\" `x` \\\\ ü'")
    assert lines["powershell"][-1] == "$env:PASS_SIMULATOR_ADMIN_TOKEN = 'it''s \"$HOME\" `x` \\ ü'"
