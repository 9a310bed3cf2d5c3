"""The command line itself: what it prints, and that it says what it can do."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from simulator import __version__
from simulator.cli.commands import GROUPS, app
from tests.cli.commands import PATHS, command, examples
from tests.support.inventory import every
from tests.support.server import environment, finished, finished_from_the_start


def _help(*path: str) -> str:
    shown = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    return " ".join(shown.output.split())


@pytest.mark.parametrize("asked", ["version", "--version"])
def test_the_version_is_printed_alone(tmp_path: Path, asked: str) -> None:
    done = finished_from_the_start(asked, directory=tmp_path)
    assert (done.status, done.out, done.err) == (0, f"{__version__}\n", "")


def test_the_help_lists_every_verb_and_what_exit_statuses_mean() -> None:
    shown = _help()
    assert all(f" {path.split()[0]} " in shown for path in PATHS)
    assert "Exit status: 0 " in shown


@every(GROUPS)
def test_a_group_lists_its_verbs(group: str) -> None:
    names = [path.split()[1] for path in PATHS if path.startswith(f"{group} ")]
    assert names
    assert all(f" {name} " in _help(group) for name in names)


@every(PATHS)
def test_every_verb_explains_itself_with_examples_that_it_understands(path: str) -> None:
    shown = _help(*path.split())
    assert "Exit status: 0 " in shown
    found = list(examples(path))
    assert found
    for arguments in found:
        assert f"pass-simulator {path}" in shown
        words = path.split()
        assert arguments[: len(words)] == words
        # Parsing raises for what is no option, no argument, or no value of its type.
        command(path).make_context(path, arguments[len(words) :])


def _options(path: str) -> list[Any]:
    return [each for each in command(path).params if each.param_type_name == "option"]


@every(PATHS)
def test_every_option_is_explained_and_has_a_twin_in_the_environment(path: str) -> None:
    context = command(path).make_context(path, [], resilient_parsing=True)
    shown = _help(*path.split())
    for each in _options(path):
        assert each.help, (path, each.name)
        own = context.auto_envvar_prefix and f"{context.auto_envvar_prefix}_{each.name.upper()}"
        twin = each.envvar or own
        assert twin.startswith("PASS_SIMULATOR_")
        assert f"[env var: {twin}]" in shown


@every([path for path in PATHS if path != "serve"])
def test_every_verb_that_ends_can_print_json(path: str) -> None:
    assert "--json" in [flag for each in _options(path) for flag in each.opts]


def test_json_can_be_asked_for_by_the_environment() -> None:
    done = CliRunner().invoke(app, ["version"], env={"PASS_SIMULATOR_JSON": "1"})
    assert json.loads(done.stdout) == {"version": __version__}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["serve", "--port", "x"], "--port"),
        (["serve", "--nope"], "--nope"),
        (["dance"], "dance"),
        (["snapsht"], "snapshot"),
        (["snapshot", "tak"], "take"),
        (["snapshot", "take"], "{name}"),
        (["wait", "--timeout", "soon"], "--timeout"),
        (["wait", "--timeout", "-1"], "--timeout"),
        (["token", "--expires-in", "0"], "--expires-in"),
        (["seed"], "{scenario}"),
    ],
)
def test_a_command_line_that_makes_no_sense_ends_with_status_2(
    arguments: list[str], names: str
) -> None:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert names in done.output


def test_migrate_makes_a_database_that_serve_can_use(tmp_path: Path) -> None:
    for _ in range(2):
        done = finished("migrate", "--db", "lab.db", directory=tmp_path)
        assert (done.status, done.out) == (0, "The database has the current schema.\n")
    assert (tmp_path / "lab.db").is_file()
    done = finished_from_the_start("migrate", "--db", "lab.db", "--json", directory=tmp_path)
    assert json.loads(done.out) == {"migrated": True}


def test_serving_does_not_pay_for_what_other_verbs_need(tmp_path: Path) -> None:
    script = (
        "import sys; from simulator.cli import commands, serve; from simulator.cli.server import serving; "
        "commands.app(['version'], standalone_mode=False); "
        "print([each for each in ('rich', 'faker', 'alembic', 'segno') if each in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{__version__}\n[]\n"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("pass-simulator sn", ["snapshot"]),
        ("pass-simulator snapshot re", ["restore"]),
        ("pass-simulator reset --san", ["--sandbox"]),
    ],
)
def test_a_shell_completes_what_was_begun(tmp_path: Path, typed: str, offered: list[str]) -> None:
    script = "import sys; sys.argv = ['pass-simulator']; from simulator.cli import main; sys.exit(main())"
    variables = {
        "_PASS_SIMULATOR_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(typed.count(" ")),
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == offered, done.stderr
