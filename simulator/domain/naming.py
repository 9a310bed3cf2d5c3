"""What sandboxes and snapshots may be called."""

from typing import Final

# The name has to do as a label of a host name, too.
SANDBOX: Final = r"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$"
SANDBOX_IN_WORDS: Final = (
    "at most 63 small letters, digits, dashes and underscores, with a letter or digit at either end"
)
SNAPSHOT: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
SNAPSHOT_IN_WORDS: Final = (
    "letters, digits, dots, dashes and underscores, at most 100 of them, a letter or digit first"
)
