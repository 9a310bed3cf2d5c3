"""What is wrong with a capture."""


class CaptureError(Exception):
    """A capture that cannot be used: what is wrong with it, where, and the next thing to try."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)
