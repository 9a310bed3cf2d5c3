"""Codes: those that the capture shows being given out, and those from before it."""

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from simulator.captures.exchanges import Exchange
from simulator.domain.sessions.authentication_sessions import LIFETIME

from .facts import Caller, Event, Facts, Moment
from .logins import Logins
from .sessions import Session

_BAD: Final = 400
_LOGINS: Final = {200: "form_post", 302: "redirect"}
_REFUSED: Final = "invalid_authentication_session"
_UNSEEN: Final = "unseen.example"


class Codes:
    """Finds the session of a code; one from before the capture is made up of what is seen of it."""

    def __init__(self, facts: Facts, logins: Logins) -> None:
        self._facts = facts
        self._logins = logins
        # Whom they were given to shows when an app asks for them, if it does.
        self._unowned: dict[str, tuple[str, dict[str, str]]] = {}

    def session(self, exchange: Exchange, caller: Caller, now: Moment) -> Session | None:
        """The session of the code in the path; None where there is none, or none that is taken any more."""
        code = exchange.names.get("code", "")
        session = self._logins.sessions.get(code)
        if session is None and exchange.status < _BAD:
            whose = Caller(
                client=caller.client,
                device=caller.device or f"device-of-{code}",
                service_provider=caller.service_provider,
                platform=caller.platform,
            )
            session = self._from_before(code, whose, now)
        if session is not None and exchange.code == _REFUSED:
            if caller.service_provider == session.caller.service_provider:
                self._logins.refused(session, now)
            return None
        return session

    def opened(self, exchange: Exchange, now: Moment) -> None:
        """Somebody opened the page of a code, and got to the login of its MVPD."""
        login, code = _LOGINS.get(exchange.status), exchange.names.get("code", "")
        if login is None:
            self._not_opened(code, exchange, now)
            return
        session = self._logins.sessions.get(code)
        if session is not None and session.used:
            self._logins.not_yet(session)
        if session is not None:
            session.open = now
        if session is None or session.unseen:
            shown = dict(parse_qsl(urlsplit(exchange.answer_headers.get("location", "")).query))
            # Nobody gets to a login without them.
            parameters = {
                "domainName": shown.get("domain_name", _UNSEEN),
                "redirectUrl": shown.get("redirect_url", f"https://{_UNSEEN}/"),
                **({"mvpd": shown["mso_id"]} if "mso_id" in shown else {}),
            }
            if session is None:
                provider = exchange.names.get("service_provider", "")
                self._unowned.setdefault(code, (provider, parameters))
            else:
                _complete(session, parameters)
                self._logins.given_out(session)
        if session and session.mvpd:
            self._facts.set(f"/mvpds/{session.mvpd}", "login", login, now)

    def _not_opened(self, code: str, exchange: Exchange, now: Moment) -> None:
        """No page is opened by a code that is good, and lacks nothing, but where somebody has logged in."""
        session = self._logins.sessions.get(code)
        led_on = "location" in exchange.answer_headers
        if session is None or session.ended or exchange.status != _BAD or led_on:
            return
        if session.complete and now.at < session.moment.at + LIFETIME:
            self._logins.completed(session, now)

    def finish(self, end: Moment) -> None:
        """Make up an app for the codes that no app asked for."""
        for code, (provider, parameters) in [*self._unowned.items()]:
            if "mvpd" in parameters:
                whose = Caller(
                    client="client-unseen",
                    device=f"device-of-{code}",
                    service_provider=provider,
                    platform="unknown",
                )
                self._facts.client(whose.client).serves.add(provider)
                self._facts.integration(provider, parameters["mvpd"]).used = True
                self._from_before(code, whose, end)

    def _from_before(self, code: str, whose: Caller, now: Moment) -> Session:
        began = Moment(self._facts.start, -1)
        session = Session(code=code, caller=whose, moment=began, unseen=True)
        if code in self._unowned:
            _complete(session, self._unowned.pop(code)[1])
        self._logins.given_out(session)
        self._facts.notes["codes from before the capture"] += 1
        # An app that registers in the capture has no code before that.
        before = now.index if self._facts.client(whose.client).registered else 0
        self._logins.events.append(
            Event(kind="session", at=began.at, before=before, facts={"session": session})
        )
        return session


def _complete(session: Session, parameters: dict[str, str]) -> None:
    if session.mvpd is None and "mvpd" in parameters:
        session.choose(parameters["mvpd"], session.moment)
    session.parameters = parameters | session.parameters
