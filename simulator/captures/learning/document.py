"""The scenario document of what was learnt, and an account of how much of it was seen."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from simulator.domain.access.registration import SCOPE
from simulator.domain.configuration import DAY, BoardingStatus
from simulator.domain.switches import SWITCHES
from simulator.validation.durations import format_ms

from .facts import ClientFacts, Facts, IntegrationFacts, MvpdFacts, commonest
from .learner import Learner
from .plan import entry
from .sessions import INITIAL
from .trials import Trial, lasting
from .viewers import Viewer

_DEVICES: Final = 60
"""How many devices a document lists; profiles name the others, too, and no device has to be listed."""

_LIMITS: Final = {"preauthorize": ("preauthorize_limit", 5), "authorize": ("authorize_limit", 1)}
_PROXY: Final = "proxy-unseen"
_STATUSES: Final = {each.value for each in BoardingStatus}


@dataclass(kw_only=True)
class Notes:
    """What has to be known of a document: what was assumed, and what no capture could show."""

    assumed: list[str]
    unknown: list[str]


def document(learner: Learner, viewers: list[Viewer], name: str) -> tuple[dict[str, Any], Notes]:
    """The document, as plain data, and the notes on it."""
    facts, notes = learner.facts, Notes(assumed=[], unknown=[])
    degradations = [*_degradations(learner, notes)]
    trials = learner.trials.finish()
    applications = _applications(facts, notes)
    _mapped(facts, notes)
    found: dict[str, Any] = {
        "name": name,
        "title": "Learnt from a capture",
        "settings": _switches(learner),
        "service_providers": [*_providers(facts, notes)],
        "mvpds": [*_mvpds(facts, notes)],
        "integrations": [*_integrations(facts, notes)],
        **applications,
        "subscribers": [each.entry() for each in viewers],
        "devices": [*_devices(facts)],
        "profiles": [*_profiles(learner, viewers)],
        "temp_passes": [*_trials(trials, facts.start)],
        "degradations": degradations,
    }
    _general(learner, viewers, notes)
    found = {member: each for member, each in found.items() if each}
    if found.keys() == {"name", "title"}:
        # A world has to hold something, and somebody asked.
        found["applications"] = [{"id": "app-1"}]
        notes.unknown.append("what there is at all: every request was refused")
    return found, notes


def _mapped(facts: Facts, notes: Notes) -> None:
    """Give each provider of a partner's status an MVPD, and integrations where its answers need them."""
    known = {each.apple: name for name, each in facts.mvpds.items() if each.apple}
    for provider, serves in sorted(facts.partners.items()):
        name = known.get(provider)
        if name is None:
            name = f"mapped-unseen-{len(known) + 1}"
            known[provider] = name
            facts.mvpd(name).apple = provider
            notes.unknown.append(f"which MVPD the partner calls {provider}: {name} stands for it")
        for each in serves:
            facts.integration(each, name).used = True


def _switches(learner: Learner) -> dict[str, Any]:
    """The switches that were another at the beginning than they are by default."""
    found = {
        member: known[0]
        for (path, member), known in learner.facts.settings.items()
        if path == "/settings" and known[0] != SWITCHES[member].default
    }
    if learner.sensitive.get("plain") and not learner.sensitive.get("encrypted"):
        found["user_metadata.sensitive"] = "plain"
    return dict(sorted(found.items()))


def _providers(facts: Facts, notes: Notes) -> Iterator[dict[str, Any]]:
    for name, each in sorted(facts.service_providers.items()):
        found: dict[str, Any] = {"id": name}
        if each.name:
            found["name"] = each.name
        if each.domains:
            found["domains"] = [*each.domains]
        if certificate := facts.first(f"/service-providers/{name}", "certificate"):
            found["certificate"] = certificate
            notes.assumed.append(
                f"{name} encrypts user metadata; its certificate does not show, so one whose key nobody "
                "has stands for it"
            )
        yield found


def _mvpds(facts: Facts, notes: Notes) -> Iterator[dict[str, Any]]:
    proxied = [name for name, each in facts.mvpds.items() if each.proxied]
    for name, each in sorted(facts.mvpds.items()):
        yield {"id": name, **_mvpd(facts, name, each)}
    if proxied:
        yield {"id": _PROXY}
        notes.unknown.append(
            f"which MVPD answers for {', '.join(sorted(proxied))}: {_PROXY} stands for it"
        )


def _mvpd(all_facts: Facts, name: str, facts: MvpdFacts) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for member in ("display_name", "logo_url"):
        value = getattr(facts, member)
        if value not in {None, name}:
            found[member] = value
    if facts.kind != "regular":
        found["kind"] = facts.kind
    for member in ("authorization_endpoint", "preauthorization_endpoint"):
        if not getattr(facts, member):
            found[member] = False
    path = f"/mvpds/{name}"
    if all_facts.first(path, "logout_endpoint", otherwise=True) is False:
        found["logout_endpoint"] = False
    if all_facts.first(path, "login") == "form_post":
        found["login"] = "form_post"
    if facts.proxied:
        found["proxy"] = _PROXY
    if facts.apple:
        found["platform_mappings"] = {"apple": facts.apple}
    return found


def _integrations(facts: Facts, notes: Notes) -> Iterator[dict[str, Any]]:
    for (provider, mvpd), each in sorted(facts.integrations.items()):
        temporary = facts.mvpds[mvpd].kind != "regular"
        found: dict[str, Any] = {"service_provider": provider, "mvpd": mvpd}
        refused = each.inactive or facts.service_providers[provider].listed
        if refused and not each.used and not each.configured:
            yield {**found, "active": False}
            continue
        overrides: dict[str, dict[str, Any]] = {}
        if temporary:
            found |= _temporary(each, facts.mvpds[mvpd], f"{provider} with {mvpd}", notes)
        else:
            found |= _lifetimes(each, overrides, f"{provider} with {mvpd}", notes)
        found |= _configured(each, overrides)
        for operation, (member, usual) in _LIMITS.items():
            limit = _limit(each, operation, usual)
            if limit != usual:
                found[member] = limit
        if overrides:
            found["overrides"] = dict(sorted(overrides.items()))
        yield found


def _lifetimes(
    facts: IntegrationFacts, overrides: dict[str, dict[str, Any]], what: str, notes: Notes
) -> dict[str, Any]:
    found: dict[str, Any] = {"home_based_authentication": True} if facts.home_based else {}
    by_platform: dict[str, int] = {}
    lifetimes = facts.lifetimes or facts.bounds or facts.earlier
    for (platform, home, lasts), _ in reversed(lifetimes.most_common()):
        if home:
            found["home_authentication_ttl"] = format_ms(lasts)
        else:
            by_platform[platform] = lasts
    if by_platform:
        usual = max(by_platform.values(), key=[*by_platform.values()].count)
        found["authentication_ttl"] = format_ms(usual)
    else:
        usual = 30 * DAY
        notes.assumed.append(f"{what}: a login lasts 30 days")
    for platform, lasts in {**by_platform, **_outlived(facts, by_platform, usual)}.items():
        if lasts != usual:
            overrides.setdefault(platform, {})["authentication_ttl"] = format_ms(lasts)
    for member, counted in (
        ("authorization_ttl", facts.decisions),
        ("media_token_ttl", facts.media),
    ):
        if counted:
            found[member] = format_ms(commonest(counted))
    if not facts.decisions and facts.permitted_at_once.get("authorize"):
        notes.assumed.append(f"{what}: a decision lasts a day")
    usual_lengths = {
        "authentication_ttl": format_ms(30 * DAY),
        "authorization_ttl": format_ms(DAY),
        "media_token_ttl": format_ms(420_000),
    }
    return {name: each for name, each in found.items() if usual_lengths.get(name) != each}


def _outlived(facts: IntegrationFacts, known: dict[str, int], usual: int) -> dict[str, int]:
    """How long logins last by platform where they outlived what is only guessed."""
    if facts.lifetimes:
        return {}
    return {name: each for name, each in facts.outlived.items() if each > known.get(name, usual)}


def _temporary(facts: IntegrationFacts, mvpd: MvpdFacts, what: str, notes: Notes) -> dict[str, Any]:
    if facts.misconfigured:
        return {}
    found: dict[str, Any] = {}
    found["temp_pass_ttl"] = format_ms(lasting(facts))
    if not facts.temporary:
        notes.assumed.append(f"{what}: a trial lasts {found['temp_pass_ttl']}")
    if mvpd.kind == "temp_pass_promotional":
        found["temp_pass_resources"] = facts.resources or 1
        found["temp_pass_key"] = "email"
        if facts.resources is None:
            notes.assumed.append(f"{what}: a trial is good for one resource")
    if facts.media:
        found["media_token_ttl"] = format_ms(commonest(facts.media))
    return found


def _configured(facts: IntegrationFacts, overrides: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The flags that hold on every platform that was seen; the others become overrides."""
    seen = _flags(facts)
    everywhere: dict[str, Any] = {}
    for name in sorted({name for each in seen.values() for name in each}):
        values = [each.get(name) for each in seen.values()]
        if all(each == values[0] for each in values):
            everywhere[name] = values[0]
            continue
        for platform, each in seen.items():
            if name in each:
                overrides.setdefault(platform, {})[name] = each[name]
    return everywhere


def _flags(facts: IntegrationFacts) -> dict[str, dict[str, Any]]:
    """The flags by platform: what the configuration says, and else what the partner's framework shows."""
    found = {}
    for platform in (*facts.configured, *facts.partnered):
        flags = {**facts.partnered.get(platform, {}), **facts.configured.get(platform, {})}
        found[platform] = {
            name: value
            for name, value in flags.items()
            if (name, value) != ("auth_per_aggregator", False)
            if name != "boarding_status" or value in _STATUSES
        }
    return found


def _limit(facts: IntegrationFacts, operation: str, usual: int) -> int:
    permitted = facts.permitted_at_once.get(operation, 0)
    refused = facts.refused_at_once.get(operation)
    if permitted > usual:
        return permitted
    return max(permitted, refused - 1) if refused is not None and refused <= usual else usual


def _applications(facts: Facts, notes: Notes) -> dict[str, Any]:
    groups: dict[tuple[str, ...], list[tuple[str, ClientFacts]]] = {}
    for name, each in facts.clients.items():
        known = each.application or each.statement
        key = ("app", known) if known else ("refused", *sorted(each.refused))
        groups.setdefault(key, []).append((name, each))
    applications: list[dict[str, Any]] = []
    clients: list[dict[str, Any]] = []
    for members in groups.values():
        found = _application(facts, members, len(applications) + 1)
        clients += _clients(members, found["id"])
        statements: dict[str | None, None] = dict.fromkeys(
            each.statement for _, each in members if each.statement
        )
        first = True
        for statement in statements or {None: None}:
            more = {} if first else {"id": f"app-{len(applications) + 1}"}
            applications.append({**found, **more, **_statement(facts, statement)})
            first = False
    stated = {each.get("software_statement") for each in applications}
    for statement in facts.statements:
        if statement not in stated:
            number = len(applications) + 1
            applications.append({"id": f"app-{number}", **_statement(facts, statement)})
    if not facts.statements:
        notes.assumed.append("apps that share what they may do are instances of one application")
    return {"applications": applications, "clients": clients}


def _statement(facts: Facts, statement: str | None) -> dict[str, Any]:
    """What an application has of its software statement."""
    if statement is None:
        return {}
    revoked = {"revoked": True} if facts.statements.get(statement) == "revoked" else {}
    return {"software_statement": statement, **revoked}


def _application(
    facts: Facts, members: list[tuple[str, ClientFacts]], number: int
) -> dict[str, Any]:
    """The application of app instances, without its statement."""
    found: dict[str, Any] = {"id": members[0][1].application or f"app-{number}"}
    refused = {name for _, each in members for name in each.refused}
    if refused:
        serves = {name for _, each in members for name in each.serves}
        found["service_providers"] = sorted(serves - refused) or [_nobody(facts, refused)]
    scopes = [*dict.fromkeys(scope for _, each in members for scope in each.scopes)]
    if scopes and scopes != [SCOPE]:
        found["scopes"] = scopes
    return found


def _clients(members: list[tuple[str, ClientFacts]], application: str) -> Iterator[dict[str, Any]]:
    """The app instances that had registered before the capture."""
    for name, each in members:
        if each.registered:
            continue
        client: dict[str, Any] = {"id": name, "application": application}
        if each.secret:
            client["secret"] = each.secret
        if each.scopes and [*each.scopes] != [SCOPE]:
            client["scopes"] = [*each.scopes]
        yield client


def _nobody(facts: Facts, refused: set[str]) -> str:
    """A service provider that an app may serve which may serve none that it asked for."""
    found = next((each for each in facts.service_providers if each not in refused), "unseen")
    facts.provider(found)
    return found


def _devices(facts: Facts) -> Iterator[dict[str, Any]]:
    for name, (platform, _) in [*facts.devices.items()][:_DEVICES]:
        yield {"id": name, **({"platform": platform} if platform != "unknown" else {})}


def _profiles(learner: Learner, viewers: list[Viewer]) -> Iterator[dict[str, Any]]:
    owner = {id(login): viewer for viewer in viewers for login in viewer.logins}
    taken = set()
    number = 0
    for login in learner.logins.all:
        if login.origin != INITIAL or login.slot in taken:
            continue
        taken.add(login.slot)
        number += 1
        found = entry(login, owner.get(id(login)), learner.facts.start)
        yield {"id": f"profile-{number}", **found}


def _trials(trials: Iterable[Trial], start: int) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(trials, 1):
        yield {
            "id": f"trial-{number}",
            "service_provider": each.service_provider,
            "mvpd": each.mvpd,
            "device": each.device,
            **({"identity": each.identity} if each.identity else {}),
            "first_authorized": format_ms(each.began - start),
            **({"used_resources": [*each.used]} if each.used else {}),
        }


def _degradations(learner: Learner, notes: Notes) -> Iterator[dict[str, Any]]:
    start = learner.facts.start
    for number, each in enumerate(learner.degradations.rules(learner.facts), 1):
        found: dict[str, Any] = {
            "id": f"rule-{number}",
            "service_provider": each.service_provider,
            "mvpd": each.mvpd,
            "rule": each.rule,
        }
        if each.starts is not None and each.starts > start:
            found["from"] = format_ms(each.starts - start)
        if each.ends is not None:
            found["until"] = format_ms(each.ends - start)
        elif each.removed is None:
            notes.assumed.append(
                f"{each.rule} at {each.service_provider} with {each.mvpd} holds until it is removed"
            )
        if each.message:
            found["message"] = each.message
        yield found


def _general(learner: Learner, viewers: list[Viewer], notes: Notes) -> None:
    notes.assumed += [f"{what}: {times}" for what, times in sorted(learner.facts.notes.items())]
    unseen = sum(not each.seen for each in viewers)
    if unseen:
        notes.assumed.append(f"accounts that only decisions or logouts show: {unseen}")
    if not learner.facts.operations["configuration"]:
        notes.unknown.append(
            "which other MVPDs there are, and their names: nobody asked for the configuration"
        )
    notes.unknown += [
        "what viewers log in with: an account's password is `password`",
        "what the MVPDs say of resources that nobody asked for",
        "service providers, MVPDs and switches that no request touched",
    ]
