"""Functions of what clients send, which remember their answers."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

T = TypeVar("T")

_LONGEST: Final = 2_048


def remembered(most: int) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Remember the last `most` answers of a function of texts.

    Texts that are longer together than any real app's are made out anew each time: whoever sent many
    would otherwise fill the memory with them.
    """

    def remembering(function: Callable[..., T]) -> Callable[..., T]:
        known = lru_cache(most)(function)

        @wraps(function)
        def answer(*texts: str) -> T:
            length = 0
            for each in texts:
                length += len(each)
            return known(*texts) if length <= _LONGEST else function(*texts)

        return answer

    return remembering
