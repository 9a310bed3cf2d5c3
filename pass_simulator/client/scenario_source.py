"""Telling a scenario's name from a scenario's file."""

from pathlib import Path

_ENDINGS = frozenset({".yaml", ".yml", ".json"})


def is_file(scenario: str | Path) -> bool:
    """Whether `scenario` is meant as a file: a path, or a text that ends as one."""
    return isinstance(scenario, Path) or Path(scenario).suffix in _ENDINGS
