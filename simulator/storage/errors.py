"""What can be wrong with the database itself."""


class StorageError(Exception):
    """The database cannot be used; the message names the cause and `hint` the next thing to try."""

    def __init__(self, message: str, hint: str) -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message} {hint}")
