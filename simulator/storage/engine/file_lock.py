"""Whose a SQLite file is: one process has it at a time, and nobody but its owner may read it."""

import logging
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from simulator.storage.errors import StorageError

if sys.platform != "win32":
    import fcntl

log: Final = logging.getLogger(__name__)

# There it is another lock than those of SQLite. Elsewhere the two would get in each other's way.
_ON_THE_FILE = sys.platform == "linux"
# SQLite gives the files beside a database the mode of that.
_PRIVATE: Final = stat.S_IRUSR | stat.S_IWUSR
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_BESIDE: Final = ("", "-wal", "-shm", "-journal")

# Which files this process has: to close one more descriptor of such a file would end SQLite's locks on it.
_taken: set[tuple[int, int]] = set()


class FileLock:
    """A lock on a database: on the file itself, so that it is the same one by whatever name.

    Where the system has no such locks it is on a file beside it, which goes when the lock does.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self._identity = _identity(os.fstat(descriptor))
        self._beside = not _ON_THE_FILE
        _taken.add(self._identity)

    @classmethod
    def take(cls, database: Path) -> Self | None:
        """Take the database, before it is opened; None where there are no such locks.

        Raises `StorageError` when another process has it.
        """
        if sys.platform == "win32":
            return None
        # SQLite, too, follows links, and makes its other files beside what they lead to.
        path = Path(os.path.realpath(database))
        if not _ON_THE_FILE:
            path = path.with_name(f"{path.name}-lock")
        while True:
            try:
                if _is_taken(path):
                    raise _in_use(database)
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
            except OSError:
                # Opening the database will say what is wrong.
                return None
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(descriptor)
                raise _in_use(database) from error
            except OSError:
                os.close(descriptor)
                return None
            if _is_at(path, descriptor):
                return cls(path, descriptor)
            # Somebody took the file away just now.
            os.close(descriptor)

    def release(self) -> None:
        """Let go of the database, which must be closed by now."""
        _taken.discard(self._identity)
        if self._beside:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def make_private(database: Path) -> None:
    """Make the database, for its owner alone, where there is none; to be opened after that."""
    if os.name == "posix":
        with suppress(OSError):
            os.close(os.open(database, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE))


def narrow(database: Path) -> None:
    """Let only its owner read the database and the files beside it; with a line in the log."""
    if os.name != "posix":
        return
    database = Path(os.path.realpath(database))
    for ending in _BESIDE:
        path = database.with_name(f"{database.name}{ending}")
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if not mode & _OTHERS or not path.is_file():
                continue
            path.chmod(mode & ~_OTHERS)
        except FileNotFoundError:
            continue
        except OSError as error:
            log.warning("others may read %s, and it cannot be changed: %s", path, error.strerror)
        else:
            log.warning("others could read %s: its mode was %o, is %o", path, mode, mode & ~_OTHERS)


def _in_use(database: Path) -> StorageError:
    return StorageError(
        f"The database {database} is in use by another pass-simulator.",
        "Stop that one, give another path with --db, or let several share a PostgreSQL.",
    )


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _is_taken(path: Path) -> bool:
    try:
        return _identity(path.stat()) in _taken
    except FileNotFoundError:
        return False


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
