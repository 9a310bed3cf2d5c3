"""What can be wrong with the database."""


class StorageError(Exception):
    """The database cannot be used; the message names the cause and `hint` the next thing to try."""

    def __init__(self, message: str, hint: str) -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message} {hint}")


class DatabaseError(Exception):
    """The database turned a unit of work down; the message is the driver's."""


class DatabaseUnavailableError(DatabaseError):
    """The database is busy, away or damaged; the same unit may succeed later."""


class UnknownOutcomeError(DatabaseUnavailableError):
    """The connection was lost during a commit: what was written may be there, or not."""


class DatabaseFullError(DatabaseUnavailableError):
    """There is no room for what a unit wrote; units that only read succeed."""


class DatabaseDamagedError(DatabaseUnavailableError):
    """The file of the database does not hold what it should."""


class ConflictError(DatabaseError):
    """What was written does not fit what is there, such as a name that somebody else has taken."""
