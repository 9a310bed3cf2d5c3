"""Bodies that come packed: read where they are what they say, refused in shape where not, never too much."""

import gzip
import hashlib
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import pytest
from aiohttp import web

from simulator.http import bodies
from simulator.http.bodies import LARGEST, UnreadableBody
from tests.conftest import MakeLab
from tests.support.dcr import FORM, assert_refused, registered, statement
from tests.support.lab import Lab, device_header
from tests.support.replies import Reply
from tests.support.shapes import assert_admin_error, assert_enhanced
from tests.support.worlds import TV, world

Pack = Callable[[bytes], bytes]
JSON: Final = "application/json"


def _bare(content: bytes) -> bytes:
    """Deflate without its frame, as some clients send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


PACKINGS: Final[dict[str, tuple[str, Pack]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZIP", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without its frame": ("deflate", _bare),
    "beside what packs nothing": ("identity, gzip", gzip.compress),
    "a charset by mistake": ("utf-8", bytes),
}
BROKEN: Final[dict[str, tuple[str, bytes, str]]] = {
    "no gzip": ("gzip", b"hello", "incorrect header check"),
    "no deflate": ("deflate", b"hello", "incorrect header check"),
    "no bare deflate": ("deflate", b"\xff\xff", "invalid block type"),
    "something behind gzip": ("gzip", gzip.compress(b"{}") + b"x", "behind its end"),
    "something behind deflate": ("deflate", zlib.compress(b"{}") + b"x", "behind its end"),
    "a second one behind": ("gzip", gzip.compress(b"{}") * 2, "behind its end"),
    "cut off": ("gzip", gzip.compress(b"{}" * 99)[:-9], "ends too early"),
    "brotli": ("br", b"\x0b\x01\x80{}\x03", "not read here"),
    "zstandard": ("zstd", b"(\xb5/\xfd", "not read here"),
    "packed twice": ("gzip, gzip", gzip.compress(gzip.compress(b"{}")), "not read here"),
}


def _of_registration(reply: Reply) -> str:
    assert_refused(reply, "invalid_request")
    return reply.headers["X-Sim-Reason"]


def _of_device(reply: Reply) -> str:
    return str(assert_enhanced(reply, "bad_request")["message"])


def _of_service(reply: Reply) -> str:
    body = reply.data(400)
    assert (body["status"], body["error"]["code"]) == ("BAD_REQUEST", "request_invalid")
    return str(body["error"]["message"])


def _of_management(reply: Reply) -> str:
    body = reply.data(400)
    assert body.keys() == {"status", "message"}
    return str(body["message"])


def _of_admin(reply: Reply) -> str:
    error = assert_admin_error(reply)
    assert (error["status"], error["code"]) == (400, "invalid_body")
    assert "Send it as it is" in error["hint"]
    return str(error["message"])


def _of_page(reply: Reply) -> str:
    assert reply.status == 400
    return reply.text


@dataclass(frozen=True, kw_only=True)
class Face:
    """Somewhere that reads a body, and what it says of one that it cannot read."""

    path: str
    reason: Callable[[Reply], str]
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


_CONSOLE: Final = {"Sec-Fetch-Site": "same-origin"}
FACES: Final = {
    "register": Face(path="/o/client/register", reason=_of_registration),
    "token": Face(path="/o/client/token", reason=_of_registration),
    "sessions": Face(path="/api/v2/LABSP/sessions", reason=_of_device),
    "decisions": Face(path="/api/v2/LABSP/decisions/authorize/LabCable", reason=_of_device),
    "partner": Face(path="/api/v2/LABSP/profiles/sso/Apple", reason=_of_device),
    "unlink": Face(path="/api/LABSP/unlink", reason=_of_service),
    "degradation": Face(path="/control/v3/degradation/lab/authnAll", reason=_of_management),
    "login": Face(path="/sp/saml/SAMLAssertionConsumer?reg_code=AAAA222", reason=_of_page),
    "activate": Face(path="/activate", reason=_of_page),
    "seed": Face(path="/admin/v1/seed", reason=_of_admin),
    "count": Face(path="/admin/v1/requests/count", reason=_of_admin),
    "settings": Face(path="/admin/v1/settings", reason=_of_admin, method="PATCH"),
    "devices": Face(path="/admin/v1/devices", reason=_of_admin),
    "validate": Face(path="/admin/v1/scenarios/validate", reason=_of_admin),
    "console": Face(path="/console/device/log-in", reason=_of_page, headers=_CONSOLE),
}


@pytest.mark.parametrize("face", FACES.values(), ids=FACES)
async def test_what_cannot_be_unpacked_is_refused_with_the_reason(lab: Lab, face: Face) -> None:
    await lab.seed(world())
    before = await lab.state()
    for coding, content, reason in BROKEN.values():
        headers = {"Content-Encoding": coding, **face.headers}
        reply = await lab.call(face.method, face.path, headers, data=content)
        assert reason in face.reason(reply), coding
    assert await lab.state() == before


@pytest.mark.parametrize(("coding", "pack"), PACKINGS.values(), ids=PACKINGS)
async def test_what_can_be_unpacked_is_read(lab: Lab, coding: str, pack: Pack) -> None:
    await lab.seed(world())
    packed = {"Content-Encoding": coding}
    stated = f'{{"software_statement": "{await statement(lab)}"}}'.encode()
    reply = await lab.call("POST", "/o/client/register", packed, data=pack(stated))
    found = reply.data(201)
    form = "&".join(f"{name}={found[name]}" for name in ("client_id", "client_secret"))
    content = pack(f"{form}&grant_type=client_credentials".encode())
    headers = {**packed, "Content-Type": FORM}
    (await lab.call("POST", "/o/client/token", headers, data=content)).data(201)
    body = pack(b'{"id": "packed"}')
    (await lab.call("POST", "/admin/v1/devices", packed, data=body)).data(201)


async def test_no_body_needs_no_unpacking(lab: Lab) -> None:
    reply = await lab.call("POST", "/admin/v1/requests/count", {"Content-Encoding": "gzip"})
    assert reply.data()["count"] == 0


# No more than the limit


def test_what_unpacks_to_too_much_is_never_held() -> None:
    packer = zlib.compressobj()
    bomb = b"".join(packer.compress(bytes(LARGEST)) for _ in range(64)) + packer.flush()
    tracemalloc.start()
    try:
        with pytest.raises(web.HTTPRequestEntityTooLarge):
            bodies._unpacked(bomb, "deflate", 32 * LARGEST)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < LARGEST


@pytest.mark.parametrize("length", [0, 1, 65_535, 65_536, 65_537, 500_000])
@pytest.mark.parametrize(("coding", "pack"), list(PACKINGS.values())[:4], ids=list(PACKINGS)[:4])
def test_what_comes_in_many_pieces_is_whole(coding: str, pack: Pack, length: int) -> None:
    # Nothing of it can be packed, so it takes more than one piece to send.
    content = hashlib.shake_256(b"").digest(length)
    packed = pack(content)
    assert bodies._unpacked(packed, coding.lower(), LARGEST) == content
    for broken, reason in ((packed[:-1], "ends too early"), (packed + b"x", "behind its end")):
        with pytest.raises(UnreadableBody, match=reason):
            bodies._unpacked(broken, coding.lower(), LARGEST)
    assert bodies._unpacked(pack(bytes(length)), coding.lower(), LARGEST) == bytes(length)


def test_the_limit_itself_is_allowed() -> None:
    packed = gzip.compress(bytes(LARGEST))
    assert bodies._unpacked(packed, "gzip", LARGEST) == bytes(LARGEST)
    with pytest.raises(web.HTTPRequestEntityTooLarge):
        bodies._unpacked(packed, "gzip", LARGEST - 1)
    with pytest.raises(UnreadableBody):
        bodies._unpacked(packed[:-1], "gzip", LARGEST)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/o/client/register", "invalid_request"),
        ("/api/v2/LABSP/sessions", "request_entity_too_large"),
        ("/api/v2/LABSP/decisions/authorize/LabCable", "request_entity_too_large"),
    ],
)
async def test_a_device_is_told_that_it_is_too_much(lab: Lab, path: str, code: str) -> None:
    bomb = gzip.compress(bytes(LARGEST + 1))
    reply = await lab.call("POST", path, {"Content-Encoding": "gzip"}, data=bomb)
    assert reply.status == (400 if code == "invalid_request" else 413)
    assert code in reply.text


async def test_the_admin_api_takes_more_and_not_everything(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Content-Encoding": "gzip"}
    much = gzip.compress(b" " * (LARGEST + 1) + b"{}")
    reply = await lab.call("POST", "/admin/v1/requests/count", headers, data=much)
    assert reply.data()["count"] == 0
    monkeypatch.setattr("simulator.admin.schemas.bodies._LARGEST", LARGEST)
    reply = await lab.call("POST", "/admin/v1/requests/count", headers, data=much)
    assert assert_admin_error(reply)["code"] == "body_too_large"


# Not for those who do not read it


@pytest.fixture
def nothing_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **_more: object) -> bytes:
        # Be it by ourselves or by aiohttp.
        pytest.fail("it was unpacked")

    monkeypatch.setattr(zlib, "decompressobj", fail)


@pytest.mark.usefixtures("nothing_unpacked")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/v2/REF30/nothing", 404),
        ("POST", "/nothing", 404),
        ("POST", "/admin/v1/nothing", 404),
        ("GET", "/api/v2/REF30/profiles", 401),
        ("GET", "/livez", 200),
        ("PUT", "/o/client/token", 405),
    ],
)
async def test_who_reads_no_body_unpacks_none(
    lab: Lab, method: str, path: str, status: int
) -> None:
    packed = gzip.compress(b"x=1")
    reply = await lab.call(method, path, {"Content-Encoding": "gzip"}, data=packed)
    assert reply.status == status


@pytest.mark.usefixtures("nothing_unpacked")
async def test_nobody_without_the_token_has_anything_unpacked(lab_with: MakeLab) -> None:
    lab = await lab_with(admin_token="a token of eight characters or more")
    packed = gzip.compress(b"{}")
    reply = await lab.call("POST", "/admin/v1/seed", {"Content-Encoding": "gzip"}, data=packed)
    assert assert_admin_error(reply)["code"] == "unauthorized"


# What the journal has of it


async def test_the_journal_has_what_was_in_it_without_its_secrets(lab: Lab) -> None:
    await lab.seed(world())
    found = await registered(lab)
    form = f"client_id={found['client_id']}&client_secret={found['client_secret']}"
    headers = {"Content-Encoding": "gzip", "Content-Type": FORM}
    reply = await lab.call("POST", "/o/client/token", headers, data=gzip.compress(form.encode()))
    entry = await lab.admin("GET", f"requests/{reply.headers['X-Sim-Request-Id']}")
    assert entry["request"]["body"].startswith(f"client_id={found['client_id']}&client_secret=[red")


async def test_the_journal_has_the_reason_and_nothing_that_is_packed(lab: Lab) -> None:
    headers = {"Content-Encoding": "gzip", "AP-Device-Identifier": device_header(TV)}
    for path, content in (
        ("/o/client/token", b"client_secret=x"),
        ("/api/v2/REF30/nothing", gzip.compress(b"client_secret=x", 0)),
    ):
        reply = await lab.call("POST", path, headers, data=content)
        entry = await lab.admin("GET", f"requests/{reply.headers['X-Sim-Request-Id']}")
        assert entry["request"]["body"] is None
        if path == "/o/client/token":
            assert any("incorrect header check" in each for each in entry["explanation"])


async def test_a_body_that_is_no_http_is_refused_with_the_reason(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(_request: web.Request) -> bytes:
        # As aiohttp does where it has no parser in C.
        raise web.RequestPayloadError

    monkeypatch.setattr(web.Request, "read", read)
    assert "no valid HTTP" in _of_registration(await lab.call("POST", "/o/client/register"))
