"""What a client raises: each kind of failure has a type, with all that the answer told about it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


class SimulatorError(Exception):
    """Anything that a call of the client can fail with."""


class NoResponse(SimulatorError):  # noqa: N818 - named for what happened
    """No answer came, or none that was whole: refused, cut off, or not in time.

    Some faults want exactly that. The client never asks twice by itself.
    """

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(f"{url} gave no whole answer: {reason}")


class Unreachable(NoResponse):
    """Nobody listens there, or the host is not known."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        hint = "is it running? Start it with `pass-simulator serve`, or give another url"
        self.args = (f"{url} cannot be reached: {reason}; {hint}",)


class InvalidAddress(NoResponse):
    """The url that was to be asked is no http or https URL; `reason` says what it lacks."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        self.args = (f"{url} is no URL that can be asked: {reason}",)


class Untrusted(NoResponse):
    """The certificate is not trusted."""


class NotTls(NoResponse):
    """An https url leads to a port where something else than TLS is spoken, such as HTTP."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "what answers there speaks no TLS; try http://")


class UnreadableAuthority(SimulatorError):  # noqa: N818 - named for what happened
    """The file of the authority to trust is not there, or no PEM."""

    def __init__(self, cafile: str | None, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the authority {cafile} cannot be read: {reason}")


class NotReady(SimulatorError):  # noqa: N818 - named for what happened
    """A simulator that was waited for has not started in time; `problem` is why, as of last."""

    def __init__(self, url: str, timeout: float, problem: str) -> None:
        self.problem = problem
        super().__init__(f"not ready after {timeout} s: {url}: {problem}")


class UnexpectedResponse(SimulatorError):  # noqa: N818 - named for what happened
    """An answer that is not in the shape of what was asked for, as a proxy's or a fault's may be."""

    def __init__(self, url: str, status: int, text: str) -> None:
        self.url = url
        self.status = status
        self.text = text
        super().__init__(f"{url} answered {status} with something else: {text[:200]!r}")


class AdminError(SimulatorError):
    """The admin API said no; nothing has changed then.

    `hint` says what to try next, `fields` names every problem of a document: (path, problem).
    """

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        self.status = status
        self.code: str = error.get("code", "unknown")
        self.message: str = error.get("message", f"HTTP {status}")
        self.hint: str = error.get("hint", "")
        self.fields: tuple[tuple[str, str], ...] = tuple(
            (each["path"], each["problem"]) for each in error.get("fields", ())
        )
        self.raw = error
        problems = [f"  {path}: {problem}" for path, problem in self.fields]
        lines = [f"{self.message} ({status} {self.code})", *problems, self.hint]
        super().__init__("\n".join(line for line in lines if line))


class NotText(SimulatorError):  # noqa: N818 - named for what it says
    """A file of a scenario holds something else than UTF-8, on its line `line` first."""

    def __init__(self, file: Path, line: int) -> None:
        self.file = file
        self.line = line
        super().__init__(f"{file}:{line}: expected UTF-8 text")


class DeviceError(SimulatorError):
    """A device was answered with an error: the enhanced error of REST API V2, or that of registration.

    `code` is "http_503" and the like where the answer is none of the backend's but a proxy's.
    `action` is what the backend advises the app to do. `headers` are those of the answer, by
    lower-case name.
    """

    def __init__(self, status: int, error: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self.status = status
        # Registration says "error" where REST API V2 says "code".
        self.code: str = str(error.get("code") or error.get("error") or "unknown")
        self.message: str = str(error.get("message") or headers.get("x-sim-reason", ""))
        self.action: str | None = error.get("action")
        self.details: str | None = error.get("details")
        self.help_url: str | None = error.get("helpUrl")
        self.trace: str | None = error.get("trace")
        self.headers = headers
        self.raw = error
        super().__init__(f"{self.message or 'refused'} ({status} {self.code})")


class LoginFailed(SimulatorError):  # noqa: N818 - named for what happened
    """A login was not finished: refused, given up, or nobody came in time."""


class UnusableCoverage(SimulatorError):  # noqa: N818 - named for what is wrong
    """A coverage file that cannot be used: of another program or version, cut off, or merged already."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class VerificationError(AssertionError, SimulatorError):
    """The journal does not hold what a test expects of it.

    `nearest` are the entries that come closest. An assertion, so a test that sees it has failed.
    """

    def __init__(self, message: str, count: int | None, nearest: Sequence[Any]) -> None:
        self.count = count
        self.nearest = tuple(nearest)
        super().__init__(message)
