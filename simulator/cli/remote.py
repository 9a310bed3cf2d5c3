"""Verbs that talk to a running simulator through its admin API."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout

LINES: Final = "application/x-ndjson"
YAML: Final = "application/yaml"


class Refused(Exception):  # noqa: N818 - named for what it says
    """The simulator said no, or could not be asked: what to tell the user, and a hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Remote:
    """A running simulator: its address, one of its sandboxes, and the admin token if it asks for one."""

    url: str
    sandbox: str | None = None
    token: str | None = None

    async def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """The answer of `/admin/v1/{path}`. Raises `Refused`."""
        last: Any = None
        async for line in self.lines(method, path, json.dumps(body).encode(), "application/json"):
            last = line
        return last

    async def lines(
        self, method: str, path: str, body: bytes, content_type: str, *, progress: bool = False
    ) -> AsyncIterator[Any]:
        """The lines of an answer as they come; an answer in one piece is one. Raises `Refused`."""
        headers = {"Content-Type": content_type}
        headers |= {"Accept": LINES} if progress else {}
        headers |= {"X-Sim-Sandbox": self.sandbox} if self.sandbox else {}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"{self.url.rstrip('/')}/admin/v1/{path}"
        try:
            async with (
                # A large world takes its time; what is waited for is shown.
                ClientSession(timeout=ClientTimeout(total=None, sock_connect=10)) as session,
                session.request(method, url, data=body, headers=headers) as response,
            ):
                async for line in response.content:
                    yield _read(line, response.status)
        except (ClientError, TimeoutError, ValueError) as error:
            hint = "Is it running? Start it with `pass-simulator serve`, or give --url."
            raise Refused(f"{self.url} cannot be reached: {error}", hint) from error


def _read(line: bytes, status: int) -> Any:  # noqa: ANN401 - JSON of any shape
    try:
        found = json.loads(line)
    except ValueError as error:
        raise Refused(
            f"The answer is not the admin API's (HTTP {status}).", "Check --url."
        ) from error
    if isinstance(found, dict) and isinstance(found.get("error"), dict):
        told = found["error"]
        problems = [f"  {each['path']}: {each['problem']}" for each in told.get("fields", ())]
        raise Refused("\n".join([told["message"], *problems]), told.get("hint", ""))
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What is to be seeded, as the admin API takes it."""

    path: str
    body: bytes
    content_type: str


def order(scenario: str, *, merge: bool) -> Order:
    """The order to seed the named scenario, or the file of that name. Raises `Refused`."""
    mode = "merge" if merge else "replace"
    file = Path(scenario)
    if file.suffix not in {".yaml", ".yml", ".json"}:
        body = json.dumps({"scenario": scenario, "mode": mode}).encode()
        return Order(path="seed", body=body, content_type="application/json")
    try:
        return Order(path=f"seed?mode={mode}", body=file.read_bytes(), content_type=YAML)
    except OSError as error:
        raise Refused(f"the scenario file {file} cannot be read: {error.strerror}") from error


async def seed(remote: Remote, wanted: Order) -> None:
    """Seed, show how far it is, and print what the simulator says of it. Raises `Refused`."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    result: Any = None
    # The bar goes to stderr: the result on stdout is for whoever pipes it on.
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Seeding", total=None)
        lines = remote.lines("POST", wanted.path, wanted.body, wanted.content_type, progress=True)
        async for line in lines:
            if "progress" in line:
                told = line["progress"]
                bar.update(task, completed=told["done"], total=told["total"])
            else:
                result = line.get("result", line)
    print(json.dumps(result))


async def reset(remote: Remote, to: str | None) -> None:
    """Reset the sandbox and print what the simulator says of it. Raises `Refused`."""
    print(json.dumps(await remote.call("POST", "reset", {"to": to} if to else {})))
