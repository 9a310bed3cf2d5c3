"""Members of a document that may name a file beside it: what the file says takes their place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

# Metadata of a whole federation is none of one provider.
_LARGEST: Final = 1024 * 1024


def take_in(data: object, folder: Path) -> bool:
    """Put the texts of files in `folder` where decoded `data` names them; whether there were any.

    A name that leads to no file stays, and is found to be wrong when the document is checked.
    """
    found = False
    for provider in _identity_providers(data):
        named = provider.get("metadata")
        if not isinstance(named, str) or "<" in named:
            continue
        try:
            path = folder / named
            if path.stat().st_size <= _LARGEST:
                provider["metadata"] = path.read_text(encoding="utf-8")
                found = True
        except (OSError, ValueError):
            continue
    return found


def _identity_providers(data: object) -> Iterator[dict[str, Any]]:
    mvpds = data.get("mvpds") if isinstance(data, dict) else None
    for mvpd in mvpds if isinstance(mvpds, list) else ():
        provider = mvpd.get("identity_provider") if isinstance(mvpd, dict) else None
        if isinstance(provider, dict):
            yield provider
