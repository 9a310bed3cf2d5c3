"""What is wrong with a capture."""


class CaptureError(Exception):
    """A capture that cannot be used: what is wrong with it, where, and the next thing to try."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


def unread(name: str, error: OSError) -> CaptureError:
    """The error of a capture called `name` that cannot be read."""
    return CaptureError(f"{name} cannot be read: {error.strerror}.", "Give the path of a HAR file.")
