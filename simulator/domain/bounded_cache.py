"""Functions of what clients send, which remember their answers."""

from collections.abc import Callable
from typing import Final, TypeVar

K = TypeVar("K", bound=str | tuple[str, ...])
T = TypeVar("T")
A = TypeVar("A")

_LONGEST: Final = 2_048


class Memo(dict[A, T]):
    """What a function of one argument answers, by the argument: all of it, so none should live for long."""

    def __init__(self, function: Callable[[A], T]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, argument: A) -> T:
        """The answer to an argument that is new."""
        answer = self[argument] = self._function(argument)
        return answer


class _Answers(Memo[K, T]):
    """The same, bounded: a hit costs no call of Python's."""

    def __init__(self, function: Callable[[K], T], most: int, longest: int) -> None:
        super().__init__(function)
        self._most = most
        self._longest = longest

    def __missing__(self, argument: K) -> T:
        length = len(argument) if isinstance(argument, str) else sum(map(len, argument))
        if length > self._longest:
            return self._function(argument)
        if len(self) >= self._most:
            self.clear()
        return super().__missing__(argument)


def bounded_cache(
    most: int, *, longest: int = _LONGEST
) -> Callable[[Callable[[K], T]], Callable[[K], T]]:
    """Remember at most `most` answers of a function of a text, or of a tuple of texts.

    Texts that have more than `longest` characters together, as no real app's have, are made out anew each
    time: whoever sent many would otherwise fill the memory with them.
    """

    def decorate(function: Callable[[K], T]) -> Callable[[K], T]:
        return _Answers(function, most, longest).__getitem__

    return decorate
