"""The shapes that every answer of a kind must have."""

from typing import Final
from uuid import UUID

from simulator.domain.errors import ERRORS, OWN_ERRORS

from .replies import Json, Reply

JSON_TYPE: Final = "application/json;charset=UTF-8"
HELP_URL: Final = (
    "https://experienceleague.adobe.com/docs/pass/authentication/auth-features/"
    "error-reportn/enhanced-error-codes.html"
)

DATABASE: Final = frozenset({503, 507})
"""The statuses of an answer while the database is away, and while it is full."""


def assert_enhanced(reply: Reply, code: str) -> Json:
    """The body of a device error: exactly the documented members (Adobe: error codes, ERR1), as `code` says.

    A code that is the simulator's own is marked as that.
    """
    kind = OWN_ERRORS.get(code) or ERRORS[code]
    body = reply.data(kind.status)
    if kind.code in OWN_ERRORS and "X-Sim-Request-Id" in reply.headers:
        assert "simulator's own" in reply.headers["X-Sim-Reason"]
    assert reply.headers["Content-Type"] == JSON_TYPE
    trace, message = body.pop("trace"), body.pop("message")
    assert body == {
        "action": kind.action,
        "status": reply.status,
        "code": code,
        "helpUrl": HELP_URL,
    }
    assert isinstance(message, str)
    assert message
    assert str(UUID(trace)) == trace
    return {**body, "message": message}


def assert_admin_error(reply: Reply) -> Json:
    """The `error` of an admin answer: exactly the members of its one shape, and a status that refuses."""
    refused = 400 <= reply.status < 500 or reply.status in DATABASE
    assert refused, f"not refused: {reply.status} {reply.text}"
    assert reply.headers["Content-Type"] == JSON_TYPE
    body = reply.json
    assert body.keys() == {"error"}
    error = body["error"]
    assert error.keys() == {"code", "message", "hint", "fields"}
    assert error["code"] == error["code"].lower()
    assert error["message"].endswith((".", "?"))
    assert isinstance(error["hint"], str)
    for each in error["fields"]:
        assert each.keys() == {"path", "problem"}
        assert each["problem"]
    return {"status": reply.status, **error}
