"""Writing data as YAML that people read: an entry a line where it is short, and only quoted what must be."""

import json
import re
from typing import Any, Final

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_WIDTH: Final = 110


def to_yaml(document: dict[str, Any]) -> str:
    """The text of a mapping; whoever reads YAML or our own reader gets the same data back."""
    return "".join(f"{line}\n" for line in _mapping(document, ""))


def _mapping(found: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for name, value in found.items():
        lines += _member(f"{indent}{_scalar(name)}:", value, indent)
    return lines


def _member(head: str, value: Any, indent: str) -> list[str]:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, str) and _is_block(value):
        return [f"{head} |", *(f"{indent}  {line}".rstrip() for line in value.splitlines())]
    flow = f"{head} {_flow(value)}"
    if not isinstance(value, dict | list) or not value or _fits(value, flow, indent):
        return [flow]
    if isinstance(value, dict):
        return [head, *_mapping(value, f"{indent}  ")]
    return [head, *(line for each in value for line in _item(each, indent))]


def _fits(value: dict[str, Any] | list[Any], flow: str, indent: str) -> bool:
    """Whether a line will do; but the lists of a document have one for each entry, however few there are."""
    nested = any(isinstance(each, dict | list) for each in _values(value))
    return len(flow) <= _WIDTH and (not nested or bool(indent))


def _item(value: Any, indent: str) -> list[str]:  # noqa: ANN401 - JSON of any shape
    flow = f"{indent}  - {_flow(value)}"
    if not isinstance(value, dict) or not value:
        return [flow]
    if len(flow) <= _WIDTH and not any(
        isinstance(each, str) and "\n" in each for each in value.values()
    ):
        return [flow]
    first, *rest = _mapping(value, f"{indent}    ")
    return [f"{indent}  - {first.lstrip()}", *rest]


def _values(value: dict[str, Any] | list[Any]) -> list[Any]:
    return [*value.values()] if isinstance(value, dict) else value


def _flow(value: Any) -> str:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_scalar(name)}: {_flow(each)}' for name, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _is_block(text: str) -> bool:
    """Whether a text is of several whole lines, which are written one below the other."""
    lines = text.splitlines()
    return (
        text.endswith("\n")
        and len(lines) > 1
        and all(each.isprintable() and each.strip() and each[0] != " " for each in lines)
    )
