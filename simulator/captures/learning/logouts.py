"""Logouts: what their actions show of logins, of rules and of TempPasses."""

from typing import Any

from simulator.captures.exchanges import Exchange

from . import dashboard
from .degradation import AUTHN_ALL, Degradations
from .facts import Caller, Facts, Moment
from .logins import Logins
from .sessions import APPLE
from .shapes import logout_action


class Logouts:
    """Reads the answers of logouts."""

    def __init__(self, facts: Facts, logins: Logins, degradations: Degradations) -> None:
        self._facts = facts
        self._logins = logins
        self._degradations = degradations

    def take(self, exchange: Exchange, caller: Caller, now: Moment) -> None:
        """What the logouts of an answer show, and do."""
        logouts = exchange.member("logouts")
        for mvpd, entry in logouts.items() if isinstance(logouts, dict) else ():
            action = logout_action(entry) if isinstance(entry, dict) else None
            where = (caller.service_provider, mvpd)
            if action != "complete" and self._facts.mvpd(mvpd).kind == "regular":
                self._degradations.unseen(where, AUTHN_ALL, now)
            if action == "invalid":
                self._logins.missing(caller, mvpd, now)
            elif action == "complete" and self._without_login(caller, mvpd, now):
                continue
            elif action in {"logout", "complete", "partner_logout"}:
                self._login(caller, mvpd, action, entry.get("url"), now)

    def _without_login(self, caller: Caller, mvpd: str, now: Moment) -> bool:
        """Whether only a TempPass is left, or AuthNAll lets everybody in, so no login has to be there."""
        where = (caller.service_provider, mvpd)
        absent = self._degradations.absent(where, AUTHN_ALL)
        if self._degradations.active(where, AUTHN_ALL, now):
            self._degradations.seen(where, AUTHN_ALL, now)
            self._logins.logged_out(caller, mvpd)
            return True
        shared = caller.identities and absent
        if not shared and self._logins.was_logged_out(caller, mvpd, now):
            self._facts.passes.setdefault((*where, absent), [now.at, now.at])[1] = now.at
            return True
        return self._facts.mvpd(mvpd).kind != "regular"

    def _login(self, caller: Caller, mvpd: str, action: str, url: Any, now: Moment) -> None:  # noqa: ANN401
        """A login is left; the url says whether single sign-on shares it."""
        shared = dashboard.by_sso(url) if action == "logout" else None
        if not shared:
            self._logins.replaced(caller, mvpd, partner=action == "partner_logout")
        login = self._logins.used(caller, mvpd, now, shared=shared)
        if action == "partner_logout":
            login.type = APPLE
        else:
            self._facts.set(f"/mvpds/{mvpd}", "logout_endpoint", action == "logout", now)
        dashboard.logout_url(self._facts, url, now)
        self._logins.logged_out(caller, mvpd)
