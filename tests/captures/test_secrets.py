"""What leaves learn, grade and redact holds no secret of the capture, wherever in it the secret was."""

import asyncio
import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from typer.testing import CliRunner

from simulator.captures.describing import scenario_text
from simulator.captures.worlds import learn
from simulator.captures.writing import archive
from simulator.cli.commands import app
from simulator.cli.grade.grading import grade
from simulator.cli.grade.reports import as_data, fidelity, junit, page
from simulator.cli.options import Place
from simulator.cli.remote import connected
from simulator.cli.replay.targets import Target
from tests.support.lab import Lab
from tests.support.replies import Json

from .playing import learnt, reading

HOST: Final = "https://sp.auth.adobe.com"
FORM: Final = "application/x-www-form-urlencoded"


def jws(**claims: str) -> str:
    parts = ({"alg": "RS256"}, claims)
    packed = [
        base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts
    ]
    return ".".join((*packed, "c2lnbmF0dXJl" + claims.get("sub", "")[:4]))


# Five of each of twelve kinds.
KINDS: Final = (
    "bearer", "secret", "statement", "saml", "subject", "service", "roku", "cookie", "email", "ip",
    "device", "viewer",
)  # fmt: skip
PLANTED: Final[dict[str, str]] = {
    f"{kind}{number}": {
        "bearer": jws(sub=f"owner-of-{number}-bearer", jti=f"planted-{number}"),
        "secret": f"s3cr3t-of-client-{number}-Qx",
        "statement": jws(sub=f"statement-{number}", iss="dashboard"),
        "saml": base64.b64encode(f"<saml>planted response {number}</saml>".encode()).decode(),
        "subject": jws(iss="amazon", sub=f"platform-person-{number}"),
        "service": jws(iss="idp", sub=f"service-person-{number}"),
        "roku": f"roku-connect-token-{number}-zzzz",
        "cookie": f"sessioncookie{number}value",
        "email": f"jane.doe{number}@mail.example",
        "ip": f"203.0.113.{40 + number}",
        "device": f"serial-number-of-tv-{number}",
        "viewer": f"subscriber/account:{number}:x",
    }[kind]
    for kind in KINDS
    for number in range(1, 6)
}  # fmt: skip


def entry_of(
    number: int,
    method: str,
    url: str,
    headers: dict[str, str],
    answer: Json,
    **more: Json,
) -> dict[str, Any]:
    posted = {"postData": {"mimeType": FORM, "text": more["body"]}} if "body" in more else {}
    return {
        "startedDateTime": f"2026-03-01T10:00:{number:02}.000Z",
        "time": 20,
        "serverIPAddress": PLANTED["ip1"],
        "comment": f"seen by {PLANTED['email1']}",
        "_initiator": {"url": f"https://x.example/?token={PLANTED['bearer1']}"},
        "request": {
            "method": method,
            "url": f"{HOST}{url}",
            "cookies": [{"name": "c", "value": PLANTED["cookie1"]}],
            "headers": [{"name": name, "value": value} for name, value in headers.items()],
            "queryString": [{"name": "planted", "value": PLANTED["secret1"]}],
            **posted,
        },
        "response": {
            "status": more.get("status", 200),
            "cookies": [{"name": "c", "value": PLANTED["cookie2"]}],
            "headers": [
                {"name": "Content-Type", "value": "application/json;charset=UTF-8"},
                {"name": "Set-Cookie", "value": f"AWSALB={PLANTED['cookie3']}; Path=/"},
                {"name": "X-Served-By", "value": PLANTED["ip2"]},
            ],
            "content": {"mimeType": "application/json", "text": json.dumps(answer)},
        },
    }


def in_base64(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.b64encode(text.encode()).decode()


def _headers(number: int, **more: str) -> dict[str, str]:
    planted = {kind: PLANTED[f"{kind}{number}"] for kind in KINDS}
    return {
        ":authority": "sp.auth.adobe.com",
        "Authorization": f"Bearer {planted['bearer']}",
        "AP-Device-Identifier": f"fingerprint {in_base64(planted['device'])}",
        "X-Device-Info": in_base64(
            {"osName": "Roku OS", "connectionIp": planted["ip"], "serial": planted["device"],
             "model": f"TV of {planted['email']}"}
        ),
        "X-Forwarded-For": f"{planted['ip']}, {PLANTED['ip3']}",
        "Adobe-Subject-Token": planted["subject"],
        "X-Roku-Reserved-Roku-Connect-Token": planted["roku"],
        "AD-Service-Token": planted["service"],
        "AP-TempPass-Identity": in_base64({"email": planted["email"]}),
        "Cookie": f"a=b; session={planted['cookie']}",
        "Referer": f"https://app.example/?access_token={planted['bearer']}&mail={planted['email']}",
        "User-Agent": f"Player/1.0 ({planted['email']})",
        "X-Whatever": planted["secret"],
        **more,
    }  # fmt: skip


def _capture() -> dict[str, Any]:
    entries = []
    for n in range(1, 6):
        planted = {kind: PLANTED[f"{kind}{n}"] for kind in KINDS}
        user = {"value": planted["viewer"], "state": "plain"}
        profile = {
            "notBefore": 1772359200000, "notAfter": 1774951200000, "issuer": "Cable", "type": "regular",
            "attributes": {"userID": user, "upstreamUserID": user, "email": {
                "value": planted["email"], "state": "plain"}},
        }  # fmt: skip
        client = {"client_id": f"client-{n}", "client_secret": planted["secret"]}
        at = n * 9
        back = f"https://app.example/bye?token={planted['bearer']}&who={planted['email']}"
        entries += [
            entry_of(at, "POST", "/o/client/register", {"User-Agent": "x"}, {
                **client, "client_id_issued_at": 1772359200, "redirect_uris": ["app://x"],
                "grant_types": ["client_credentials"], "scopes": ["api:client:v2"]},
                body=json.dumps({"software_statement": planted["statement"],
                    "redirect_uri": f"app://x?mail={quote(planted['email'])}"}), status=201),
            entry_of(at + 1, "POST", f"/o/client/token?client_secret={planted['secret']}", {}, {
                "id": "x", "access_token": planted["bearer"], "created_at": 1772359200000,
                "expires_in": 21600, "token_type": "bearer"},
                body=f"client_id=client-{n}&client_secret={planted['secret']}"
                "&grant_type=client_credentials", status=201),
            entry_of(at + 2, "GET", "/api/v2/ONE/profiles", _headers(n), {"profiles": {"Cable": profile}}),
            entry_of(at + 3, "POST", "/api/v2/ONE/profiles/sso/Apple", _headers(n), {
                "code": "invalid_parameter_saml_response", "status": 400, "action": "none",
                "message": f"refused {planted['saml']} of {planted['viewer']}"},
                body=f"SAMLResponse={quote(planted['saml'])}", status=400),
            entry_of(at + 4, "GET", f"/api/v2/ONE/logout/Cable?redirectUrl={quote(back, safe='')}",
                _headers(n), {"logouts": {"Cable": {"actionName": "logout", "actionType": "interactive",
                    "mvpd": "Cable", "url": f"{HOST}/adobe-services/logout?device_id={planted['device']}"
                    f"&who={quote(planted['viewer'], safe='')}&ip={planted['ip']}"}}}),
            entry_of(at + 5, "GET", f"/adobe-services/authenticate/saml?token={planted['bearer']}",
                _headers(n), {"page": planted["saml"]}),
        ]  # fmt: skip
    return {"log": {"version": "1.2", "creator": {"name": PLANTED["email5"]}, "entries": entries}}


def _spellings(value: str) -> Iterator[str]:
    yield value
    yield quote(value, safe="")
    yield in_base64(value).rstrip("=")
    yield json.dumps(value)[1:-1]
    if value.count(".") == 2 and value.startswith("eyJ"):
        yield value.split(".")[1]


def found_in(text: str) -> set[str]:
    """The planted secrets that a text has, however they are spelt."""
    return {name for name, value in PLANTED.items() for each in _spellings(value) if each in text}


async def test_nothing_that_was_planted_comes_out(lab: Lab, tmp_path: Path) -> None:
    capture = _capture()
    assert len(PLANTED) == 60
    assert found_in(json.dumps(capture)) == {*PLANTED}
    found = learnt(capture)
    outputs = {
        "world": scenario_text(found),
        "document": json.dumps(dict(found.document)),
        "archive": "".join(archive(reading(capture).exchanges())),
        "account": json.dumps([dict(found.seen), found.assumed, found.unknown]),
    }
    with connected(Place(url=lab.origin, sandbox="lab")) as connection:
        verdict = await asyncio.to_thread(
            grade,
            reading(capture),
            found.document,
            found.plan,
            Target(connection=connection),
            settings={},
        )
    assert verdict.total_agreed < verdict.total
    outputs |= {
        "json": json.dumps(as_data(verdict)),
        "junit": junit(verdict),
        "page": page(verdict, ["x.har"]),
        "fidelity": json.dumps(fidelity(verdict, ["x.har"])),
    }
    assert {name: found_in(each) for name, each in outputs.items()} == {
        name: set() for name in outputs
    }
    file = tmp_path / "x.har"
    file.write_text(json.dumps(capture))
    for arguments in (
        ["learn", str(file), "-o", "-"],
        ["learn", str(file), "-o", str(tmp_path / "x.yaml"), "--json"],
        ["redact", str(file), "-o", str(tmp_path / "safe.har")],
    ):
        ran = CliRunner().invoke(app, arguments)
        assert ran.exit_code == 0, ran.output
        assert found_in(ran.output) == set()
    for name in ("x.yaml", "safe.har"):
        assert found_in((tmp_path / name).read_text()) == set()


def test_what_is_kept_was_asked_for() -> None:
    kept = scenario_text(learnt_keeping("device"))
    assert "device" in {name.rstrip("12345") for name in found_in(kept)}
    assert {name.rstrip("12345") for name in found_in(kept)} == {"device"}


def learnt_keeping(*kinds: str) -> Any:  # noqa: ANN401 - what was learnt
    """The world of the capture, with values of these kinds as they are."""
    return learn(reading(_capture(), keep=kinds), "kept")


def test_a_safe_capture_comes_to_the_same_world_and_to_the_same_safe_capture() -> None:
    capture = _capture()
    safe = "".join(archive(reading(capture).exchanges())).encode()
    again = "".join(archive(reading(safe).exchanges())).encode()
    assert again == safe
    assert learnt(safe).document["profiles"] == learnt(capture).document["profiles"]


def test_the_identity_that_stands_for_one_that_was_left_out_is_the_same_in_a_safe_capture() -> None:
    entry = entry_of(
        1, "GET", "/api/v2/ONE/profiles", {"AP-TempPass-Identity": "[redacted]"}, {"profiles": {}}
    )
    (found,) = reading({"log": {"entries": [entry]}}).exchanges()
    (again,) = reading("".join(archive([found])).encode()).exchanges()
    assert found.headers["ap-temppass-identity"] == again.headers["ap-temppass-identity"]
