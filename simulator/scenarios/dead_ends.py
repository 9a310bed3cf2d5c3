"""What is sound in a document and yet leads nowhere: whoever wrote it will want to hear of it.

A warning keeps nobody from seeding the document, as a test may want just that.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from simulator.validation.problems import Problem

from .models import IntegrationModel, ScenarioDocument

_NEEDED: Final = (
    ("service_providers", "so every call of an app is refused"),
    ("mvpds", "so there is nowhere to log in"),
    ("applications", "so no app can register"),
)


def warnings(
    document: ScenarioDocument, assumed: Mapping[str, Iterable[str]] | None = None
) -> Iterator[Problem]:
    """What leads nowhere in a resolved document that was checked, each as a problem at its place.

    `assumed` holds ids, by list, of the world that the document is merged into: what a document alone
    lacks may be there.
    """
    yield from _missing(document, assumed or {})
    yield from _unusable(document)
    if assumed is None:
        yield from _out_of_reach(document)


def _missing(document: ScenarioDocument, assumed: Mapping[str, Iterable[str]]) -> Iterator[Problem]:
    """Lists without which nothing goes on."""
    takes_any_app = document.settings.get("registration.unknown_statements") == "accept"
    for name, consequence in _NEEDED:
        if getattr(document, name) or [*assumed.get(name, ())]:
            continue
        if name != "applications" or not takes_any_app:
            yield document.origins.whole.problem(f"there is none, {consequence}", name)


def _unusable(document: ScenarioDocument) -> Iterator[Problem]:
    """Entries that nothing can be done with, whatever else there is."""
    for position, application in enumerate(document.applications):
        if not application.scopes:
            problem = "there is none, so no app can register with it"
            yield document.origins.of("applications", position).problem(problem, "scopes")
    temporary = {each.id for each in document.mvpds if each.kind.temporary}
    for position, integration in enumerate(document.integrations):
        if integration.mvpd in temporary and not _somewhere(integration, "temp_pass_ttl"):
            problem = "it lasts no time, so every trial is refused as misconfigured"
            yield document.origins.of("integrations", position).problem(problem, "temp_pass_ttl")


def _out_of_reach(document: ScenarioDocument) -> Iterator[Problem]:
    """Entries that others would have to lead to."""
    if document.applications and all(each.revoked for each in document.applications):
        problem = "every one is revoked, so no app can register"
        yield document.origins.whole.problem(problem, "applications")
    active = [each for each in document.integrations if _somewhere(each, "active")]
    served = {each.service_provider for each in active}
    for position, provider in enumerate(document.service_providers):
        if document.mvpds and provider.id not in served:
            problem = "no integration of it is active, so nobody can log in there"
            yield document.origins.of("service_providers", position).problem(problem)
    usable = {each.mvpd for each in active}
    for position, subscriber in enumerate(document.subscribers):
        if subscriber.mvpd is not None and subscriber.mvpd not in usable:
            yield document.origins.of("subscribers", position).problem(
                f"no integration with {subscriber.mvpd!r} is active, so no account of it is of use",
                "mvpd",
            )
            # One of them is enough.
            usable.add(subscriber.mvpd)


def _somewhere(integration: IntegrationModel, member: str) -> bool:
    """Whether the integration has a member set, on some platform at least."""
    differing = (each for each in integration.overrides.values() if member in each.model_fields_set)
    return any(getattr(each, member) for each in (integration, *differing))
