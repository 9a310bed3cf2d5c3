"""What a header or a name gave away is known again, in other letters and where it came too soon."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from simulator.captures.describing import scenario_text
from simulator.cli.commands import app
from tests.support.replies import Json

from .playing import learnt, reading
from .test_hidden_secrets import _redacted, _with
from .test_secrets import HOST, entry_of, in_base64

DEVICES: Final = ("Living Room TV SN4711", "my living room", "A1B2C3D4-0007-4E5F-8A9B-0C1D2E3F4A5B")
SPELT: Final[dict[str, Callable[[str], Json]]] = {
    "in a text": lambda device: f"the set {device} is off.",
    "in small letters": lambda device: f"the set {device.lower()} is off",
    "in capitals": lambda device: f"{device.upper()}: off",
    "with dashes": lambda device: f"the set {device.replace(' ', '-')} is off",
    "with underscores": lambda device: f"the set {device.replace('-', '_').replace(' ', '_')} is off",
    "with other blanks": lambda device: f"the set {device.replace(' ', chr(160) + ' ')} is off",
    "as of a form": lambda device: device.replace(" ", "+"),
    "percent-encoded": lambda device: f"/devices/{quote(device)}/off",
    "with entities": lambda device: device.replace(" ", "&#32;"),
    "in Base64 in a text": lambda device: f"the set {in_base64(device)} is off",
    "in hexadecimal digits": lambda device: f"the set {device.encode().hex()} is off",
    "as the name of a member": lambda device: {f"of {device}": 1},
    "in JSON in a text": lambda device: json.dumps({"m": f"the set {device} is off"}),
}  # fmt: skip


def _sent(device: str) -> dict[str, str]:
    return {"AP-Device-Identifier": f"fingerprint {in_base64(device)}"}


def _both(first: Json, second: Json) -> Any:  # noqa: ANN401 - JSON
    return {"log": {"entries": [*first["log"]["entries"], *second["log"]["entries"]]}}


def _shown(tmp_path: Path) -> Any:  # noqa: ANN401 - JSON
    entry = json.loads((tmp_path / "safe.har").read_text())["log"]["entries"][0]
    return json.loads(entry["response"]["content"]["text"])["more"]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("spelt", SPELT)
def test_a_device_is_known_however_its_identifier_is_written(
    spelt: str, device: str, tmp_path: Path
) -> None:
    written = SPELT[spelt](device)
    _redacted(_both(_with({"more": written}), _with({}, _sent(device))), tmp_path)
    # Whoever reads it finds the same device again.
    stand_in = ("device-1", in_base64("device-1"), b"device-1".hex())
    assert any(each in json.dumps(_shown(tmp_path)) for each in stand_in), _shown(tmp_path)
    assert "living" not in json.dumps(_shown(tmp_path)).lower()
    assert device.encode().hex() not in json.dumps(_shown(tmp_path))


def test_an_identifier_with_digits_is_known_without_its_dashes_and_inside_of_names(
    tmp_path: Path,
) -> None:
    device = DEVICES[2]
    written = [device.replace("-", ""), device.lower().replace("-", ""), f"tv-{device}-x"]
    _redacted(_both(_with({"more": written}), _with({}, _sent(device))), tmp_path)
    assert _shown(tmp_path) == ["device-1", "device-1", "tv-device-1-x"]


def test_a_word_that_is_an_identifier_is_no_part_of_other_names(tmp_path: Path) -> None:
    written = ["sports", "sports-extra", "transports", "see sports.", "sports.example"]
    _redacted(_both(_with({"more": written}), _with({}, _sent("sports"))), tmp_path)
    assert _shown(tmp_path) == [
        "device-1", "sports-extra", "transports", "see device-1.", "sports.example",
    ]  # fmt: skip


ORDINARY: Final[dict[str, Json]] = {
    "a sentence": {"message": "The access token: invalid."},
    "a code in a sentence": {"message": "token=invalid_parameter_code, again"},
    "no device": {"deviceId": "unknown"},
    "a system for a device": {"serial": "Android"},
    "a maker for a device": {"deviceId": "SAMSUNG"},
    "an action for a secret": {"client_secret": "authenticate"},
    "a reason for a viewer": {"userId": "authenticatedSSO"},
    "a type for a cookie": {"cookie": "temporary"},
}
USES: Final[Json] = {
    "actionName": "invalid", "reasonType": "authenticatedSSO", "token_type": "bearer",
    "type": "temporary", "model": "unknown", "osName": "Android", "vendor": "Samsung",
    "code": "invalid_parameter_code", "next": "authenticate", "text": "It is unknown, invalid or bearer.",
}  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_a_word_of_the_backend_is_replaced_only_where_its_name_stands(
    name: str, tmp_path: Path
) -> None:
    found = _redacted_more([ORDINARY[name], USES], tmp_path)
    assert found[0] != ORDINARY[name]
    assert found[1] == USES


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Basic", "Bearer undefined", "undefined"])
def test_a_header_without_a_token_makes_no_word_a_secret(value: str, tmp_path: Path) -> None:
    for header in ("Authorization", "Proxy-Authorization", "X-Api-Key"):
        _redacted(_with({"more": [USES, "undefined"]}, {header: value}), tmp_path)
        assert _shown(tmp_path) == [USES, "undefined"]


def test_any_other_word_is_known_again(tmp_path: Path) -> None:
    more = {"password": "letmein", "deviceId": "bedroom", "text": "letmein of bedroom"}
    assert _redacted_more(more, tmp_path)["text"] == "token-1 of device-1"


def test_a_device_whose_identifier_is_bytes_or_unreadable_is_known(tmp_path: Path) -> None:
    raw = hashlib.sha256(b"x").digest()
    packed = f"fingerprint {base64.b64encode(raw).decode()}"
    written = [
        f"bad {packed.split()[1]}",
        f"bad {raw.hex()}",
        f"bad {raw.hex(':')}",
        raw.hex().upper(),
    ]
    found = _redacted(
        _both(_with({"more": written}), _with({}, {"AP-Device-Identifier": packed})), tmp_path
    )
    assert raw.hex()[:16] not in found.lower()
    assert packed.split()[1] not in found
    for header in ("SERIAL of 4711", "fingerprint %SERIAL of 4711"):
        found = _redacted(
            _with({"more": "no such SERIAL of 4711"}, {"AP-Device-Identifier": header}), tmp_path
        )
        assert "4711" not in found


def test_a_number_that_is_an_identifier_is_known_as_a_number(tmp_path: Path) -> None:
    found = _redacted(
        _both(_with({"more": {"x": 73900123456, "y": [1.5, 12]}}), _with({}, _sent("73900123456"))),
        tmp_path,
    )
    assert "73900123456" not in found
    assert _shown(tmp_path) == {"x": 1, "y": [1.5, 12]}


PAIRS: Final[dict[str, Callable[[str], Json]]] = {
    "pairs": lambda cookie: [["Cookie", f"a={cookie}"]],
    "pairs among others": lambda cookie: [["Accept", "x"], ["Set-Cookie", [f"a={cookie}"]]],
    "names and values by turns": lambda cookie: ["Accept", "x", "Cookie", f"a={cookie}"],
    "a single pair": lambda cookie: ["cookie", f"a={cookie}"],
    "pairs in a text": lambda cookie: json.dumps([["Cookie", f"a={cookie}"]]),
    "pairs in Base64": lambda cookie: in_base64([["Cookie", f"a={cookie}"]]),
    "another secret": lambda cookie: [["client_secret", cookie], ["X-Api-Key", cookie]],
    "by name": lambda cookie: {"cookies": {"a": cookie}},
    "a list": lambda cookie: {"cookies": [{"name": "a", "value": cookie}, f"b={cookie}"]},
    "key and value": lambda cookie: [{"key": "Cookie", "value": f"a={cookie}"}],
    "header and value": lambda cookie: [{"header": "Set-Cookie", "value": f"a={cookie}"}],
    "a line": lambda cookie: f"Cookie: x=y; a={cookie}; b={cookie}\nAccept: x",
    "a command": lambda cookie: f"curl -H 'Cookie: x=y; a={cookie}' https://x.example",
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_cookie_does_not_come_out_however_its_header_is_written(
    name: str, tmp_path: Path
) -> None:
    cookie = "crumb-of-jane"
    found = _redacted(_with({"more": PAIRS[name](cookie)}), tmp_path)
    assert cookie not in found
    assert in_base64(cookie)[4:12] not in found
    capture = _with({})
    capture["log"]["entries"][0]["request"] |= {
        "method": "POST",
        "url": f"{HOST}/api/v2/ONE/sessions",
        "postData": {
            "mimeType": "application/json",
            "text": json.dumps({"h": PAIRS[name](cookie)}),
        },
    }
    assert cookie not in _redacted(capture, tmp_path)


def test_of_several_names_of_one_value_the_first_is_the_one_that_counts(tmp_path: Path) -> None:
    names = {"field": "device_id", "header": "cookie", "key": "email", "name": "password"}
    for kind in ("token", "person", "cookie", "device"):
        found = _redacted_more({"value": "jane-of-x", **names}, tmp_path)
        assert found["value"].startswith(kind)
        names.popitem()


@pytest.mark.parametrize(
    "text",
    ["https://cdn.example/logos/cable@2x.png", "cable@3x.webp", "see cable@1.5x.jpeg."],
)
def test_a_picture_for_fine_screens_is_nobodys_address(text: str, tmp_path: Path) -> None:
    assert _redacted_more([text, f"{text}.jane@2x.example"], tmp_path)[0] == text
    assert "jane" not in json.dumps(_shown(tmp_path))


@pytest.mark.parametrize("value", ["value", "values", "content"])
def test_a_key_beside_a_value_is_its_name(value: str, tmp_path: Path) -> None:
    pairs = [{"key": "platform", value: "Roku"}, {value: "x", "key": "plan.name"}]
    assert _redacted_more(pairs, tmp_path) == pairs
    secret = [{"key": "k3y-of-x", value: "x"}, {"key": "platform"}]
    assert [each["key"] for each in _redacted_more(secret, tmp_path)] == ["token-1", "token-2"]


def test_a_cookie_in_a_query_ends_where_the_next_parameter_begins(tmp_path: Path) -> None:
    text = "x cookie=crumb&mvpd=Cable y authorization=secret&mvpd=Cable"
    assert _redacted_more(text, tmp_path) == (
        "x cookie=cookie-1&mvpd=Cable y authorization=token-1&mvpd=Cable"
    )
    for whole in ("cookie=a=crumb&b=crumb; c=crumb", "Cookie: crumb&a=crumb"):
        assert "crumb" not in str(_redacted_more(whole, tmp_path))


def test_lists_of_names_are_no_pairs(tmp_path: Path) -> None:
    names = ["email", "maxRating", "zip", "householdID", "other"]
    assert _redacted_more(names, tmp_path) == names


SAML: Final = (
    '<saml:Assertion ID="x"><saml:Subject><saml:NameID Format="f" SPProvidedID="account of jane">'
    "Jane Roe Junior</saml:NameID></saml:Subject><saml:AttributeStatement>"
    '<saml:Attribute Name="callMe"><saml:AttributeValue>Janie Roe</saml:AttributeValue>'
    "</saml:Attribute></saml:AttributeStatement></saml:Assertion>"
)
MESSAGES: Final = {
    "whole": SAML,
    "in a text": f"bad response {SAML} was refused",
    "cut off": SAML[:-70],
    "with entities": SAML.replace("<", "&lt;").replace(">", "&gt;"),
    "percent-encoded": quote(SAML),
    "in Base64": in_base64(SAML),
    "in hexadecimal digits": SAML.encode().hex(),
    "on lines": SAML.replace("><", ">\n  <"),
    "another prefix": SAML.replace("saml:", "ns2:"),
    "without a prefix": SAML.replace("saml:", ""),
    "a name alone": "<saml:NameID>Jane Roe Junior</saml:NameID>",
    "a value alone": "<saml:AttributeValue a='b'>Janie Roe</saml:AttributeValue>",
    "as data": SAML.replace(">Jane Roe Junior<", "><![CDATA[Jane Roe Junior]]><"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_nobody_that_a_message_of_saml_names_comes_out(name: str, tmp_path: Path) -> None:
    found = _redacted(_with({"more": [MESSAGES[name], "Jane Roe Junior may not"]}), tmp_path)
    assert "token-1" in json.dumps(_shown(tmp_path)[0]) or name in {
        "in Base64", "in hexadecimal digits",
    }  # fmt: skip
    assert MESSAGES[name] not in _shown(tmp_path)
    for each in ("Janie", "account of jane"):
        assert each not in found
    if name != "a value alone":
        assert _shown(tmp_path)[1] == "viewer-1 may not"


def test_whom_a_response_names_is_known_elsewhere(tmp_path: Path) -> None:
    entry = entry_of(
        1, "POST", "/api/v2/ONE/profiles/sso/Apple", {},
        {"code": "invalid_parameter_saml_response", "status": 400, "more": "no Jane Roe Junior"},
        body=f"SAMLResponse={quote(in_base64(SAML))}", status=400,
    )  # fmt: skip
    found = _redacted({"log": {"entries": [entry]}}, tmp_path)
    assert "Jane" not in found
    assert "no viewer-1" in found


@pytest.mark.parametrize(
    ("header", "value", "secret"),
    [
        ("Cookie", "a=b; s=crumb-0815-of-x", "crumb-0815-of-x"),
        ("X-Api-Key", "key of 0815", "key of 0815"),
        ("Proxy-Authorization", "Foo secret-0815", "secret-0815"),
        ("Authorization", f"Basic {in_base64('me:secret-0815')}", "secret-0815"),
        ("X-Serial-Number", "SN-0815-4711", "SN-0815-4711"),
        ("X-Device-Info", in_base64({"osName": "x", "serial": "SN-0815-4711"}), "SN-0815-4711"),
    ],
)
def test_what_a_header_that_is_left_out_had_is_known_elsewhere(
    header: str, value: str, secret: str, tmp_path: Path
) -> None:
    found = _redacted(_with({"more": f"what is {secret}?"}, {header: value}), tmp_path)
    assert "0815" not in found


@pytest.mark.parametrize("side", ["request", "response"])
def test_cookies_beside_the_headers_are_known_elsewhere(side: str, tmp_path: Path) -> None:
    capture = _with({"more": "what is crumb-0815-of-x?"})
    capture["log"]["entries"][0][side]["cookies"] = [{"name": "a", "value": "crumb-0815-of-x"}]
    assert "0815" not in _redacted(capture, tmp_path)
    mvpd = _with({"more": "Cable_Company is a cookie as well"}, {"Cookie": "mvpd=Cable_Company"})
    assert "Cable_Company is" in _redacted(mvpd, tmp_path)


def test_all_of_an_identity_and_of_a_token_is_replaced(tmp_path: Path) -> None:
    identity = {"email": "x", "phone": 15551230077, "more": {"y": ["janie"]}, "a.b@c.example": True}
    found = _redacted(_with({}, {"AP-TempPass-Identity": in_base64(identity)}), tmp_path)
    header = next(each for each in _headers_in(tmp_path) if each["name"] == "ap-temppass-identity")
    shown = json.loads(base64.b64decode(header["value"]))
    assert [*shown] == ["email", "phone", "more", "identity-4"]
    assert isinstance(shown["phone"], int)
    assert not any(each in json.dumps(shown) for each in ("1555", "janie", "a.b@"))
    assert "a.b@" not in found


def _headers_in(tmp_path: Path) -> Any:  # noqa: ANN401 - JSON
    return json.loads((tmp_path / "safe.har").read_text())["log"]["entries"][0]["request"][
        "headers"
    ]


@pytest.mark.parametrize(
    "text",
    ["refused from 203.0.113.77.", "203.0.113.77: refused", "ip_203.0.113.77_x", "2001:db8:77::77.",
     "2001:db8:77::77: refused", "a4:5e:60:77:9c:1f", "a4-5e-60-77-9c-1f is it", "203.0.113.77!"],
)  # fmt: skip
def test_addresses_end_where_a_sentence_does(text: str, tmp_path: Path) -> None:
    assert "77" not in str(_redacted_more(text, tmp_path))


@pytest.mark.parametrize(
    "mail", ["jane!roe@mail.example", "jane.roe@m\u00e4il.example", "jane.roe@[192.0.2.99]"]
)
def test_addresses_of_people_are_known_in_odd_letters(mail: str, tmp_path: Path) -> None:
    assert _redacted_more(f"to {mail}.", tmp_path) == "to person-1@example.invalid."


def _redacted_more(text: Json, tmp_path: Path) -> Any:  # noqa: ANN401 - JSON
    _redacted(_with({"more": text}), tmp_path)
    return _shown(tmp_path)


@pytest.mark.parametrize("packed", [str, in_base64, lambda mail: mail.encode().hex()])
def test_what_devices_say_of_themselves_is_searched(
    packed: Callable[[str], str], tmp_path: Path
) -> None:
    text = packed("jane.roe@hidden.example")
    found = _redacted(
        _with({}, {"User-Agent": f"TV/1.0.0.0 ({text})", "Accept": f"x/{text}",
                   "X-Device-Info": in_base64({"version": text, "model": text})}), tmp_path,
    )  # fmt: skip
    assert "TV/1.0.0.0" in found
    assert text not in found
    headers = {each["name"]: each["value"] for each in _headers_in(tmp_path)}
    assert "hidden" not in str(base64.b64decode(headers["x-device-info"]))


def test_what_comes_up_before_it_is_known_is_not_in_a_world(tmp_path: Path) -> None:
    requestor = {
        "id": "ONE",
        "name": "One, for the Set of Jane",
        "mvpds": [{"id": "Cable", "displayName": "the-set-of-jane"}],
    }
    early = entry_of(1, "GET", "/api/v2/ONE/configuration", {}, {"requestor": requestor})
    late = _with({}, _sent("the set of jane"))
    late["log"]["entries"][0]["startedDateTime"] = "2026-03-01T11:00:00Z"
    capture = _both({"log": {"entries": [early]}}, late)
    found = learnt(capture)
    assert "jane" not in scenario_text(found).lower()
    assert "One, for device-1" in scenario_text(found)
    file = tmp_path / "jane.roe@hidden.example.har"
    file.write_text(json.dumps(capture))
    ran = CliRunner().invoke(app, ["learn", str(file), "-o", "-"])
    assert ran.exit_code == 0, ran.output
    assert "jane" not in ran.output.lower()


def test_one_person_has_one_stand_in_whether_by_name_or_by_look(tmp_path: Path) -> None:
    mail = "jane.roe@hidden.example"
    assert _redacted_more(f"{mail}, email: {mail}, <email>{mail}</email>", tmp_path) == (
        "person-1@example.invalid, email: person-1@example.invalid, "
        "<email>person-1@example.invalid</email>"
    )


def test_a_body_that_nobody_can_read_is_left_out() -> None:
    entry = entry_of(
        1, "POST", "/api/v2/ONE/decisions/authorize/Cable", {},
        {"code": "invalid_parameter_resources", "status": 400}, body="for Jane Roe", status=400,
    )  # fmt: skip
    (found,) = reading({"log": {"entries": [entry]}}).exchanges()
    assert found.body == "unreadable"
