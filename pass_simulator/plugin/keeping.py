"""What --pass-simulator-keep keeps of a test that failed: a bundle, and where it lives on its sandbox."""

from pathlib import Path
from typing import Final

import pytest

from pass_simulator.client.sandbox import Sandbox
from pass_simulator.errors import SimulatorError

from .run import UsedSandbox
from .server import named_url

# Long enough for whoever looks at last night's run.
_LEASE: Final = ("pytest", "PT24H")


def keep(item: pytest.Item, used: UsedSandbox) -> tuple[str, str]:
    """Keep it: a title and where to find what is kept, which become properties of the test as well."""
    sandbox = used.sandbox
    title = f"pass-simulator keeps of {sandbox.name}"
    try:
        bundle = _save(sandbox, item.config)
        found = {"bundle": str(bundle)}
        lines = [f"bundle   {bundle}: pass-simulator replay {bundle}"]
        # One that was started for the run ends with it.
        if named_url(item.config):
            until = sandbox.lease(*_LEASE, on_return="delete").until
            used.kept = True
            found |= {"sandbox": sandbox.name, "console": f"{sandbox.url}/console"}
            lines += [
                f"sandbox  {sandbox.url}, until {until:%Y-%m-%d %H:%M} UTC",
                f"console  {sandbox.url}/console",
            ]
    except (SimulatorError, OSError) as error:
        return title, f"It cannot be kept: {error}"
    item.user_properties += [(f"pass_simulator_{name}", value) for name, value in found.items()]
    return title, "\n".join(lines)


def _save(sandbox: Sandbox, config: pytest.Config) -> Path:
    """The file with its bundle. Raises `SimulatorError` and `OSError`."""
    folder: Path = config.rootpath / config.getini("pass_simulator_bundles")
    folder.mkdir(parents=True, exist_ok=True)
    # As pytest's own cache: nothing that anybody would want to commit.
    (folder / ".gitignore").write_text("*\n")
    path = folder / f"{sandbox.name}.zip"
    path.write_bytes(sandbox.bundle())
    return path
