"""The samples of Adobe's pages: a request as it is printed there, and the whole answer.

Facts and shapes are the pages'; texts for people are our own, so a pattern stands in their place, as
it does for what no two answers share: instants, ids, tokens.
"""

import base64
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import yaml

from simulator.domain.errors import ERRORS
from tests.support.lab import Lab
from tests.support.replies import Json, Reply
from tests.support.server import REPOSITORY
from tests.support.shapes import HELP_URL, JSON_TYPE

DEVICE: Final = "ba23d141-d715-561c-94f4-e9e4c966b1eb"
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
SERVICE_TOKEN: Final = (
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJkZDNmYWIyN2NmMjg0ZmU2ZWU0ZDY3ZmExZjY4MzE3YyIs"
    "ImlzcyI6IkFkb2JlIiw....."
)
SUBJECT_TOKEN: Final = (
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIyMmM4MDU1MjEzMDIwYzhmZGYzOGZkMTI1YWViMzUzYSIsImlzcyI6...."
)
IDENTITY: Final = {"AP-TempPass-Identity": "eyJlbWFpbCI6ImZvb0BiYXIuY29tIn0="}

# What all pages send, character by character. The second one is not even JSON: a comma is missing.
HEADERS: Final = {
    "AP-Device-Identifier": "fingerprint YmEyM2QxNDEtZDcxNS01NjFjLTk0ZjQtZTllNGM5NjZiMWVi",
    "X-Device-Info": "ewoJInByaW1hcnlIYXJkd2FyZVR5cGUiOiAiU2V0VG9wQm94IiwKCSJtb2RlbCI6ICJUViA1dGggR2"
    "VuIiwKCSJtYW51ZmFjdHVyZXIiOiAiQXBwbGUiLAoJIm9zTmFtZSI6ICJ0dk9TIgoJIm9zVmVuZG9yIjogIkFwcGxlIiwK"
    "CSJvc1ZlcnNpb24iOiAiMTEuMCIKfQ==",
    "Accept": "application/json",
    "User-Agent": "Mozilla/5.0 (Apple TV; U; CPU AppleTV5,3 OS 11.0 like Mac OS X; en_US)",
}
WHOLE: Final = {
    "mvpd": "Cablevision",
    "domainName": "adobe.com",
    "redirectUrl": "https://adobe.com",
}


class Like:
    """Equal to every text that matches the pattern, or to every value of the type."""

    def __init__(self, wanted: str | type) -> None:
        self.wanted = wanted

    def __eq__(self, other: object) -> bool:
        if isinstance(self.wanted, str):
            return isinstance(other, str) and re.fullmatch(self.wanted, other) is not None
        return type(other) is self.wanted

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"like {self.wanted}"


MOMENT: Final = Like(int)
MOMENT_AS_TEXT: Final = Like(r"\d{13}")
UUID: Final = Like(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SENTENCE: Final = Like(r"[A-Z].*\.")
BASE64: Final = Like(r"[A-Za-z0-9+/]+=*")
TEMPORARY_USER: Final = Like("temppass_[0-9a-f]{40}")
DEGRADED_USER: Final = Like("95cf93bcd183214a[0-9a-f]{40}")
TOKEN: Final = {
    "notBefore": MOMENT,
    "notAfter": MOMENT,
    "serializedToken": Like("PHNpZ25hdHVyZUluZm8.*"),
}
WINDOW: Final[dict[str, Any]] = {"notBefore": MOMENT, "notAfter": MOMENT}
WINDOW_AS_TEXT: Final[dict[str, Any]] = {"notBefore": MOMENT_AS_TEXT, "notAfter": MOMENT_AS_TEXT}


def plain(value: Json) -> Json:
    """A piece of user metadata that is not secret."""
    return {"value": value, "state": "plain"}


def problem(code: str, **more: Json) -> Json:
    """An error, as a whole answer or in a decision. Ours always has a trace (Adobe: error codes, ERR1)."""
    return {
        "action": ERRORS[code].action,
        "status": ERRORS[code].status,
        "code": code,
        "message": SENTENCE,
        "helpUrl": HELP_URL,
        "trace": UUID,
        **more,
    }


Setting = Callable[[Lab], Awaitable[object]]
Body = Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One sample: what there is before, what is sent, and what comes back.

    `given` are lists of the scenario with more entries, or changed ones; `before` is what an app or a
    viewer did; `lasts` is how long the windows in the answer are, where the page's say something.
    """

    method: str = "GET"
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    body_type: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    before: Setting | None = None
    status: int = 200
    answer: Json
    lasts: int | None = None

    async def ask(self, lab: Lab, body: Body | None = None) -> Reply:
        """Make the world that the sample needs, and send its request.

        `body` makes the body where it depends on the world.
        """
        await lab.seed(pages(**self.given))
        if self.before:
            await self.before(lab)
        sent = await body() if body else self.body
        typed = {"Content-Type": self.body_type} if self.body_type else {}
        token = await lab.token()
        headers = {"Authorization": f"Bearer {token}", **HEADERS, **typed, **self.headers}
        return await lab.call(self.method, self.path, headers, data=sent)

    async def check(self, lab: Lab, body: Body | None = None) -> None:
        """The whole answer is the sample's."""
        reply = await self.ask(lab, body)
        assert reply.headers["Content-Type"] == JSON_TYPE
        assert reply.data(self.status) == self.answer
        if self.lasts is not None:
            windows = [*_windows(reply.json)]
            assert windows
            assert {*windows} == {self.lasts}


def _windows(body: Json) -> list[int]:
    """How long each window in an answer is, but for those of media tokens."""
    if isinstance(body, list):
        return [length for each in body for length in _windows(each)]
    if not isinstance(body, dict):
        return []
    found = [int(body["notAfter"]) - int(body["notBefore"])] if "notAfter" in body else []
    return found + [
        length for name, each in body.items() if name != "token" for length in _windows(each)
    ]


def form(**parameters: str) -> bytes:
    """A form as the pages send it."""
    return urlencode(parameters).encode()


def resources(*names: str) -> bytes:
    """The body that asks for decisions."""
    return json.dumps({"resources": [*names]}).encode()


def partner_status(provider: str | None) -> dict[str, str]:
    """The partner's status of the pages: granted for a provider, or denied without one."""
    told = {"id": provider, "expirationDate": "2025430636000"} if provider else {}
    access = "granted" if provider else "denied"
    status = {"frameworkPermissionInfo": {"accessStatus": access}, "frameworkProviderInfo": told}
    return {"AP-Partner-Framework-Status": base64.b64encode(json.dumps(status).encode()).decode()}


def _certificate(scenario: Path) -> str:
    text: str = yaml.safe_load(scenario.read_text())["service_providers"][0]["certificate"]
    return text


_PAIRS: Final = (
    ("REF30", "Cablevision"), ("REF30", "Spectrum"), ("REF30", "AdobeShibboleth"),
    ("REF30", "AdobePass_SMI"), ("REF30", "degradedMvpd"), ("REF30", "apassidp"),
)  # fmt: skip
_TRIALS: Final = [
    {"service_provider": provider, "mvpd": "TempPass_TEST40", "temp_pass_ttl": "PT1M"}
    for provider in ("REF30", "apasstest1")
] + [
    {
        "service_provider": provider,
        "mvpd": "flexibleTempPass",
        "temp_pass_ttl": "PT1M",
        "temp_pass_resources": 5,
        "temp_pass_key": "email",
    }
    for provider in ("REF30", "apasstest1")
]
_WORLD: Final[dict[str, Any]] = {
    "name": "pages",
    "service_providers": [
        {
            "id": "REF30",
            "name": "Reference site only in 30",
            "domains": ["adobe.com", "adobe.io"],
            "certificate": _certificate(REPOSITORY / "scenarios" / "qa-catalogue.yaml"),
        },
        {"id": "apasstest1"},
    ],
    "mvpds": [
        *({"id": each, "platform_mappings": {"apple": each}} for _, each in _PAIRS),
        {"id": "TempPass_TEST40", "kind": "temp_pass_basic"},
        {"id": "flexibleTempPass", "kind": "temp_pass_promotional"},
    ],
    "integrations": [
        *(
            {
                "service_provider": provider,
                "mvpd": mvpd,
                "enable_platform_services": True,
                "boarding_status": "SUPPORTED",
            }
            for provider, mvpd in _PAIRS
        ),
        *_TRIALS,
    ],
    "applications": [{"id": "sample-app"}],
}


def pages(**lists: Any) -> dict[str, Any]:  # noqa: ANN401 - entries of a scenario
    """The world of the pages, with these entries besides; an integration replaces that of its pair."""
    document = {**_WORLD}
    for name, more in lists.items():
        kept = [each for each in document.get(name, ()) if not _replaced(each, more)]
        document[name] = [*kept, *more]
    return document


def _replaced(entry: Mapping[str, Any], by: list[Mapping[str, Any]]) -> bool:
    pair = ("service_provider", "mvpd")
    return "id" not in entry and any(
        all(entry.get(name) == each.get(name) for name in pair) for each in by
    )


def login(mvpd: str, **members: Json) -> dict[str, Any]:
    """A regular profile on the device of the pages, as most of them show one."""
    return {
        "service_provider": "REF30",
        "mvpd": mvpd,
        "device": DEVICE,
        "type": "regular",
        **members,
    }


def degraded(rule: str, mvpd: str = "degradedMvpd") -> dict[str, Any]:
    """A degradation rule at the MVPD whose name the pages leave open."""
    return {"degradations": [{"service_provider": "REF30", "mvpd": mvpd, "rule": rule}]}


async def next_code(lab: Lab, code: str) -> None:
    """Let the next session have the code of the sample."""
    await lab.admin("PUT", "codes/next", {"code": code})


async def app_call(lab: Lab, path: str, body: bytes = b"") -> Json:
    """What the app did before: a session that was created or resumed."""
    headers = {
        "Authorization": f"Bearer {await lab.token()}",
        **HEADERS,
        "Content-Type": FORM,
    }
    return (await lab.call("POST", f"/api/v2/REF30/{path}", headers, data=body)).data()
