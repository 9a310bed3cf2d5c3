"""One request for decisions, admitted, and the making of the items that it is answered with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simulator.domain.configuration import Integration, Mvpd
from simulator.domain.decisions.decision_rules import (
    FAULTY,
    Facts,
    Level,
    Operation,
    Row,
    Window,
    decide,
)
from simulator.domain.decisions.media_token import MediaToken, session_guid
from simulator.domain.decisions.ratings import Resource
from simulator.domain.errors import EnhancedError
from simulator.services.shared.admission import Caller, DeviceCall
from simulator.storage.worlds.session import SandboxSession

from .faults import ItemFaults
from .provider_latency import ProviderWait

Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionResult:
    """What was decided on one resource: its item so far, and the token to be signed for it.

    `window` is the validity of the decision in epoch milliseconds.
    """

    row: Row
    members: Mapping[str, Any]
    window: Span | None = None
    token: MediaToken | None = None

    @property
    def permits(self) -> bool:
        """Whether the resource may be watched."""
        return bool(self.members["authorized"])


class DecisionRequest:
    """What is known of a request before any resource is looked at."""

    def __init__(
        self,
        *,
        world: SandboxSession,
        caller: Caller,
        mvpd: Mvpd,
        integration: Integration,
        call: DeviceCall,
        operation: Operation,
        faults: ItemFaults,
        provider_wait: ProviderWait,
    ) -> None:
        self.world = world
        self.caller = caller
        self.mvpd = mvpd
        self.integration = integration
        self.call = call
        self.operation = operation
        self.faults = faults
        self.provider_wait = provider_wait

    @property
    def provider(self) -> str:
        """The id of the service provider."""
        return self.caller.service_provider.id

    @property
    def authorizes(self) -> bool:
        """Whether tokens are given out, and something is left behind."""
        return self.operation is Operation.AUTHORIZE

    def answered(self) -> bool:
        """Whether the MVPD answers in time; it is asked, so a wait may lie before this."""
        budget = int(self.world.config.setting("decisions.time_budget"))
        return self.provider_wait.ask(self.world, self.mvpd.latency, "authorization", budget)

    @cached_property
    def _trace(self) -> str:
        """It names the answer, so all errors in it have the same; drawn only if there are any."""
        return self.world.ids.uuid()

    @cached_property
    def _errors_on_top(self) -> bool:
        return self.world.config.setting("decisions.error_level") == "top"

    def result(
        self,
        resource: Resource,
        facts: Facts,
        *,
        row: Row | None = None,
        user: str,
        spans: Mapping[Window, Span],
        details: str | None = None,
        message: str | None = None,
        note: str = "",
    ) -> DecisionResult:
        """The verdict of the table on `resource`, or of its `row` where that is known.

        `user` is whom a media token is for, `spans` are the windows that a row may ask for, and
        `details`, `message` and `note` what is to be added to an error and to the reasoning. Raises
        `EnhancedError` where the row is the answer to the whole request.
        """
        fault = self.faults.on(resource.id)
        row = FAULTY if fault else row or decide(facts)
        code = str(fault["code"]) if fault else row.code(facts)
        members: dict[str, Any] = {
            "resource": resource.id,
            "serviceProvider": self.provider,
            "mvpd": self.mvpd.id,
            "source": row.source,
            "authorized": code is None,
        }
        because = f"{row.because}{note}"
        explanation = self.world.explanation
        explanation.decisions.append((resource.id, code))
        if row is FAULTY:
            explanation.explain(because)
            explanation.forced.append(str(code))
        else:
            explanation.decided(row.journalled_as, because)
        if code is not None:
            if row.level is Level.TOP or (row.level is Level.SWITCHED and self._errors_on_top):
                raise EnhancedError(code, message)
            # What the rules would have said is no cause of what a fault says.
            error = EnhancedError(code) if fault else EnhancedError(code, message, details=details)
            members["error"] = error.body(self._trace) | (fault or {})
        if not self.authorizes:
            return DecisionResult(row=row, members=members)
        window = spans.get(row.window)
        ttl = self.integration.media_token_ttl
        if window is not None and row.window is Window.DEGRADED:
            # Its token does not outlast degraded access (Adobe: authorization, D7).
            ttl = min(ttl, window[1] - self.world.now)
        return DecisionResult(
            row=row,
            members=members,
            window=window,
            token=self._token(resource, user, ttl) if code is None else None,
        )

    def _token(self, resource: Resource, user: str, ttl: int) -> MediaToken:
        return MediaToken(
            session_guid=session_guid(self.mvpd.id, user),
            requestor=self.provider,
            resource=resource.id,
            ttl=ttl,
            issued=self.world.now,
            mvpd=self.mvpd.id,
            proxy_mvpd=self.mvpd.proxy,
        )
