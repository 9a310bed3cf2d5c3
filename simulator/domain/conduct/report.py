"""The rules of conduct as one list, and the findings about an app."""

from typing import Final

from . import (
    configuration,
    decisions,
    errors,
    headers,
    legacy,
    logout,
    paths,
    polling,
    registration,
    sessions,
)
from .calls import App
from .rules import Finding, judged

RULES: Final = (
    *registration.RULES,
    *configuration.RULES,
    *polling.RULES,
    *sessions.RULES,
    *decisions.RULES,
    *logout.RULES,
    *paths.RULES,
    *headers.RULES,
    *errors.RULES,
    *legacy.RULES,
)

UNSEEN: Final = (
    "which parts of a configuration or profile an app stores",
    "when the first screen begins to poll",
    "guiding the viewer out of the partner's settings after a partner_logout",
    "choosing among several profiles",
    "showing the viewer why a decision was denied",
    "checking media tokens with Adobe's library",
    "testing in the environments that are not production",
)
"""What the checklist asks for besides, and no traffic can show."""


def report(app: App) -> list[Finding]:
    """What each rule comes to for `app`."""
    return [judged(rule, app) for rule in RULES]
