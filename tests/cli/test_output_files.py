"""Where the output of a verb goes: whole files, and what is no plain file."""

import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.exits import CliExit
from simulator.cli.files import deliver, print_pieces, write_pieces


def test_a_pipe_with_a_name_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    assert write_pieces(pipe, (b"one", b"two")) == 6
    reader.join()
    assert got == [b"onetwo"]
    assert pipe.is_fifo()


def test_what_is_written_through_a_link_is_where_it_leads(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old")
    link.symlink_to(file)
    write_pieces(link, (b"new",))
    assert link.is_symlink()
    assert file.read_text() == "new"
    write_pieces(tmp_path / "new", (b"new",))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "link", "new"]


def test_a_link_to_itself_is_not_written_to_and_one_to_nothing_yet_is(tmp_path: Path) -> None:
    loop, new = tmp_path / "loop", tmp_path / "new"
    loop.symlink_to(loop)
    with pytest.raises(CliExit, match=r"loop cannot be written: Too many levels of symbolic"):
        write_pieces(loop, (b"new",))
    assert loop.is_symlink()
    new.symlink_to(tmp_path / "there")
    write_pieces(new, (b"new",))
    assert (tmp_path / "there").read_text() == "new"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["loop", "new", "there"]


class _Full(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, _data: Any, /) -> int:  # noqa: ANN401 - any buffer
        raise OSError(28, "No space left on device")


def test_a_stdout_that_is_full_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    full = io.TextIOWrapper(io.BufferedWriter(_Full(), 1))
    monkeypatch.setattr("simulator.cli.files.sys.stdout", full)
    sentence = r"stdout cannot be written to: No space left on device\."
    with pytest.raises(CliExit, match=sentence):
        print_pieces((b"more than there is room for",))
    with pytest.raises(CliExit, match=sentence):
        deliver(b"more", None, json=False)
    full.detach().detach()
