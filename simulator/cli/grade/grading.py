"""The verdict on a capture: how many answers agreed, and each difference with its reasons."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from simulator.captures.exchanges import Exchange
from simulator.captures.learning.plan import Plan
from simulator.captures.sequence import Reading
from simulator.cli.exits import CliExit
from simulator.cli.replay.aligning import Difference
from simulator.cli.replay.targets import Target
from simulator.domain.operations import OPERATIONS
from simulator.evidence.pages import pages

from .comparing import compared, fresh
from .playing import Player

_SLACK: Final = 1_500
# Requests that hang are no measure of how far clocks may be apart.
_LONGEST: Final = 60_000
# Whoever has so many differences needs no more to see what is wrong.
_MOST: Final = 1_000
_PAGES: Final = {each.name: each.page for each in reversed(OPERATIONS)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Differing:
    """An exchange whose answer is another here: which it is, and why ours is as it is.

    `rules` are those that decided ours, `why` their reasons in words, `page` the page they rest on.
    """

    number: int
    operation: str
    request: str
    differences: Sequence[Difference]
    rules: tuple[str, ...]
    why: tuple[str, ...]
    page: str
    url: str


class Ahead(Iterator[Exchange]):
    """Exchanges, of which the next one may be read before it is wanted."""

    def __init__(self, exchanges: Iterator[Exchange]) -> None:
        self._exchanges = exchanges
        self._read: list[Exchange] = []

    def read(self) -> Exchange | None:
        """Read the next one now, if there is one."""
        self._read += islice(self._exchanges, 1)
        return self._read[0] if self._read else None

    def __next__(self) -> Exchange:
        return self._read.pop() if self._read else next(self._exchanges)


@dataclass(kw_only=True)
class Grade:
    """What a capture was graded as; `left_out` are exchanges that no world decides."""

    exchanges: dict[str, int] = field(default_factory=dict)
    agreed: dict[str, int] = field(default_factory=dict)
    differing: list[Differing] = field(default_factory=list)
    more: int = 0
    problems: Mapping[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many exchanges were compared."""
        return sum(self.exchanges.values())

    @property
    def total_agreed(self) -> int:
        """How many of them were answered alike."""
        return sum(self.agreed.values())


def grade(
    reading: Reading,
    world: Mapping[str, Any],
    plan: Plan,
    target: Target,
    *,
    settings: Mapping[str, Any],
    progress: Callable[[int], None] = lambda _done: None,
) -> Grade:
    """Play the captures of `reading` in `target`. Raises `CliExit` and `CaptureError`."""
    alignment = fresh(_SLACK)
    player = Player(target=target, plan=plan, alignment=alignment)
    player.begin(world, settings=settings)
    found = Grade(problems=player.problems)
    exchanges = Ahead(reading.exchanges())
    for index, exchange in enumerate(exchanges):
        progress(index + 1)
        if reason := _undecided(exchange):
            found.left_out[reason] = found.left_out.get(reason, 0) + 1
            continue
        alignment.slack = max(alignment.slack, _SLACK + min(exchange.took, _LONGEST))
        waiting = player.play(exchange, index)
        # Reading takes its time, and the simulator is at work meanwhile.
        following = exchanges.read()
        answer = waiting()
        if following is not None and not _undecided(following):
            player.look_ahead(following, index + 1)
        differences = compared(exchange, answer, alignment)
        name = exchange.operation
        found.exchanges[name] = found.exchanges.get(name, 0) + 1
        if not differences:
            found.agreed[name] = found.agreed.get(name, 0) + 1
        elif len(found.differing) < _MOST:
            request = answer.headers.get("x-sim-request-id") if answer else None
            found.differing.append(_explained(exchange, differences, request, target))
        else:
            found.more += 1
    return found


def _undecided(exchange: Exchange) -> str | None:
    """Why no world decides what was answered; None where one does."""
    if exchange.status == _THROTTLED:
        return "throttled (429), which depends on addresses"
    if exchange.status >= _FAILED and not (exchange.code or "").startswith("invalid_"):
        return f"failures of the backend ({exchange.status})"
    return None


_THROTTLED: Final = 429
_FAILED: Final = 500


def _explained(
    exchange: Exchange, differences: Sequence[Difference], request: str | None, target: Target
) -> Differing:
    rules: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    if request is not None:
        try:
            entry = target.admin("GET", f"/requests/{request}")
            rules, why = tuple(entry["rules"]), tuple(entry["explanation"])
        except (CliExit, KeyError):
            pass
    page = pages()[_PAGES[exchange.operation]]
    return Differing(
        number=exchange.number,
        operation=exchange.operation,
        request=f"{exchange.method} {exchange.target}",
        differences=differences,
        rules=rules,
        why=why,
        page=page.title,
        url=page.url,
    )
