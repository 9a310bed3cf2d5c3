"""The throttle as its page tells of it: its example, and the answer (Adobe: throttling, THR1)."""

from typing import Final

import pytest

from tests.catalogue.stage import D1
from tests.support.lab import App, Lab
from tests.support.worlds import world

# Milliseconds since the first request, and the status; those of the page's example.
EXAMPLE: Final = (
    (0, 200), (300, 200), (600, 200), (900, 200), (1200, 200), (1300, 200), (1400, 200), (1500, 200),
    (1600, 200), (1700, 200), (1800, 200), (2100, 200), (2200, 200), (2400, 429), (2600, 429), (2800, 429),
    (3100, 200),
)  # fmt: skip


@pytest.fixture
async def throttled(lab: Lab) -> App:
    """The app at a channel that throttles; its device is at an address of its own."""
    await lab.seed(world(settings={"throttle": True}))
    app = await lab.app(D1, client="app-1")
    return app.sending(X_Forwarded_For="203.0.113.1")


async def test_the_example_of_the_page(throttled: App) -> None:
    at, seen = 0, []
    for moment, _ in EXAMPLE:
        throttled.lab.clock.advance(milliseconds=moment - at)
        at = moment
        seen.append((moment, (await throttled.get("profiles")).status))
    assert seen == [*EXAMPLE]


async def test_the_answer_is_a_page_of_the_proxy(throttled: App) -> None:
    for _ in range(11):
        assert (await throttled.get("profiles")).status == 200
    reply = await throttled.get("profiles")
    assert reply.status == 429
    assert reply.headers["Content-Type"].startswith("text/html")
    assert reply.headers.get("Server") == "openresty"
    assert reply.headers.get("Retry-After") is None
    assert "<title>429 Too Many Requests</title>" in reply.text
    assert "openresty</center>" in reply.text


async def test_after_a_second_of_waiting_the_device_is_served_again(throttled: App) -> None:
    for _ in range(12):
        last = await throttled.get("profiles")
    assert last.status == 429
    throttled.lab.clock.advance(seconds=1)
    assert (await throttled.get("profiles")).status == 200


async def test_each_forwarded_address_has_a_limit_of_its_own(throttled: App) -> None:
    for _ in range(12):
        last = await throttled.get("configuration")
    assert last.status == 429
    other = throttled.sending(X_Forwarded_For="203.0.113.2, 203.0.113.1")
    assert (await other.get("configuration")).status == 200


LIMITED: Final = {
    "/o/client/register": ("POST", "/o/client/register"),
    "/o/client/token": ("POST", "/o/client/token"),
    "/api/v2/": ("GET", "/api/v2/LABSP/configuration"),
    "/api/v2/ of a session": ("GET", "/api/v2/LABSP/sessions/ABCDEFG"),
    "/api/v2/ of decisions": ("POST", "/api/v2/LABSP/decisions/authorize/LabCable"),
}


@pytest.mark.parametrize("name", LIMITED)
async def test_what_is_limited(throttled: App, name: str) -> None:
    method, path = LIMITED[name]
    statuses = [
        (await throttled.lab.call(method, path, throttled.headers)).status for _ in range(12)
    ]
    assert 429 not in statuses[:11]
    assert statuses[11] == 429
