"""Making bad certificates: each has one fault, and would be good without it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from .host_names import Names
from .issuing import Pair, Wanted, below, issue, leaf, make_authority

_WEAK: Final = 1024
_DAY: Final = timedelta(days=1)
_ELSEWHERE: Final = Names(hosts=frozenset({"wrong.host.invalid"}), addresses=frozenset())

Make = Callable[[Pair, Wanted, int], Pair]


def spoiled(kind: str, authority: Pair, names: Names, now: int) -> Pair:
    """A certificate for `names` that is bad in the way of `kind`, one of `kinds.BAD`."""
    return _MAKE[kind](authority, leaf(names, now), now)


def _expired(authority: Pair, good: Wanted, _now: int) -> Pair:
    ends = good.begins
    # The authority began after that, on its first day; nobody compares the two.
    return issue(replace(good, begins=ends - 30 * _DAY, ends=ends), authority)


def _not_yet_valid(authority: Pair, good: Wanted, _now: int) -> Pair:
    return issue(replace(good, begins=good.ends - _DAY), authority)


def _wrong_host(authority: Pair, good: Wanted, _now: int) -> Pair:
    return issue(replace(good, subject="wrong.host.invalid", names=_ELSEWHERE), authority)


def _unknown_authority(_authority: Pair, good: Wanted, now: int) -> Pair:
    return issue(good, make_authority("an authority that nobody trusts", now))


def _self_signed(_authority: Pair, good: Wanted, _now: int) -> Pair:
    return issue(good)


def _missing_intermediate(authority: Pair, good: Wanted, _now: int) -> Pair:
    return issue(good, _between(authority, good))


def _weak_key(authority: Pair, good: Wanted, _now: int) -> Pair:
    return issue(replace(good, bits=_WEAK), authority)


def _weak_chain(authority: Pair, good: Wanted, _now: int) -> Pair:
    between = _between(authority, good, bits=_WEAK)
    return below(issue(good, between), between.certificate)


def _between(authority: Pair, good: Wanted, **more: int) -> Pair:
    wanted = replace(
        good,
        subject="an intermediate authority",
        names=Names.none(),
        authority=True,
        path_length=0,
    )
    return issue(replace(wanted, **more), authority)  # type: ignore[arg-type]


_MAKE: Final[Mapping[str, Make]] = {
    "expired": _expired,
    "not-yet-valid": _not_yet_valid,
    "wrong-host": _wrong_host,
    "unknown-authority": _unknown_authority,
    "self-signed": _self_signed,
    "missing-intermediate": _missing_intermediate,
    "weak-key": _weak_key,
    "weak-chain": _weak_chain,
}
