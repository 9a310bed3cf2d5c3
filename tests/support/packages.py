"""Where the npm packages are that tests of the TypeScript client need."""

import os
from pathlib import Path
from typing import Final

import pytest

VARIABLE: Final = "PASS_SIMULATOR_TEST_PACKAGES"
"""Names a folder `node_modules` with our package, as it is published, and the test runners."""

# Read before tests take such variables away.
_PACKAGES: Final = os.environ.get(VARIABLE)


def use_packages(folder: Path) -> None:
    """Let programs in `folder` import them; where there are none, the test is skipped."""
    if not _PACKAGES:
        pytest.skip(f"no {VARIABLE}; `make client` sets it")
    (folder / "node_modules").symlink_to(_PACKAGES)
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
