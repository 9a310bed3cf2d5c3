"""The samples of the Dynamic Client Registration pages."""

from typing import Any, Final

import pytest

from tests.samples.pages import HEADERS, JSON, UUID, Like, pages
from tests.support.lab import Lab
from tests.support.logins import FORM
from tests.support.replies import Reply
from tests.support.shapes import JSON_TYPE

CREDENTIAL: Final = Like(r"[\w-]{16,}")
# The page's statement is that of RFC 7591, broken over lines; its redirect comes back as another one.
STATEMENT: Final = (
    "eyJhbGciOiJSUzI1NiJ9.eyJzb2Z0d2FyZV9pZCI6IjRO.GHfL4QNIrQwL18BSRdE595T9jbzqa06R9BT8w40"
)
REDIRECT: Final = "adobepass://com.programmer"


@pytest.fixture
async def lab(lab: Lab) -> Lab:
    application = {"id": "printed-app", "software_statement": STATEMENT}
    client = {"id": "s6BhdRkqt3", "secret": "t7AkePiru4", "application": "printed-app"}
    await lab.seed(pages(applications=[application], clients=[client]))
    return lab


async def _send(lab: Lab, path: str, body_type: str, **body: Any) -> Reply:  # noqa: ANN401
    headers = {"Content-Type": body_type, "X-Device-Info": HEADERS["X-Device-Info"]}
    reply = await lab.call("POST", path, headers, **body)
    assert reply.headers["Content-Type"] == JSON_TYPE
    return reply


async def test_retrieving_client_credentials(lab: Lab) -> None:
    body = {"software_statement": STATEMENT, "redirect_uri": REDIRECT}
    reply = await _send(lab, "/o/client/register", JSON, json=body)
    assert reply.data(201) == {
        "client_id": CREDENTIAL,
        "client_secret": CREDENTIAL,
        "redirect_uris": [REDIRECT],
        "grant_types": ["client_credentials"],
        "scopes": ["api:client:v2"],
        "client_id_issued_at": Like(int),
    }
    # In seconds, as in the sample.
    assert len(str(reply.json["client_id_issued_at"])) == 10


async def test_retrieving_an_access_token(lab: Lab) -> None:
    body = b"client_id=s6BhdRkqt3&client_secret=t7AkePiru4&grant_type=client_credentials"
    reply = await _send(lab, "/o/client/token", FORM, data=body)
    assert reply.data(201) == {
        "id": UUID,
        "access_token": Like(r"[\w-]+\.[\w-]+\.[\w-]+"),
        "created_at": Like(int),
        "expires_in": 21_600,
        "token_type": "bearer",
    }
    # In milliseconds, as in the sample.
    assert len(str(reply.json["created_at"])) == 13


@pytest.mark.parametrize(("path", "body_type"), [("register", JSON), ("token", FORM)])
async def test_what_cannot_be_read_is_an_invalid_request(
    lab: Lab, path: str, body_type: str
) -> None:
    # What is ours beside the code of the page goes with our headers.
    await lab.settings(simulator_headers=False)
    reply = await _send(lab, f"/o/client/{path}", body_type, data=b"{")
    assert reply.data(400) == {"error": "invalid_request"}
