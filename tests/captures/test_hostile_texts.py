"""Texts that were made to take long, or to be walked through too deep: they end soon, and safely."""

import base64
import json
import re
import time
import zlib
from collections.abc import Callable
from typing import Final, SupportsIndex

import pytest

from simulator.captures.identities import Identities
from simulator.captures.stand_ins import StandIns
from simulator.captures.texts import Texts


def texts() -> Texts:
    stand_ins = StandIns()
    return Texts(stand_ins, Identities(stand_ins))


def deflated(text: str) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(text.encode()) + packer.flush()
    return base64.b64encode(data).decode().rstrip("=")


def _bomb(levels: int) -> str:
    found = "a1"
    for _ in range(levels):
        found = deflated(f"{found} " * (64 * 1024 // (len(found) + 1)))
    return found


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_a_bomb_is_replaced_before_it_goes_off(levels: int) -> None:
    assert texts().url(_bomb(levels)) == "token-1"


def test_a_bomb_of_small_steps_is_replaced_as_well() -> None:
    found = "a1"
    for _ in range(6):
        found = deflated(f"{found} " * 16)
    assert re.fullmatch(r"see token-\d+\.", texts().url(f"see {found}."))


def test_a_message_that_is_deflated_is_looked_through() -> None:
    message = "<x:AuthnRequest ID='_1' Destination='https://idp.example/sso'></x:AuthnRequest>"
    assert texts().url(deflated(message)).startswith("token-")
    harmless = deflated("a text about nobody at all, of some length. " * 9)
    assert texts().url(harmless) == harmless
    twice = deflated(f"then {deflated('of jane.roe@hidden.example')}")
    assert texts().url(twice).startswith("token-")


def _in_base64(inner: str) -> str:
    return base64.b64encode(inner.encode()).decode()


DEEP: Final[dict[str, Callable[[str], str]]] = {
    "urls": lambda inner: f"https://x.example/?x={inner}",
    "fragments": lambda inner: f"#x={inner}",
    "objects": lambda inner: _in_base64('{"a":' * 59 + json.dumps(inner) + "}" * 59),
    "tokens": lambda inner: _in_base64('{"token":' * 59 + json.dumps(inner) + "}" * 59),
    "Base64": _in_base64,
}


@pytest.mark.parametrize("name", DEEP)
def test_what_is_packed_deeper_than_anybody_packs_is_replaced(name: str) -> None:
    text = "jane.roe@hidden.example"
    for _ in range(300 if name in {"urls", "fragments"} else 12):
        text = DEEP[name](text)
    assert texts().url(text) != text


def test_what_is_packed_into_chains_of_packed_texts_is_looked_at_once_or_twice() -> None:
    def chain(letters: int) -> str:
        found = "a1" * 6
        while len(found) < letters:
            found += "x" * (-len(found) % 3) + "xx?abcdefghx"
            found = base64.b64encode(found.encode()).decode()
        return found

    assert grows(lambda letters: texts().agent(chain(letters)), 4_000) < 12


@pytest.mark.parametrize(
    "piece", ['name="token" ', "name=token\na\n", "<Subject ", "token: ", "a1 ", "eyJ"]
)
def test_a_long_text_takes_as_long_as_its_length_says(piece: str) -> None:
    assert grows(lambda letters: texts().url(piece * (letters // len(piece))), 20_000) < 10


class _Counted(str):  # noqa: SLOT000 - it counts
    """A text that counts how many of its letters are copied."""

    copied = 0

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        found = super().__getitem__(key)
        self.copied += len(found)
        return found


@pytest.mark.parametrize("piece", ["cookie=x\n", "authorization: x\n", "'cookie: x'\n"])
def test_a_text_is_not_copied_for_each_name_in_it(piece: str) -> None:
    text = _Counted(piece * 1_000)
    texts()._assigned(text)
    assert text.copied < 2 * len(text)


@pytest.mark.parametrize("unit", ["a", "a.", "a b ", "ab1-"])
def test_many_values_with_one_beginning_are_looked_for_in_one_pass(unit: str) -> None:
    def work(letters: int) -> None:
        found = texts()
        for number in range(6, letters // 4):
            found.named("token", (unit * number)[: 2 * number].strip())
        found.text(f"a.a b ab1-{unit * letters}")

    assert grows(work, 400) < 10


def test_a_value_of_many_words_is_known_and_the_longest_of_one_beginning_first() -> None:
    found = texts()
    words = [f"part{number}" for number in range(128)]
    for many in (2, 3, 128):
        found.named("token", "-".join(words[:many]))
    assert found.text(
        f"it is {'_'.join(words)}, or {' '.join(words[:3])}, or {'.'.join(words[:2])}"
    ) == ("it is token-3, or token-2, or token-1")
    long = "-".join(["a1"] * 500)
    found.named("token", long)
    assert found.text(long.upper()) == "token-4"


def grows(work: Callable[[int], object], size: int) -> float:
    """How many times as long four times the work takes: 4 where it grows as its size does."""
    return _took(work, 4 * size) / _took(work, size)


def _took(work: Callable[[int], object], size: int) -> float:
    def once() -> float:
        began = time.process_time()
        work(size)
        return time.process_time() - began

    return min(once() for _ in range(3))
