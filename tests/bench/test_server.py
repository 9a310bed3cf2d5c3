from pathlib import Path

import pytest

from .server import SILENT, benched, recorded


@pytest.mark.parametrize("settings", [{}, {SILENT: "1"}], ids=["as it is", "silent"])
def test_only_the_silent_server_neither_journals_nor_counts(
    settings: dict[str, str], tmp_path: Path
) -> None:
    with benched(tmp_path / "benched.db", **settings) as server:
        assert recorded(server.origin) is (settings == {})
