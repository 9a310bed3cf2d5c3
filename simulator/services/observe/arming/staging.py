"""What is put into a sandbox so that the next call of one device at one MVPD meets what it is to meet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from simulator.domain.configuration import (
    BoardingStatus,
    Integration,
    Mvpd,
    MvpdKind,
    integration_id,
)
from simulator.domain.decisions.degradation import Degradation, DegradationRule
from simulator.domain.decisions.temp_pass import TempPassTrial
from simulator.domain.faults import Fault
from simulator.domain.households import Subscriber
from simulator.domain.sessions.authentication_sessions import AuthenticationSession
from simulator.domain.sessions.profiles import Profile, ProfileType, default_user_id
from simulator.domain.sso.identities import LinkKind, SsoLink
from simulator.domain.sso.partner_sso import APPLE
from simulator.services.errors import NothingToArm
from simulator.services.shared.login_completion import complete
from simulator.services.shared.profile_slots import delete_profile
from simulator.services.shared.stored_sessions import AT_ONCE
from simulator.storage.worlds import entity_mapping
from simulator.storage.worlds.session import SandboxSession

_NAME: Final = "coverage"
"""How the ids begin of what is put here, and the subject of its single sign-on."""

_HOUR: Final = 3_600_000
_SECOND: Final = 1_000
_LIMIT: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Whose next call it is, and where: what was not found in the sandbox is None."""

    device: str
    service_provider: str
    mvpd: str | None = None
    temp_pass: str | None = None
    promotional: str | None = None


@dataclass(kw_only=True, slots=True)
class NextCall:
    """The call of the app that meets it.

    `headers`, `parameters` and `resources` are what it has to carry besides what it always does; `code` is
    that of the session that it is about. `tokens` are what is still to be made for it.
    """

    operation: str
    service_provider: str
    mvpd: str | None = None
    code: str | None = None
    partner: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    resources: tuple[str, ...] = ()
    tokens: dict[str, str] = field(default_factory=dict)


class Stage:
    """A world under preparation for one target, and the call that is to come then."""

    def __init__(self, world: SandboxSession, target: Target, operation: str) -> None:
        self.world = world
        self.target = target
        self.call = NextCall(operation=operation, service_provider=target.service_provider)

    # The MVPD of the call

    def at_provider(self) -> None:
        """At the target's own MVPD, where nothing is in the way."""
        self._at(self.target.mvpd, "regular MVPD")

    def at_temp_pass(self, *, promotional: bool = False) -> None:
        """At a TempPass, with a trial that has not begun."""
        if promotional:
            self._at(
                self.target.promotional,
                "promotional TempPass",
                temp_pass_ttl=24 * _HOUR,
                temp_pass_resources=3,
                temp_pass_key="email",
            )
        else:
            self._at(self.target.temp_pass, "basic TempPass", temp_pass_ttl=24 * _HOUR)

    def at_partner(self) -> None:
        """At the target's MVPD, which takes part in the partner's framework."""
        self.at_provider()
        self.change_integration(
            enable_platform_services=True, boarding_status=BoardingStatus.SUPPORTED
        )
        if APPLE not in self.mvpd.platform_mappings:
            mappings = {**self.mvpd.platform_mappings, APPLE: f"{_NAME}_{self.mvpd.id}"}
            self.change_mvpd(platform_mappings=mappings)
        self.call.partner = "Apple"

    def _at(self, name: str | None, kind: str, **unless_set: object) -> None:
        """At the MVPD called `name`; `unless_set` are members of the integration that it cannot lack."""
        if name is None:
            raise NothingToArm(
                f"The service provider {self.target.service_provider} has no {kind} to show this at.",
                "Seed a scenario that has one, such as demo, or add one with POST /admin/v1/mvpds.",
            )
        self.call.mvpd = name
        here = self.integration
        lacking = {each: value for each, value in unless_set.items() if not getattr(here, each)}
        self.change_integration(
            active=True,
            single_sign_on=True,
            auth_per_aggregator=False,
            authorize_limit=here.authorize_limit or 1,
            preauthorize_limit=here.preauthorize_limit or _LIMIT,
            **lacking,
        )
        self.change_mvpd(
            logout_endpoint=True,
            authorization_endpoint=True,
            preauthorization_endpoint=True,
            latency=None,
        )
        self._clear()

    def _clear(self) -> None:
        """Nobody is logged in at the MVPD, no trial has begun, and no rule is in force."""
        world, target, mvpd = self.world, self.target, self.mvpd
        for profile in (
            *world.profiles.find(device=target.device, mvpd=mvpd.id),
            *world.profiles.find(device=_NAME, mvpd=mvpd.id),
        ):
            delete_profile(world, profile.id)
        for trial in world.temp_passes.find(device=target.device, mvpd=mvpd.id):
            world.temp_passes.delete(trial.id)
        rules = world.repository(entity_mapping.DEGRADATIONS)
        for rule in [*rules.all()]:
            if (rule.service_provider, rule.mvpd) == (target.service_provider, mvpd.id):
                rules.delete(rule.id)

    @property
    def mvpd(self) -> Mvpd:
        """The MVPD of the call, as it stands."""
        found = self.world.repository(entity_mapping.MVPDS).get(self.call.mvpd or "")
        if found is None:
            message = "the call is at an MVPD that there is not"
            raise LookupError(message)
        return found

    @property
    def integration(self) -> Integration:
        """The integration of the call, as it stands."""
        pair = integration_id(self.target.service_provider, self.call.mvpd or "")
        found = self.world.repository(entity_mapping.INTEGRATIONS).get(pair)
        if found is None:
            message = "the call is at an integration that there is not"
            raise LookupError(message)
        return found

    def change_mvpd(self, **members: object) -> None:
        """Let the MVPD differ."""
        self._put(self.mvpd, replace(self.mvpd, **members))  # type: ignore[arg-type]

    def change_integration(self, **members: object) -> None:
        """Let the integration differ."""
        self._put(self.integration, replace(self.integration, **members))  # type: ignore[arg-type]

    def _put(self, before: Mvpd | Integration, after: Mvpd | Integration) -> None:
        # Each change of the configuration makes everybody read it anew.
        if after != before:
            self.world.repository(entity_mapping.BY_ENTITY[type(after)]).put(after)

    # What is there

    def log_in(
        self,
        type_: ProfileType = ProfileType.REGULAR,
        *,
        device: str | None = None,
        client: str | None = None,
        ended: bool = False,
        invalidated: bool = False,
        subscriber: str | None = None,
    ) -> Profile:
        """Give the device, or another, a profile at the MVPD of the call."""
        world, target = self.world, self.target
        lasting = self.integration.authentication_ttl
        profile = Profile(
            id=world.ids.short("profile"),
            service_provider=target.service_provider,
            mvpd=self.mvpd.id,
            device=device or target.device,
            client=client,
            subscriber=subscriber,
            type=type_,
            not_before=world.now - _HOUR,
            not_after=world.now - _SECOND if ended else world.now + lasting,
            invalidated=invalidated,
            attributes={
                "userID": {
                    "value": default_user_id(self.mvpd.id, target.device),
                    "state": "plain",
                }
            },
        )
        world.profiles.put(profile)
        return profile

    def log_in_denied(self, code: str) -> None:
        """Log in a viewer to whom the MVPD answers `code`, whatever the resource."""
        viewer = Subscriber(
            id=_NAME,
            username=_NAME,
            password=_NAME,
            denials={"*": {"code": code}},
        )
        self.world.subscribers.put(viewer)
        self.log_in(subscriber=viewer.id)

    def share(self, kind: LinkKind, *, here: bool = False) -> None:
        """Log in another app, on this device or elsewhere, and share that by single sign-on."""
        device = self.target.device if here else _NAME
        profile = self.log_in(device=device, client=_NAME)
        self.world.links.put(
            SsoLink(id=f"{profile.id}.1", profile=profile.id, kind=kind, subject=_NAME)
        )
        if not here:
            self.call.tokens[kind.value] = _NAME

    def degrade(self, rule: Degradation, *, ended: bool = False) -> None:
        """Put a rule in force for ten minutes, or one that has ended a second ago."""
        world = self.world
        until = world.now - _SECOND if ended else world.now + _HOUR // 6
        world.repository(entity_mapping.DEGRADATIONS).put(
            DegradationRule(
                id=f"{_NAME}-{rule.value}",
                service_provider=self.target.service_provider,
                mvpd=self.mvpd.id,
                rule=rule,
                not_before=world.now - _HOUR,
                until=until,
            )
        )

    def begin_trial(self, *, ago: int = 0, used: tuple[str, ...] = ()) -> None:
        """Let the trial of the device have begun."""
        self.world.temp_passes.put(
            TempPassTrial(
                id=self.world.ids.short("temp-pass"),
                service_provider=self.target.service_provider,
                mvpd=self.mvpd.id,
                device=self.target.device,
                first_authorized=self.world.now - ago,
                used_resources=used,
            )
        )

    @property
    def trial_length(self) -> int:
        """How long a trial at the MVPD of the call lasts, in milliseconds."""
        return self.integration.temp_pass_ttl or 0

    @property
    def trial_resources(self) -> int:
        """How many resources a trial there allows."""
        return self.integration.temp_pass_resources or 0

    def fault(self, action: Mapping[str, object], *, operation: str | None = None) -> None:
        """Let the next call of the device fail, whatever it is unless an operation is named."""
        match = {"device": self.target.device}
        if operation is not None:
            match["operation"] = operation
        faults = self.world.repository(entity_mapping.FAULTS)
        for each in [*faults.all()]:
            if each.id.startswith(f"{_NAME}-"):
                faults.delete(each.id)
                self.world.fault_uses.delete(each.id)
        name = self.world.ids.short(_NAME)
        faults.put(Fault(id=name, match=match, times=1, action=action))

    # The session under way

    def open_session(self) -> AuthenticationSession:
        """The session whose code the device shows. Raises `NothingToArm` where there is none."""
        found = next(self._open_sessions(), None)
        if found is None:
            raise NothingToArm(
                f"The device {self.target.device} shows no code that could be used for this.",
                "Let the app ask for one first (create_session), then do this again.",
            )
        self.call.code = found.id
        self.call.service_provider = found.service_provider
        self.call.mvpd = found.mvpd
        return found

    def _open_sessions(self) -> Iterator[AuthenticationSession]:
        for status in AT_ONCE:
            found = self.world.sessions.find(device=self.target.device, status=status)
            yield from (each for each in found if self.world.now < each.not_after)

    def end_session(self) -> None:
        """Let the time of the device's code be over."""
        session, now = self.open_session(), self.world.now
        starts = min(session.not_before, now)
        self.world.sessions.put(replace(session, not_before=starts, not_after=now))

    def finish_session(self) -> None:
        """Log a viewer in with the device's code."""
        session = self.open_session()
        mvpd = session.mvpd or self.target.mvpd
        if mvpd is None or self.world.config.integration(session.service_provider, mvpd) is None:
            raise NothingToArm(
                f"The session of the code {session.id} names no MVPD to log in at.",
                "Let the app ask for a code with an mvpd first, then do this again.",
            )
        self.call.mvpd = mvpd
        complete(self.world, replace(session, mvpd=mvpd), None)


def target_in(
    world: SandboxSession, device: str, *, provider: str | None = None, mvpds: Sequence[str] = ()
) -> Target:
    """The target on a device: at the service provider and MVPDs that it called last, where these do.

    Raises `NothingToArm` in a world without an integration.
    """
    config = world.config
    # One that is switched off may be what an earlier preparation did.
    pairs = sorted(config.integrations.values(), key=lambda each: not each.active)
    providers = [*dict.fromkeys(each.service_provider for each in pairs)]
    if not providers:
        raise NothingToArm(
            "There is no integration in this sandbox.", "Seed a scenario, such as demo."
        )
    chosen = provider if provider in providers else _largest(pairs, providers)
    here = [
        config.mvpds[each.mvpd]
        for each in pairs
        if each.service_provider == chosen and each.mvpd in config.mvpds
    ]

    def first(kind: MvpdKind) -> str | None:
        fitting = [each.id for each in here if each.kind is kind and each.proxy is None]
        plain = [each.id for each in here if each.kind is kind]
        called = [each for each in mvpds if each in plain]
        return next(iter(called or fitting or plain), None)

    return Target(
        device=device,
        service_provider=chosen,
        mvpd=first(MvpdKind.REGULAR),
        temp_pass=first(MvpdKind.TEMP_PASS_BASIC),
        promotional=first(MvpdKind.TEMP_PASS_PROMOTIONAL),
    )


def _largest(pairs: Sequence[Integration], providers: Sequence[str]) -> str:
    """The service provider with the most integrations."""
    return max(providers, key=lambda name: sum(each.service_provider == name for each in pairs))
