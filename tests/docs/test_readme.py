"""The README: every command in it is run, in order, and prints what it shows."""

from pathlib import Path

from tests.docs.pages import README, blocks, examples, read
from tests.docs.reader import Reader


def test_every_command_of_the_readme_prints_what_the_readme_shows(tmp_path: Path) -> None:
    reader = Reader(tmp_path, from_the_start=True)
    try:
        reader.read(read(README))
    finally:
        reader.close()
    assert reader.ran > 5


def test_the_readme_starts_with_two_commands_and_an_answer() -> None:
    shown = [each for each in blocks(read(README)) if each.language == "console"]
    first, second = [example for block in shown[:2] for example in examples(block)][:2]
    assert first == ("make run", "pass-simulator ready on http://127.0.0.1:8642")
    assert second[0].startswith("curl ")
    assert second[1]


def test_the_readme_is_short() -> None:
    assert len(read(README).encode()) < 8_000
