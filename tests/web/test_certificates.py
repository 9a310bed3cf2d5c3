"""`/certs`: the page for whoever brings devices to the simulator."""

import re
from typing import Final

import pytest
from aiohttp import web
from pytest_aiohttp.plugin import AiohttpClient

from simulator.app import create_app
from simulator.certificates.host_names import Names
from simulator.certificates.interfaces import lan_addresses
from simulator.certificates.issuing import fingerprint, issue, leaf, make_authority
from simulator.certificates.trust import Trust
from simulator.domain.access.platforms import PLATFORMS
from simulator.settings import Settings
from tests.conftest import MakeLab
from tests.support.lab import Lab
from tests.support.replies import Json

EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - nobody listens there in these tests
NOW: Final = 1_800_000_000_000
AUTHORITY: Final = make_authority("pass-simulator on bench", NOW)
SERVER: Final = issue(leaf(Names.of(["bench.local", "192.0.2.7"]), NOW), AUTHORITY)


def _trust() -> Trust:
    return Trust(
        authority=AUTHORITY.certificate,
        certificate=SERVER.certificate,
        http_port=8642,
        https_port=8643,
        bad_ports={"wrong-host": 8644},
    )


async def _page(client: AiohttpClient, headers: dict[str, str], **settings: Json) -> str:
    app: web.Application = create_app(Settings(db=":memory:", **settings), trust=_trust())
    response = await (await client(app)).get("/certs", headers={"Accept": "text/html", **headers})
    assert response.status == 200
    assert response.content_type == "text/html"
    return await response.text()


async def test_the_page_shows_what_to_trust_and_where(aiohttp_client: AiohttpClient) -> None:
    text = await _page(aiohttp_client, {"Host": "192.0.2.7:8642"}, host=EVERYWHERE)
    assert fingerprint(AUTHORITY.certificate) in text
    assert "pass-simulator on bench" in text
    assert "bench.local, 192.0.2.7" in text
    assert 'href="/certs/ca.der"' in text
    assert 'href="/certs/ca.pem"' in text
    assert "https://192.0.2.7:8643" in text
    assert "wrong host" in text
    assert "https://192.0.2.7:8644" in text
    assert "role=alert" not in text.replace('"', "")


async def test_the_page_tells_of_each_platform_with_addresses_that_work_there(
    aiohttp_client: AiohttpClient,
) -> None:
    text = await _page(aiohttp_client, {"Host": "192.0.2.7:8642"}, host=EVERYWHERE)
    assert "{pem}" not in text
    assert "{der}" not in text
    for each in PLATFORMS:
        assert each.name.replace("'", "&#39;") in text
    assert "http://192.0.2.7:8642/certs/ca.der" in text


async def test_the_code_for_phones_is_drawn_on_the_page(aiohttp_client: AiohttpClient) -> None:
    text = await _page(aiohttp_client, {"Host": "sim.lab"})
    assert 'aria-label="QR code of http://sim.lab/certs"' in text
    assert re.search(r"<svg[^>]+viewBox", text)
    # Nothing is loaded from anywhere.
    assert not re.search(r"(src|href)=\"https?:", text)


async def test_opened_on_the_machine_itself_the_page_leads_phones_to_its_address(
    aiohttp_client: AiohttpClient,
) -> None:
    text = await _page(aiohttp_client, {"Host": "localhost:8642"}, host=EVERYWHERE)
    if addresses := lan_addresses():
        assert f"QR code of http://{addresses[0]}:8642/certs" in text
    else:
        assert "QR code of http://localhost:8642/certs" in text
    assert "--host 0.0.0.0" not in text


async def test_a_simulator_that_no_device_can_reach_says_so(aiohttp_client: AiohttpClient) -> None:
    text = await _page(aiohttp_client, {"Host": "localhost:8642"})
    assert "--host 0.0.0.0" in text


async def test_a_public_url_wins(aiohttp_client: AiohttpClient) -> None:
    text = await _page(
        aiohttp_client, {"Host": "localhost:8642"}, public_url="https://sim.lab.example"
    )
    assert "QR code of https://sim.lab.example/certs" in text
    assert "https://sim.lab.example:8643" in text


@pytest.mark.parametrize("host", ["[2001:db8::7]:8642", "192.0.2.7", "sim.lab:8642"])
async def test_https_is_at_the_host_that_was_called(
    aiohttp_client: AiohttpClient, host: str
) -> None:
    text = await _page(aiohttp_client, {"Host": host})
    name = host.removesuffix(":8642")
    assert f"<code>https://{name}:8643</code>" in text


async def test_without_an_authority_the_page_says_how_to_get_one(lab: Lab) -> None:
    reply = await lab.call("GET", "/certs", {"Accept": "text/html"})
    assert reply.status == 200
    assert "--tls auto" in reply.text
    assert "/certs/ca.der" not in reply.text.partition("What to enter")[0]
    for path in ("/certs/ca.pem", "/certs/ca.der"):
        missing = await lab.call("GET", path)
        assert missing.status == 404
        assert "--tls auto" in missing.text


async def test_no_token_is_asked_for(lab_with: MakeLab) -> None:
    lab = await lab_with(admin_token="a long secret")
    assert (await lab.call("GET", "/certs")).status == 200


async def test_hosts_that_are_markup_are_none(aiohttp_client: AiohttpClient) -> None:
    headers = {"X-Forwarded-Host": '"><script>alert(1)</script>'}
    text = await _page(aiohttp_client, headers)
    assert "script>" not in text
