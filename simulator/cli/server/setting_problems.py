"""What is wrong with settings: the value as it was typed, and who said it."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from simulator.settings import Settings
from simulator.validation.problems import did_you_mean

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# Not to be read over somebody's shoulder, nor in the log of a pipeline.
_SECRET: Final = frozenset({"admin_token"})
_CAUSE: Final = "Value error, "
_SHOULD: Final = (("Input should be ", "expected "), ("String should ", "expected it to "))


def setting_problems(
    error: ValidationError, flags: Mapping[str, Any], config: Path | None
) -> Iterator[str]:
    """A line for each problem with settings that came of `flags` and the file `config`."""
    written = _written(config)
    for each in error.errors():
        name = str(each["loc"][0]) if each["loc"] else ""
        if name not in Settings.model_fields:
            yield f"  {name} in {config}: no setting is called so{did_you_mean(name, Settings.model_fields)}"
            continue
        flag, variable = f"--{name.replace('_', '-')}", f"PASS_SIMULATOR_{name.upper()}"
        said = _said(name, flags.get(name), variable, written, config)
        yield f"  {flag} ({variable}): {_sentence(each)}{said}"


def _written(config: Path | None) -> Mapping[str, Any]:
    with suppress(OSError, ValueError):
        return tomllib.loads(config.read_text("utf-8-sig")) if config else {}
    return {}


def _sentence(detail: "ErrorDetails") -> str:
    # What comes behind it is how pydantic tried.
    text = detail["msg"].removeprefix(_CAUSE).partition(", unable to ")[0]
    for begins, ours in _SHOULD:
        if text.startswith(begins):
            return ours + text.removeprefix(begins)
    return text


def _said(
    name: str,
    flag: object,
    variable: str,
    written: Mapping[str, Any],
    config: Path | None,
) -> str:
    """What was given for a setting, and where."""
    given, where = flag, "as the flag says"
    in_variable = os.environ.get(variable)
    if in_variable is not None and (flag is None or _text(flag) == in_variable.strip()):
        # Whoever parses the flags reads the variables, too.
        given, where = in_variable, "as the variable says"
    elif flag is None and name in written:
        given, where = written[name], f"in {config}"
    if given is None:
        return "; it is not given"
    return f"; {where}" if name in _SECRET else f", found {_text(given)!r}, {where}"


def _text(value: object) -> str:
    """A value as somebody would type it."""
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value)
