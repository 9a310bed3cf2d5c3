"""Both modes of the client under the same tests."""

from inspect import isawaitable
from typing import Any

Spoken = Any
"""A client in either mode; `test_types.py` checks what the types of each are."""


async def done(value: Spoken) -> Spoken:
    """What a call of either mode comes to."""
    return await value if isawaitable(value) else value
