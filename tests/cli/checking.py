"""Running `doctor` and its checks."""

import json
from collections.abc import Iterator
from typing import Final

from typer.testing import CliRunner, Result

from simulator.cli.commands import app
from simulator.cli.doctor.findings import Finding
from tests.support.replies import Json

NOW: Final = 1_900_000_000_000
DAY: Final = 86_400_000
LAN: Final = "192.0.2.7"


def doctor(*arguments: str) -> Result:
    """What `doctor` does with these arguments."""
    return CliRunner().invoke(app, ["doctor", *arguments])


def examined(*arguments: str) -> Json:
    """What `doctor` prints as JSON."""
    return json.loads(doctor(*arguments, "--json").stdout)


def one(found: Iterator[Finding]) -> Finding:
    """The only finding."""
    [only] = found
    return only
