"""Adobe's pages: the world that their samples need, how one is sent, and how its answer is compared."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from simulator.domain.errors import ERRORS
from tests.support.lab import Lab
from tests.support.logins import FORM, form_of
from tests.support.replies import Json, Reply
from tests.support.server import REPOSITORY
from tests.support.shapes import HELP_URL, JSON_TYPE

DEVICE: Final = "ba23d141-d715-561c-94f4-e9e4c966b1eb"
JSON: Final = "application/json"

# What all pages send, character by character. The second one is not even JSON: a comma is missing.
HEADERS: Final = {
    "AP-Device-Identifier": "fingerprint YmEyM2QxNDEtZDcxNS01NjFjLTk0ZjQtZTllNGM5NjZiMWVi",
    "X-Device-Info": "ewoJInByaW1hcnlIYXJkd2FyZVR5cGUiOiAiU2V0VG9wQm94IiwKCSJtb2RlbCI6ICJUViA1dGggR2"
    "VuIiwKCSJtYW51ZmFjdHVyZXIiOiAiQXBwbGUiLAoJIm9zTmFtZSI6ICJ0dk9TIgoJIm9zVmVuZG9yIjogIkFwcGxlIiwK"
    "CSJvc1ZlcnNpb24iOiAiMTEuMCIKfQ==",
    "Accept": "application/json",
    "User-Agent": "Mozilla/5.0 (Apple TV; U; CPU AppleTV5,3 OS 11.0 like Mac OS X; en_US)",
}

# The device of the sessions that the pages retrieve: a browser, which leaves X-Device-Info out.
BROWSER: Final = {
    "X-Device-Info": "",
    "User-Agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
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


UUID: Final = Like(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAMED: Final[Mapping[str, Json]] = {
    "<moment>": Like(int),
    "<moment text>": Like(r"\d{13}"),
    "<uuid>": UUID,
    "<text>": Like(str),
    "<port>": Like(r"\d+"),
    "<agent>": BROWSER["User-Agent"],
    "<base64>": Like(r"[A-Za-z0-9+/]+=*"),
    "<temporary user>": Like("temppass_[0-9a-f]{40}"),
    "<degraded user>": Like("95cf93bcd183214a[0-9a-f]{40}"),
    "<logo>": Like(r"http://.*/logos/\w+\.svg"),
    "<media token>": Like("PHNpZ25hdHVyZUluZm8.*"),
    "<service token>": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJkZDNmYWIyN2NmMjg0ZmU2ZWU0ZDY3ZmExZjY4MzE3YyIs"
    "ImlzcyI6IkFkb2JlIiw.....",
    "<subject token>": "eyJhbGciOiJSUzI1NiJ9."
    "eyJzdWIiOiIyMmM4MDU1MjEzMDIwYzhmZGYzOGZkMTI1YWViMzUzYSIsImlzcyI6....",
}


def _read(value: Json) -> Json:
    """A value of the samples with what their short forms stand for."""
    match value:
        case {"problem": _}:
            return _problem(**value)
        case {"plain": given}:
            return {"value": _read(given), "state": "plain"}
        case {"window": moment, **others}:
            return {**_read(others), "notBefore": _NAMED[moment], "notAfter": _NAMED[moment]}
        case dict():
            return {name: _read(each) for name, each in value.items()}
        case list():
            return [_read(each) for each in value]
        case str():
            return _NAMED.get(value, value)
    return value


def _problem(problem: str, **more: Json) -> Json:
    """An error, as a whole answer or in a decision. Ours always has a trace (Adobe: error codes, ERR1)."""
    kind = ERRORS[problem]
    told = {"message": Like(r"[A-Z].*\."), "helpUrl": HELP_URL, "trace": UUID}
    return {"action": kind.action, "status": kind.status, "code": problem, **told, **more}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One sample: what there is before, what is sent, and what comes back.

    `given` are lists of the scenario with more entries, or changed ones; `before` are steps of the app
    and the viewer. `partner` is the provider that the partner's status grants, or "denied"; of `form`,
    `resources` and `saml`, the MVPD of the partner's response, one makes the body.
    """

    request: str
    headers: Mapping[str, str] = field(default_factory=dict)
    partner: str | None = None
    form: Mapping[str, str] | None = None
    resources: Sequence[str] | None = None
    saml: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    before: Sequence[Mapping[str, Any]] = ()
    status: int = 200
    answer: Json
    lasts: int | None = None

    async def ask(self, lab: Lab) -> Reply:
        """Make the world that the sample needs, and send its request."""
        await lab.seed(pages(**self.given))
        await _do(lab, self.before)
        method, path = self.request.split(" ")
        headers, body = {**self.headers}, await self._body(lab)
        if self.partner:
            headers["AP-Partner-Framework-Status"] = _partner_status(self.partner)
        return await _send(lab, method, path, headers, **body)

    async def _body(self, lab: Lab) -> Json:
        if self.resources is not None:
            return {"json": {"resources": self.resources}}
        if self.saml is not None:
            return form_of({"SAMLResponse": await _response(lab, self.saml)})
        return {} if self.form is None else form_of(self.form)

    async def check(self, lab: Lab) -> None:
        """The whole answer is the sample's."""
        reply = await self.ask(lab)
        assert reply.headers["Content-Type"] == JSON_TYPE
        assert reply.data(self.status) == self.answer
        if self.lasts is not None:
            windows = [*_windows(reply.json)]
            assert windows
            assert {*windows} == {self.lasts}


def samples() -> dict[str, Sample]:
    """All samples, by their page and number."""
    found = yaml.safe_load((Path(__file__).parent / "samples.yaml").read_text())
    return {
        f"{page} {number}": Sample(**_read(sample))
        for page, numbered in found.items()
        for number, sample in numbered.items()
    }


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


async def _send(
    lab: Lab, method: str, path: str, headers: Mapping[str, str], **body: Json
) -> Reply:
    typed = {"Content-Type": FORM} if "data" in body else {}
    token = {"Authorization": f"Bearer {await lab.token()}"}
    return await lab.call(method, path, {**token, **HEADERS, **typed, **headers}, **body)


async def _do(lab: Lab, steps: Sequence[Mapping[str, Any]]) -> None:
    """What was done before: the next session gets the code of the sample, sessions, and logins."""
    code = ""
    for step in steps:
        ((verb, given),) = step.items()
        if verb == "code":
            code = given
            await lab.admin("PUT", "codes/next", {"code": code})
        elif verb == "settings":
            await lab.settings(**given)
        elif verb == "approve":
            await lab.admin("POST", f"codes/{given}/approve")
        elif verb == "login":
            await lab.admin("POST", "profiles", {**_LOGIN, "mvpd": given})
        else:
            path = {"resume": f"sessions/{code}"}.get(verb, "sessions")
            headers = BROWSER if verb == "browser" else {}
            (await _send(lab, "POST", f"/api/v2/REF30/{path}", headers, **form_of(given))).data()


async def _response(lab: Lab, mvpd: str) -> str:
    """What the partner's framework hands the app: it cannot be copied from a page, which cuts it short."""
    user = {"name_id": "BASE64_value_userId"}
    attributes = {"householdID": "BASE64_value_householdId"}
    wanted = {"mvpd": mvpd, **user, "attributes": attributes}
    return str((await lab.admin("POST", "saml-responses", wanted))["saml_response"])


def _partner_status(provider: str) -> str:
    """The partner's status of the pages: granted for a provider, or denied without one."""
    denied = provider == "denied"
    told = {} if denied else {"id": provider, "expirationDate": "2025430636000"}
    access = {"accessStatus": "denied" if denied else "granted"}
    status = {"frameworkPermissionInfo": access, "frameworkProviderInfo": told}
    return base64.b64encode(json.dumps(status).encode()).decode()


_PROVIDERS: Final = ("REF30", "apasstest1")
_MVPDS: Final = ("Cablevision", "Spectrum", "AdobeShibboleth", "AdobePass_SMI", "degradedMvpd",
                 "apassidp")  # fmt: skip
_LOGIN: Final = {"service_provider": "REF30", "device": DEVICE, "type": "regular"}
_SUPPORTED: Final[dict[str, Any]] = {
    "enable_platform_services": True,
    "boarding_status": "SUPPORTED",
}
_FLEXIBLE: Final[dict[str, Any]] = {"temp_pass_resources": 5, "temp_pass_key": "email"}
_CATALOGUE: Final = yaml.safe_load((REPOSITORY / "scenarios" / "qa-catalogue.yaml").read_text())
_WORLD: Final[dict[str, Any]] = {
    "name": "pages",
    "service_providers": [
        {
            "id": "REF30",
            "name": "Reference site only in 30",
            "domains": ["adobe.com", "adobe.io"],
            "certificate": _CATALOGUE["service_providers"][0]["certificate"],
        },
        {"id": "apasstest1"},
    ],
    "mvpds": [
        *({"id": each, "platform_mappings": {"apple": each}} for each in _MVPDS),
        {"id": "TempPass_TEST40", "kind": "temp_pass_basic"},
        {"id": "flexibleTempPass", "kind": "temp_pass_promotional"},
    ],
    "integrations": [
        {"service_provider": provider, "mvpd": mvpd, **members}
        for provider, mvpd, members in (
            *(("REF30", mvpd, _SUPPORTED) for mvpd in _MVPDS),
            *((each, "TempPass_TEST40", {"temp_pass_ttl": "PT1M"}) for each in _PROVIDERS),
            *((each, "flexibleTempPass", {"temp_pass_ttl": "PT1M", **_FLEXIBLE})
              for each in _PROVIDERS),
        )
    ],
    "applications": [{"id": "sample-app"}],
}  # fmt: skip
# What the entries of a list have as most pages show them, unless they say otherwise.
_DEFAULTS: Final[Mapping[str, Mapping[str, str]]] = {
    "profiles": _LOGIN,
    "temp_passes": {"device": DEVICE},
}


def pages(**lists: Any) -> dict[str, Any]:  # noqa: ANN401 - entries of a scenario
    """The world of the pages, with these entries besides; an integration replaces that of its pair."""
    document = {**_WORLD}
    for name, more in lists.items():
        kept = [each for each in document.get(name, ()) if not _replaced(each, more)]
        document[name] = [*kept, *({**_DEFAULTS.get(name, {}), **each} for each in more)]
    return document


def _replaced(entry: Mapping[str, Any], by: list[Mapping[str, Any]]) -> bool:
    pair = ("service_provider", "mvpd")
    return "id" not in entry and any(
        all(entry.get(name) == each.get(name) for name in pair) for each in by
    )
