"""A small TV app as a programmer would begin one: it registers, logs in by a code, plays and logs out.

It needs nothing but Python's own library, and does what Adobe's integration checklist asks for: it keeps
its credentials and its token, polls every five seconds and stops in time, takes errors by their action,
tries again with patience, and opens the provider's logout page. Point `base` at a sandbox of the simulator:

    app = TvApp("http://127.0.0.1:8642", statement=..., device="living-room-tv", wait=time.sleep)
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener, urlopen

REDIRECT: Final = "https://adobe.com/done"
_TRIES: Final = 3
_POLL: Final = 5.0
_TIMEOUT: Final = 10.0
_TOO_MANY: Final = 429
_SERVER: Final = 500
_REFUSED: Final = 401
_GOOD: Final = range(200, 300)
_FORM: Final = "application/x-www-form-urlencoded"
_INFO: Final = {
    "model": "TV",
    "version": "1",
    "osName": "Roku OS",
    "osVersion": "14.1",
    "connectionType": "WiFi",
}


@dataclass(frozen=True)
class Answer:
    """What the backend answered; status 0 where no whole answer came."""

    status: int
    body: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Whether it is a good answer."""
        return self.status in _GOOD

    @property
    def code(self) -> str:
        """The code of an error."""
        return str(self.body.get("code", ""))


class TvApp:
    """The app of one installation; `restart` is the viewer who switches the TV off and on.

    `wait` lets so many seconds pass. `show_code` is called with each code that the viewer is to see.
    """

    def __init__(
        self,
        base: str,
        *,
        statement: str,
        device: str,
        service_provider: str = "REF30",
        wait: Callable[[float], None],
        show_code: Callable[[str], None] = print,
    ) -> None:
        self.base = base
        self.statement = statement
        self.device = device
        self.service_provider = service_provider
        self.wait = wait
        self.show_code = show_code
        self.credentials: Mapping[str, Any] | None = None
        self.token: str | None = None
        self.message = ""

    # What the viewer does

    def start(self) -> None:
        """Switch the TV on: register, once and for all, and get a token."""
        if self.credentials is None:
            self.register()
        if self.token is None:
            self.renew()

    def restart(self) -> None:
        """Switch it off and on: what is in flash stays."""
        self.start()

    def browse(self) -> bool:
        """Look who is logged in; whether anybody is."""
        answer = self.call("GET", "profiles")
        return answer.ok and bool(answer.body["profiles"])

    def log_in(self, mvpd: str) -> bool:
        """Show codes until the viewer has logged in with one, or two have expired."""
        for _ in range(2):
            session = self.begin(mvpd)
            if not session.ok:
                return False
            if session.body["actionName"] != "authenticate":
                return True
            code = session.body["code"]
            self.show_code(code)
            outcome = self.poll(code)
            if outcome is not None:
                return outcome
        return False

    def play(self, mvpd: str, resource: str) -> str | None:
        """Ask whether the viewer may watch, and play: the media token, which is good for once."""
        for _ in range(_TRIES):
            answer = self.call("POST", f"decisions/authorize/{mvpd}", {"resources": [resource]})
            if not answer.ok:
                self.message = answer.code
                return None
            decision = answer.body["decisions"][0]
            if decision["authorized"]:
                return str(decision["token"]["serializedToken"])
            error = decision["error"]
            self.message = error["message"]
            if error["action"] != "retry":
                return None
            self.wait(2)
        return None

    def log_out(self, mvpd: str) -> None:
        """Log out here, and at the provider where it has a page for that."""
        answer = self.call("GET", f"logout/{mvpd}?redirectUrl={quote(REDIRECT, safe='')}")
        logout = answer.body.get("logouts", {}).get(mvpd, {})
        if logout.get("actionName") == "logout":
            self.open_page(urljoin(self.base, logout["url"]))

    # What the app does for it

    def register(self) -> None:
        """Get credentials of its own; they are kept for good."""
        body = {"software_statement": self.statement}
        answer = self.send("POST", "/o/client/register", body)
        self.credentials = answer.body if answer.ok else None

    def renew(self) -> None:
        """Get a token, with new credentials where the old ones are not known any more."""
        for _ in range(2):
            if self.credentials is None:
                return
            form = {
                "client_id": self.credentials["client_id"],
                "client_secret": self.credentials["client_secret"],
                "grant_type": "client_credentials",
            }
            answer = self.send("POST", "/o/client/token", urlencode(form))
            if answer.ok:
                self.token = answer.body["access_token"]
                return
            self.register()

    def begin(self, mvpd: str) -> Answer:
        """Ask for a code."""
        host = urlsplit(REDIRECT).netloc
        form = {"mvpd": mvpd, "domainName": host, "redirectUrl": REDIRECT}
        return self.call("POST", "sessions", urlencode(form))

    def poll(self, code: str) -> bool | None:
        """Ask every five seconds whether the viewer is done; None where the code's time is over."""
        while True:
            self.wait(_POLL)
            answer = self.call("GET", f"profiles/code/{code}")
            if answer.code == "invalid_authentication_session":
                return None
            if not answer.ok:
                return False
            if answer.body["profiles"]:
                return True

    def call(self, method: str, path: str, body: object = None) -> Answer:
        """A call of REST API V2: tried again where that may help, with a new token where it is refused."""
        renewed = False
        answer = Answer(0, {})
        for number in range(_TRIES):
            answer = self.send(method, f"/api/v2/{self.service_provider}/{path}", body)
            if answer.status == _REFUSED and not renewed:
                self.renew()
                renewed = True
            elif answer.status in {0, _TOO_MANY} or answer.status >= _SERVER:
                self.back_off(number)
            else:
                return answer
        return answer

    def back_off(self, number: int) -> None:
        """Leave the backend alone for a while, each time for longer."""
        self.wait(2.0 * 2**number)

    def send(self, method: str, path: str, body: object = None) -> Answer:
        """One request, and its answer."""
        headers = {
            "Accept": "application/json",
            "X-Device-Info": base64.b64encode(json.dumps(_INFO).encode()).decode(),
        }
        if path.startswith("/api/"):
            identifier = base64.b64encode(self.device.encode()).decode()
            headers["AP-Device-Identifier"] = f"fingerprint {identifier}"
            headers["Authorization"] = f"Bearer {self.token}"
        data: bytes | None = None
        if isinstance(body, str):
            data, headers["Content-Type"] = body.encode(), _FORM
        elif body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = Request(self.base + path, data, headers, method=method)  # noqa: S310 - of the app's own
        try:
            with urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310 - as above
                return Answer(response.status, json.loads(response.read()))
        except HTTPError as error:
            return Answer(error.code, _read(error.read()))
        except (OSError, HTTPException, ValueError):
            return Answer(0, {})

    def open_page(self, url: str) -> None:
        """Open a page in the TV's browser, which goes on to the provider and back to the app."""
        try:
            _BROWSER.open(url, timeout=_TIMEOUT).close()
        except (OSError, HTTPException):
            self.message = "The provider's page did not open."


class _StayHere(HTTPRedirectHandler):
    """Follows redirects, but not out of the simulator: what comes then is the app's own page."""

    def redirect_request(self, req: Request, *arguments: Any) -> Request | None:  # noqa: ANN401
        *_, url = arguments
        if urlsplit(url).netloc != urlsplit(req.full_url).netloc:
            return None
        return super().redirect_request(req, *arguments)


_BROWSER: Final = build_opener(_StayHere)


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
