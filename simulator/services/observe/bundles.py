"""A bug bundle: all that it takes to run a generation of a sandbox again elsewhere, passwords left out."""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from simulator.domain.access.device_info import device_info
from simulator.domain.journal.entries import INTERVENTION, Wanted
from simulator.domain.journal.redaction import mark
from simulator.services.context import AppContext
from simulator.services.control import clock, state
from simulator.services.control import settings as switches
from simulator.storage.worlds import snapshots
from simulator.storage.worlds.sandboxes import EMPTY, Baseline, SandboxRef
from simulator.storage.worlds.session import SandboxSession

from . import requests

FORMAT: Final = 1
"""Raised when a bundle can no longer be read by those who read the one before."""

_SEEDED: Final = ("seeded", "reset")


async def bundle(simulator: AppContext, at: SandboxRef, *, version: str) -> bytes:
    """The bundle of the sandbox's current generation, as a zip file.

    `manifest.json` says what it is of; `baseline.json` is the scenario document of the state at its
    beginning; `journal.jsonl` are requests and interventions in their order, one a line;
    `settings.json` the switches as they are now, `devices.json` what devices said of themselves.
    """
    entries: list[dict[str, Any]] = []
    async for page in requests.exchanges(simulator, at, Wanted(texts={}, generation=at.generation)):
        entries += page
    done = await requests.happenings(simulator, at, INTERVENTION)
    began, on = await _beginning(simulator, at)
    document = await _baseline(simulator, at, began, on)
    dropped = await simulator.journal.query(
        at.id, lambda journal: journal.dropped_since(at.generation)
    )
    reading = await clock.read(simulator, at)
    settings = await switches.show(simulator, at)
    manifest = {
        "format": FORMAT,
        "version": version,
        "sandbox": at.name,
        "generation": at.generation,
        "baseline": on.name,
        "began": began,
        "clock": {"mode": "frozen" if reading.frozen else "real", "now": reading.now},
        "id_seed": settings["id_seed"]["value"],
        "requests": len(entries),
        "incomplete": dropped,
    }
    files = {
        "manifest.json": _json(manifest),
        "baseline.json": _json(document),
        "journal.jsonl": "".join(
            json.dumps(each, separators=(",", ":")) + "\n" for each in _in_order(entries, done)
        ),
        "settings.json": _json(settings),
        "devices.json": _json(_devices(entries)),
    }
    return _zipped(files)


def _json(document: object) -> str:
    return json.dumps(document, indent=2) + "\n"


def _zipped(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            # Without a date of its own, the same run makes the same file.
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


async def _beginning(simulator: AppContext, at: SandboxRef) -> tuple[int, Baseline]:
    """When the generation began, by the sandbox's clock, and on which state."""
    told = [each for kind in _SEEDED for each in await requests.happenings(simulator, at, kind)]

    def unit(world: SandboxSession) -> tuple[int, Baseline]:
        baseline = world.details.baseline
        target = told[-1]["facts"].get("to") if told else None
        if target == "empty":
            baseline = EMPTY
        elif target and target.startswith("snapshot:"):
            found = snapshots.find(world, target.removeprefix("snapshot:"))
            if found is not None:
                baseline = snapshots.as_baseline(world, found)
        return at.epoch + baseline.age, baseline

    return await simulator.engine.read(at, unit)


async def _baseline(
    simulator: AppContext, at: SandboxRef, began: int, on: Baseline
) -> dict[str, Any]:
    """The state at the beginning, as a scenario document whose times are offsets from it."""
    if on.layer is None:
        return {"name": on.name}
    # As a request of an older generation would be answered.
    old = replace(at, generation=0, layer=on.layer)
    found = await simulator.engine.read(old, lambda world: state.document(world, on, moment=began))
    return _without_passwords(found)


def _without_passwords(document: dict[str, Any]) -> dict[str, Any]:
    """`document` with a mark in the place of each password, which a replay logs in with."""
    blank = mark("password", "")
    for account in document.get("subscribers", ()):
        if "password" in account:
            account["password"] = blank
    return document


def _in_order(
    entries: Sequence[dict[str, Any]], done: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    told = [{"kind": "request", **each} for each in entries]
    told += [{"kind": INTERVENTION, "number": each["number"], **each["facts"]} for each in done]
    yield from sorted(told, key=lambda each: int(each["number"]))


def _devices(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each device said of itself, as it said it last."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry["device"] is None:
            continue
        headers = {name.lower(): value for name, value in entry["request"]["headers"]}
        known = found.setdefault(
            entry["device"],
            {"id": entry["device"], "platform": None, "info": {}, "user_agent": None},
        )
        known["platform"] = entry["platform"] or known["platform"]
        known["info"] = {**device_info(headers.get("x-device-info"), strict=False)} or known["info"]
        known["user_agent"] = headers.get("user-agent") or known["user_agent"]
    return [found[each] for each in sorted(found)]
