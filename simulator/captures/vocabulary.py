"""Words that a secret may happen to be, and that say nothing of anybody."""

from typing import Final

from simulator.domain.access.device_info import PLATFORM_WORDS
from simulator.domain.access.user_agents import SYSTEM_WORDS
from simulator.domain.coverage.cells import ACTIONS, REASONS
from simulator.domain.decisions.decision_rules import Source
from simulator.domain.errors import ERRORS
from simulator.domain.sessions.profiles import ProfileType

_PLAIN: Final = (
    "unknown undefined null none nil empty missing invalid expired revoked denied refused required "
    "optional default anonymous redacted hidden true false enabled disabled active inactive success "
    "failure error bearer basic digest interactive direct partner_interactive"
)
_WORDS: Final = frozenset(
    [
        *(each.lower() for each in (*ACTIONS, *REASONS, *ERRORS, *Source, *ProfileType)),
        *PLATFORM_WORDS,
        *SYSTEM_WORDS,
        *_PLAIN.split(),
    ]
)
_AROUND: Final = " .,:;!?()[]{}<>'\"`"


def is_vocabulary(value: str) -> bool:
    """Whether a value is a word of the backend or of its devices, with whatever ends a sentence around it."""
    return value.strip(_AROUND).lower() in _WORDS
