"""Secrets in requests and answers: they are kept nowhere, neither on disk nor in what is told."""

import base64
import io
import logging
import zipfile
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from simulator.http.endpoint import CONTEXT
from tests.conftest import MakeLab
from tests.support.dcr import raw
from tests.support.lab import Lab, device_header
from tests.support.logins import ANN, FORM, Browser, form_of
from tests.support.television import Television
from tests.support.tokens import sso_token
from tests.support.worlds import TV, profile, world

PLANTED: Final = "planted-%s-e7c1"
# In every form in which a secret may come, and be found again.
PLACES: Final = (
    "bearer",
    "basic",
    "cookie",
    "service",
    "roku",
    "identity",
    "person",
    "link",
    "secret",
    "statement",
    "password",
    "saml",
    "query",
    "escaped",
    "nested",
    "broken",
    "account",
    "html",
    "plain",
    "referer",
    "fragment",
)


def _planted(place: str) -> str:
    assert place in PLACES
    return PLANTED % place


async def _plant(lab: Lab) -> list[str]:
    """Requests with secrets everywhere; those that were made on the way."""
    await lab.seed(world(subscribers=[ANN], profiles=[profile("login", client="app-1")]))
    await lab.admin("PATCH", "mvpds/LabDish", {"login": "form_post"})
    tv = Television(lab=lab, device=TV)
    await tv.register()
    await tv.get_token()
    made = [tv.credentials["client_secret"], tv.headers["Authorization"].removeprefix("Bearer ")]
    device = {"AP-Device-Identifier": device_header(TV)}
    path = "/api/v2/LABSP/profiles"
    for scheme, place in (("Bearer", "bearer"), ("Basic", "basic"), ("bearer ", "bearer")):
        await lab.call("GET", path, {**device, "Authorization": f"{scheme} {_planted(place)}"})
    tokens = {
        "Adobe-Subject-Token": sso_token("ann"),
        "AD-Service-Token": _planted("service"),
        "x-roku-reserved-roku-connect-token": _planted("roku"),
        "AP-TempPass-Identity": base64.b64encode(_planted("identity").encode()).decode(),
        "X-SSO-ID": _planted("person"),
        "X-SSO-LINK": _planted("link"),
        "Cookie": f"provider={_planted('cookie')}",
    }
    made += [tokens["Adobe-Subject-Token"], tokens["AP-TempPass-Identity"]]
    await tv.call("GET", "LABSP/profiles/TempPromo", tokens)
    await lab.call("POST", "/api/LABSP/link", {**device, **tokens})
    await tv.call("GET", f"LABSP/profiles?access_token={_planted('query')}")
    await tv.call("GET", f"LABSP/profiles?%61ccess_%74oken={_planted('query')}")
    await tv.call("GET", f"LABSP/nowhere?TOKEN={_planted('query')}")
    given = f"client_id=x&client_secret={_planted('secret')}&grant_type=client_credentials"
    await lab.call("POST", f"/o/client/token?{given}")
    for body in (given, given.replace("client_secret", "client%5Fsecret")):
        await lab.call("POST", "/o/client/token", {"Content-Type": FORM}, data=body.encode())
    for body in (
        f'{{"software_statement": "{_planted("statement")}"}}',
        f'{{"software\\u005fstatement": "{_planted("escaped")}"}}',
        f'{{"deep": [{{"password": "{_planted("nested")}", "key": ["{_planted("nested")}"]}}]}}',
        f'{{"software_statement": "{_planted("broken")}"',
        f"password={_planted('broken')}\n\n{{",
    ):
        headers = {"Content-Type": "application/json"}
        await lab.call("POST", "/o/client/register", headers, **raw(body))
    for kind, place in (("text/html", "html"), ("text/plain", "plain")):
        for body in (
            f"client_id=x&client_secret={_planted(place)}",
            f'{{"password": "{_planted(place)}"}}',
        ):
            await lab.call("POST", "/o/client/token", {"Content-Type": kind}, data=body.encode())
    for name, url in (
        ("Referer", f"https://app.example/?access_token={_planted('referer')}"),
        ("Origin", f"https://app.example/#access_token={_planted('fragment')}"),
    ):
        await tv.call("GET", "LABSP/profiles", {name: url})
    form = form_of({"SAMLResponse": _planted("saml")})
    await tv.call("POST", "LABSP/profiles/sso/Apple", {"Content-Type": FORM}, **form)
    for mvpd in ("LabCable", "LabDish"):
        code = await tv.start(mvpd=mvpd)
        browser = Browser(lab=lab)
        page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
        if mvpd == "LabDish":
            page = await browser.submit(page)
        page = await browser.submit(page, username="ann", password=_planted("password"))
        await browser.submit(page, username="ann", password="secret")
    (decision,) = await tv.decide("authorize", "NEWS")
    made.append(decision["token"]["serializedToken"])
    await lab.admin("POST", "media-tokens/verify", {"token": decision["token"]["serializedToken"]})
    # This one is part of the world, but what was done by hand is told without it.
    await lab.admin("POST", "subscribers", {"id": "bob", "password": _planted("account")})
    return made


def _told(name: str, content: str, secrets: list[str]) -> list[str]:
    """Which secrets are in `content`, and where."""
    return [f"{each} in {name}" for each in secrets if each in content]


async def _events(lab: Lab) -> str:
    """All events so far, as they are streamed."""
    last = (await lab.admin("GET", "requests?order=newest&limit=1"))["items"][0]["number"]
    told = ""
    async with lab.client.get("/admin/v1/events", headers={"Last-Event-ID": "0"}) as stream:
        while f"id: {last}\n" not in told:
            told += (await stream.content.readuntil(b"\n\n")).decode()
    return told


async def test_secrets_are_kept_and_told_nowhere(
    make_lab: MakeLab, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="aiosqlite")
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "state.db"
    lab = await make_lab(db=str(file))
    made = await _plant(lab)
    planted = [_planted(each) for each in PLACES if each != "account"]
    planted += [base64.b64encode(_planted("identity").encode()).decode()]
    secrets = [*planted, *made, _planted("account")]
    listed = (await lab.ask("GET", "requests?limit=1000")).text
    entries = [
        (await lab.ask("GET", f"requests/{each['id']}")).text
        for each in (await lab.admin("GET", "requests?limit=1000"))["items"]
    ]
    response = await lab.client.get("/admin/v1/bundle")
    with zipfile.ZipFile(io.BytesIO(await response.read())) as bundle:
        packed = {name: bundle.read(name).decode() for name in bundle.namelist()}
    engine = lab.client.server.app[CONTEXT].engine  # type: ignore[attr-defined]
    rows = await engine.query(
        lambda connection: str(connection.execute(text("SELECT * FROM journal")).all())
    )
    # The test server writes a log of its own, which the real one does without.
    records = [each for each in caplog.records if each.name != "aiohttp.access"]
    log = "\n".join(f"{each.getMessage()} {vars(each)}" for each in records)
    told = {
        "the list": listed,
        "an entry": "\n".join(entries),
        "the archive": (await lab.ask("GET", "requests.har")).text,
        "the events": await _events(lab),
        "the conduct report": (await lab.ask("GET", "conduct")).text,
        "the log": log,
        "the journal's rows": rows,
        **packed,
    }
    found = [each for name, content in told.items() for each in _told(name, content, secrets)]
    assert found == []
    # That something is there at all: what stands for them, and what is no secret.
    assert all("[redacted " in told[name] for name in ("an entry", "the archive", "journal.jsonl"))
    assert "device-identifier" in told["the conduct report"]
    assert "/o/client/token" in log
    await lab.client.close()
    kept = _files(tmp_path)
    assert TV in kept
    assert _told("the files", kept, planted) == []


def _files(folder: Path) -> str:
    """All that the database is, byte by byte."""
    return b"".join(each.read_bytes() for each in folder.iterdir()).decode(errors="replace")
