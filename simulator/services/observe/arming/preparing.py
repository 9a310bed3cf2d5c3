"""Preparations, to be put together: each does one thing to a stage, or says one thing of the call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from simulator.domain.decisions.degradation import Degradation
from simulator.domain.sessions.profiles import ProfileType
from simulator.domain.sso.identities import LinkKind

from .staging import Stage

Prepare = Callable[[Stage], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How a cell is met: what is prepared, in words and in deed, and the `call` of the app that meets it.

    `note` says what that call has to be like, `first` which call has to come before the preparation. A way
    that `passes_time` moves the sandbox's clock on until access tokens have expired.
    """

    call: str
    says: str = ""
    note: str = ""
    first: str | None = None
    prepare: Prepare | None = None
    passes_time: bool = False


def provider(*steps: Prepare) -> Prepare:
    """At the target's own MVPD, with nothing in the way but these steps."""

    def prepare(stage: Stage) -> None:
        stage.at_provider()
        for each in steps:
            each(stage)

    return prepare


def partner(*steps: Prepare) -> Prepare:
    """The same, where the MVPD takes part in the partner's framework and the app has its permission."""

    def prepare(stage: Stage) -> None:
        stage.at_partner()
        stage.call.tokens["partner_status"] = "granted"
        for each in steps:
            each(stage)

    return prepare


def temp_pass(*steps: Prepare, promotional: bool = False) -> Prepare:
    """At a TempPass, with a trial that has not begun."""

    def prepare(stage: Stage) -> None:
        stage.at_temp_pass(promotional=promotional)
        for each in steps:
            each(stage)

    return prepare


def log_in(stage: Stage) -> None:
    """The device is logged in."""
    stage.log_in()


def expired(stage: Stage) -> None:
    """Its profile has expired."""
    stage.log_in(ended=True)


def shows_code(stage: Stage) -> None:
    """It shows a code."""
    stage.open_session()


def by_partner(stage: Stage) -> None:
    """It has a profile from the partner's framework."""
    stage.log_in(ProfileType.APPLE_SSO)


def degrade(rule: Degradation, *, ended: bool = False) -> Prepare:
    """A degradation rule is in force, or has ended."""
    return lambda stage: stage.degrade(rule, ended=ended)


def denied(code: str) -> Prepare:
    """A viewer is logged in to whom the MVPD answers this code."""
    return provider(lambda stage: stage.log_in_denied(code))


def shared(kind: LinkKind, *, here: bool = False) -> Prepare:
    """Another app is logged in, and shares that."""
    return provider(lambda stage: stage.share(kind, here=here))


def integration(**members: object) -> Prepare:
    """The integration differs."""
    return lambda stage: stage.change_integration(**members)


def mvpd(**members: object) -> Prepare:
    """The MVPD differs."""
    return lambda stage: stage.change_mvpd(**members)


def sending(**parameters: str) -> Prepare:
    """The call has these parameters."""
    return lambda stage: stage.call.parameters.update(parameters)


def status(access: str | None) -> Prepare:
    """What the partner's framework says of the app's access; None: nothing."""

    def prepare(stage: Stage) -> None:
        if access is None:
            stage.call.tokens.pop("partner_status", None)
        else:
            stage.call.tokens["partner_status"] = access

    return prepare


def identity(stage: Stage) -> None:
    """The call says whose trial it is."""
    stage.call.tokens["identity"] = stage.integration.temp_pass_key or ""


def saml(stage: Stage) -> None:
    """The call has the response of the partner's provider."""
    stage.call.tokens["saml_response"] = "yes"


def unknown_partner(stage: Stage) -> None:
    """The call is for a partner that there is not."""
    stage.call.partner = "Nobody"


def by_name(stage: Stage) -> None:
    """The call names the MVPD."""
    stage.call.parameters["mvpd"] = stage.call.mvpd or ""


def by_no_name(stage: Stage) -> None:
    """The call names no MVPD."""
    del stage.call.parameters["mvpd"]


def full(stage: Stage) -> None:
    """The call lacks no parameter that a login needs."""
    # Their values are filled in when the call is told.
    stage.call.parameters |= {"domainName": "", "redirectUrl": ""}
    by_name(stage)


ENDS: Final = 60_000
ALL_USED: Final = tuple(f"coverage-{number}" for number in range(100))
