"""Checks that go through a list, such as all modules or all routes, as one test that names what fails."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


def every(
    things: Iterable[T], name: Callable[[T], object] = str
) -> Callable[[Callable[[T], None]], Callable[[], None]]:
    """Make one test of a check of each thing; a failure lists all that fail, each with its reason.

    For what is no case of a behaviour: hundreds of such tests say no more than the list does, and each
    costs a hundred times what it checks.
    """

    def of(check: Callable[[T], None]) -> Callable[[], None]:
        def test() -> None:
            failed: list[str] = []
            checked = 0
            for thing in things:
                checked += 1
                try:
                    check(thing)
                except Exception as error:  # noqa: BLE001 - the others are checked all the same
                    failed.append(f"{name(thing)}: {type(error).__name__}: {error}")
            assert checked, "there is nothing to check"
            if failed:
                pytest.fail("\n\n".join(failed), pytrace=False)

        # Not `wraps`, by which pytest would look for fixtures with the names of the check's parameters.
        for attribute in ("__module__", "__name__", "__qualname__", "__doc__"):
            setattr(test, attribute, getattr(check, attribute))
        marked: Any = test
        marked.pytestmark = getattr(check, "pytestmark", [])
        return test

    return of
