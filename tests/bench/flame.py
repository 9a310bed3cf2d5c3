"""Where the processor time of a logout goes, as a flame graph.

Run by `python -m tests.bench.flame FILE.svg`; it needs py-spy on the path (`pip install py-spy`), which may
have to be allowed to look into other processes.
"""

import argparse
import re
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

from simulator.cli.server.loops import run

from .cases import LOGOUT
from .hot import reset, set_stages
from .load import driving
from .server import benched

PIECES: Final = 1_500
ROUNDS: Final = 30
_A_SECOND: Final = 250
_TITLE: Final = re.compile(r'(<text id="title"[^>]*>).*?(</text>)')


def draw(svg: Path, title: str) -> None:
    """Drive logouts at a simulator, watch it meanwhile, and draw what it did."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        driving() as driver,
        benched(Path(scratch) / "flame.db") as server,
    ):
        stage, _ = run(set_stages(server.origin, PIECES))
        script = partial(LOGOUT.play, stage)
        for number in range(ROUNDS + 1):
            print(f"round {number} of {ROUNDS}", file=sys.stderr, flush=True)
            run(reset(server.origin, stage))
            if number == 1:
                # The first round warmed up.
                watching = _watch(server.processes[0], svg)
            driver.drive(server, script, range(PIECES), connections=16)
        watching.send_signal(signal.SIGINT)
        if watching.wait(60):
            raise RuntimeError("py-spy could not watch the simulator; see what it said above")
    svg.write_text(_TITLE.sub(rf"\g<1>{title}\g<2>", svg.read_text(), count=1))


def _watch(process: int, svg: Path) -> "subprocess.Popen[bytes]":
    options = ["--pid", str(process), "--rate", str(_A_SECOND), "--output", str(svg)]
    command = ["py-spy", "record", *options, "--duration", "unlimited", "--function"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def main() -> None:
    """Draw."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.flame", description=__doc__)
    parser.add_argument("svg", type=Path, help="the file to draw into")
    parser.add_argument(
        "--title", default="A logout (L5) in pass-simulator", help="what it says on top"
    )
    asked = parser.parse_args()
    draw(asked.svg, asked.title)


if __name__ == "__main__":
    main()
