"""No internet is needed for anything: a start, a seeding and a journey with the network unplugged.

Skipped where the network cannot be unplugged, except where CI=true.
"""

import os
import shutil
import subprocess
import sys

import pytest

from tests.support.server import REPOSITORY, environment


def _unplugged(*command: str) -> list[str] | None:
    """The command in a network namespace of its own, or None where this user may not make one."""
    if not shutil.which("unshare"):
        return None
    for options in (["--net"], ["--user", "--map-root-user", "--net"]):
        probe = subprocess.run(["unshare", *options, "true"], check=False, capture_output=True)
        if probe.returncode == 0:
            return ["unshare", *options, *command]
    return None


def test_without_a_network_everything_works() -> None:
    command = _unplugged(sys.executable, "-m", "tests.support.unplugged")
    if command is None:
        reason = "unshare (Linux, root or user namespaces) is needed to unplug the network"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "unplugged\n"), done.stderr
