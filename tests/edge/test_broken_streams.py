"""An answer that fails half-way ends its connection: nobody waits for the rest, or takes the half for all."""

import asyncio
from types import SimpleNamespace
from typing import NoReturn

import pytest
from aiohttp import ClientError

from tests.support.lab import App, Lab


async def _answer(lab: Lab, path: str, headers: dict[str, str]) -> bytes:
    """All that comes on a connection that is kept open, up to its end."""
    url = lab.client.make_url("/")
    reader, writer = await asyncio.open_connection(url.host, url.port)
    sent = {"Host": "localhost", "X-Sim-Sandbox": str(lab.sandbox), **headers}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    writer.write("\r\n".join((*lines, "", "")).encode())
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def _fails(*_: object, **__: object) -> NoReturn:
    message = "the disk is on fire"
    raise RuntimeError(message)


async def _fails_later(*_: object, **__: object) -> NoReturn:
    _fails()


async def test_a_har_that_fails_half_way_is_cut_off(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await app.profiles()
    monkeypatch.setattr("simulator.admin.har.archived", _fails)
    found = await _answer(app.lab, "/admin/v1/requests.har", {})
    assert not found.endswith(b"0\r\n\r\n")
    assert b"500" not in found
    with pytest.raises(ClientError):
        await app.lab.call("GET", "/admin/v1/requests.har")
    assert "an answer broke off" in caplog.messages


async def test_a_stream_of_events_that_fails_is_cut_off(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.admin.events.events.after", _fails_later)
    found = await _answer(app.lab, "/admin/v1/events", {})
    assert not found.endswith(b"0\r\n\r\n")
    with pytest.raises(ClientError):
        await app.lab.call("GET", "/admin/v1/events")


async def test_a_body_that_is_sent_slowly_and_fails_is_cut_off(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = {"action": {"kind": "slow_body", "seconds": 1}}
    await app.lab.admin("POST", "faults", slow)
    monkeypatch.setattr("simulator.edge.faults.asyncio", SimpleNamespace(sleep=_fails_later))
    with pytest.raises(ClientError):
        await app.get("profiles")
    entries = (await app.lab.admin("GET", "requests"))["items"]
    assert [each["operation"] for each in entries] == ["profiles"]


async def test_the_instance_goes_on_as_if_nothing_had_happened(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    await app.profiles()
    with monkeypatch.context() as patch:
        patch.setattr("simulator.admin.har.archived", _fails)
        await _answer(app.lab, "/admin/v1/requests.har", {})
    found = await app.lab.admin("GET", "requests.har")
    assert len(found["log"]["entries"]) == 1
