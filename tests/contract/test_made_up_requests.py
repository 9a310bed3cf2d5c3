"""Requests that schemathesis makes up of an OpenAPI document, sent to a running server.

The same ones in each run: what is found here is found by everybody.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from requests import Session
from schemathesis import Case
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.lab import device_header
from tests.support.official import AT_HAND, MISSING, official
from tests.support.ours import ours
from tests.support.server import Server, serving
from tests.support.worlds import TV

CHECKS: Final[list[CheckFunction]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What has to be right for a request to get anywhere, by the names in our document and in Adobe's.
KNOWN: Final = {
    "service_provider": "REF30",
    "serviceProvider": "REF30",
    "mvpd": "Cablevision",
    "partner": "Apple",
    "code": "K4T9WQ7",
}

bounded: Final = settings(
    max_examples=6,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[*HealthCheck],
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("made-up")
    with serving("--port", "0", "--db", ":memory:", directory=directory) as running:
        running.call("PUT", "/admin/v1/codes/next", {"code": KNOWN["code"]})
        session = {"service_provider": "REF30", "client": "nobody", "device": TV}
        running.call("POST", "/admin/v1/sessions", session)
        yield running


@pytest.fixture(scope="module")
def session(server: Server) -> Iterator[Session]:
    """Connections of an app with a good token."""
    scopes = ["api:client:v2", "temporary:passes:owner", "decisions:owner"]
    token = server.call("POST", "/admin/v1/tokens", {"scopes": scopes})["access_token"]
    with Session() as found:
        found.headers["Authorization"] = f"Bearer {token}"
        yield found


def _send(case: Case[Any], server: Server, session: Session, base: str = "") -> None:
    """As it was made up, and once more with what gets it further: a device, and names that are known."""
    headers: dict[str, Any] = {"Authorization": session.headers["Authorization"]}
    for known in (False, True):
        if known:
            case.path_parameters.update({n: KNOWN[n] for n in case.path_parameters if n in KNOWN})
            headers["AP-Device-Identifier"] = device_header(TV)
            case.headers.pop("X-Sim-Sandbox", None)
        answer = case.call(
            base_url=server.origin + base, session=session, headers=headers, allow_redirects=False
        )
        case.validate_response(answer, checks=CHECKS)


ours_made_up = schemathesis.openapi.from_dict({**ours().document}).exclude(path="/esm/v3")


@ours_made_up.parametrize()
@bounded
def test_whatever_is_made_up_of_our_document(
    case: Case[Any], server: Server, session: Session
) -> None:
    _send(case, server, session)


if AT_HAND:
    v2, dcr = (schemathesis.openapi.from_dict({**each.document}) for each in official())

    @v2.parametrize()
    @bounded
    def test_whatever_is_made_up_of_adobe_s_rest_api_v2(
        case: Case[Any], server: Server, session: Session
    ) -> None:
        _send(case, server, session, "/api/v2")

    @dcr.parametrize()
    @bounded
    def test_whatever_is_made_up_of_adobe_s_registration(
        case: Case[Any], server: Server, session: Session
    ) -> None:
        _send(case, server, session, "/o")

else:

    @pytest.mark.skip(reason=MISSING)
    def test_whatever_is_made_up_of_adobe_s_documents() -> None: ...
