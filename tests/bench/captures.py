"""`python -m tests.bench.captures`: learning and grading a capture of 100,000 requests.

One journey, with a second between its requests, is recorded and repeated for as many devices as it takes,
each a minute after the one before. What is measured is what a user sees: the command in a process of its own,
with the most memory that it and the simulator it starts had.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from multidict import CIMultiDict

from simulator.cli.options import Elsewhere
from simulator.cli.replay.targets import Target, target
from tests.catalogue.stage import info
from tests.support.lab import device_header
from tests.support.server import command, environment

REQUESTS: Final = 100_000
_DEVICE: Final = "bench-device-0000000"
_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_VIEWERS: Final = 500


def _journey(place: Target) -> None:
    """From registration to logout."""
    place.admin("POST", "/seed", {"scenario": "qa-catalogue"})
    place.admin("PUT", "/clock", {"mode": "frozen"})

    def ask(
        method: str,
        path: str,
        body: str | None = None,
        kind: str = _FORM,
        who: Mapping[str, str] = MappingProxyType({}),
    ) -> Any:  # noqa: ANN401 - JSON of any shape
        place.admin("POST", "/clock/advance", {"by": "PT1S"})
        headers = CIMultiDict(who)
        if body is not None:
            headers["Content-Type"] = kind
        answer = place.ask(method, path, headers, body.encode() if body is not None else None)
        assert answer is not None
        assert answer.status < 300, answer.text
        return json.loads(answer.text)

    statement = place.admin("GET", "/applications/lab-app")["software_statement"]
    sent = json.dumps({"software_statement": statement, "redirect_uri": "labapp://x"})
    client = ask("POST", "/o/client/register", sent, _JSON)
    form = f"client_id={client['client_id']}&client_secret={client['client_secret']}"
    token = ask("POST", "/o/client/token", f"{form}&grant_type=client_credentials")
    who = {
        "Authorization": f"Bearer {token['access_token']}",
        "AP-Device-Identifier": device_header(_DEVICE),
        "X-Device-Info": info(),
        "User-Agent": "bench",
    }
    ask("GET", "/api/v2/LABSP/configuration", who=who)
    wanted = "mvpd=LabCable&domainName=lab.example&redirectUrl=https%3A%2F%2Flab.example%2Fdone"
    code = ask("POST", "/api/v2/LABSP/sessions", wanted, who=who)["code"]
    ask("GET", f"/api/v2/LABSP/profiles/code/{code}", who=who)
    place.admin("POST", f"/codes/{code}/approve", {"subscriber": "viewer"})
    ask("GET", f"/api/v2/LABSP/profiles/code/{code}", who=who)
    ask("GET", "/api/v2/LABSP/profiles", who=who)
    for operation, *resources in (
        ("preauthorize", "LAB-LIVE", "LAB-NEWS", "LAB-GOLD"),
        ("authorize", "LAB-LIVE"),
        ("authorize", "LAB-GOLD"),
        ("authorize", "LAB-LIVE"),
    ):
        path = f"/api/v2/LABSP/decisions/{operation}/LabCable"
        ask("POST", path, json.dumps({"resources": resources}), _JSON, who)
    back = "redirectUrl=https%3A%2F%2Flab.example%2Fbye"
    ask("GET", f"/api/v2/LABSP/logout/LabCable?{back}", who=who)
    ask("GET", "/api/v2/LABSP/profiles", who=who)


def recorded() -> list[dict[str, Any]]:
    """The entries of one journey."""
    with target(Elsewhere(url=None)) as place:
        _journey(place)
        entries: list[dict[str, Any]] = place.admin("GET", "/requests.har")["log"]["entries"]
    return entries


def capture(entries: list[dict[str, Any]], requests: int) -> Iterator[str]:
    """The text of an archive of so many requests, piece by piece."""
    text = json.dumps(entries)
    code = next(e["_sim"]["code"] for e in entries if e["_sim"]["operation"] == "create_session")
    client = next(e["_sim"]["client"] for e in entries if e["_sim"]["operation"] == "register")
    # All devices have the same app, and so the same statement.
    statement = text.partition("software_statement")[2].partition("[redacted ")[2][:8]
    prints = sorted({each[:8] for each in text.split("[redacted ")[1:]} - {statement})
    yield '{"log":{"version":"1.2","creator":{"name":"bench","version":"1"},"entries":[\n'
    for number in range(requests // len(entries)):
        copy = text.replace(device_header(_DEVICE), device_header(f"bench-device-{number:07}"))
        copy = copy.replace(_DEVICE, f"bench-device-{number:07}")
        copy = copy.replace(code, _code(number)).replace(client, f"{client[:-7]}{number:07}")
        copy = copy.replace("u-77", f"u-{number % _VIEWERS}")
        for which, mark in enumerate(prints):
            copy = copy.replace(f"[redacted {mark}]", f"[redacted {which:01x}{number:07x}]")
        found = json.loads(copy)
        shift = timedelta(minutes=number)
        yield ",\n" if number else ""
        yield ",\n".join(json.dumps(_later(each, shift)) for each in found)
    yield "\n]}}\n"


def _code(number: int) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    found = ""
    for _ in range(7):
        number, place = divmod(number, len(letters))
        found = letters[place] + found
    return found


_TIMES: Final = ("notBefore", "notAfter", "created_at", "client_id_issued_at")


def _later(entry: dict[str, Any], by: timedelta) -> dict[str, Any]:
    """An entry of the next device, so much later."""
    begun = datetime.fromisoformat(entry["_sim"]["at"]) + by
    entry["_sim"] = {name: entry["_sim"].get(name) for name in ("client", "caller", "application")}
    entry["_sim"]["at"] = begun.isoformat()
    entry["startedDateTime"] = begun.isoformat()
    content = entry["response"]["content"]
    if content.get("text", "").startswith("{"):
        answer = json.loads(content["text"])
        content["text"] = json.dumps(_moved(answer, round(by.total_seconds() * 1000)))
    return entry


def _moved(value: Any, by: int, name: str = "") -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, dict):
        return {each: _moved(inner, by, each) for each, inner in value.items()}
    if isinstance(value, list):
        return [_moved(each, by) for each in value]
    if name in _TIMES:
        step = by // 1000 if name == "client_id_issued_at" else by
        return str(int(value) + step) if isinstance(value, str) else value + step
    return value


def _memory(process: int) -> int:
    """The resident bytes of a process and its children."""
    total = 0
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("VmRSS:"):
            total += int(line.split()[1]) * 1024
    return total + sum(_memory(int(each)) for each in children)


def measured(folder: Path, *arguments: str) -> tuple[float, int, int]:
    """How many seconds a verb takes, the most bytes it has, and how it ends."""
    began, most = time.monotonic(), 0
    process = subprocess.Popen(
        command(*arguments), cwd=folder, env=environment(), stdout=subprocess.DEVNULL
    )
    while process.poll() is None:
        most = max(most, _memory(process.pid))
        time.sleep(0.2)
    return time.monotonic() - began, most, process.returncode


def main() -> None:
    """Measure, and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--keep", type=Path, help="Where to leave the capture.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        file = folder / "bench.har"
        if not file.exists():
            entries = recorded()
            with file.open("w") as out:
                for piece in capture(entries, given.requests):
                    out.write(piece)
        print(
            f"{file.stat().st_size / 1e6:.0f} MB, {given.requests} requests, {os.cpu_count()} cores"
        )
        for arguments in (
            ("learn", "bench.har", "-o", "world.yaml"),
            ("redact", "bench.har", "-o", "safe.har"),
            ("grade", "bench.har", "--json"),
        ):
            seconds, most, status = measured(folder, *arguments)
            print(
                f"{arguments[0]}: {seconds:.1f} s, {given.requests / seconds:.0f} requests/s, "
                f"{most / 2**20:.0f} MiB, exit {status}",
                flush=True,
            )


if __name__ == "__main__":
    main()
