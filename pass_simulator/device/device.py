"""Playing a device: an app on it that registers, logs in, asks for decisions and logs out."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urljoin

from pass_simulator.errors import DeviceError, LoginFailed
from pass_simulator.transport.calls import Client, Flow, M, call, exchange, pause
from pass_simulator.transport.connection import JSON_TYPE, Connection, drop_none, path_segment
from pass_simulator.transport.messages import Request, Response
from pass_simulator.values import Json

from .app import FORM, REFUSED, App, device_json
from .results import Configuration, Decision, Landing, LoginDetails, LoginStep, Logout, Profile

# By what it is called here.
_SSO_HEADERS: Final[Mapping[str, str]] = {
    "service_token": "AD-Service-Token",
    "subject_token": "Adobe-Subject-Token",
    "roku_token": "X-Roku-Reserved-Roku-Connect-Token",
    "partner_status": "AP-Partner-Framework-Status",
    "temp_pass_identity": "AP-TempPass-Identity",
}


class Device(Client[M]):
    """An app on a device, as `sandbox.device("living-room-tv", platform="Roku")` makes it.

    It sends what a well-behaved app would send: it registers before its first call, and when its
    access token is refused it gets another one and tries once more. Any other error that it is
    answered with is raised as `DeviceError`.
    """

    def __init__(
        self, connection: Connection[M], device: str, *, headers: Mapping[str, str], app: App
    ) -> None:
        super().__init__(connection.transport)
        self._connection = connection
        self._device = device
        self._headers = dict(headers)
        self._app = app

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._device} in {self._connection.sandbox}>"

    @property
    def id(self) -> str:
        """The plain identifier."""
        return self._device

    @property
    def headers(self) -> dict[str, str]:
        """What it sends with each call, but for its access token."""
        return dict(self._headers)

    def sending(
        self,
        headers: Mapping[str, str] | None = None,
        *,
        service_token: str | None = None,
        subject_token: str | None = None,
        roku_token: str | None = None,
        partner_status: str | None = None,
        temp_pass_identity: str | None = None,
    ) -> "Device[M]":
        """The same app, sending more headers: those of single sign-on by name, others as `headers`."""
        named = drop_none(
            service_token=service_token,
            subject_token=subject_token,
            roku_token=roku_token,
            partner_status=partner_status,
            temp_pass_identity=temp_pass_identity,
        )
        more = {_SSO_HEADERS[name]: value for name, value in named.items()}
        return Device(
            self._connection,
            self._device,
            headers={**self._headers, **more, **(headers or {})},
            app=self._app,
        )

    # Registration

    @call
    def register(self) -> Flow[str]:
        """Register anew, as an app that was just installed: the access token."""
        self._app.forget()
        return (yield from self._app.find_token(self._connection))

    @call
    def access_token(self) -> Flow[str]:
        """Its access token, after registration where it has none yet."""
        return (yield from self._app.find_token(self._connection))

    # Login

    @call
    def start_login(
        self,
        mvpd: str | None = None,
        *,
        domain: str | None = None,
        redirect_url: str | None = None,
    ) -> Flow[LoginStep]:
        """Create an authentication session, and with it the code that somebody logs in with.

        Without `mvpd` only the code is asked for, and a second screen has to say the rest.
        """
        wanted = {}
        if mvpd is not None:
            wanted = yield from self._login_parameters(mvpd, domain, redirect_url)
        return (yield from self._login_step("sessions", wanted))

    @call
    def resume_login(
        self,
        code: str,
        mvpd: str,
        *,
        domain: str | None = None,
        redirect_url: str | None = None,
    ) -> Flow[LoginStep]:
        """Say what a session lacks, as a second screen does for the device that shows the code."""
        wanted = yield from self._login_parameters(mvpd, domain, redirect_url)
        return (yield from self._login_step(f"sessions/{path_segment(code)}", wanted))

    @call
    def login_details(self, code: str) -> Flow[LoginDetails]:
        """What there is to know of a code that a device shows."""
        raw = yield from self._api("GET", f"sessions/{path_segment(code)}")
        return LoginDetails.of(raw, existing=raw.get("existingParameters") or {})

    @call
    def login(self, mvpd: str, subscriber: str | None = None) -> Flow[Profile]:
        """Log in from beginning to end: start, let the code be approved, and fetch the profile.

        Where the device is logged in already, its profile is fetched. `subscriber` is who logs in,
        else whom the simulator takes. Raises `LoginFailed`, `DeviceError`.
        """
        step = yield from Device.start_login(self, mvpd)
        if step.action == "authenticate":
            path = f"codes/{path_segment(step.code)}/approve"
            yield from self._connection.admin("POST", path, drop_none(subscriber=subscriber))
            profile = yield from Device.profile_by_code(self, step.code)
        elif step.action == "authorize":
            profile = yield from Device.profile(self, mvpd)
        else:
            raise LoginFailed(f"{mvpd} asks for more: {step.action}, missing {step.missing}")
        if profile is None:
            raise LoginFailed(f"{mvpd} left no profile on {self._device} after the login")
        return profile

    @call
    def wait_for_login(
        self,
        code: str,
        *,
        timeout: float = 30.0,
        every: float = 0.5,
    ) -> Flow[Profile]:
        """Ask for the profile of a code again and again, until somebody has logged in.

        `timeout` and `every` are seconds. Raises `LoginFailed` when nobody came.
        """
        waited = 0.0
        while True:
            profile = yield from Device.profile_by_code(self, code)
            if profile is not None:
                return profile
            if waited >= timeout:
                raise LoginFailed(f"nobody logged in with the code {code} within {timeout} s")
            yield from pause(every)
            waited += every

    # Profiles, configuration

    @call
    def profiles(self) -> Flow[dict[str, Profile]]:
        """Its logins, by MVPD."""
        return _profiles((yield from self._api("GET", "profiles")))

    @call
    def profile(self, mvpd: str) -> Flow[Profile | None]:
        """Its login at an MVPD, None where it has none."""
        found = _profiles((yield from self._api("GET", f"profiles/{path_segment(mvpd)}")))
        return next(iter(found.values()), None)

    @call
    def profile_by_code(self, code: str) -> Flow[Profile | None]:
        """The login that came of a code, None as long as nobody logged in with it."""
        found = _profiles((yield from self._api("GET", f"profiles/code/{path_segment(code)}")))
        return next(iter(found.values()), None)

    @call
    def configuration(self) -> Flow[Configuration]:
        """What an app learns of its channel at start: the MVPDs of its picker."""
        return Configuration.read((yield from self._api("GET", "configuration")))

    # Decisions

    @call
    def authorize(self, mvpd: str, *resources: str) -> Flow[list[Decision]]:
        """Whether it may play resources (usually one); a permit brings a media token."""
        return (yield from self._decide("authorize", mvpd, resources))

    @call
    def preauthorize(self, mvpd: str, *resources: str) -> Flow[list[Decision]]:
        """Which of some resources it could play."""
        return (yield from self._decide("preauthorize", mvpd, resources))

    # Logout

    @call
    def logout(
        self, mvpd: str, redirect_url: str | None = None, *, follow: bool = False
    ) -> Flow[Logout]:
        """Log out at an MVPD; with `follow` the url of the answer is opened, as a user agent would.

        `redirect_url` is where that ends, that of the channel if it is not sent.
        """
        identity = yield from self._app.find_identity(self._connection)
        query = urlencode({"redirectUrl": redirect_url or identity.redirect_url})
        raw = yield from self._api("GET", f"logout/{path_segment(mvpd)}?{query}")
        [entry] = raw["logouts"].values()
        url = self._absolute(entry.get("url"))
        landing = (yield from Device.open(self, url)) if follow and url else None
        return Logout.of(entry, url=url, landing=landing)

    # Partner single sign-on

    @call
    def partner_session(self, mvpd: str | None = None, *, partner: str = "Apple") -> Flow[Json]:
        """Ask for the partner's authentication request; needs `sending(partner_status=…)`."""
        wanted = yield from self._login_parameters(mvpd, None, None)
        return (yield from self._api("POST", f"sessions/sso/{path_segment(partner)}", wanted))

    @call
    def partner_profile(
        self, saml_response: str, *, partner: str = "Apple"
    ) -> Flow[dict[str, Profile]]:
        """Trade the partner's authentication response for a profile."""
        form = {"SAMLResponse": saml_response}
        return _profiles(
            (yield from self._api("POST", f"profiles/sso/{path_segment(partner)}", form))
        )

    # Anything else

    @call
    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Flow[Response]:
        """Send any request as this app, with its token: the answer, whatever it says."""
        token = yield from self._app.find_token(self._connection)
        sent = {**self._headers, "Authorization": f"Bearer {token}", **(headers or {})}
        return (yield from self._connection.send(method, path, headers=sent, body=body))

    @call
    def open(self, url: str) -> Flow[Landing]:
        """Open a url as a user agent: redirects are followed until they leave the simulator."""
        url = self._connection.absolute(url)
        here = {self._connection.instance, urljoin(url, "/").rstrip("/")}
        urls = [url]
        while True:
            answer = yield from exchange(
                Request(method="GET", url=urls[-1], timeout=self._connection.timeout)
            )
            location = answer.headers.get("location")
            if location is not None:
                urls.append(urljoin(urls[-1], location))
            if location is None or urljoin(urls[-1], "/").rstrip("/") not in here:
                return Landing(
                    url=urls[-1], status=answer.status, text=answer.text, urls=tuple(urls)
                )

    def _api(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Flow[Json]:
        """The JSON of `/api/v2/{serviceProvider}/{path}`."""
        content = None if form is None else (FORM, urlencode(form).encode())
        return (yield from self._request_json(method, path, content))

    def _request_json(
        self, method: str, path: str, content: tuple[str, bytes] | None
    ) -> Flow[Json]:
        app = self._app
        identity = yield from app.find_identity(self._connection)
        place = f"/api/v2/{path_segment(identity.service_provider)}/{path}"
        headers = {"Content-Type": content[0]} if content else None
        for last in (not app.renews, True):
            token = yield from app.find_token(self._connection)
            answer = yield from Device.request(
                self, method, place, headers=headers, body=content and content[1]
            )
            try:
                return device_json(answer)
            except DeviceError as error:
                if last or error.code != REFUSED:
                    raise
                if not (yield from app.replace_token(self._connection, token)):
                    raise
        raise AssertionError  # The last try returns or raises.

    def _login_parameters(
        self, mvpd: str | None, domain: str | None, redirect_url: str | None
    ) -> Flow[dict[str, str]]:
        identity = yield from self._app.find_identity(self._connection)
        return drop_none(
            mvpd=mvpd,
            domainName=domain or identity.domain,
            redirectUrl=redirect_url or identity.redirect_url,
        )

    def _login_step(self, path: str, wanted: Mapping[str, str]) -> Flow[LoginStep]:
        raw = yield from self._api("POST", path, wanted)
        return LoginStep.of(raw, url=self._absolute(raw.get("url")))

    def _decide(self, how: str, mvpd: str, resources: tuple[str, ...]) -> Flow[list[Decision]]:
        content = JSON_TYPE, json.dumps({"resources": resources}).encode()
        raw = yield from self._request_json(
            "POST", f"decisions/{how}/{path_segment(mvpd)}", content
        )
        return [Decision.of(each) for each in raw["decisions"]]

    def _absolute(self, url: str | None) -> str | None:
        return url and self._connection.absolute(url)


def _profiles(raw: Json) -> dict[str, Profile]:
    found: dict[str, Any] = raw["profiles"]
    return {mvpd: Profile.of(each, mvpd=mvpd) for mvpd, each in found.items()}
