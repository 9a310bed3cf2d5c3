"""Answers as they are learnt from: what is of no known shape says nothing, and is left to `grade` to name."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from simulator.domain.sessions.profiles import ProfileType
from simulator.domain.texts import ID, is_storable

from .facts import SLACK

# What the url of a session's next step has in it, by what the step is called.
_URLS: Final = {"authorize": "/decisions/authorize/", "authenticate": "/authenticate/"}
_NOTHING: Final = object()
_NAME: Final = re.compile(ID)
# The last instant that a date can have.
_LAST: Final = 253_402_300_799_999
# The first whole number that no scenario can hold.
_LONG: Final = 2**63
_TYPES: Final = frozenset(each.value for each in ProfileType)
_STATES: Final = frozenset({"plain", "enc"})


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and is_storable(value)


def _name(value: object) -> bool:
    return _text(value) and _NAME.fullmatch(str(value)) is not None


def _storable(value: object) -> bool:
    return is_storable(value) and (not isinstance(value, int) or -_LONG <= value < _LONG)


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _instant(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LAST


class _Every:
    """An object whose members are named by what they are about, and all of one shape."""

    def __init__(self, shape: "_Shape") -> None:
        self.shape = shape


_Shape = Mapping[str, "_Shape"] | list["_Shape"] | _Every | Callable[[object], bool]

_WINDOW: Final[Mapping[str, _Shape]] = {"notBefore": _instant, "notAfter": _instant}
_PROFILE: Final[Mapping[str, _Shape]] = {
    **_WINDOW,
    "type": lambda value: isinstance(value, str) and value in _TYPES,
    "attributes": _Every(
        {
            "value": _storable,
            "state": lambda value: isinstance(value, str) and value in _STATES,
        }
    ),
}
_DECISION: Final[Mapping[str, _Shape]] = {
    **_WINDOW,
    "resource": _text,
    "source": _text,
    "authorized": _flag,
    "token": _WINDOW,
    "error": {"code": _text, "details": _text},
}
_MVPD: Final[Mapping[str, _Shape]] = {
    "id": _name,
    "displayName": _text,
    "logoUrl": _text,
    "authPerAggregator": _flag,
    "authPerBrowserSession": _flag,
    "passiveAuthnEnabled": _flag,
    "enablePlatformServices": _flag,
    "displayInPlatformPicker": _flag,
    "enforcePlatformPermissions": _flag,
    "boardingStatus": _text,
    "platformMappingId": _name,
}
_ANSWER: Final[Mapping[str, _Shape]] = {
    "client_id": _name,
    "scopes": [_text],
    "expires_in": _instant,
    "code": _name,
    "mvpd": _name,
    "actionName": _text,
    "reasonType": _text,
    "missingParameters": [_text],
    "existingParameters": _Every(_text),
    "requestor": {"name": _text, "domains": [{"name": _text}], "mvpds": [_MVPD]},
    "profiles": _Every(_PROFILE),
    "decisions": [_DECISION],
    "logouts": _Every({"actionName": _text, "url": _text}),
}


def fitting(answer: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """An answer without the members that are not of the shape that they are known to have."""
    return _fitting(answer, _ANSWER) if isinstance(answer, dict) else answer


def _fitting(value: Any, shape: _Shape) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(shape, Mapping):
        return _members(value, shape) if isinstance(value, dict) else _NOTHING
    if isinstance(shape, list):
        return _without_nothing(value, shape[0]) if isinstance(value, list) else _NOTHING
    if isinstance(shape, _Every):
        return _named(value, shape.shape) if isinstance(value, dict) else _NOTHING
    return value if shape(value) else _NOTHING


def _members(value: dict[str, Any], shape: Mapping[str, _Shape]) -> dict[str, Any]:
    found = {}
    for name, each in value.items():
        known = shape.get(name)
        fits = each if known is None else _fitting(each, known)
        if fits is not _NOTHING:
            found[name] = fits
    begins, ends = found.get("notBefore"), found.get("notAfter")
    if isinstance(begins, int) and isinstance(ends, int) and ends <= begins:
        # Nothing ends before it begins.
        del found["notAfter"]
    return found


def _without_nothing(value: list[Any], shape: _Shape) -> list[Any]:
    return [fits for each in value if (fits := _fitting(each, shape)) is not _NOTHING]


def _named(value: dict[str, Any], shape: _Shape) -> dict[str, Any]:
    return {
        name: fits
        for name, each in value.items()
        # That it is there is said, whatever is said of it.
        if _name(name)
        and (fits := _fitting(each if isinstance(each, dict) or callable(shape) else {}, shape))
        is not _NOTHING
    }


def next_action(answer: Any) -> str | None:  # noqa: ANN401 - JSON of any shape
    """What the answer to a session says to do next: what its url is for, or else what it is called."""
    if not isinstance(answer, dict):
        return None
    url = answer.get("url")
    named = (name for name, part in _URLS.items() if isinstance(url, str) and part in url)
    found = next(named, answer.get("actionName"))
    return found if isinstance(found, str) else None


def logout_action(entry: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON of any shape
    """What an answer says to do to log out: a url leads to the MVPD, whatever that is called."""
    if entry.get("url") is not None:
        return "logout"
    if entry.get("actionType") == "partner_interactive":
        return "partner_logout"
    return entry.get("actionName")


def begun(entry: Mapping[str, Any], at: int) -> Mapping[str, Any]:
    """A profile without a beginning that is still to come `at` an instant: only what is there is shown."""
    if (entry.get("notBefore") or 0) <= at + SLACK:
        return entry
    return {name: each for name, each in entry.items() if name != "notBefore"}
