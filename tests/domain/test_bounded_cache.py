"""What clients send is remembered, but not what would fill the memory."""

import tracemalloc

import pytest

from simulator.domain.access.device_info import device_info, readable_identifier
from simulator.domain.access.redirects import redirect_problem
from simulator.domain.bounded_cache import Memo, bounded_cache
from simulator.domain.journal import redaction
from simulator.domain.sessions.logout import LogoutUrl


def test_no_more_answers_are_remembered_than_there_may_be() -> None:
    asked: list[tuple[str, ...]] = []

    @bounded_cache(2)
    def joined(texts: tuple[str, ...]) -> str:
        asked.append(texts)
        return "".join(texts)

    texts = [("a", "b"), ("a", "b"), ("c",), ("c",), ("d",), ("a", "b")]
    assert [joined(each) for each in texts] == ["ab", "ab", "c", "c", "d", "ab"]
    assert asked == [("a", "b"), ("c",), ("d",), ("a", "b")]


def test_what_is_longer_than_any_app_sends_is_not() -> None:
    asked: list[str] = []

    @bounded_cache(2)
    def same(text: str) -> str:
        asked.append(text)
        return text

    for _ in range(2):
        assert same("x" * 2_048)
        assert same("y" * 2_049)
    assert [each[0] for each in asked] == ["x", "y", "y"]


def test_a_memo_asks_once_for_each_argument() -> None:
    asked: list[int] = []

    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    memo = Memo(double)
    assert [memo[1], memo[2], memo[1]] == [2, 4, 2]
    assert asked == [1, 2]


def _log_out(text: str) -> None:
    url = LogoutUrl(
        form="documented",
        origin="https://example.com",
        service_provider="LabSP",
        mvpd="LabCable",
        redirect_url=text,
        device="device",
        by_sso=False,
    )
    assert text in str(url)


@pytest.mark.parametrize(
    "use",
    [
        _log_out,
        # One that is taken apart is remembered by the standard library as well.
        lambda text: redirect_problem(f"{text}<"),
        lambda text: redaction.Redactor().headers([("Authorization", f"Bearer {text}")]),
        lambda text: redaction.Redactor().headers([(text, "value")]),
        lambda text: readable_identifier(f"fingerprint {text}"),
        lambda text: device_info(text, strict=False),
    ],
    ids=["logout", "redirect", "secret", "name", "identifier", "info"],
)
def test_many_long_ones_leave_nothing_behind(use) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(100):
            use(f"{number:04}{'x' * 60_000}")
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 1_000_000
