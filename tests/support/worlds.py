"""Small worlds to seed: the base fixture of the QA catalogue, and what a test puts into it."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

Entry = Mapping[str, Any]

TV: Final = "living-room-tv"
BOX: Final = "bedroom-box"

_BASE: Final[dict[str, Any]] = {
    "name": "lab",
    "service_providers": [
        {"id": "LABSP", "default_redirect_url": "https://lab.example/default"},
        {"id": "LABSP2"},
    ],
    "mvpds": [
        {"id": "LabCable", "platform_mappings": {"apple": "labcable_apple"}},
        {"id": "LabDish", "logout_endpoint": False},
        {"id": "LabOff"},
        {"id": "LabProxied", "proxy": "LabCable"},
        {"id": "TempBasic", "kind": "temp_pass_basic"},
        {"id": "TempPromo", "kind": "temp_pass_promotional"},
    ],
    "integrations": [
        {"service_provider": "LABSP", "mvpd": "LabCable"},
        {"service_provider": "LABSP", "mvpd": "LabDish"},
        {"service_provider": "LABSP", "mvpd": "LabOff", "active": False},
        {"service_provider": "LABSP", "mvpd": "LabProxied"},
        {"service_provider": "LABSP", "mvpd": "TempBasic", "temp_pass_ttl": "PT3M"},
        {
            "service_provider": "LABSP",
            "mvpd": "TempPromo",
            "temp_pass_ttl": "PT10M",
            "temp_pass_resources": 2,
            "temp_pass_key": "email",
        },
        {"service_provider": "LABSP2", "mvpd": "LabCable"},
    ],
    "applications": [{"id": "lab-app"}, {"id": "second-app", "service_providers": ["LABSP2"]}],
    "clients": [
        {"id": "app-1", "application": "lab-app"},
        {"id": "app-2", "application": "lab-app"},
    ],
}


def world(**lists: Sequence[Entry] | Mapping[str, Any]) -> dict[str, Any]:
    """The base fixture with more entries in some of its lists, or with `settings`."""
    document = deepcopy(_BASE)
    for name, more in lists.items():
        document[name] = more if isinstance(more, Mapping) else [*document.get(name, ()), *more]
    return document


def changed(integration: tuple[str, str], **members: object) -> dict[str, Any]:
    """The base fixture with other members in one of its integrations."""
    document = deepcopy(_BASE)
    document["integrations"] = [
        {**each, **members} if (each["service_provider"], each["mvpd"]) == integration else each
        for each in document["integrations"]
    ]
    return document


def profile(name: str, device: str = TV, mvpd: str = "LabCable", **members: object) -> Entry:
    """A login called `name` at LABSP; no client of its own unless `members` name one."""
    return {"id": name, "service_provider": "LABSP", "mvpd": mvpd, "device": device, **members}


def service_token(subject: str, **members: object) -> Entry:
    """The link of a profile to a viewer's service token."""
    return {"kind": "service_token", "subject": subject, **members}


def platform_identity(subject: str, **members: object) -> Entry:
    """The link of a profile to a platform's account."""
    return {"kind": "platform_identity", "subject": subject, **members}


def rule(kind: str, mvpd: str = "LabCable", **members: object) -> Entry:
    """A degradation rule at LABSP."""
    return {"service_provider": "LABSP", "mvpd": mvpd, "rule": kind, **members}
