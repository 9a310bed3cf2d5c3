"""Learning a world: each exchange is read for what it shows, and for what it takes for granted."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from simulator.captures.exchanges import Exchange
from simulator.captures.identities import OTHER_MVPD
from simulator.domain.sessions.user_metadata import SENSITIVE

from . import dashboard
from .callers import TEMPORARY, Callers, partner_status, temp_pass
from .certificate import CERTIFICATE
from .codes import Codes
from .decisions import Decisions
from .degradation import AUTHN_ALL, Degradations
from .facts import Caller, Facts, Moment, value_of
from .logins import Logins
from .logouts import Logouts
from .operators import SCOPES, Operators
from .sessions import APPLE, BY_HAND, BY_PARTNER, INITIAL, Login, Session
from .shapes import begun, fitting, next_action
from .trials import Trials

_SHARED: Final = {"platformSSO": "platform_identity", "serviceTokenSSO": "service_token"}
_UNAUTHORIZED: Final = 401
_NOT_SERVED: Final = "invalid_access_token_service_provider"
# Refusals that the provider of the partner's status has to be mapped for.
_MAPPED: Final = {
    "invalid_header_pfs_provider_id_mismatch",
    "invalid_header_pfs_provider_info_expired",
    "invalid_integration",
}
_DOMAINS: Final = frozenset({"domain", "domainName"})
_LEGACY: Final = {
    "/api/v2/logout/": "logout.legacy_path",
    "/api/v2/sessions/": "sessions.legacy_path",
}
_BAD: Final = 400
_BY_SSO: Final = "authenticatedSSO"
_LOGGED_IN: Final = frozenset({"authenticated", _BY_SSO})


class Learner:
    """Takes exchanges in their order; what they show is in `facts`, `logins`, `degradations` and `trials`."""

    def __init__(self) -> None:
        self.facts = Facts()
        self.logins = Logins(self.facts)
        self.degradations = Degradations()
        self.trials = Trials(self.facts)
        self.count = 0
        self.origins: dict[str, int] = {}
        self.callers = Callers(self.facts)
        self.sensitive: dict[str, int] = {}
        self._decisions = Decisions(self.facts, self.logins, self.degradations, self.trials)
        self._codes = Codes(self.facts, self.logins)
        self._logouts = Logouts(self.facts, self.logins, self.degradations)
        self._operators = Operators(self.facts, self.callers, self.degradations, self.trials)
        self._take: Mapping[str, Callable[[Exchange, Caller, Moment], None]] = {
            "configuration": self._configuration,
            "create_session": self._session,
            "resume_session": self._resumed,
            "get_session": self._retrieved,
            "profiles": self._profiles,
            "profile_by_mvpd": self._profiles,
            "profile_by_code": self._by_code,
            "preauthorize": self._decide,
            "authorize": self._decide,
            "logout": self._logouts.take,
            "partner_session": self._session,
            "partner_profile": self._partner_profile,
        }

    def take(self, exchange: Exchange) -> None:
        """What an exchange shows."""
        exchange = replace(exchange, answer=fitting(exchange.answer))
        if not self.count:
            self.facts.start = exchange.at
        now = Moment(exchange.at, self.count)
        self.count += 1
        self.facts.end = exchange.at + exchange.took
        self.facts.operations[exchange.operation] += 1
        self.origins[exchange.origin] = self.origins.get(exchange.origin, 0) + 1
        if exchange.operation in {"register", "token"}:
            self.callers.registration(exchange, now)
            return
        if exchange.operation in SCOPES:
            self._operators.take(exchange)
            return
        self._legacy_path(exchange, now)
        if exchange.operation == "authenticate":
            self._codes.opened(exchange, now)
            return
        caller = self.callers.caller(exchange)
        if caller is None or not self.callers.admitted(exchange, caller):
            return
        handler = self._take.get(exchange.operation)
        if handler is not None and exchange.answered:
            handler(exchange, caller, now)

    def finish(self) -> None:
        """All has been taken: make up what was only mentioned."""
        self._decisions.finish()
        self._codes.finish(Moment(self.facts.end, self.count))

    # What is answered

    def _configuration(self, exchange: Exchange, caller: Caller, _now: Moment) -> None:
        dashboard.configuration(self.facts, exchange, caller.platform)

    def _session(self, exchange: Exchange, caller: Caller, now: Moment) -> None:
        mvpd = exchange.form().get("mvpd") or exchange.member("mvpd")
        if exchange.status >= _BAD and not exchange.of_success:
            self._refused_session(exchange, caller)
            return
        code = exchange.given_code
        if code is not None:
            session = Session(
                code=code,
                caller=caller,
                moment=now,
                parameters=exchange.form(),
            )
            if isinstance(mvpd, str):
                session.choose(mvpd, now)
            self.logins.given_out(session)
        self._next_step(exchange, caller, mvpd, now)

    def _refused_session(self, exchange: Exchange, caller: Caller) -> None:
        wanted, provider = exchange.form().get("mvpd"), partner_status(exchange)
        if provider:
            self.facts.partners.setdefault(provider, set())
        if exchange.code == "invalid_integration" and wanted:
            self.facts.integration(caller.service_provider, wanted).inactive = True

    def _resumed(self, exchange: Exchange, caller: Caller, now: Moment) -> None:
        session = self._codes.session(exchange, caller, now)
        if session is None:
            return
        mvpd = exchange.form().get("mvpd") or exchange.member("mvpd")
        if exchange.status >= _BAD and not exchange.of_success:
            self._refused_session(exchange, caller)
            return
        if isinstance(mvpd, str) and "mvpd" not in exchange.form():
            self._chosen_elsewhere(session, caller, mvpd, now)
        self.logins.still_good(session, now)
        # Whoever has a login already did not log in with what is chosen just now.
        self._next_step(exchange, session.caller, mvpd, now)
        if isinstance(mvpd, str):
            session.choose(mvpd, now)
        # A code that was used, or ended, is open again when the answer says to log in with it.
        session.used = next_action(exchange.answer) == "authorize"
        if not session.used:
            session.open = now
        session.parameters |= exchange.form()
        self.logins.given_out(session)

    def _retrieved(self, exchange: Exchange, caller: Caller, now: Moment) -> None:
        session = self._codes.session(exchange, caller, now)
        existing = exchange.member("existingParameters")
        if session is None or not isinstance(existing, dict):
            return
        found = existing.get("mvpd")
        if isinstance(found, str):
            self._chosen_elsewhere(session, caller, found, now)
        self.logins.still_good(session, now)
        for name in _DOMAINS & existing.keys():
            self.facts.switch("sessions.domain_key", name, now)
        if session.unseen:
            session.parameters |= {
                ("domainName" if name == "domain" else str(name)): str(value)
                for name, value in existing.items()
                if name != "serviceProvider"
            }

    def _chosen_elsewhere(self, session: Session, caller: Caller, mvpd: str, now: Moment) -> None:
        """An MVPD that no request named was chosen by whoever logged in with the code."""
        if session.mvpd is not None:
            return
        session.choose(mvpd, now)
        self.facts.integration(caller.service_provider, mvpd).used = True
        self.logins.given_out(session)
        if not session.unseen:
            self.logins.completed(session, now)

    def _next_step(self, exchange: Exchange, caller: Caller, mvpd: object, now: Moment) -> None:
        """What the answer to a session says of the login that there is, or is not."""
        missing = exchange.member("missingParameters")
        for name in _DOMAINS.intersection(missing if isinstance(missing, list) else ()):
            self.facts.switch("sessions.domain_key", name, now)
        if not isinstance(mvpd, str):
            return
        where = (caller.service_provider, mvpd)
        self.facts.integration(*where).used = True
        action, reason = next_action(exchange.answer), exchange.member("reasonType")
        if exchange.operation == "partner_session":
            self._partner(exchange, caller, mvpd, now, works=action == "partner_profile")
        if reason == "degraded":
            self.degradations.seen(where, AUTHN_ALL, now)
            return
        if reason == "temporary":
            facts = self.facts.mvpd(mvpd)
            facts.kind = "temp_pass_basic" if facts.kind == "regular" else facts.kind
            return
        degraded = self.degradations.active(where, AUTHN_ALL, now)
        if action is None or (degraded and action == "authorize" and reason not in _LOGGED_IN):
            # It is not said what comes next, or not for which reason, and the known one was good before.
            return
        if self.facts.mvpd(mvpd).kind == "regular":
            self.degradations.unseen(where, AUTHN_ALL, now)
        if action == "authorize":
            self._logged_in(exchange, caller, mvpd, now)
        elif action in {"authenticate", "resume", "retry"}:
            self.logins.missing(caller, mvpd, now)

    def _logged_in(self, exchange: Exchange, caller: Caller, mvpd: str, now: Moment) -> None:
        """A session says that there is a login, and by its reason whose."""
        by_sso = exchange.member("reasonType") == _BY_SSO
        if exchange.operation == "partner_session":
            login = self.logins.used(caller, mvpd, now)
            login.type = APPLE if by_sso else login.type
            return
        # Resuming is documented to tell both by one reason.
        told = by_sso or exchange.operation == "create_session"
        if not by_sso and partner_status(exchange) is None:
            # One of the partner's takes its status to be good.
            self.logins.replaced(caller, mvpd, partner=False)
        self.logins.used(caller, mvpd, now, shared=by_sso if told else None)

    def _partner(
        self, exchange: Exchange, caller: Caller, mvpd: str, now: Moment, *, works: bool
    ) -> None:
        partnered = self.facts.integration(caller.service_provider, mvpd).partnered
        here = partnered.setdefault(caller.platform, {})
        if works:
            here |= {"enable_platform_services": True, "boarding_status": "SUPPORTED"}
        provider = partner_status(exchange)
        if provider:
            self.facts.mvpd(mvpd).apple = provider
        elif exchange.operation == "partner_session" and "mvpd" not in exchange.form():
            self.facts.switch("partner_session.default_mvpd", mvpd, now)

    def _profiles(self, exchange: Exchange, caller: Caller, now: Moment) -> None:
        mvpd = exchange.names.get("mvpd")
        if mvpd and exchange.code in TEMPORARY:
            self._temporary(exchange, caller, mvpd, now)
        found = exchange.member("profiles")
        if not isinstance(found, dict):
            return
        for name, entry in found.items():
            if isinstance(entry, dict):
                self._profile(exchange, caller, name, entry, now)
        if mvpd and not found:
            self.degradations.unseen((caller.service_provider, mvpd), AUTHN_ALL, now)
            if self.facts.mvpd(mvpd).kind == "regular":
                self.logins.missing(caller, mvpd, now)
        elif not mvpd:
            self.logins.unlisted(caller, found, now)

    def _by_code(self, exchange: Exchange, caller: Caller, now: Moment) -> None:
        session = self._codes.session(exchange, caller, now)
        if session is None:
            return
        found = exchange.member("profiles")
        owner = Caller(
            client=session.caller.client,
            device=session.caller.device,
            service_provider=caller.service_provider,
            platform=session.caller.platform,
        )
        if exchange.code in TEMPORARY and session.mvpd:
            self._temporary(exchange, owner, session.mvpd, now)
        if not isinstance(found, dict):
            return
        for name, entry in found.items():
            if isinstance(entry, dict):
                if session.mvpd is None:
                    session.choose(name, now)
                    self.logins.given_out(session)
                self._profile(exchange, owner, name, entry, now)
                if name == session.mvpd:
                    self.logins.completed(session, now)
        self.logins.still_good(session, now)
        if not found and session.used and session.mvpd:
            self.degradations.unseen((caller.service_provider, session.mvpd), AUTHN_ALL, now)
            self.logins.missing(owner, session.mvpd, now)

    def _temporary(self, exchange: Exchange, caller: Caller, mvpd: str, now: Moment) -> None:
        """A TempPass says why it gives nothing."""
        facts, code = self.facts.mvpd(mvpd), exchange.code or ""
        if code == "invalid_header_identity_for_temporary_access":
            facts.kind = "temp_pass_promotional"
        elif code == "invalid_configuration_temporary_access":
            facts.kind = "temp_pass_basic" if facts.kind == "regular" else facts.kind
            self.facts.integration(caller.service_provider, mvpd).misconfigured = True
        else:
            self.trials.over(caller, mvpd, code, temp_pass(exchange), now)

    def _legacy_path(self, exchange: Exchange, now: Moment) -> None:
        """Whether paths in an order of old are served."""
        switch = next(
            (each for path, each in _LEGACY.items() if exchange.path.startswith(path)), ""
        )
        if switch and exchange.status in {200, 404}:
            value = "serve" if exchange.status == 200 else "reject"  # noqa: PLR2004 - found
            self.facts.switch(switch, value, now)

    def _profile(
        self, exchange: Exchange, caller: Caller, mvpd: str, entry: Mapping[str, Any], now: Moment
    ) -> None:
        entry = begun(entry, now.at)
        kind = entry.get("type")
        where = (caller.service_provider, mvpd)
        self.facts.integration(*where).used |= bool({"mvpd", "code"} & exchange.names.keys())
        self._attributes(caller.service_provider, entry, now)
        if kind == "temporary":
            self.trials.shown(caller, mvpd, entry, temp_pass(exchange), now)
            return
        if kind == "degraded":
            begins, ends = entry.get("notBefore"), entry.get("notAfter")
            short = isinstance(begins, int) and isinstance(ends, int) and ends - begins < _WINDOW
            self.degradations.seen(
                where,
                AUTHN_ALL,
                now,
                ends=ends if short else None,
                promised=ends if isinstance(ends, int) else 0,
            )
            return
        if {"mvpd", "code"} & exchange.names.keys():
            self.degradations.unseen(where, AUTHN_ALL, now)
        if kind in _SHARED:
            login = self.logins.shared(caller, mvpd, entry, _SHARED[kind], now)
            if login.session is None:
                return
            caller = login.session.caller
        else:
            login = self.logins.shown(caller, mvpd, entry, now)
        if isinstance(login.not_before, int) and isinstance(login.not_after, int):
            self._lasts(login, caller, login.not_before, login.not_after)

    def _lasts(self, login: Login, caller: Caller, begins: int, ends: int) -> None:
        """How long a login lasts, which the platform and the way it was done decide."""
        integration = self.facts.integration(caller.service_provider, login.slot.mvpd)
        home = value_of(login.attributes or {}, "hba_status")
        integration.home_based |= home is not None
        platform = login.session.caller.platform if login.session else caller.platform
        # How long one lasts that no code of the capture led to may be due to what was set before.
        elsewhere = login.origin in {BY_HAND, INITIAL}
        counted = integration.earlier if elsewhere else integration.lifetimes
        counted[platform, home is True, ends - begins] += 1

    def _attributes(self, provider: str, entry: Mapping[str, Any], now: Moment) -> None:
        for name, each in (entry.get("attributes") or {}).items():
            if not isinstance(each, dict):
                continue
            if each.get("state") == "enc":
                usable = CERTIFICATE if "value" in each else None
                self.facts.set(f"/service-providers/{provider}", "certificate", usable, now)
            if name in SENSITIVE:
                state = "encrypted" if each.get("state") == "enc" else "plain"
                self.sensitive[state] = self.sensitive.get(state, 0) + 1

    def _partner_profile(self, exchange: Exchange, caller: Caller, now: Moment) -> None:
        found, provider = exchange.member("profiles"), partner_status(exchange)
        if provider and (exchange.code in _MAPPED or exchange.status < _BAD):
            serves = self.facts.partners.setdefault(provider, set())
            if exchange.status < _BAD:
                serves.add(caller.service_provider)
            self.facts.mvpd(OTHER_MVPD)
        if found == {} and provider:
            self._no_partner_profile(caller, provider, now)
        for name, entry in found.items() if isinstance(found, dict) else ():
            if not isinstance(entry, dict):
                continue
            self._profile(exchange, caller, name, entry, now)
            created = exchange.status == 201 and entry.get("type") == APPLE  # noqa: PLR2004
            self._partner(exchange, caller, name, now, works=created)
            if created:
                login = self.logins.used(caller, name, now)
                login.origin, login.session = BY_PARTNER, None

    def _no_partner_profile(self, caller: Caller, provider: str, now: Moment) -> None:
        """Nothing is stored, and there is no profile at the MVPD that the partner means either."""
        named = [name for name, each in self.facts.mvpds.items() if each.apple == provider]
        for mvpd in named:
            self.degradations.unseen((caller.service_provider, mvpd), AUTHN_ALL, now)
            self.logins.missing(caller, mvpd, now)

    def _decide(self, exchange: Exchange, caller: Caller, now: Moment) -> None:
        self._decisions.take(exchange, caller, temp_pass(exchange), now)


_WINDOW: Final = 60_000
