"""How client apps conduct themselves: the journal's requests sorted by app, each held against the rules."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from simulator.domain.conduct.calls import OURS, VERIFIED, App, Call
from simulator.domain.conduct.report import report
from simulator.domain.conduct.rules import Finding
from simulator.domain.journal.entries import Wanted
from simulator.domain.operations import PAGE_NAMES, backend_path
from simulator.services.context import AppContext
from simulator.services.shared import media_tokens
from simulator.storage.journal.entries import SandboxJournal
from simulator.storage.worlds.sandboxes import SandboxRef

from . import requests

_LOOKS: Final = frozenset({"get_session", "resume_session"})
_PAGES: Final = frozenset({*PAGE_NAMES, VERIFIED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Conduct:
    """What was found of each app; `incomplete` when entries were dropped that could tell more."""

    apps: Sequence[tuple[App, Sequence[Finding]]]
    generation: int | None
    incomplete: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """Whose conduct is asked for; None for anybody's."""

    application: str | None = None
    client: str | None = None
    device: str | None = None

    def fits(self, app: App) -> bool:
        """Whether `app` is meant."""
        return (
            self.application in {None, app.application}
            and self.client in {None, app.client}
            and self.device in {None, app.device}
        )


async def conduct(
    simulator: AppContext,
    at: SandboxRef,
    about: About,
    *,
    generation: int | None = requests.CURRENT,
    since: int | None = None,
    platform: str | None = None,
) -> Conduct:
    """What apps did right and wrong in a generation, in the current one unless another is named.

    `since` leaves out the generations before it, `platform` the apps that never called from one.
    """
    wanted = requests.now(Wanted(texts={}, generation=generation), at)
    entries: list[dict[str, Any]] = []
    async for page in requests.exchanges(simulator, at, wanted):
        entries += (each for each in page if since is None or each["generation"] >= since)

    def question(journal: SandboxJournal) -> tuple[list[dict[str, Any]], bool]:
        verified = journal.events_of(media_tokens.VERIFIED, wanted.generation)
        first = since if wanted.generation is None else wanted.generation
        return verified, journal.dropped_since(first)

    verified, incomplete = await simulator.journal.query(at.id, question)
    found = await asyncio.to_thread(partial(_judged, entries, verified, about))
    if platform is not None:
        there = {
            (each["client"], each["device"]) for each in entries if each["platform"] == platform
        }
        found = [each for each in found if (each[0].client, each[0].device) in there]
    return Conduct(apps=found, generation=wanted.generation, incomplete=incomplete)


def _judged(
    entries: Iterable[dict[str, Any]], verified: Iterable[dict[str, Any]], about: About
) -> list[tuple[App, list[Finding]]]:
    shown = [_shown(each) for each in verified]
    return [
        (app, report(app))
        for app in apps([*map(call_of, entries)], verified=shown)
        if about.fits(app)
    ]


def call_of(entry: Mapping[str, Any]) -> Call:
    """What the rules see of an entry."""
    asked, sent = entry["request"], entry["response"]
    parts = urlsplit(entry["path"])
    query = dict(parse_qsl(parts.query, keep_blank_values=True, errors="replace"))
    query.pop(OURS, None)
    headers = {name.lower(): value for name, value in asked["headers"]}
    caller = entry["caller"]
    device = entry["device"]
    if caller and "ap-device-identifier" not in headers:
        # A second screen looked at the session of this device, but is not on it.
        device = None
    return Call(
        id=entry["id"],
        number=entry["number"],
        at=entry["at"],
        operation=entry["operation"],
        method=entry["method"],
        path=backend_path(parts.path),
        status=entry["status"],
        error=entry["error"],
        service_provider=entry["service_provider"],
        mvpd=entry["mvpd"],
        application=entry["application"],
        client=caller or entry["client"],
        device=device,
        code=entry["code"],
        headers=headers,
        query=query,
        form=_members(asked["body"]),
        answer=_members(sent["body"]),
        decisions=[(each["resource"], each["code"]) for each in entry["decisions"]],
        reasons=entry["explanation"],
    )


def _members(body: str | None) -> Mapping[str, Any]:
    text = body or ""
    if text.lstrip().startswith("{"):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}
    if text.startswith("[") or "\n" in text.strip() or "=" not in text:
        return {}
    return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))


def _shown(event: Mapping[str, Any]) -> Call:
    facts = event["facts"]
    number = event["number"]
    return Call(
        id="", number=number, at=facts["at"], operation=VERIFIED, form={"token": facts["token"]}
    )


def apps(calls: Sequence[Call], *, verified: Sequence[Call] = ()) -> list[App]:
    """The app instances behind `calls`, which are in their order."""
    sorted_out = _SortedCalls(_at_home([each for each in calls if each.operation not in _PAGES]))
    around = [*verified, *(each for each in calls if each.operation in _PAGES)]
    return [
        App(
            application=sorted_out.applications.get(client),
            client=client,
            device=device,
            calls=own,
            around=[*around, *sorted_out.looks_of_others(client)],
            siblings=sorted_out.siblings(client, device),
            elsewhere=sorted_out.elsewhere(client, device),
        )
        for (client, device), own in sorted_out.by_instance.items()
    ]


class _SortedCalls:
    """Calls of apps by instance (client and device), client and device, and each client's application."""

    def __init__(self, calls: Iterable[Call]) -> None:
        self.by_instance: defaultdict[tuple[str | None, str | None], list[Call]] = defaultdict(list)
        self.by_client: defaultdict[str | None, list[Call]] = defaultdict(list)
        self.by_device: defaultdict[str | None, list[Call]] = defaultdict(list)
        self.applications: dict[str | None, str] = {}
        self.looks: list[Call] = []
        for call in calls:
            self.by_instance[call.client, call.device].append(call)
            self.by_client[call.client].append(call)
            self.by_device[call.device].append(call)
            if call.application is not None:
                self.applications[call.client] = call.application
            if call.operation in _LOOKS:
                self.looks.append(call)

    def looks_of_others(self, client: str | None) -> list[Call]:
        """The looks at sessions, which may be this client's, by others."""
        return [each for each in self.looks if each.client != client]

    def siblings(self, client: str | None, device: str | None) -> list[Call]:
        """The calls of other instances of the client's application on the device."""
        application = self.applications.get(client)
        if device is None or application is None:
            return []
        return [
            each
            for each in self.by_device[device]
            if each.client != client and self.applications.get(each.client) == application
        ]

    def elsewhere(self, client: str | None, device: str | None) -> list[Call]:
        """The calls of the client on other devices, and then those on no device that is known."""
        own = self.by_client[client]
        others = [each for each in own if each.device not in {None, device}]
        nowhere = [each for each in own if each.device is None]
        return (others if client is not None else []) + (nowhere if device is not None else [])


def _at_home(calls: Sequence[Call]) -> list[Call]:
    """The calls, with device or client added where it can only be one."""
    devices: defaultdict[str, set[str]] = defaultdict(set)
    clients: defaultdict[str, set[str]] = defaultdict(set)
    for call in calls:
        if call.client and call.device:
            devices[call.client].add(call.device)
            clients[call.device].add(call.client)

    def home(call: Call) -> Call:
        if call.client and not call.device and len(devices[call.client]) == 1:
            return replace(call, device=next(iter(devices[call.client])))
        if call.device and not call.client and len(clients[call.device]) == 1:
            return replace(call, client=next(iter(clients[call.device])))
        return call

    return [home(each) for each in calls]
