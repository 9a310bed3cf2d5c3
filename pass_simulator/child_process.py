"""Run as a script: `pass-simulator` in a process that ends with the one that started it.

That process holds the other end of its stdin, so a test run that is killed leaves no server behind.

It was started by somebody else's tests, whose folders may have the names of ours, and it inherits their
PYTHONPATH. Therefore the package `simulator` is the folder beside this one, wherever else there is one
of that name, and the installed packages come before those of PYTHONPATH.
"""

import os
import signal
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Thread
from typing import Final

# The wheel installs both packages side by side, and an editable install has both in the repository.
ROOT: Final = Path(__file__).absolute().parents[1]


def arrange_path(root: Path) -> None:
    """Let PYTHONPATH come last, but for `root`; and let it come first in processes of this one."""
    inherited = os.environ.get("PYTHONPATH", "")
    folders = [Path(each).absolute() for each in inherited.split(os.pathsep) if each]
    last = {str(each) for each in folders if each != root}
    sys.path.sort(key=lambda each: each in last)
    if str(root) not in sys.path:
        sys.path.append(str(root))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(root), inherited]))
    os.environ["PYTHONSAFEPATH"] = "1"


def load_package(folder: Path) -> None:
    """Load the package in `folder` under its name, without asking sys.path for it."""
    spec = spec_from_file_location(folder.name, folder / "__init__.py")
    if spec is None or spec.loader is None or not folder.is_dir():
        sys.exit(f"there is no package {folder}: install pass-simulator again")
    module = module_from_spec(spec)
    sys.modules[folder.name] = module
    spec.loader.exec_module(module)


def main() -> None:
    """Run the command line until it is done, or stdin is closed."""
    arrange_path(ROOT)
    load_package(ROOT / "simulator")
    from simulator.cli import main as run

    Thread(target=_stop_at_end_of, args=[sys.stdin.fileno()], daemon=True).start()
    run()


def _stop_at_end_of(stdin: int) -> None:
    # Not through sys.stdin, whose lock a thread must not hold when the interpreter ends.
    while os.read(stdin, 1024):
        pass
    signal.raise_signal(signal.SIGTERM)


if __name__ == "__main__":
    main()
