"""Counting entries: what they met, and what their apps did about what they had met before."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, select

from simulator.domain.coverage.meetings import (
    LOGOUT_PAGE,
    MET,
    Meeting,
    meeting,
    opened_logout,
)
from simulator.domain.coverage.outcomes import Outcome, Watch, step
from simulator.domain.journal.entries import Entry, Event
from simulator.json_codec import to_json
from simulator.storage import tables
from simulator.storage.listed import listed
from simulator.storage.statements import Prepared

from .counts import COUNTED, OTHERS, add
from .devices import (
    Device,
    Key,
    devices_of,
    key_of,
    name_of,
    waiting_for,
    write_devices,
)

_sandbox: Final = tables.sandbox.c
_THERE: Final = Prepared(
    select(_sandbox.id).where(_sandbox.id.in_(listed("ids", _sandbox.id.type)))
)


class _Batch:
    """The counts of a batch of entries, to be added to what is stored."""

    def __init__(self) -> None:
        self._counts: dict[tuple[int, int, str, str, str, str], list[int]] = {}
        self._last: dict[tuple[int, int, str, str, str, str], str] = {}

    def meet(self, entry: Entry, device: str, met: Meeting) -> None:
        """Count that cells were met; where nothing is left to do, all is well."""
        last = f"{entry.real_at:014d} {entry.request}"
        for cells in met.rows:
            key = (entry.sandbox, entry.generation, met.application, met.platform, device, cells)
            counts = self._counts.setdefault(key, [0] * len(COUNTED))
            counts[0] += 1
            if met.ask is None:
                counts[1] += 1
            self._last[key] = max(last, self._last.get(key, ""))

    def end(self, entry: Entry, device: str, ended: Iterable[tuple[Watch, Outcome]]) -> None:
        """Count outcomes."""
        for watch, outcome in ended:
            for cells in watch.rows:
                key = (
                    entry.sandbox,
                    entry.generation,
                    watch.application,
                    watch.platform,
                    device,
                    cells,
                )
                counts = self._counts.setdefault(key, [0] * len(COUNTED))
                counts[COUNTED.index(outcome)] += watch.times

    def write(self, connection: Connection) -> None:
        """Add the counts to those that are stored."""
        rows = [(*key, *counts, self._last.get(key, "")) for key, counts in self._counts.items()]
        add(connection, rows)


def tally(connection: Connection, entries: Sequence[Entry | Event]) -> None:
    """Count what entries met, in the transaction that writes them."""
    asked = [each for each in entries if isinstance(each, Entry) and each.operation in MET]
    if not asked:
        return
    there = _sandboxes(connection, {each.sandbox for each in asked})
    keyed = [(each, key_of(each)) for each in asked if each.sandbox in there]
    devices = devices_of(connection, keyed)
    batch = _Batch()
    for entry, key in keyed:
        if entry.operation == LOGOUT_PAGE:
            name, ended = waiting_for(connection, devices, entry, opened_logout(entry))
            batch.end(entry, name, ended)
        else:
            _count(batch, devices, entry, key)
    write_devices(connection, devices)
    batch.write(connection)


def _count(batch: _Batch, devices: dict[Key, Device], entry: Entry, key: Key) -> None:
    """Count what an entry met, and what that tells of what its device had met before."""
    explanation, device = entry.explanation, devices.get(key)
    name = name_of(key[1])
    if device is None:
        met = meeting(entry, explanation.application or "", explanation.platform or "")
        batch.meet(entry, OTHERS if name else "", met)
        return
    if device.generation != entry.generation:
        devices[key] = device = Device(generation=entry.generation, changed=True)
    if explanation.platform is not None and explanation.platform != device.platform:
        device.platform, device.changed = explanation.platform, True
    client = explanation.caller or explanation.client
    application = device.application(client, explanation.application)
    met = meeting(entry, application, device.platform)
    batch.meet(entry, name, met)
    if device.watches or met.ask is not None:
        device.watches, ended = step(device.watches, met)
        device.changed = True
        if ended:
            batch.end(entry, name, ended)


def _sandboxes(connection: Connection, ids: Iterable[int]) -> set[int]:
    given = to_json([*ids]).decode()
    return {number for (number,) in _THERE.rows(connection, {"ids": given})}
