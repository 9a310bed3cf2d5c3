"""Secrets where nobody looks: packed into texts, under odd names, in numbers, before they are known."""

import base64
import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

import pytest
from typer.testing import CliRunner

from simulator.cli.commands import app
from tests.support.replies import Json

from .test_secrets import FORM, HOST, entry_of, in_base64, jws

# How a secret may be packed into a text of an answer, whatever member has it.
PACKED: Final[dict[str, Callable[[str], Json]]] = {
    "encoded twice": lambda mail: f"see {quote(quote(mail, safe=''), safe='')}",
    "Base64 of JSON": lambda mail: in_base64({"email": mail, "more": "?>?>"}),
    "URL-safe Base64": lambda mail: base64.urlsafe_b64encode(f"to {mail} ?>?>".encode()).decode(),
    "Base64 in Base64": lambda mail: in_base64(in_base64({"who": mail})),
    "Base64, encoded": lambda mail: quote(in_base64({"who": mail, "more": "?>?>"}), safe=""),
    "a form in Base64": lambda mail: in_base64(f"a=b&client_secret={mail}"),
    "JSON in a text": lambda mail: json.dumps({"x": [{"userID": mail}]}),
    "JSON in JSON in a text": lambda mail: json.dumps({"x": json.dumps({"apiKey": mail})}),
    "Base64 behind a dash": lambda mail: f"user-{in_base64(mail)}",
    "hexadecimal digits": lambda mail: mail.encode().hex(),
    "hexadecimal digits in a text": lambda mail: f"user 0x{mail.encode().hex().upper()} is gone",
    "hexadecimal digits with colons": lambda mail: mail.encode().hex(":"),
    "hexadecimal digits in Base64": lambda mail: in_base64(mail.encode().hex()),
    "entities": lambda mail: "".join(f"&#{ord(each)};" for each in mail),
    "escapes of Unicode": lambda mail: mail.replace("@", "\\u0040"),
    "escapes of bytes": lambda mail: "".join(f"\\x{ord(each):02x}" for each in mail),
    "UTF-16": lambda mail: base64.b64encode(mail.encode("utf-16")).decode(),
    "a message of bytes": lambda mail: base64.b64encode(b"\n\x91" + mail.encode() + b"\xff").decode(),
    "deflated without a head": lambda mail: base64.b64encode(
        zlib.compress(mail.encode() * 2)[2:-4]).decode(),
    "a field of a form": lambda mail: f'name="client_secret"\r\n\r\n{mail}\r\n--B--',
    "a field of a page": lambda mail: f"<input name='password' type='hidden' value='{mail}'>",
    "an element with blanks": lambda mail: f"<x:deviceId a='b'>the one of {mail[:8]}</x:deviceId>",
    "quoted with blanks": lambda mail: f"deviceId: 'the one of {mail[:8]}' is off",
    "escaped JSON in a text": lambda mail: f'it said {{\\"client_secret\\":\\"{mail[:8]}\\"}}',
    "an authorization of any scheme": lambda mail: f"Authorization: Digest a={mail[:4]}, b={mail[:8]}",
    "all that a name stands over": lambda mail: {"clientSecret": {"x": {"y": [mail[:8]]}}},
    "an object with an id": lambda mail: {"device": {"id": mail[:8], "model": "TV"}},
    "beside what is encrypted": lambda mail: {"state": "enc", "value": "x", "clientSecret": mail[:8]},
    "packed with gzip": lambda mail: base64.b64encode(gzip.compress(mail.encode())).decode(),
    "a token without a signature": lambda mail: jws(email=mail).rpartition(".")[0],
    "a page": lambda mail: f"<a href='https://x.example/?id_token={mail}&amp;x'>you</a>",
    "XML": lambda mail: f"<client_secret>{mail}</client_secret>",
    "a header in a text": lambda mail: f"sent Authorization: Basic {in_base64(f'jane:{mail}')}",
    "a cookie in a text": lambda mail: f"Set-Cookie: JSESSIONID={mail}; Path=/",
    "the user of a URL": lambda mail: {"home": f"https://{quote(mail, safe='')}:pw@x.example/"},
    "a parameter of a path": lambda mail: f"https://x.example/a;jsessionid={mail}/b",
    "a parameter of a parameter": lambda mail: "https://x.example/?next="
    + quote(f"https://y.example/?to={quote(f'https://z.example/?sid={mail}', safe='')}", safe=""),
    "a fragment": lambda mail: f"app://back#access-token={mail}",
    "the name of a member": lambda mail: {mail: 1},
    "name and value": lambda mail: [{"name": "Session-Id", "value": mail}],
    "all of an attribute": lambda mail: {"encryptedZip": {"value": {"x": [mail]}, "state": "plain"}},
}  # fmt: skip
NAMES: Final = (
    "deviceId", "DeviceID", "device-id", "userId", "USER_NAME", "Email", "clientSecret", "accessToken",
    "refresh_token", "id-token", "passwords", "password2", "secretKey", "tokenValue", "stbId", "androidId",
    "serial_no", "firstName", "msisdn", "NameID", "SPProvidedID", "bearer",
    "sessionid", "JSESSIONID", "x-api-key", "RelayState", "SAMLRequest",
    "macAddress", "householdId", "Password", "upstreamUserId", "X-Amz-Signature", "advertisingId", "rida",
    "code_verifier", "zipCode", "MediaToken",
)  # fmt: skip
ADDRESSES: Final = {
    "198.51.100.7:5555": "198.51.100.7",
    "[2001:db8:77::9]:443": "2001:db8:77::9",
    "::ffff:198.51.100.8": "198.51.100.8",
    "198.51.100.9/32": "198.51.100.9",
    "http://198.51.100.10/x": "198.51.100.10",
    "2001:0db8:0:0:0:ff00:42:8329": "ff00:42",
    "http%3A%2F%2F198.51.100.11%2F": "198.51.100.11",
}


def _redacted(capture: Json, tmp_path: Path) -> str:
    file, safe = tmp_path / "x.har", tmp_path / "safe.har"
    file.write_text(json.dumps(capture))
    ran = CliRunner().invoke(app, ["redact", str(file), "-o", str(safe)])
    assert ran.exit_code == 0, ran.output
    return ran.output + safe.read_text()


def _with(answer: Json, headers: dict[str, str] | None = None, query: str = "") -> Json:
    """A capture of one request, whose answer has more than it has to."""
    entry = entry_of(
        1, "GET", f"/api/v2/ONE/profiles{query}", headers or {}, {"profiles": {}, **answer}
    )
    return {"log": {"entries": [entry]}}


@pytest.mark.parametrize("name", PACKED)
def test_what_is_packed_into_a_text_does_not_come_out(name: str, tmp_path: Path) -> None:
    secret = "jane.roe@hidden.example"
    packed = PACKED[name](secret)
    found = _redacted(_with({"more": packed}), tmp_path)
    for each in (secret, quote(secret, safe=""), "jane.roe", json.dumps(packed)):
        assert each not in found
    for word in (each for each in re.split(r'[\s"\\\\?=&;,:.]+', found) if len(each) > 10):
        for opened in _opened(word):
            assert secret not in opened


def _opened(word: str) -> Iterator[str]:
    """What a word is when it is unpacked once and twice."""
    for _ in range(2):
        word = unquote(word)
        data = word.encode().translate(bytes.maketrans(b"-_", b"+/"))
        try:
            word = base64.b64decode(data + b"=" * (-len(data) % 4)).decode(errors="replace")
        except ValueError:
            return
        yield word


@pytest.mark.parametrize("name", NAMES)
def test_what_a_name_says_is_secret_however_it_is_spelt(name: str, tmp_path: Path) -> None:
    in_answer, in_query, in_text = (f"{each}-0-{name}-value" for each in ("one", "two", "three"))
    query = f"?{name}={in_query}"
    found = _redacted(_with({name: in_answer, "more": f"{name}: {in_text}"}, query=query), tmp_path)
    assert [each for each in (in_answer, in_query, in_text) if each in found] == []


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_does_not_come_out_whatever_is_around_it(text: str, tmp_path: Path) -> None:
    headers = {"x-FORWARDED-for": f"unknown, {text}"}
    found = _redacted(_with({"ipAddress": text, "more": f"from {text} or so"}, headers), tmp_path)
    assert ADDRESSES[text] not in found


def test_numbers_have_numbers_for_stand_ins(tmp_path: Path) -> None:
    attributes = {
        "userID": {"value": 778_812_345, "state": "plain"},
        "householdID": {"value": 55_512_999, "state": "plain"},
        "zip": {"value": [94_105, "94106"], "state": "plain"},
    }
    found = _redacted(_with({"profiles": {"Cable": {"attributes": attributes}}}), tmp_path)
    assert not re.search("778812345|55512999|94105|94106", found)
    assert r"{\"value\":1,\"state\":\"plain\"}" in found


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", '--B\r\nContent-Disposition: form-data; name="x"\r\n\r\nhidden=1\r\n--B--'),
        ("application/json", '{"client_secret":"hidden=x","cut o'),
        ("application/xml", "<x a='b'><secret>hidden</secret></x>"),
        (FORM, f"a={quote(in_base64({'client_secret': 'hidden-secret'}))}"),
        (FORM, f"a={quote(json.dumps({'password': 'hidden'}))}"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_form_or_has_more_packed_in_it_is_searched(
    kind: str, body: str, tmp_path: Path
) -> None:
    capture = _with({})
    capture["log"]["entries"][0]["request"] |= {
        "method": "POST",
        "url": f"{HOST}/api/v2/ONE/sessions",
        "postData": {"mimeType": kind, "text": body},
    }
    found = _redacted(capture, tmp_path)
    assert "hidden" not in found
    assert in_base64("hidden-secret")[:12] not in found


def test_what_is_known_late_is_not_shown_early(tmp_path: Path) -> None:
    device = "SERIAL-of-tv-77"
    early = _with(
        {"more": f"no such thing: {device.lower()}"}, {"User-Agent": f"TV/1.0 ({device})"}
    )
    late = _with({}, {"AP-Device-Identifier": f"fingerprint {in_base64(device)}"})
    early["log"]["entries"] += late["log"]["entries"]
    found = _redacted(early, tmp_path)
    assert device.lower() not in found.lower()
    assert "TV/1.0 (device-1)" in found
    assert hashlib.sha256(device.encode()).hexdigest() not in found


def test_a_backend_that_is_a_machine_at_home_and_the_name_of_the_file_do_not_come_out(
    tmp_path: Path,
) -> None:
    capture = _with({"more": "http://192.168.1.20:8080/x"})
    capture["log"]["entries"][0]["request"]["url"] = (
        "http://jane:pw@192.168.1.20:8080/api/v2/ONE/profiles"
    )
    found = _redacted(capture, tmp_path)
    assert "192.168" not in found
    assert '"url":"http://192.0.2.1:8080/api/v2/ONE/profiles"' in found
    assert "http://192.0.2.1:8080/x" in found
    file = tmp_path / "jane.roe@hidden.example.har"
    file.write_text(json.dumps(capture))
    pages = [tmp_path / "x.html", tmp_path / "x.json"]
    ran = CliRunner().invoke(
        app, ["grade", str(file), "--html", str(pages[0]), "--fidelity", str(pages[1])]
    )
    assert ran.exit_code in {0, 1}, ran.output
    assert not any("jane" in each.read_text() for each in pages)


def test_a_text_in_which_nothing_is_secret_stays_as_it_is(tmp_path: Path) -> None:
    harmless = [
        "https://cdn.example/a%20b/logo.png?w=10&h=a+b#top", "TempBasic subscription", "12:34:56",
        "aGVsbG8gd29ybGQsIGhlbGxv", "%zz", "urn:uuid:0b5ee1c8-1b73-4f0e-b3a9-7e1a1f1b9d3c",
        '{"a": [1, 2]}', "a=b", "::", "caf\u00e9 > bar",
    ]  # fmt: skip
    _redacted(_with({"more": harmless}), tmp_path)
    entry = json.loads((tmp_path / "safe.har").read_text())["log"]["entries"][0]
    kept = json.loads(entry["response"]["content"]["text"])["more"]
    assert kept == harmless


def test_half_a_letter_is_none(tmp_path: Path) -> None:
    half = "half \ud83d of it"
    found = _redacted(
        _with({"more": half, half: 1, "userAgent": half}, {"User-Agent": half}), tmp_path
    )
    assert "ud83d" not in found
    assert found.count("half \\ufffd of it") == 1
    assert found.count("half \\\\ufffd of it") == 3
