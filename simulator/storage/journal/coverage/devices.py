"""What is watched of each device: read and written with the entries, so that any process can go on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from json import JSONDecoder
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select

from simulator.domain.coverage.meetings import LOGOUT_PAGE, Ask, Meeting
from simulator.domain.coverage.outcomes import Ended, Watch, opened
from simulator.domain.journal.entries import Entry
from simulator.json_codec import to_json
from simulator.storage import tables
from simulator.storage.listed import listed
from simulator.storage.statements import Prepared

watched: Final = tables.coverage_watched

MOST_DEVICES: Final = 500
"""So many devices of a sandbox's generation have counts of their own; those of more are counted together."""

_MOST_APPS: Final = 20

_WATCH: Final = Prepared(
    insert(watched).values({each.name: bindparam(each.name) for each in watched.columns}).inline(),
    ending=" ON CONFLICT (sandbox, device) DO UPDATE SET "
    "generation = excluded.generation, state = excluded.state",
)

_OWN: Final = watched.c.sandbox == bindparam("_sandbox")


def _states(condition: ColumnElement[bool]) -> Prepared:
    """What is stored of devices of a sandbox. All processes lock them in the same order."""
    found = select(watched.c.device, watched.c.generation, watched.c.state).where(_OWN, condition)
    return Prepared(found.order_by(watched.c.device).with_for_update())


_OF_DEVICES: Final = _states(watched.c.device.in_(listed("devices", watched.c.device.type)))
_WAITING: Final = _states(watched.c.state.contains(Ask.OPEN_LOGOUT.value, autoescape=True))
_NUMBER: Final = Prepared(select(func.count()).select_from(watched).where(_OWN))
_FORGET: Final = Prepared(delete(watched).where(_OWN, watched.c.generation < bindparam("before")))

Key = tuple[int, str]
"""A sandbox, and a device or client of it by the name under which it is watched."""

_DEVICE: Final = "device "
_DECODER: Final = JSONDecoder()


@dataclass(kw_only=True, slots=True)
class Device:
    """What is known of a device: the applications of its clients, its platform, and what is watched.

    `changed` says that it is not as it is stored.
    """

    generation: int
    changed: bool = False
    applications: dict[str, str] = field(default_factory=dict)
    platform: str = ""
    watches: list[Watch] = field(default_factory=list)

    @classmethod
    def read(cls, generation: int, text: str) -> "Device":
        """The device whose state was written as `text`."""
        state, _ = _DECODER.raw_decode(text)
        return cls(
            generation=generation,
            applications=state["a"],
            platform=state["p"],
            watches=[_watch(each) for each in state["w"]],
        )

    def written(self) -> str:
        """Its state as text."""
        watches = [[*each[:2], [*each.rows], *each[3:]] for each in self.watches]
        state = {"a": self.applications, "p": self.platform, "w": watches}
        return to_json(state).decode()

    def application(self, client: str | None, told: str | None) -> str:
        """The application of a call: as the call tells, else that of its client, else the only one."""
        if told is not None:
            if client is not None and client not in self.applications:
                if len(self.applications) >= _MOST_APPS:
                    self.applications.clear()
                self.applications[client] = told
                self.changed = True
            return told
        only = {*self.applications.values()}
        return self.applications.get(client or "") or (only.pop() if len(only) == 1 else "")


def _watch(members: Sequence[Any]) -> Watch:
    application, platform, rows, operation, ask, *rest = members
    return Watch(application, platform, tuple(rows), operation, Ask(ask), *rest)


def name_of(watched_as: str) -> str:
    """The plain identifier of a device by the name under which it is watched; "" for a client."""
    return watched_as.removeprefix(_DEVICE) if watched_as.startswith(_DEVICE) else ""


def key_of(entry: Entry) -> Key:
    """Under which name the device of an entry is watched, else the client; "" where neither is known.

    A second screen looks at the session of a device, but is not on it.
    """
    explanation = entry.explanation
    if explanation.device is not None and explanation.caller is None:
        return entry.sandbox, f"{_DEVICE}{explanation.device}"
    client = explanation.caller or explanation.client
    return entry.sandbox, "" if client is None else f"client {client}"


def devices_of(connection: Connection, entries: Iterable[tuple[Entry, Key]]) -> dict[Key, Device]:
    """What is known of the devices of entries; nothing of those that are too many."""
    wanted: dict[int, dict[str, int]] = {}
    for entry, (sandbox, name) in entries:
        # A page belongs to nobody.
        if name and entry.operation != LOGOUT_PAGE:
            own = wanted.setdefault(sandbox, {})
            own[name] = max(entry.generation, own.get(name, 0))
    found: dict[Key, Device] = {}
    for sandbox, names in sorted(wanted.items()):
        given = {"_sandbox": sandbox, "devices": to_json([*names]).decode()}
        for name, generation, state in _OF_DEVICES.rows(connection, given):
            found[sandbox, name] = Device.read(generation, state)
        new = [each for each in names if (sandbox, each) not in found]
        if new:
            left = _places_left(connection, sandbox, max(names.values()))
            for name in new[:left]:
                found[sandbox, name] = Device(generation=names[name], changed=True)
    return found


def _places_left(connection: Connection, sandbox: int, generation: int) -> int:
    """How many more devices of a generation can be watched; those of earlier ones make way."""
    own = {"_sandbox": sandbox}
    ((number,),) = _NUMBER.rows(connection, own)
    if number >= MOST_DEVICES:
        number -= _FORGET.run(connection, own | {"before": generation})
    return max(0, MOST_DEVICES - int(number))


def waiting_for(
    connection: Connection, devices: dict[Key, Device], entry: Entry, page: Meeting
) -> tuple[str, Ended]:
    """The device that has asked for the logout whose page was opened, the last one, and what that ends.

    Those that wait are added to `devices`.
    """
    for name, generation, state in _WAITING.rows(connection, {"_sandbox": entry.sandbox}):
        if (entry.sandbox, name) not in devices:
            devices[entry.sandbox, name] = Device.read(generation, state)
    waiting = [
        (watch.at, key)
        for key, device in devices.items()
        if key[0] == entry.sandbox and device.generation == entry.generation
        for watch in device.watches
        if watch.ask is Ask.OPEN_LOGOUT and watch.subject == page.subject
    ]
    if not waiting:
        return "", []
    _, key = max(waiting)
    device = devices[key]
    device.watches, ended = opened(device.watches, page)
    device.changed = True
    return name_of(key[1]), ended


def write_devices(connection: Connection, devices: Mapping[Key, Device]) -> None:
    """Write what is watched of devices, where that has changed."""
    rows = [
        (sandbox, name, devices[sandbox, name].generation, devices[sandbox, name].written())
        for sandbox, name in sorted(devices)
        if devices[sandbox, name].changed
    ]
    if rows:
        _WATCH.run_many(connection, rows)
