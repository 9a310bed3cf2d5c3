"""Making a recorded request again."""

import json
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from multidict import CIMultiDict

from pass_simulator.transport.messages import Response
from simulator.domain.operations import unprefixed

from .aligning import as_json, rewritten, without_sandbox
from .standing_in import Entry, NotReplayable, StandIns, is_mark

# What a client sets itself, or what leads to another sandbox.
_DROPPED: Final = frozenset(
    {
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "accept-encoding",
        # A body is kept as it was before it was packed.
        "content-encoding",
        "x-sim-sandbox",
        "expect",
    }
)
# With these a body is answered that was not read, or not to its end.
_UNREAD: Final = frozenset({400, 408, 413})


class Cookies:
    """The cookies of each user agent, by its name."""

    def __init__(self) -> None:
        self._jars: dict[str, dict[str, str]] = {}

    def sent(self, agent: str) -> str:
        """The Cookie header of a user agent."""
        jar = self._jars.get(agent, {})
        return "; ".join(f"{name}={value}" for name, value in jar.items())

    def keep(self, agent: str, answer: Response) -> None:
        """Take over what an answer sets."""
        jar = self._jars.setdefault(agent, {})
        try:
            morsels = SimpleCookie(answer.headers.get("set-cookie", ""))
        except CookieError:
            return
        for each in morsels.values():
            if each["max-age"] == "0":
                jar.pop(each.key, None)
            else:
                jar[each.key] = each.value


def path_of(entry: Entry, stand_ins: StandIns) -> str:
    """Where the request goes. Raises `NotReplayable`."""
    recorded = unprefixed(entry["path"])
    path, question, query = recorded.partition("?")
    translated = stand_ins.alignment.translated(path)
    if recorded != entry["path"]:
        # It named its sandbox in this way, and what is answered may say so.
        translated = f"{stand_ins.target.prefix}{translated}"
    if not question:
        return translated
    if "sim_sandbox=" in query:
        query = without_sandbox(f"?{query}").removeprefix("?")
    if "[redacted" not in query:
        return f"{translated}?{stand_ins.alignment.translated(query)}"
    return f"{translated}?{_form(query, entry, stand_ins)}"


def headers_of(entry: Entry, stand_ins: StandIns, cookies: Cookies) -> CIMultiDict[str]:
    """The headers of the request. Raises `NotReplayable`."""
    found: CIMultiDict[str] = CIMultiDict()
    for name, value in entry["request"]["headers"]:
        lower = name.lower()
        if lower in _DROPPED:
            continue
        if lower == "cookie":
            if held := cookies.sent(agent_of(entry)):
                found.add(name, held)
            continue
        found.add(name, _text(name, value, entry, stand_ins))
    return found


def agent_of(entry: Entry) -> str:
    """What the sender of the request calls itself."""
    pairs = entry["request"]["headers"]
    return next((value for name, value in pairs if name.lower() == "user-agent"), "")


def body_of(entry: Entry, stand_ins: StandIns) -> bytes | None:
    """The body of the request. Raises `NotReplayable`."""
    body = entry["request"]["body"]
    if body is None:
        headers = {name.lower(): value for name, value in entry["request"]["headers"]}
        if "content-encoding" in headers:
            raise NotReplayable("its body was packed, and nobody unpacked it")
        length = headers.get("content-length", "0")
        chunked = "transfer-encoding" in headers and entry["status"] in _UNREAD
        if chunked or length.strip("0"):
            raise NotReplayable("its body was not kept: nobody read it to its end")
        return None
    if body.startswith("[") and body.endswith(" bytes]"):
        raise NotReplayable(f"its body was not kept: {body}")
    translated = stand_ins.alignment.translated(body)
    if "[redacted" not in body:
        return translated.encode()
    document = as_json(body)
    if document is not None:
        return json.dumps(
            rewritten(document, lambda name, text: _text(name, text, entry, stand_ins))
        ).encode()
    return _form(body, entry, stand_ins).encode()


def _form(text: str, entry: Entry, stand_ins: StandIns) -> str:
    pairs = [
        (name, _text(name, value, entry, stand_ins))
        for name, value in parse_qsl(text, keep_blank_values=True)
    ]
    return urlencode(pairs, quote_via=quote)


def _text(name: str, value: str, entry: Entry, stand_ins: StandIns) -> str:
    if is_mark(value):
        return stand_ins.value(name, value, entry)
    return stand_ins.alignment.translated(value)
