"""Whose a SQLite file is: one process has it at a time, and what it remembers of it stays true."""

import os
import sys
from pathlib import Path
from typing import Self

from simulator.storage.errors import StorageError

if sys.platform != "win32":
    import fcntl


class FileLock:
    """A lock on a database, beside it in a file of its own that goes when the lock does."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def take(cls, database: Path) -> Self | None:
        """Take the database; None where its file system, or the machine's, knows no such locks.

        Raises `StorageError` when another process has it.
        """
        if sys.platform == "win32":
            return None
        # SQLite, too, follows links: a file is the same one by whatever path it is reached.
        whole = Path(os.path.realpath(database))
        path = whole.with_name(f"{whole.name}-lock")
        while True:
            try:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            except OSError:
                # Opening the database beside it will say what is wrong.
                return None
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(descriptor)
                message = f"The database {database} is in use by another pass-simulator."
                hint = (
                    "Stop that one, give another path with --db, or let several share a PostgreSQL."
                )
                raise StorageError(message, hint) from error
            except OSError:
                os.close(descriptor)
                return None
            if _is_at(path, descriptor):
                return cls(path, descriptor)
            # Whoever had it took the file away just now.
            os.close(descriptor)

    def release(self) -> None:
        """Let go of the database."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
