"""Documents that mean harm: they are refused quickly, with a reason, and never crash the reader."""

import contextlib
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenarios.loading import parse, validate
from simulator.validation import yaml_reader
from simulator.validation.problems import ScenarioError

from .documents import problems_of


def test_a_bomb_of_aliases_is_refused_before_it_goes_off() -> None:
    levels = "abcdefghi"
    lines = ['a: &a ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]']
    for below, level in pairwise(levels):
        lines.append(f"{level}: &{level} [{','.join([f'*{below}'] * 9)}]")
    began = time.process_time()
    (problem,) = problems_of("name: bomb\n" + "\n".join(lines))
    assert time.process_time() - began < 1
    assert problem.line == 7
    assert f"at most {yaml_reader.SIZE} values" in problem.problem


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}", "a: &a {b: [1, {c: *a}]}"])
def test_an_alias_inside_what_it_names_is_refused(text: str) -> None:
    (problem,) = problems_of(text)
    assert "stands inside what it refers to" in problem.problem
    assert problem.line == 1


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[{a: " * 50_000,
        '{"name": "x", "devices": [{"id": "a", "info": {"a": ' + "[" * 500 + "]" * 500 + "}}]}",
        '{"name": "x", "description": ' + "[" * 200_000 + "]" * 200_000 + "}",
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        "- " * 50_000 + "a",
        "a: &a " + "{b: " * 70 + "}" * 70,
    ],
    ids=["lists", "both", "metadata", "json lists", "json objects", "block lists", "mappings"],
)
def test_absurd_depth_is_a_problem_and_no_crash(text: str) -> None:
    assert any("levels of nesting" in problem.problem for problem in problems_of(text))


def test_absurd_depth_in_decoded_data_is_a_problem() -> None:
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ScenarioError, match="levels of nesting"):
        validate({"name": "x", "devices": [{"id": "a", "info": {"deep": deep}}]})


def test_nothing_is_executed() -> None:
    text = "name: x\ntitle: !!python/object/apply:os.system [exit 1]"
    (problem,) = problems_of(text)
    assert (problem.path, problem.line) == ("title", 2)


@given(st.text(alphabet="{}[]:,-*&!|>'\"\n\t #?<ab10~%@", max_size=60))
def test_no_text_fails_in_another_way(text: str) -> None:
    with contextlib.suppress(ScenarioError):
        parse(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["name", "mvpds", "id", "profiles", "generate", "extends", "x"]),
                inner,
            )
        ),
    )
)
def test_no_data_fails_in_another_way(data: object) -> None:
    with contextlib.suppress(ScenarioError):
        validate(data)
