"""What a person sees: nothing is wider than the terminal, and a pipe gets whole lines."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulator.cli.commands import app
from tests.cli.commands import PATHS

_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def _watched(width: int, *arguments: str) -> list[str]:
    """The lines that a terminal of this width shows."""
    # What makes rich take the runner's output for a terminal.
    variables = {"FORCE_COLOR": "1", "COLUMNS": str(width), "TERM": "xterm-256color"}
    done = CliRunner().invoke(app, list(arguments), env=variables)
    assert _STYLE.search(done.stdout), "it was not taken for a terminal"
    return [_STYLE.sub("", each) for each in done.stdout.splitlines()]


@pytest.mark.parametrize("width", [80, 120])
def test_help_fits_the_terminal(width: int) -> None:
    for path in ("", *PATHS):
        lines = _watched(width, *path.split(), "--help")
        assert lines
        assert max(len(each) for each in lines) <= width, path


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "arguments",
    [
        ("scenario", "list"),
        ("certs", "bad"),
        ("certs", "show"),
        ("doctor", "--port", "0", "--db", ":memory:", "--tls", "auto"),
    ],
    ids=" ".join,
)
def test_results_fit_the_terminal(here: Path, width: int, arguments: tuple[str, ...]) -> None:
    CliRunner().invoke(app, ["certs", "ca"])
    lines = _watched(width, *arguments)
    assert len(lines) > 3
    assert max(len(each) for each in lines) <= width


def test_a_pipe_gets_each_row_in_one_line_and_without_blanks_at_its_end(here: Path) -> None:
    done = CliRunner().invoke(app, ["doctor", "--port", "0", "--platform", "roku"])
    assert "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert any(len(each) > 150 for each in lines)
    assert [each for each in lines if each != each.rstrip()] == []
    listed = CliRunner().invoke(app, ["scenario", "list"]).stdout.splitlines()
    assert listed[0].split() == ["name", "what", "it", "is"]
    assert [each for each in listed if each != each.rstrip()] == []


def test_values_that_look_like_markup_are_shown_as_they_are(here: Path) -> None:
    (here / "odd.yaml").write_text('name: odd\ntitle: "[bold]not bold[/bold]"\n')
    listed = CliRunner().invoke(app, ["scenario", "list", "--scenarios", "."])
    assert "[bold]not bold[/bold]" in listed.stdout
