"""JSON without a blank, the way in which answers and journal entries are written."""

import json
from typing import Final

import orjson

_escaped: Final = json.JSONEncoder(separators=(",", ":")).encode


def to_json(document: object) -> bytes:
    """`document` as UTF-8; NUL, and half a surrogate pair, which JSON sent to us can name, as escapes.

    Raises `TypeError` for what is no JSON.
    """
    try:
        return orjson.dumps(document)
    except TypeError:
        # It takes no number of more than 64 bits and no half of a pair.
        return _escaped(document).encode()
