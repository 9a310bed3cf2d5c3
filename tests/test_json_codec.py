"""JSON as answers and entries carry it: what the standard library would say, as UTF-8."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.json_codec import to_json

texts = st.text(st.characters(exclude_categories=[])) | st.just("a\x00b\ud800c")
documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(documents)
def test_it_is_read_as_what_was_written(document: Any) -> None:  # noqa: ANN401 - JSON
    text = to_json(document)
    assert json.loads(text) == document
    assert b"\x00" not in text
    text.decode()


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"a": [1, None, True], "ä": "ö"}, '{"a":[1,null,true],"ä":"ö"}'),
        ({"half": "\ud83d"}, '{"half":"\\ud83d"}'),
        ({"nul": "\x00"}, '{"nul":"\\u0000"}'),
        ({"large": 2**80}, '{"large":1208925819614629174706176}'),
        ({1: ("a", "b")}, '{"1":["a","b"]}'),
    ],
)
def test_there_is_no_blank_in_it(document: object, text: str) -> None:
    assert to_json(document) == text.encode()


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        to_json({"a": object()})
