"""The ways to the rules of decisions."""

from collections.abc import Mapping
from typing import Final

from simulator.domain.decisions.degradation import Degradation
from simulator.domain.decisions.viewing import PARENTAL

from .preparing import (
    ALL_USED,
    ENDS,
    Way,
    by_partner,
    degrade,
    denied,
    identity,
    integration,
    log_in,
    mvpd,
    provider,
    temp_pass,
)

DECISIONS: Final[Mapping[str, Way]] = {
    "D1": Way(call="authorize", says="takes the trial of the device away", prepare=temp_pass()),
    "D2": Way(
        call="authorize",
        says="lets the trial of the device have begun too long ago",
        prepare=temp_pass(lambda stage: stage.begin_trial(ago=stage.trial_length + ENDS)),
    ),
    "D3": Way(
        call="authorize",
        says="uses up the resources of the device's trial",
        note="at a promotional TempPass, with an AP-TempPass-Identity",
        prepare=temp_pass(
            lambda stage: stage.begin_trial(used=ALL_USED[: stage.trial_resources]),
            identity,
            promotional=True,
        ),
    ),
    "D4": Way(
        call="authorize",
        note="at a promotional TempPass, without an AP-TempPass-Identity",
        prepare=temp_pass(promotional=True),
    ),
    "D5": Way(
        call="authorize",
        says="takes the time of the TempPass away from its integration",
        prepare=temp_pass(integration(temp_pass_ttl=None)),
    ),
    "D6": Way(
        call="authorize",
        says="puts AuthZNone in force at the MVPD for ten minutes",
        prepare=provider(log_in, degrade(Degradation.AUTHZ_NONE)),
    ),
    "D7": Way(
        call="authorize",
        says="puts AuthNAll in force at the MVPD for ten minutes",
        prepare=provider(degrade(Degradation.AUTHN_ALL)),
    ),
    "D8": Way(
        call="authorize",
        says="puts AuthZAll in force at the MVPD for ten minutes",
        prepare=provider(log_in, degrade(Degradation.AUTHZ_ALL)),
    ),
    "D9": Way(
        call="authorize",
        says="lets the integration allow no resource at all",
        prepare=provider(log_in, integration(authorize_limit=0, preauthorize_limit=0)),
    ),
    "D10": Way(call="authorize", says="logs the device out at the MVPD", prepare=provider()),
    "D11": Way(
        call="authorize",
        says="gives the device a profile from the partner framework",
        note="without an AP-Partner-Framework-Status",
        prepare=provider(by_partner),
    ),
    "D12": Way(
        call="authorize",
        says="logs in a viewer who may watch everything",
        prepare=provider(log_in),
    ),
    "D13": Way(
        call="authorize",
        says="logs in a viewer to whom the MVPD denies everything",
        prepare=denied("authorization_denied_by_mvpd"),
    ),
    "D14": Way(
        call="authorize",
        says="logs in a viewer for whom everything is rated too high",
        prepare=denied(PARENTAL),
    ),
    "D15": Way(
        call="authorize",
        says="logs in a viewer whom the MVPD does not recognize any more",
        prepare=denied("identity_not_recognized_by_mvpd"),
    ),
    "D16": Way(
        call="authorize",
        says="lets the exchange with the MVPD fail",
        prepare=denied("network_connection_timeout"),
    ),
    "D17": Way(
        call="authorize",
        says="logs the device in, and lets there be nobody to ask",
        prepare=provider(
            mvpd(authorization_endpoint=False, preauthorization_endpoint=False), log_in
        ),
    ),
}
