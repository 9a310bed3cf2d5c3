"""Management calls: what operators do to TempPass and to degraded providers."""

from collections.abc import Iterator, Mapping
from typing import Final

from simulator.captures.exchanges import Exchange
from simulator.domain.access.registration import SCOPE

from .callers import Callers
from .degradation import Degradations
from .facts import Caller, Facts
from .trials import Trials

SCOPES: Final = {
    "reset_temp_pass": "temporary:passes:owner",
    "degradation": "decisions:owner",
}
"""The operations, and the scope that each takes."""
_BAD: Final = 400


class Operators:
    """Reads the calls of operators."""

    def __init__(
        self, facts: Facts, callers: Callers, degradations: Degradations, trials: Trials
    ) -> None:
        self._facts = facts
        self._callers = callers
        self._degradations = degradations
        self._trials = trials

    def take(self, exchange: Exchange) -> None:
        """What a call shows, and does."""
        given = exchange.parameters() | exchange.form()
        caller = self._callers.caller(exchange)
        if caller is None:
            return
        client = self._facts.client(caller.client)
        client.application = exchange.own.get("application") or client.application
        if exchange.status < _BAD:
            self._permitted(exchange, caller, given)
        for provider, mvpd in _measured(exchange):
            self._facts.integration(provider, mvpd)
        if exchange.operation == "reset_temp_pass":
            self._reset(exchange, given)
        elif exchange.status < _BAD and exchange.method != "GET":
            self._degradations.managed([each for each in given.get("mvpd", "").split(",") if each])

    def _permitted(self, exchange: Exchange, caller: Caller, given: Mapping[str, str]) -> None:
        """The caller may do it, for the service provider and the MVPDs that it names."""
        client = self._facts.client(caller.client)
        scope = SCOPES[exchange.operation]
        if scope not in client.scopes:
            client.scopes = (*(client.scopes or (SCOPE,)), scope)
        provider = given.get("requestor_id") or given.get("programmer")
        if provider:
            client.serves.add(provider)
            for mvpd in given.get("mvpd_id", given.get("mvpd", "")).split(","):
                if mvpd:
                    self._facts.integration(provider, mvpd).used = True

    def _reset(self, exchange: Exchange, given: Mapping[str, str]) -> None:
        mvpd = given.get("mvpd_id")
        if mvpd and exchange.status < _BAD:
            facts = self._facts.mvpd(mvpd)
            generic = exchange.path.endswith("/generic")
            self._trials.forgotten(given.get("requestor_id", ""), mvpd, generic=generic)
            if generic:
                facts.kind = "temp_pass_promotional"
            elif facts.kind == "regular":
                facts.kind = "temp_pass_basic"


def _measured(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The integrations that an answer about degradation lists."""
    found = exchange.member("degradation-measure")
    for each in found if isinstance(found, list) else ():
        try:
            yield str(each["programmer"]["id"]), str(each["mvpd"]["id"])
        except (KeyError, TypeError):
            continue
