"""Files that are given to `replay` and are no bundles, or no reasonable ones."""

import tracemalloc
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from simulator.cli.commands import app
from simulator.cli.exits import CliExit
from simulator.cli.replay import bundles
from simulator.cli.replay.bundles import read


def _zip(**files: str) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return packed.getvalue()


EMPTY: Final = {"manifest__json": '{"format": 1}', "baseline__json": "{}"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        (b"no zip", "is no bundle"),
        (_zip(manifest__json="{"), "is no bundle"),
        (_zip(other__json="{}"), "is no bundle"),
        (_zip(manifest__json='{"format": 2}'), "another version"),
        (_zip(manifest__json="[]"), "another version"),
        (_zip(manifest__json='{"format": 1}', baseline__json="{}"), "is no bundle"),
        (_zip(**EMPTY, journal__jsonl="\n" * 1_000), "is no bundle"),
        (_zip(**EMPTY, journal__jsonl="[]\n"), "no entry"),
        (_zip(**EMPTY, journal__jsonl="{}\n"), "no entry"),
    ],
)
def test_what_is_no_bundle_is_refused(tmp_path: Path, content: bytes | None, says: str) -> None:
    file = tmp_path / "run.zip"
    if content is not None:
        file.write_bytes(content)
    done = CliRunner().invoke(app, ["replay", str(file)])
    assert done.exit_code == 2
    assert says in done.output


def test_a_switch_without_a_value_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "run.zip"
    file.write_bytes(_zip(manifest__json='{"format": 1}', baseline__json="{}", journal__jsonl=""))
    done = CliRunner().invoke(app, ["replay", str(file), "--set", "logout.url"])
    assert (done.exit_code, "is not SWITCH=VALUE" in done.output) == (2, True)


def test_a_bundle_of_nothing_but_line_ends_takes_no_memory(tmp_path: Path) -> None:
    file = tmp_path / "run.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in EMPTY.items():
            archive.writestr(name.replace("__", "."), text)
        with archive.open("journal.jsonl", "w") as lines:
            for _ in range(64):
                lines.write(b"\n" * (1 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(CliExit, match="is no bundle"):
            read(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 << 20


def test_what_unpacks_to_too_much_is_no_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "run.zip"
    file.write_bytes(_zip(**EMPTY, journal__jsonl="x" * 1_000))
    monkeypatch.setattr(bundles, "_LARGEST", 999)
    with pytest.raises(CliExit, match="too large"):
        read(file)
