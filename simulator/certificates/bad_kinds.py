"""The bad certificates that a port can show, and what each of them is bad for."""

from collections.abc import Mapping
from typing import Final

BAD: Final[Mapping[str, str]] = {
    "expired": "Ended yesterday.",
    "not-yet-valid": "Begins in a year.",
    "wrong-host": "Is for another host.",
    "unknown-authority": "Comes from an authority that nobody trusts.",
    "self-signed": "Has no authority but itself.",
    "missing-intermediate": "Comes without the certificate between it and the authority.",
    "weak-key": "Has an RSA key of 1024 bits.",
    "weak-chain": "Is signed with an RSA key of 1024 bits.",
}
