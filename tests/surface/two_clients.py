"""The Python and the TypeScript client, compared: names, parameters and documentation, but for spelling.

What differs on purpose is a row of `differences.toml` with its reason; whatever else differs is a
mistake, and so is a row that nothing fits any more.
"""

import ast
import inspect
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pass_simulator

FOLDER: Final = Path(__file__).parent
# Words of Python's that are others in TypeScript.
_WORDS: Final = {"None": "null", "Raises": "Throws", "raises": "throws", "raised": "thrown"}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A place where the clients differ on purpose, or by mistake: `what` of it, such as its doc."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def camel(name: str) -> str:
    """`name_like_this` as TypeScript spells it: `nameLikeThis`."""
    if name.startswith("_"):
        return name
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)


def typescript() -> dict[str, Any]:
    """What the package offers, as `npm run surface` has written it."""
    found: dict[str, Any] = json.loads((FOLDER / "typescript.json").read_text(encoding="utf-8"))
    return found


def on_purpose() -> dict[str, str]:
    """The places that differ on purpose, with the reasons."""
    rows = tomllib.loads((FOLDER / "differences.toml").read_text(encoding="utf-8"))["difference"]
    return {place: row["because"] for row in rows for place in row["places"]}


def differences(theirs: Mapping[str, Any], ours: str) -> Iterator[Difference]:
    """All of them: `theirs` is the TypeScript client, `ours` the text of the Python client's surface."""
    classes = dict(_classes(ours))
    for name in sorted({*classes, *theirs["."]}):
        members = classes.get(name)
        offered = theirs["."].get(name)
        if members is None or offered is None:
            # TypeScript has names for what Python takes as keywords.
            if offered is None or offered["kind"] not in {"interface", "type"}:
                lacks = "Python" if members is None else "TypeScript"
                yield Difference(where=name, what=f"not in {lacks}")
            continue
        found = getattr(pass_simulator, name)
        if inspect.isclass(found):
            yield from _documented(name, inspect.getdoc(found), offered["doc"])
            if "members" in offered:
                yield from _members(name, members, offered)
            else:
                yield Difference(where=name, what="other members")
        elif offered.get("value") != {each: dict(value) for each, value in found.items()}:
            yield Difference(where=name, what="another value")


def _members(
    name: str, members: Mapping[str, ast.arguments | None], offered: Mapping[str, Any]
) -> Iterator[Difference]:
    other = {**offered["members"]}
    if "" in members:
        other[""] = {"parameters": offered["constructor"], "doc": None}
    for member in sorted({*map(camel, members), *other}):
        where = f"{name}.{member}" if member else f"{name}()"
        spelled = next((each for each in members if camel(each) == member), None)
        if spelled is None or member not in other:
            lacks = "Python" if spelled is None else "TypeScript"
            yield Difference(where=where, what=f"not in {lacks}")
            continue
        arguments = members[spelled]
        if (arguments is None) != ("parameters" not in other[member]):
            yield Difference(where=where, what="called in only one")
        elif arguments is not None:
            yield from _parameters(where, arguments, other[member]["parameters"])
        if spelled:
            yield from _documented(where, _doc(name, spelled), other[member]["doc"])


def _parameters(
    where: str, arguments: ast.arguments, parameters: list[dict[str, Any]]
) -> Iterator[Difference]:
    """Positional ones stay so; keywords are members of a last one, which is called `options`.

    Where a call takes any keywords and none by name, it is called as they are.
    """
    positional = [camel(each.arg) for each in (*arguments.posonlyargs, *arguments.args)]
    if arguments.vararg:
        positional.append(camel(arguments.vararg.arg))
    keywords = {camel(each.arg) for each in arguments.kwonlyargs}
    rest = arguments.kwarg and camel(arguments.kwarg.arg)
    last = "options" if keywords else rest
    wanted = [*positional, *([last] if last else [])]
    found = [each["name"] for each in parameters]
    if found != wanted:
        yield Difference(where=where, what=f"takes {found}, not {wanted}")
    elif keywords:
        members = {*parameters[-1]["members"]}
        lacking = keywords - members
        besides = set() if rest else members - keywords
        if lacking or besides:
            yield Difference(where=where, what=f"lacks {sorted(lacking)}, has {sorted(besides)}")


def _documented(where: str, ours: str | None, theirs: str) -> Iterator[Difference]:
    """Fields of a dataclass have no documentation, and may have some in TypeScript."""
    if ours is not None and _normal(ours) != _normal(theirs):
        yield Difference(where=where, what="another doc")


def _normal(text: str) -> str:
    """A doc without what the languages spell differently: code, and a few words."""
    text = re.sub(r"`[^`]*`", "`…`", text)
    text = re.sub(r"\b[a-z]+(?:_[a-z]+)+\b", lambda found: camel(found[0]), text)
    text = re.sub(r"\w+", lambda found: _WORDS.get(found[0], found[0]), text)
    return " ".join(text.split())


def _doc(name: str, member: str) -> str | None:
    """What Python says of a member; of one that is not called only its property does."""
    found = inspect.getattr_static(getattr(pass_simulator, name), member, None)
    if isinstance(found, property):
        return inspect.getdoc(found.fget)
    return inspect.getdoc(found) if hasattr(found, "__get__") else None


def _classes(surface: str) -> Iterator[tuple[str, dict[str, ast.arguments | None]]]:
    """Each public name with its members; those that are called have their arguments."""
    for part in re.split(r"^(?=\S)", surface, flags=re.MULTILINE)[1:]:
        head, *lines = part.splitlines()
        name = re.split(r"[(:\s]", head.removeprefix("class "))[0]
        yield name, dict(_member(each.strip()) for each in lines)


def _member(line: str) -> tuple[str, ast.arguments | None]:
    name, bracket, _ = line.partition("(")
    if not bracket or ":" in name:
        return line.partition(":")[0], None
    definition = ast.parse(f"def {line if name else '_' + line}: ...").body[0]
    assert isinstance(definition, ast.FunctionDef)
    return name, definition.args
