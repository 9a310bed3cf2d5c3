"""Run as a script: `pass-simulator` in a process that ends with those who need it.

That is the process that started it, which holds the other end of its stdin; or, with `--users FILE` before
the verb, all that hold a lock on that file; the file `url` beside it is removed then, before the server
stops. A test run that is killed leaves no server behind.

It was started by somebody else's tests, whose folders may have the names of ours, and it inherits their
PYTHONPATH. Therefore the package `simulator` is the folder beside this one, wherever else there is one
of that name, and the installed packages come before those of PYTHONPATH.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Thread
from typing import Final

if sys.platform != "win32":
    import fcntl

# The wheel installs both packages side by side, and an editable install has both in the repository.
ROOT: Final = Path(__file__).absolute().parents[1]
# Seconds that a stop in good order may take.
_STOP_TIMEOUT: Final = 15.0


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
    """Run the command line until it is done, or nobody needs it any more."""
    wait: Callable[[], None] = _wait_for_end_of_stdin
    if sys.platform != "win32" and sys.argv[1] == "--users":
        # The folder itself: another one may have its name by the time when this one is not needed any more.
        folder = os.open(Path(sys.argv[2]).parent, os.O_RDONLY)
        users = os.open(sys.argv[2], os.O_RDWR)
        del sys.argv[1:3]
        _detach()

        def wait() -> None:
            # Never closed: who comes now cannot join a server that is ending. Nor who comes at its very
            # end: the system takes the locks of a process one by one, and `running` may go after this one.
            fcntl.flock(users, fcntl.LOCK_EX)
            with suppress(FileNotFoundError):
                os.unlink("url", dir_fd=folder)

    # Before anything that takes time: whoever started it may be gone by then.
    Thread(target=_stop_after, args=[wait], daemon=True).start()
    arrange_path(ROOT)
    load_package(ROOT / "simulator")
    from simulator.cli import main as run

    run()


def _detach() -> None:
    """Go on in a process that nobody has to wait for, and that a Ctrl-C at the terminal does not reach."""
    if os.fork():
        os._exit(0)
    os.setsid()


def _wait_for_end_of_stdin() -> None:
    # Not through sys.stdin, whose lock a thread must not hold when the interpreter ends.
    while os.read(0, 1024):
        pass


def _stop_after(wait: Callable[[], None]) -> None:
    try:
        wait()
    finally:
        signal.raise_signal(signal.SIGTERM)
        time.sleep(_STOP_TIMEOUT)
        os._exit(1)


if __name__ == "__main__":
    main()
