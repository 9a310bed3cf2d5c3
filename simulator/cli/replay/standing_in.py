"""What stands in for a secret that was left out of a bundle."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import parse_qsl

from pass_simulator.transport.messages import Response
from simulator.cli.exits import CliExit
from simulator.domain.access.registration import default_secret
from simulator.domain.households import PASSWORD
from simulator.domain.journal import redaction

from .aligning import Alignment
from .bundles import Bundle
from .targets import Target

_SSO: Final[Mapping[str, str]] = {
    "ad-service-token": "/service-tokens",
    "adobe-subject-token": "/subject-tokens",
    "x-roku-reserved-roku-connect-token": "/subject-tokens",
}
_UNLINKED: Final = "nobody"
_WRONG: Final = "not-the-right-one"
_PERSON: Final = "replayed-person"
_REDIRECTED: Final = range(300, 400)

Entry = Mapping[str, Any]


class NotReplayable(Exception):  # noqa: N818 - not every one of them is an error
    """A request that cannot be sent again, and why."""


def is_mark(value: object) -> bool:
    """Whether `value` stands for a secret."""
    return isinstance(value, str) and redaction.MARK.fullmatch(value) is not None


@dataclass
class StandIns:
    """Secrets of this run in place of the recorded ones."""

    bundle: Bundle
    target: Target
    alignment: Alignment
    hidden: dict[str, str] = field(default_factory=dict)

    def value(self, name: str, mark: str, entry: Entry) -> str:
        """What to send as `name` in place of `mark`. Raises `NotReplayable`."""
        found = redaction.MARK.fullmatch(mark)
        fingerprint = found["print"] if found else None
        known = self.alignment.secrets.get(fingerprint or "")
        lower = name.lower()
        if known is not None:
            return f"Bearer {known}" if mark.startswith("Bearer ") else known
        if lower == "authorization":
            return self._bearer(mark, fingerprint, entry)
        if lower in _SSO:
            return self._sso_token(lower, fingerprint, entry)
        if lower == "software_statement":
            return self._statement(entry)
        if lower == "client_secret":
            return self._client_secret(fingerprint, entry)
        if lower == "password":
            return self._password(entry)
        if lower == "ap-temppass-identity":
            # One person on each device: who it was is not kept, so two cannot be told apart.
            text = f'{{"email":"{entry["device"]}"}}'
            return base64.b64encode(text.encode()).decode()
        if lower in {"x-sso-id", "x-sso-link"}:
            return _PERSON
        if name in self.hidden:
            return self.hidden[name]
        raise NotReplayable(f"{name} was left out of the bundle, and nothing can stand in for it")

    def _bearer(self, mark: str, fingerprint: str | None, entry: Entry) -> str:
        if entry["error"] == "invalid_access_token_client_application" or not mark.startswith("Be"):
            return "Bearer replayed.token.refused"
        client = entry["caller"] or entry["client"]
        known = {each["id"] for each in self.bundle.baseline.get("clients", ())}
        wanted = {"client": client} if client in known else {}
        if not wanted and entry["application"]:
            wanted = {"application": entry["application"]}
        try:
            made = self.target.admin("POST", "/tokens", wanted)
        except CliExit as refused:
            raise NotReplayable(f"no access token could be made: {refused.message}") from refused
        if client:
            self.alignment.learn(client, made["client_id"])
        self.alignment.note(fingerprint, made["access_token"])
        return f"Bearer {made['access_token']}"

    def _sso_token(self, header: str, fingerprint: str | None, entry: Entry) -> str:
        """The token of the same subject; what could not be read matches literally, or not at all."""
        for profile in self.bundle.baseline.get("profiles", ()):
            for link in profile.get("links", ()):
                literal = link.get("value")
                if literal and redaction.fingerprint(literal) == fingerprint:
                    return str(literal)
        for name, issuer, subject in entry["identities"]:
            if name.lower() == header and subject:
                wanted = {"subject": subject, **({"issuer": issuer} if issuer else {})}
                made = self.target.admin("POST", _SSO[header], wanted)
                self.alignment.note(fingerprint, made["token"])
                return str(made["token"])
        return _UNLINKED

    def _statement(self, entry: Entry) -> str:
        name = entry["application"]
        if name is None:
            return _WRONG
        found = self.target.admin("GET", f"/applications/{name}")
        return str(found["software_statement"])

    def _client_secret(self, fingerprint: str | None, entry: Entry) -> str:
        for client in self.bundle.baseline.get("clients", ()):
            secret = client.get("secret", default_secret(client["id"]))
            if redaction.fingerprint(secret) == fingerprint:
                return str(secret)
        if entry["error"] is not None:
            return _WRONG
        raise NotReplayable("the client was registered before the bundle begins")

    def _password(self, entry: Entry) -> str:
        if entry["status"] not in _REDIRECTED:
            return _WRONG
        sent = redaction_members(entry["request"]["body"])
        return self.bundle.passwords.get(sent.get("username", ""), PASSWORD)

    def remember(self, answer: Response) -> None:
        """Keep what a page hides in its form, for the request that the form makes."""
        if "html" in answer.headers.get("content-type", ""):
            fields = _Hidden()
            fields.feed(answer.text)
            self.hidden |= fields.found


def redaction_members(body: str | None) -> dict[str, str]:
    """The members of a form, as they were kept."""
    return dict(parse_qsl(body or "", keep_blank_values=True))


class _Hidden(HTMLParser):
    """The hidden fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.found[given["name"]] = given.get("value", "")
