"""What is wrong with a setting is told with the value as it was typed, and with who said it."""

from pathlib import Path
from typing import Any

import pytest

from simulator.cli.exits import CliExit
from simulator.cli.server.serving import settings_from


def _problems(flags: dict[str, Any], config: Path | None = None) -> list[str]:
    with pytest.raises(CliExit) as caught:
        settings_from(flags, config)
    return caught.value.message.splitlines()[1:]


@pytest.mark.parametrize(
    ("flags", "variables", "file", "ending"),
    [
        ({"port": "x"}, {}, "", "found 'x', as the flag says"),
        ({"port": "x"}, {"PORT": "x"}, "", "found 'x', as the variable says"),
        ({"port": "x"}, {"PORT": "1"}, "", "found 'x', as the flag says"),
        ({}, {"PORT": "x"}, "port = 1", "found 'x', as the variable says"),
        ({}, {}, "port = 'x'", "found 'x', in lab.toml"),
        ({"port": 70000}, {}, "", "expected less than or equal to 65535, found '70000', as the flag says"),
        ({"scenarios": Path("lab/no")}, {}, "", "lab/no does not exist, found 'lab/no', as the flag says"),
        ({"tls_cert": Path("a.pem")}, {}, "", "--tls-cert and --tls-key go together; it is not given"),
        ({"tls_bad": ["nope=1"]}, {}, "", "found 'nope=1', as the flag says"),
        ({"log_level": "loud"}, {}, "", "or 'error', found 'loud', as the flag says"),
        # Who looks over a shoulder learns nothing.
        ({"admin_token": "short"}, {}, "", "at least 8 characters; as the flag says"),
        ({}, {}, "prot = 1", "  prot in lab.toml: no setting is called so; did you mean 'port'?"),
    ],
)  # fmt: skip
def test_a_bad_setting_is_told_as_it_was_typed(
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    flags: dict[str, Any],
    variables: dict[str, str],
    file: str,
    ending: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"PASS_SIMULATOR_{name}", value)
    config = Path("lab.toml") if file else None
    if config:
        config.write_text(file)
    [line] = _problems(flags, config)
    assert line.endswith(ending)
    assert "Path(" not in line
    assert "None" not in line


def test_all_problems_are_told_at_once(here: Path) -> None:
    assert len(_problems({"port": "x", "db": "", "log_level": "loud"})) == 3
