"""Rules of the migration: REST API V2 takes the place of all that was before it, at once."""

from collections.abc import Iterator
from typing import Final

from simulator.domain.operations import LEGACY

from .calls import REST_V2, App, Call
from .rules import Rule, Sign, broken, kept

_FAQS: Final = "rest-api-v2-faqs.md"


def _called(app: App) -> Iterator[Sign]:
    for call in app.of(LEGACY):
        yield broken(f"{call.method} {call.path} ends with 2026", call)
    if found := _v2(app):
        yield kept("REST API V2 was called", found)


def _mixed(app: App) -> Iterator[Sign]:
    """The instances of an application on a device count as one, as its credentials may be new."""
    found = _v2(app)
    if found is None:
        return
    old = [each for each in (*app.calls, *app.siblings, *app.elsewhere) if each.operation == LEGACY]
    for call in old:
        yield broken(f"{call.method} {call.path} beside calls of REST API V2", call, found)
    if not old:
        yield kept("all calls are of REST API V2", found)


def _v2(app: App) -> Call | None:
    return next((each for each in app.calls if each.operation in REST_V2), None)


RULES: Final = (
    Rule(
        id="legacy-not-called",
        says="Call neither REST API V1 nor what the AccessEnabler calls: they end with 2026.",
        page=f"{_FAQS}#migration-rest-api-v1-to-rest-api-v2-faqs",
        check=_called,
    ),
    Rule(
        id="no-hybrid",
        says="Move all calls and flows to REST API V2 at once; a mixture with V1 is not supported.",
        page=f"{_FAQS}#migration-faq2",
        check=_mixed,
    ),
)
