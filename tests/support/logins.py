"""Logging in: the app's side, and a browser that follows where it is led."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Final
from urllib.parse import urlencode, urljoin

from .lab import App, Lab
from .replies import Json, Reply
from .worlds import Entry

FORM: Final = "application/x-www-form-urlencoded"
DONE: Final = "https://app.example/done"
FULL: Final = {"mvpd": "LabCable", "domainName": "lab.example", "redirectUrl": DONE}

ANN: Final[Entry] = {
    "id": "ann",
    "password": "secret",
    "user_id": "viewer-ann",
    "household": "home-1",
    "attributes": {"zip": {"value": ["10036"], "state": "plain"}, "language": "en"},
}
"""Somebody with an account at every MVPD."""

Form = Mapping[str, str] | Iterable[tuple[str, str]]


def form_of(parameters: Form) -> Json:
    """What to call the simulator with to send `parameters` as a form."""
    pairs = parameters.items() if isinstance(parameters, Mapping) else parameters
    return {"data": urlencode([*pairs]).encode()}


async def post(app: App, path: str, parameters: Form = ()) -> Reply:
    """`POST /api/v2/{serviceProvider}/{path}` with a form body."""
    return await app.lab.call(
        "POST",
        f"/api/v2/{app.service_provider}/{path}",
        {**app.headers, "Content-Type": FORM},
        **form_of(parameters),
    )


async def create(app: App, parameters: Form = ()) -> Json:
    """The answer to a session that must be created."""
    return (await post(app, "sessions", parameters)).data()


async def code_for(app: App, **changes: str) -> str:
    """The code of a fresh session that lacks nothing."""
    answer = await create(app, {**FULL, **changes})
    assert answer["actionName"] == "authenticate"
    code: str = answer["code"]
    return code


async def by_code(app: App, code: str) -> Json:
    """The profiles that the app finds with its code."""
    return (await app.get(f"profiles/code/{code}")).data()["profiles"]


async def log_in(app: App, username: str = "ann", **changes: str) -> str:
    """Log in on a browser of its own; the code that was used."""
    code = await code_for(app, **changes)
    url = f"/api/v2/authenticate/{app.service_provider}/{code}"
    landed = await Browser(lab=app.lab).log_in(url, username)
    assert landed.url == changes.get("redirectUrl", DONE)
    return code


@dataclass
class _Forms(HTMLParser):
    """The first form of a page: where it goes, how, and what is filled in."""

    action: str = ""
    method: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action, self.method = given["action"], given["method"]
        if tag == "input":
            self.fields[given["name"]] = given.get("value", "")
            self.kinds[given["name"]] = given.get("type", "text")


@dataclass(frozen=True, kw_only=True)
class Landing:
    """Where a browser ended: the last url, every answer on the way, or outside of the simulator."""

    url: str
    hops: tuple[Reply, ...]

    @property
    def page(self) -> Reply:
        """The last answer."""
        return self.hops[-1]

    @property
    def form(self) -> _Forms:
        """The form on the page."""
        forms = _Forms()
        forms.feed(self.page.text)
        assert forms.action, f"no form: {self.page.status} {self.page.text}"
        return forms


@dataclass
class Browser:
    """A user agent with cookies of its own that follows redirects as long as they stay here."""

    lab: Lab
    cookies: dict[str, str] = field(default_factory=dict)

    async def open(self, url: str) -> Landing:
        """Go to a url, root-relative or whole."""
        return await self._go("GET", url)

    async def submit(self, landing: Landing, **answers: str) -> Landing:
        """Fill in the form of a page and send it off."""
        form = landing.form
        assert form.method.upper() == "POST"
        return await self._go("POST", urljoin(landing.url, form.action), {**form.fields, **answers})

    async def log_in(self, url: str, username: str = "ann", password: str = "secret") -> Landing:
        """Go to a url, and fill in the form that it leads to."""
        return await self.submit(await self.open(url), username=username, password=password)

    async def _go(self, method: str, url: str, parameters: Form = ()) -> Landing:
        hops: list[Reply] = []
        url = urljoin(self.lab.origin + "/", url)
        while url.startswith(f"{self.lab.origin}/"):
            # The client is shared by all devices and browsers, so it must not keep cookies itself.
            self.lab.client.session.cookie_jar.clear()
            hops.append(await self._ask(method, url.removeprefix(self.lab.origin), parameters))
            location = hops[-1].headers.get("Location")
            if location is None:
                break
            assert hops[-1].status in {302, 303}
            url, method, parameters = urljoin(url, location), "GET", ()
        return Landing(url=url, hops=tuple(hops))

    async def _ask(self, method: str, path: str, parameters: Form) -> Reply:
        headers = {"User-Agent": "a phone"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={each}" for name, each in self.cookies.items())
        options = {}
        if method == "POST":
            headers["Content-Type"] = FORM
            options = form_of(parameters)
        reply = await self.lab.call(method, path, headers, **options)
        for name, morsel in SimpleCookie(reply.headers.get("Set-Cookie", "")).items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
        self.lab.client.session.cookie_jar.clear()
        return reply
