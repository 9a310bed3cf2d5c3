"""How a verb ends: its exit status, and what it says when it could not do what it was asked for."""

from typing import Final

NO: Final = 1
"""The answer is no: something is invalid, refused, failing, or did not come true in time."""

UNUSABLE: Final = 2
"""There is no answer: the command line makes no sense, or who was to be asked cannot be reached."""

STATUSES: Final = (
    "Exit status: 0 done, or the answer is yes; 1 the answer is no: invalid, refused, failed, timed "
    "out; 2 no answer: bad usage, or a file or simulator that cannot be reached."
)


class CliExit(Exception):  # noqa: N818 - not every end of this sort is an error
    """The verb ends here with `status`: what to tell the user, and the next thing to try."""

    def __init__(self, message: str = "", hint: str = "", *, status: int = UNUSABLE) -> None:
        self.message = message
        self.hint = hint
        self.status = status
        super().__init__(message)
