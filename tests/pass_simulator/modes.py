"""Both modes of the client under the same tests."""

from collections.abc import Callable
from inspect import isawaitable
from typing import Any, TypeVar

import pytest

E = TypeVar("E", bound=Exception)

Spoken = Any
"""A client in either mode; `test_types.py` checks what the types of each are."""


async def done(value: Spoken) -> Spoken:
    """What a call of either mode comes to."""
    return await value if isawaitable(value) else value


async def refused(kind: type[E], call: Callable[..., Spoken], *given: Any, **named: Any) -> E:  # noqa: ANN401
    """The error that a call of either mode must come to."""
    with pytest.raises(kind) as caught:
        await done(call(*given, **named))
    return caught.value
