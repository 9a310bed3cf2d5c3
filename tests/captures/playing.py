"""Captures of a lab, and what they are learnt and graded as."""

import asyncio
import io
import json
from collections.abc import Mapping
from typing import Any

from simulator.captures.sequence import Capture, Reading
from simulator.captures.worlds import Learnt, learn
from simulator.captures.writing import archive
from simulator.cli.grade.grading import Grade, grade
from simulator.cli.options import Place
from simulator.cli.remote import connected
from simulator.cli.replay.targets import Target
from tests.support.lab import Lab

GRADED = "graded"


def capture(archive: Mapping[str, Any] | bytes, name: str = "journey.har") -> Capture:
    """A capture in memory."""
    data = archive if isinstance(archive, bytes) else json.dumps(archive).encode()
    return Capture(name=name, open=lambda: io.BytesIO(data), size=len(data))


def reading(*archives: Mapping[str, Any] | bytes, **options: Any) -> Reading:  # noqa: ANN401
    """One pass over captures."""
    return Reading(captures=[capture(each) for each in archives], **options)


def learnt(*archives: Mapping[str, Any] | bytes) -> Learnt:
    """The world of captures."""
    return learn(reading(*archives), "learnt")


def redacted(archived: Mapping[str, Any] | bytes) -> bytes:
    """The capture as `redact` makes it."""
    first = reading(archived)
    for _ in first.exchanges():
        pass
    return "".join(archive(first.again().exchanges())).encode()


async def recorded(lab: Lab) -> dict[str, Any]:
    """The archive of the lab's requests."""
    found: dict[str, Any] = await lab.admin("GET", "requests.har")
    return found


async def graded(
    lab: Lab,
    *archives: Mapping[str, Any] | bytes,
    world: Mapping[str, Any] | None = None,
    **settings: Any,  # noqa: ANN401 - switches
) -> Grade:
    """The verdict on captures, which are played in another sandbox of the lab's simulator."""
    found = learnt(*archives)
    sandboxes = (await lab.admin("GET", "sandboxes"))["items"]
    if GRADED not in {each["id"] for each in sandboxes}:
        await lab.admin("POST", "sandboxes", {"id": GRADED})

    def work() -> Grade:
        with connected(Place(url=lab.origin, sandbox=GRADED)) as connection:
            return grade(
                reading(*archives),
                world or found.document,
                found.plan,
                Target(connection=connection),
                settings=settings,
            )

    return await asyncio.to_thread(work)


def shown(grade: Grade) -> str:
    """Each difference, a line: entry, request, member, theirs and ours; empty where there is none."""
    lines = [
        f"{each.number} {each.request}: {one.what} {one.recorded!r} -> {one.replayed!r} {each.rules}"
        for each in grade.differing
        for one in each.differences
    ]
    return "\n".join([*lines, *grade.problems])
