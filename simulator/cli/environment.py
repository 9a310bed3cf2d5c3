"""`env`: where the simulator is, as variables for a shell or a pipeline."""

from enum import StrEnum
from typing import Annotated, Final

import typer

from pass_simulator.transport.connection import path_segment

from .options import Json, Place
from .output import as_json, line

_PREFIX: Final = "PASS_SIMULATOR"


class Shell(StrEnum):
    """Who is to read the variables."""

    SH = "sh"
    FISH = "fish"
    POWERSHELL = "powershell"
    GITHUB = "github"


def env(
    at: Place,
    shell: Annotated[
        Shell, typer.Option("--shell", help="Who reads them; github is for $GITHUB_ENV.")
    ] = Shell.SH,
    json: Json = False,
) -> None:
    """Print the variables that lead verbs, tests and apps to a simulator; nobody is asked for them.

    PASS_SIMULATOR_BASE_URL is what an app takes for Adobe's host. The other variables are the options of
    verbs, such as PASS_SIMULATOR_SANDBOX.

    Example: eval "$(pass-simulator env --sandbox ci-42)"

    Example: pass-simulator env --shell github
    """
    found = _variables(at)
    if json:
        as_json(found)
        return
    for name, value in found.items():
        line(_written(shell, name, value))


def _variables(at: Place) -> dict[str, str]:
    url = at.url.strip().rstrip("/")
    base = f"{url}/s/{path_segment(at.sandbox)}" if at.sandbox else url
    found = {
        "URL": url,
        "BASE_URL": base,
        "SANDBOX": at.sandbox,
        "ADMIN_TOKEN": at.admin_token,
        "CA": at.ca and str(at.ca.absolute()),
    }
    return {f"{_PREFIX}_{name}": value for name, value in found.items() if value}


def _written(shell: Shell, name: str, value: str) -> str:
    match shell:
        case Shell.SH:
            quoted = value.replace("'", "'\\''")
            return f"export {name}='{quoted}'"
        case Shell.FISH:
            quoted = value.replace("\\", "\\\\").replace("'", "\\'")
            return f"set -gx {name} '{quoted}'"
        case Shell.POWERSHELL:
            quoted = value.replace("'", "''")
            return f"$env:{name} = '{quoted}'"
        case Shell.GITHUB:
            return f"{name}={value}"
