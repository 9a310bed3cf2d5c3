"""What decisions show: of viewers, of rules, and of what the dashboard sets."""

import json
from collections.abc import Mapping
from typing import Any, Final

from simulator.captures.exchanges import Exchange
from simulator.domain.decisions.viewing import DENIALS

from .degradation import AUTHN_ALL, AUTHZ_ALL, AUTHZ_NONE, Degradations
from .facts import SLACK, Caller, Facts, IntegrationFacts, Moment, Verdict
from .logins import Logins
from .sessions import APPLE, BY_SESSION, Login
from .trials import Trials

_PROFILE: Final = {
    "authenticated_profile_missing",
    "authenticated_profile_expired",
    "authenticated_profile_invalidated",
}
_BY_MVPD: Final = frozenset({"mvpd", "dummy"})
_PARTNER: Final = "invalid_header_pfs_"


class Decisions:
    """Reads the answers of authorize and preauthorize."""

    def __init__(
        self, facts: Facts, logins: Logins, degradations: Degradations, trials: Trials
    ) -> None:
        self._facts = facts
        self._logins = logins
        self._degradations = degradations
        self._trials = trials

    def take(self, exchange: Exchange, caller: Caller, identity: str | None, now: Moment) -> None:
        """What the decisions of an answer show."""
        mvpd = exchange.names["mvpd"]
        decisions = exchange.member("decisions")
        if not isinstance(decisions, list):
            self._refused(exchange, caller, mvpd, now)
            return
        self._facts.integration(caller.service_provider, mvpd).used = True
        found = [each for each in decisions if isinstance(each, dict)]
        self._limits(exchange, caller, mvpd, found, now)
        if exchange.operation == "preauthorize" and 0 < len(found) < _asked(exchange):
            self._facts.switch("unknown_resources", "omit", now)
        for each in found:
            self._decision(exchange, caller, mvpd, each, identity, now)

    def finish(self) -> None:
        """All has been taken: how long logins lasted of which no profile was shown."""
        unknown = [each for each in self._logins.all if each.not_after is None]
        for login in unknown:
            self._cut(login)
        for login in unknown:
            if login.not_after is None:
                self._outlived(login)

    def _cut(self, login: Login) -> None:
        """A decision that is shorter than others ended with its login."""
        integration = self._integration(login)
        longest = max(integration.decisions, default=0)
        cut = [end for begin, end in login.windows if end - begin < longest]
        if not cut:
            return
        login.not_before, login.not_after = login.begun_by(self._facts.start), min(cut)
        if login.origin == BY_SESSION:
            lasts = login.not_after - login.not_before
            integration.lifetimes[login.platform, False, lasts] += 1

    def _outlived(self, login: Login) -> None:
        """A login lasted for as long as it showed to be good, and no decision ends after it."""
        integration = self._integration(login)
        begun = login.begun_by(self._facts.start)
        until = max([login.good + 1, *(end for _, end in login.windows)])
        if login.origin == BY_SESSION:
            known = integration.outlived.get(login.platform, 0)
            integration.outlived[login.platform] = max(known, until - begun)
        elif until - begun > integration.shortest():
            login.not_before, login.not_after = begun, until

    def _integration(self, login: Login) -> IntegrationFacts:
        return self._facts.integration(login.slot.service_provider, login.slot.mvpd)

    def _refused(self, exchange: Exchange, caller: Caller, mvpd: str, now: Moment) -> None:
        by_partner = (exchange.code or "").startswith(_PARTNER)
        if by_partner or exchange.code in {"too_many_resources", *_PROFILE}:
            self._facts.integration(caller.service_provider, mvpd).used = True
            self._not_degraded((caller.service_provider, mvpd), now)
        if by_partner:
            # Only a login of the partner's asks for its status.
            self._logins.used(caller, mvpd, now).type = APPLE
        if exchange.code in _PROFILE:
            self._asked_at_once(exchange, caller, mvpd)
            self._facts.switch("decisions.error_level", "top", now)
            self._no_profile(caller, mvpd, exchange.code or "", now)
        elif exchange.code == "too_many_resources":
            self._facts.switch("decisions.error_level", "top", now)
            self._refused_at_once(exchange, caller, mvpd)

    def _limits(
        self,
        exchange: Exchange,
        caller: Caller,
        mvpd: str,
        found: list[dict[str, Any]],
        now: Moment,
    ) -> None:
        codes = {_code(each) for each in found}
        if codes & {"too_many_resources", *_PROFILE}:
            self._facts.switch("decisions.error_level", "item", now)
        if "too_many_resources" in codes:
            self._refused_at_once(exchange, caller, mvpd)
        elif all(each.get("source") in _BY_MVPD for each in found):
            self._asked_at_once(exchange, caller, mvpd)

    def _asked_at_once(self, exchange: Exchange, caller: Caller, mvpd: str) -> None:
        """So many resources may be asked for: what came of them was decided by something else."""
        most = self._facts.integration(caller.service_provider, mvpd).permitted_at_once
        most[exchange.operation] = max(most.get(exchange.operation, 0), _asked(exchange))

    def _refused_at_once(self, exchange: Exchange, caller: Caller, mvpd: str) -> None:
        integration = self._facts.integration(caller.service_provider, mvpd)
        least = integration.refused_at_once
        asked = _asked(exchange)
        least[exchange.operation] = min(least.get(exchange.operation, asked), asked)

    def _decision(
        self,
        exchange: Exchange,
        caller: Caller,
        mvpd: str,
        decision: Mapping[str, Any],
        identity: str | None,
        now: Moment,
    ) -> None:
        source, code = decision.get("source"), _code(decision)
        where = (caller.service_provider, mvpd)
        window = _window(decision)
        token = decision.get("token")
        lasts = _window(token) if isinstance(token, dict) else None
        # What ends with its decision says nothing of its own length.
        if lasts and (window is None or lasts[1] < window[1]):
            self._facts.integration(*where).media[lasts[1] - lasts[0]] += 1
        if source == "temppass":
            facts = self._facts.mvpd(mvpd)
            facts.kind = "temp_pass_basic" if facts.kind == "regular" else facts.kind
            if code is None:
                resource = str(decision.get("resource"))
                self._trials.permitted(caller, mvpd, resource, now)
                if exchange.operation == "authorize":
                    self._trials.authorized(caller, mvpd, window, resource, now)
            else:
                self._temporary_problem(caller, mvpd, decision, identity, now)
        elif source == "degradation":
            beforehand = exchange.operation == "preauthorize"
            self._degraded(where, decision, code, window, now, beforehand=beforehand)
        elif source in _BY_MVPD or not self._degradations.any_active(where, now):
            self._not_degraded(where, now)
            self._by_mvpd(exchange, caller, mvpd, decision, now)

    def _not_degraded(self, where: tuple[str, str], now: Moment) -> None:
        """What the MVPD decides, no rule does."""
        for rule in (AUTHN_ALL, AUTHZ_ALL, AUTHZ_NONE):
            self._degradations.unseen(where, rule, now)

    def _temporary_problem(
        self,
        caller: Caller,
        mvpd: str,
        decision: Mapping[str, Any],
        identity: str | None,
        now: Moment,
    ) -> None:
        code = _code(decision) or ""
        integration = self._facts.integration(caller.service_provider, mvpd)
        if code == "invalid_configuration_temporary_access":
            integration.misconfigured = True
        elif code == "invalid_header_identity_for_temporary_access":
            self._facts.mvpd(mvpd).kind = "temp_pass_promotional"
        else:
            self._trials.over(caller, mvpd, code, identity, now, str(decision.get("resource")))

    def _degraded(
        self,
        where: tuple[str, str],
        decision: Mapping[str, Any],
        code: str | None,
        window: tuple[int, int] | None,
        now: Moment,
        *,
        beforehand: bool,
    ) -> None:
        if code is not None:
            error = decision.get("error")
            details = error.get("details") if isinstance(error, dict) else None
            self._degradations.seen(where, AUTHZ_NONE, now, message=details)
            return
        # It would come before the others.
        self._degradations.unseen(where, AUTHZ_NONE, now)
        if window is not None:
            self._degradations.seen(where, AUTHN_ALL, now)
            self._degradations.decided(where, window)
        elif not beforehand and {"notBefore", "notAfter"} & decision.keys():
            self._degradations.seen(where, AUTHN_ALL, now)
        elif not beforehand:
            # AuthNAll says until when it permits.
            self._degradations.unseen(where, AUTHN_ALL, now)
            self._degradations.seen(where, AUTHZ_ALL, now)
        else:
            known = self._degradations.active(where, AUTHN_ALL, now)
            self._degradations.seen(where, AUTHN_ALL if known else AUTHZ_ALL, now)

    def _by_mvpd(
        self,
        exchange: Exchange,
        caller: Caller,
        mvpd: str,
        decision: Mapping[str, Any],
        now: Moment,
    ) -> None:
        code = _code(decision)
        if code == "too_many_resources":
            return
        if code in _PROFILE:
            self._no_profile(caller, mvpd, code or "", now)
            return
        login = self._logins.used(caller, mvpd, now)
        facts = self._facts.mvpd(mvpd)
        if decision.get("source") == "dummy":
            if exchange.operation == "authorize":
                facts.authorization_endpoint = False
            facts.preauthorization_endpoint = False
            return
        window = _window(decision)
        if window and window[1] != login.not_after:
            if login.not_after is None and window not in login.windows:
                login.windows.append(window)
            self._facts.integration(caller.service_provider, mvpd).decisions[
                window[1] - window[0]
            ] += 1
        if window and window[0] < self._facts.start - SLACK:
            self._facts.notes[
                "decisions from before the capture, which no scenario holds: they are made anew"
            ] += 1
        if code is not None and code not in DENIALS:
            self._facts.notes[f"denials with the code {code}, which no world can order"] += 1
            return
        error = decision.get("error")
        details = error.get("details") if isinstance(error, dict) else None
        login.verdicts.append(
            Verdict(now, exchange.operation, str(decision.get("resource")), code, details)
        )

    def _no_profile(self, caller: Caller, mvpd: str, code: str, now: Moment) -> None:
        if code == "authenticated_profile_missing":
            self._logins.none(caller, mvpd, now)
        else:
            invalidated = code == "authenticated_profile_invalidated"
            self._logins.expired(caller, mvpd, now, invalidated=invalidated)


def _code(decision: Mapping[str, Any]) -> str | None:
    if decision.get("authorized") is True:
        return None
    error = decision.get("error")
    found = error.get("code") if isinstance(error, dict) else None
    return found if isinstance(found, str) else "unknown"


def _window(found: Mapping[str, Any]) -> tuple[int, int] | None:
    begins, ends = found.get("notBefore"), found.get("notAfter")
    return (begins, ends) if isinstance(begins, int) and isinstance(ends, int) else None


def _asked(exchange: Exchange) -> int:
    try:
        found = json.loads(exchange.body or "{}").get("resources")
    except (ValueError, AttributeError):
        return 0
    return len(found) if isinstance(found, list) else 0
