"""What the decision table says of each resource, in the world as it stands.

(Adobe: authorization, D1 to D17)
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

from simulator.domain.decisions import degradation, temp_pass
from simulator.domain.decisions.decision_rules import (
    PERMIT,
    Decision,
    Facts,
    Window,
    decide,
    decision_id,
)
from simulator.domain.decisions.degradation import Degradation, DegradationRule
from simulator.domain.decisions.ratings import Resource
from simulator.domain.decisions.viewing import LATE, Answer, Viewer, renewed, viewer
from simulator.domain.households import Subscriber
from simulator.domain.sessions.profiles import Profile, ProfileType, default_user_id, described
from simulator.services.shared.absence import explain_absence
from simulator.services.shared.admission import in_force
from simulator.storage.worlds.session import SandboxSession

from .decision_request import DecisionRequest, DecisionResult
from .logins import Login, login_at
from .trials import open_trial


def decision_results(
    request: DecisionRequest, resources: Sequence[Resource]
) -> Iterator[DecisionResult]:
    """The verdicts in the order of `resources`; one that is omitted has none.

    Raises `EnhancedError` where a row is the answer to the whole request.
    """
    if request.mvpd.kind.temporary:
        yield from _by_trial(request, resources)
    else:
        yield from _by_login(request, resources)


def _by_trial(request: DecisionRequest, resources: Sequence[Resource]) -> Iterator[DecisionResult]:
    """Rows Z1 to Z5. Only authorizing begins a trial and uses it."""
    trial = open_trial(
        request.world,
        request.caller,
        request.call,
        request.mvpd,
        request.integration,
        asks_identity=request.authorizes,
    )
    state = trial.state
    for resource in resources:
        result = request.result(
            resource,
            Facts(operation=request.operation, temporary=True, trial=trial.problem(resource.id)),
            user=temp_pass.user_id(request.caller.device),
            spans={Window.TRIAL: (state.not_before, state.not_after)} if state else {},
            message=trial.broken.message if trial.broken else None,
        )
        yield result
        if request.authorizes and result.permits:
            trial.use(resource.id)
    trial.store(request.world)


def _by_login(request: DecisionRequest, resources: Sequence[Resource]) -> Iterator[DecisionResult]:
    """Rows Z6 to Z17: degradation, then the limit, then the login, then the MVPD."""
    world, mvpd, integration = request.world, request.mvpd, request.integration
    now = world.now
    login = login_at(world, request.caller, request.call, mvpd)
    if login.profile is not None:
        world.explanation.explain(described(login.profile, now))
    else:
        explain_absence(world, request.caller, request.call, mvpd)
    given_out = login.profile is not None and login.profile.type is ProfileType.DEGRADED
    facts = Facts(
        operation=request.operation,
        degraded_profile=given_out,
        asked=len(resources),
        limit=integration.authorize_limit if request.authorizes else integration.preauthorize_limit,
        profile=login.problem,
        partner=login.partner,
        # There is no preflight without authorization, and there can be the latter alone.
        endpoint=mvpd.authorization_endpoint
        and (request.authorizes or mvpd.preauthorization_endpoint),
    )
    if facts.asked > facts.limit:
        world.explanation.explain(f"{facts.asked} resources, and the limit is {facts.limit}")
    rules = world.config.rules(request.provider, mvpd.id, world.epoch)
    by_rules = groupby(resources, partial(_degradations, request, login))
    for degradations, alike in by_rules if rules else [(facts.degradations, resources)]:
        found = replace(facts, degradations=degradations)
        if login.profile is not None and decide(found) is PERMIT:
            yield from _by_mvpd(request, found, login.profile, [*alike])
        else:
            yield from _before_mvpd(request, found, login.profile, rules, alike)


def _degradations(
    request: DecisionRequest, login: Login, resource: Resource
) -> frozenset[Degradation]:
    return in_force(
        request.world,
        request.provider,
        request.mvpd.id,
        logged_in=login.profile is not None,
        names=resource.names,
    )


def _before_mvpd(
    request: DecisionRequest,
    facts: Facts,
    profile: Profile | None,
    rules: Sequence[DegradationRule],
    resources: Iterable[Resource],
) -> Iterator[DecisionResult]:
    """Rows Z6 to Z11 and Z17, for which nobody asks the MVPD."""
    now, lasting = request.world.now, request.integration.authorization_ttl
    end = degradation.window_end(rules, Degradation.AUTHN_ALL, now, lasting)
    if end is None and profile is not None:
        end = min(now + lasting, profile.not_after)
    for resource in resources:
        yield request.result(
            resource,
            facts,
            user=_user(request, profile),
            spans={} if end is None else {Window.DEGRADED: (now, end)},
            details=_message(rules, resource, now),
        )


def _by_mvpd(
    request: DecisionRequest, facts: Facts, profile: Profile, resources: Sequence[Resource]
) -> Iterator[DecisionResult]:
    """Rows Z12 to Z16. What the MVPD permits is kept, what it denies is not (Adobe: authorization, C49)."""
    world = request.world
    subscriber = world.subscribers.get(profile.subscriber) if profile.subscriber else None
    asked = viewer(profile, subscriber)
    permitted = False
    decided = [(each, _decision(request, profile, each)) for each in resources]
    earlier = [_kept(request, fresh, profile) for _, fresh in decided]
    in_time = None not in earlier or request.answered()
    for (resource, fresh), kept in zip(decided, earlier, strict=True):
        decision = kept or fresh
        answer = _answer(request, asked, resource, kept, in_time=in_time)
        result = request.result(
            resource,
            # Without an objection the facts are those that led here.
            replace(facts, answer=answer.code) if answer.code else facts,
            row=None if answer.code else PERMIT,
            user=_user(request, profile),
            spans={Window.AUTHORIZATION: (decision.not_before, decision.not_after)},
            details=answer.details,
            note=", as it did before" if kept else "",
        )
        if result.row.shown:
            yield result
        if request.authorizes and kept is None and result.row.keeps:
            permitted |= result.permits
            _keep(world, fresh, answer)
    if permitted:
        _renew(world, profile, subscriber)


def _renew(world: SandboxSession, profile: Profile, subscriber: Subscriber | None) -> None:
    """Let an authorization renew what it renews of the viewer's attributes."""
    attributes = profile.attributes if subscriber is None else renewed(profile, subscriber)
    if attributes != profile.attributes:
        world.profiles.put(replace(profile, attributes=attributes))


def _answer(
    request: DecisionRequest,
    asked: Viewer,
    resource: Resource,
    kept: Decision | None,
    *,
    in_time: bool,
) -> Answer:
    """What the MVPD said before, if that is `kept`, else what it says now, if it answers `in_time`."""
    if kept is not None:
        return Answer(code=kept.denial, details=kept.details)
    if not in_time:
        return Answer(code=LATE)
    world = request.world
    if request.authorizes:
        answer = asked.authorize(resource)
    else:
        unknown = str(world.config.setting("unknown_resources"))
        answer = asked.preauthorize(resource, unknown)
    if resource.malformed and answer.details == resource.malformed:
        world.explanation.explain(resource.malformed)
    elif answer.code and asked.subscriber:
        world.explanation.add(f"the subscriber {asked.subscriber} is entitled to {asked.package}")
    return answer


def _decision(request: DecisionRequest, profile: Profile, resource: Resource) -> Decision:
    """The decision that the MVPD's permit would be kept as; it ends with the profile at the latest."""
    caller, now = request.caller, request.world.now
    at = {"device": caller.device, "service_provider": request.provider, "mvpd": request.mvpd.id}
    return Decision(
        id=decision_id(client=caller.client, resource=resource.id, **at),
        client=caller.client,
        resource=resource.id,
        **at,
        profile=profile.id,
        not_before=now,
        not_after=min(now + request.integration.authorization_ttl, profile.not_after),
    )


def _kept(request: DecisionRequest, fresh: Decision, profile: Profile) -> Decision | None:
    """The decision that is kept for the same caller and resource, if authorizing can still use it.

    That of an earlier login is none, nor that of one which had the same id.
    """
    found = request.world.decisions.get(fresh.id) if request.authorizes else None
    if found is None or not found.valid(request.world.now) or found.profile != profile.id:
        return None
    return found if found.not_before >= profile.not_before else None


def _keep(world: SandboxSession, fresh: Decision, answer: Answer) -> None:
    if answer.code is None:
        world.decisions.put(fresh)
    elif world.config.setting("decisions.cache_denials"):
        world.decisions.put(replace(fresh, denial=answer.code, details=answer.details))


def _user(request: DecisionRequest, profile: Profile | None) -> str:
    """Whom a media token is for: the MVPD's user id where there is a login."""
    if profile is None:
        return degradation.user_id(request.caller.device)
    known = profile.attributes.get("userID", {}).get("value")
    return str(known or default_user_id(profile.mvpd, profile.subscriber or profile.device))


def _message(rules: Iterable[DegradationRule], resource: Resource, now: int) -> str | None:
    """What AuthZNone says in the details of its denials."""
    told = (
        rule.message
        for rule in rules
        if rule.rule is Degradation.AUTHZ_NONE and rule.active(now) and rule.covers(resource.names)
    )
    return next(filter(None, told), None)
