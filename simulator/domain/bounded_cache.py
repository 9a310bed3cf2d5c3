"""Functions of what clients send, which remember their answers."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

_LONGEST: Final = 2_048


def bounded_cache(
    most: int, *, longest: int = _LONGEST
) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Remember the last `most` answers of a function of texts.

    Texts that have more than `longest` characters together, as no real app's have, are made out anew each
    time: whoever sent many would otherwise fill the memory with them.
    """

    def decorate(function: Callable[..., T]) -> Callable[..., T]:
        known = lru_cache(most)(function)

        @wraps(function)
        def answer(text: str, *more: str) -> T:
            # Nearly all functions have one text, and are asked several times for each request.
            if len(text) > longest or (more and len(text) + sum(map(len, more)) > longest):
                return function(text, *more)
            return known(text, *more)

        return answer

    return decorate


class Memo(dict[K, V]):
    """What a function of one argument answers, by the argument: all of it, so none should live for long."""

    def __init__(self, function: Callable[[K], V]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, argument: K) -> V:
        """The answer to an argument that is new."""
        answer = self[argument] = self._function(argument)
        return answer
