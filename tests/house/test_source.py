"""What the rules of the house are checked on sees every import, wherever it stands, and every circle."""

from pathlib import Path

from tests.support.source import circles, imports

SOURCE = """
import json
from . import beside
from .beside import name
if TYPE_CHECKING:
    from package.other import Other
def late():
    if True:
        from package import other
    import_module("package.by_text")
"""


def test_an_import_is_seen_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(SOURCE)
    known = {f"package.{each}": path for each in ("module", "beside", "other")}
    found = [
        (each.target, each.lazy, each.typing, each.by_text)
        for each in imports("package.module", path, known)
    ]
    assert found == [
        ("json", False, False, False),
        ("package.beside", False, False, False),
        ("package.beside", False, False, False),
        ("package.other", False, True, False),
        ("package.other", True, False, False),
        ("package.by_text", True, False, True),
    ]


def test_a_circle_is_found_and_what_leads_into_it_is_not() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d"}, "e": set[str]()}
    assert circles(graph) == [["b", "c"], ["d"]]
