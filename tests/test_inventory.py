"""One test for a whole list still checks each thing of it, and says which one is wrong."""

import pytest

from tests.support.inventory import every


def test_every_thing_is_checked_and_all_that_fail_are_named() -> None:
    seen: list[int] = []

    @every([1, 2, 3, 4], name=lambda each: f"number {each}")
    def check(number: int) -> None:
        seen.append(number)
        assert number % 2

    with pytest.raises(pytest.fail.Exception) as failed:
        check()
    assert seen == [1, 2, 3, 4]
    assert "number 2: " in str(failed.value)
    assert "number 4: " in str(failed.value)
    assert "number 3" not in str(failed.value)


def test_a_list_without_anything_is_no_check() -> None:
    @every([])
    def check(thing: object) -> None: ...

    with pytest.raises(AssertionError, match="nothing to check"):
        check()
