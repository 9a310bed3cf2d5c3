"""The command line itself: what it prints, and that it says what it can do."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulator import __version__
from simulator.cli.commands import app
from tests.support.server import finished


def test_the_version_is_printed_alone(tmp_path: Path) -> None:
    done = finished("version", directory=tmp_path)
    assert (done.status, done.out, done.err) == (0, f"{__version__}\n", "")


def _verbs() -> list[str]:
    return [
        command.name or (command.callback.__name__ if command.callback else "")
        for command in app.registered_commands
    ]


@pytest.mark.parametrize("verb", _verbs())
def test_every_verb_explains_itself_with_an_example(verb: str) -> None:
    shown = CliRunner().invoke(app, [verb, "--help"])
    assert shown.exit_code == 0
    assert f"pass-simulator {verb}" in " ".join(shown.output.split())


def test_the_help_lists_every_verb() -> None:
    shown = CliRunner().invoke(app, ["--help"])
    assert all(verb in shown.output for verb in _verbs())


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["serve", "--port", "x"], "--port"),
        (["serve", "--nope"], "--nope"),
        (["dance"], "dance"),
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
