"""Things are called what the field calls them: the names of an earlier, private vocabulary stay gone.

Classes, functions, methods and modules of `simulator`; a word in its plain sense stays what it is elsewhere.
"""

import ast
from collections.abc import Iterator
from typing import Final

from tests.support.source import modules

_GONE: Final = (
    "World Kind Standing Standings Known Resolved Clues Records Catalogue Head lanes Lane Account "
    "Deed Tally Maker Ended Simulator glance settle remembering remembered compact talking cases "
    "verdicts asking completing orders crew interventions pulse hurry room let_go company ownership "
    "slots salvage tethered interference doomed deeds say tell told telling middleware standings "
    "catalogue "
)
GONE: Final = frozenset(_GONE.split())


def names(module: str, source: str) -> Iterator[str]:
    """The names that `source`, a module, gives to itself, its classes, functions and methods, without "_"."""
    yield module.rpartition(".")[2]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name.lstrip("_")


def test_a_name_that_is_gone_is_noticed_wherever_it_is_given() -> None:
    source = "class World:\n    def _settle(self): ...\n\nasync def tell(): ...\n\nroom = 1\n"
    assert GONE.intersection(names("simulator.lanes", source)) == {
        "lanes",
        "World",
        "settle",
        "tell",
    }


def test_the_private_vocabulary_is_gone() -> None:
    found = {
        f"{module}: {name}"
        for module, path in modules(packages=("simulator",)).items()
        for name in names(module, path.read_text())
        if name in GONE
    }
    assert found == set()
