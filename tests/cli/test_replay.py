"""`bundle` and `replay`: a run is taken along, and comes out the same elsewhere, or says where not."""

import asyncio
import gzip
import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from simulator.cli.options import Place
from simulator.cli.remote import connected
from simulator.cli.replay.bundles import Bundle, read
from simulator.cli.replay.replaying import Outcome, replay
from simulator.cli.replay.targets import Target
from tests.conftest import MakeLab
from tests.support.console import Console
from tests.support.lab import Lab
from tests.support.logins import ANN, Browser
from tests.support.server import Server, finished, serving
from tests.support.television import Television
from tests.support.worlds import TV, profile, service_token, world

WORLD: Final = world(
    subscribers=[ANN],
    profiles=[
        profile("shared", device="elsewhere", links=[service_token("user-9001")]),
        profile("literal", device="elsewhere", mvpd="LabDish", links=[
            {"kind": "platform_identity", "value": "a-literal-token"}]),
    ],
)  # fmt: skip


async def _packed(lab: Lab, file: Path) -> Bundle:
    named = {"X-Sim-Sandbox": lab.sandbox or "default"}
    response = await lab.client.get("/admin/v1/bundle", headers=named)
    assert response.headers["Content-Type"] == "application/zip"
    return _written(file, await response.read())


def _written(file: Path, packed: bytes) -> Bundle:
    file.write_bytes(packed)
    return read(file)


async def _replayed(
    lab: Lab,
    bundle: Bundle,
    sandbox: str = "default",
    **settings: Any,  # noqa: ANN401 - JSON
) -> Outcome:
    given = {name.replace("__", "."): value for name, value in settings.items()}

    def work() -> Outcome:
        with connected(Place(url=lab.origin, sandbox=sandbox)) as connection:
            target = Target(connection=connection)
            return replay(bundle, target, settings=given, progress=lambda _done, _total: None)

    return await asyncio.to_thread(work)


async def _run(lab: Lab) -> None:
    """Registration, login, decisions, single sign-on, faults, mistakes and logout."""
    await lab.seed(WORLD)
    tv = Television(lab=lab, device=TV)
    await tv.register()
    await tv.get_token()
    await tv.get("configuration")
    code = await tv.start()
    await tv.wait(4)
    await tv.get(f"profiles/code/{code}")
    browser = Browser(lab=lab)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    page = await browser.submit(page, username="ann", password="wrong")
    await browser.submit(page, username="ann", password="secret")
    await tv.wait(4)
    assert (await tv.get(f"profiles/code/{code}")).data()["profiles"]
    await tv.decide("preauthorize", "NEWS", "SPORT")
    await tv.decide("authorize", "NEWS")
    await lab.admin(
        "POST",
        "faults",
        {
            "match": {"operation": "authorize"},
            "times": 1,
            "action": {"kind": "error", "code": "network_connection_timeout"},
        },
    )
    await tv.call("POST", "LABSP/decisions/authorize/LabCable", json={"resources": ["SPORT"]})
    token = (await lab.admin("POST", "service-tokens", {"subject": "user-9001"}))["token"]
    await tv.get("profiles", AD_Service_Token=token)
    await tv.get("profiles", Adobe_Subject_Token="a-literal-token")
    await tv.get("profiles", Adobe_Subject_Token="linked-to-nothing")
    await tv.get("profiles/NOPE")
    await tv.get("nowhere")
    await tv.wait(7 * 3600)
    await tv.get("profiles")
    await tv.get_token()
    await browser.open(await tv.logout())
    await tv.get("profiles")
    # What is done by hand belongs to the run, too.
    other = await lab.app("box", client="app-2")
    code = await tv.start(mvpd="LabDish")
    await lab.admin("POST", f"codes/{code}/approve", {"subscriber": "ann"})
    await tv.get(f"profiles/code/{code}")
    made = await lab.admin(
        "POST", "profiles", {"service_provider": "LABSP", "mvpd": "LabDish", "device": "box"}
    )
    await other.logout("LabDish")
    await lab.admin("PATCH", "settings", {"logout.url": "relative"})
    await lab.admin(
        "POST", "profiles", {"service_provider": "LABSP", "mvpd": "LabCable", "device": "box"}
    )
    await other.logout("LabCable")
    assert made["id"]
    await (await lab.app("box")).get("profiles/TempBasic")


async def test_a_run_comes_out_the_same_elsewhere(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = await make_lab()
    await _run(lab)
    bundle = await _packed(lab, tmp_path / "run.zip")
    there = await make_lab(db=str(tmp_path / "elsewhere.db"))
    outcome = await _replayed(there, bundle)
    assert outcome.differing == []
    assert outcome.left_out == []
    assert outcome.replayed == bundle.manifest["requests"]


async def test_a_changed_setting_shows_exactly_the_difference(
    make_lab: MakeLab, tmp_path: Path
) -> None:
    lab = await make_lab()
    await lab.seed(WORLD | {"profiles": [profile("login")]})
    tv = await lab.app(TV, client="app-1")
    await tv.get("profiles")
    left = await tv.logout("LabCable")
    await tv.get("profiles")
    bundle = await _packed(lab, tmp_path / "run.zip")
    there = await make_lab()
    outcome = await _replayed(there, bundle, logout__url="relative")
    (differing,) = outcome.differing
    (told,) = differing.differences
    recorded = left.json["logouts"]["LabCable"]["url"]
    assert differing.request == left.headers["X-Sim-Request-Id"]
    assert (differing.operation, told.what) == ("logout", "$.logouts.LabCable.url")
    assert told.recorded == recorded
    assert told.replayed == recorded.removeprefix(lab.origin) != recorded


async def test_an_answer_with_another_status_is_told(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = await make_lab()
    await lab.seed(WORLD)
    await (await lab.app(TV, client="app-1")).get("profiles")
    bundle = await _packed(lab, tmp_path / "run.zip")
    there = await make_lab()
    outcome = await _replayed(there, bundle, device_info="strict")
    (differing,) = outcome.differing
    whats = {each.what: (each.recorded, each.replayed) for each in differing.differences}
    assert whats["status"] == (200, 400)
    assert whats["$.code"] == ("absent", "invalid_header_device_info")
    assert whats["$.profiles"] == ({}, "absent")


async def test_it_begins_where_the_generation_began(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = await make_lab()
    await lab.seed(WORLD)
    await lab.admin(
        "POST",
        "profiles",
        {"service_provider": "LABSP", "mvpd": "LabCable", "device": TV, "expires_in": "PT1H"},
    )
    await lab.admin("POST", "snapshots", {"name": "in"})
    lab.clock.advance(minutes=30)
    await lab.admin("POST", "snapshots/in/restore")
    tv = await lab.app(TV, client="app-1")
    assert (await tv.get("profiles")).data()["profiles"]
    lab.clock.advance(minutes=61)
    assert (await tv.get("profiles")).data()["profiles"] == {}
    bundle = await _packed(lab, tmp_path / "run.zip")
    assert [each["id"] for each in bundle.baseline["profiles"] if each["device"] == TV]
    outcome = await _replayed(await make_lab(), bundle)
    assert (outcome.differing, outcome.replayed) == ([], 2)


async def test_what_cannot_be_replayed_is_told_with_the_reason(
    make_lab: MakeLab, tmp_path: Path
) -> None:
    lab = await make_lab()
    await lab.seed(WORLD)
    saml = await lab.admin("POST", "saml-responses", {"mvpd": "LabCable", "subscriber": "ann"})
    await lab.admin("POST", "reset")
    tv = await lab.app(TV, client="app-1")
    refused = await lab.call(
        "POST",
        "/api/v2/LABSP/profiles/sso/Apple",
        tv.headers,
        data={"SAMLResponse": saml["saml_response"]},
    )
    text = await lab.call("POST", "/api/v2/LABSP/sessions", tv.headers, data=b"\x00\x01")
    headers = {**tv.headers, "Content-Encoding": "gzip"}
    await lab.call("POST", "/api/v2/LABSP/sessions", headers, data=gzip.compress(b"mvpd=LabCable"))
    packed = await lab.call("POST", "/api/v2/LABSP/sessions", headers, data=b"hello")
    bundle = await _packed(lab, tmp_path / "run.zip")
    outcome = await _replayed(await make_lab(), bundle)
    assert outcome.left_out == [
        (
            refused.headers["X-Sim-Request-Id"],
            "SAMLResponse was left out of the bundle, and nothing can stand in for it",
        ),
        (text.headers["X-Sim-Request-Id"], "its body was not kept: [2 bytes]"),
        (packed.headers["X-Sim-Request-Id"], "its body was packed, and nobody unpacked it"),
    ]
    assert (outcome.replayed, outcome.differing) == (1, [])


async def test_what_was_done_in_the_console_is_done_again(
    make_lab: MakeLab, tmp_path: Path
) -> None:
    lab = await make_lab()
    await lab.seed(WORLD)
    console = Console(lab=lab)
    tv = Television(lab=lab, device=TV)
    await tv.register()
    await tv.get_token()
    code = await tv.start()
    await console.act(f"/codes/{code}/approve", subscriber="ann")
    assert (await tv.get(f"profiles/code/{code}")).data()["profiles"]
    (profile_id,) = [
        each["id"] for each in (await lab.admin("GET", "profiles"))["items"] if each["device"] == TV
    ]
    await console.act("/profiles/expire", id=profile_id)
    assert not (await tv.get("profiles")).data()["profiles"]
    for verb in ("deny", "expire"):
        code = await tv.start()
        await console.act(f"/codes/{code}/{verb}")
        assert not (await tv.get(f"profiles/code/{code}")).json.get("profiles")
    await console.act("/device/log-in", device=TV, at="LABSP/LabDish")
    assert (await tv.get("profiles")).data()["profiles"]
    (profile_id,) = [
        each["id"]
        for each in (await lab.admin("GET", "profiles?mvpd=LabDish&device=" + TV))["items"]
    ]
    await console.act("/profiles/invalidate", id=profile_id)
    await tv.get("profiles")
    fields = {"kind": "error", "code": "network_connection_timeout", "operation": "profiles"}
    await console.act("/world/faults", **fields)
    await tv.get("profiles")
    (fault,) = (await lab.admin("GET", "faults"))["items"]
    await console.act("/world/faults/delete", id=fault["id"])
    await console.act("/world/settings", name="device_info", value="strict")
    await tv.get("profiles")
    bundle = await _packed(lab, tmp_path / "run.zip")
    outcome = await _replayed(await make_lab(), bundle)
    assert (outcome.left_out, outcome.differing) == ([], [])
    assert outcome.replayed == bundle.manifest["requests"]


async def test_a_run_under_the_prefix_of_a_sandbox_comes_out_the_same_in_another(
    lab: Lab, tmp_path: Path
) -> None:
    tv = await lab.app(TV)
    before = f"/s/{lab.sandbox}/api/v2"
    await lab.call("GET", f"{before}/LABSP/configuration", tv.headers)
    session = {
        "mvpd": "LabCable",
        "domainName": "app.example",
        "redirectUrl": "https://app.example",
    }
    await lab.call("POST", f"{before}/LABSP/sessions", tv.headers, data=session)
    for method, path in (
        ("GET", "LABSP/no/such/path"),
        ("PUT", "LABSP/profiles"),
        ("GET", "NOPE/profiles"),
    ):
        await lab.call(method, f"{before}/{path}", tv.headers)
    large = await lab.call(
        "POST", f"{before}/LABSP/sessions", tv.headers, data=BytesIO(bytes(2_000_000))
    )
    assert large.status == 413
    bundle = await _packed(lab, tmp_path / "run.zip")
    made = await lab.admin("POST", "sandboxes", {})
    outcome = await _replayed(lab, bundle, made["id"])
    assert outcome.differing == []
    assert outcome.left_out == [
        (large.headers["X-Sim-Request-Id"], "its body was not kept: nobody read it to its end")
    ]
    assert outcome.replayed == 5


async def test_with_an_id_seed_the_ids_are_the_same(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = await make_lab()
    await lab.seed(WORLD | {"settings": {"id_seed": "seven"}})
    tv = Television(lab=lab, device=TV)
    await tv.register()
    await tv.get_token()
    code = await tv.start()
    await tv.get(f"profiles/code/{code}")
    bundle = await _packed(lab, tmp_path / "run.zip")
    assert bundle.manifest["id_seed"] == "seven"
    there = await make_lab()
    assert (await _replayed(there, bundle)).differing == []
    assert await there.admin("GET", f"sessions/{code}")


async def test_a_bundle_says_what_it_is_of(make_lab: MakeLab, tmp_path: Path) -> None:
    lab = await make_lab()
    await _run(lab)
    file = tmp_path / "run.zip"
    bundle = await _packed(lab, file)
    with zipfile.ZipFile(file) as archive:
        devices = json.loads(archive.read("devices.json"))
        settings = json.loads(archive.read("settings.json"))
        assert sorted(archive.namelist()) == [
            "baseline.json",
            "devices.json",
            "journal.jsonl",
            "manifest.json",
            "settings.json",
        ]
    assert {each["id"]: each["platform"] for each in devices} == {TV: "Roku", "box": "unknown"}
    assert next(each for each in devices if each["id"] == TV)["info"]["osName"] == "Roku OS"
    assert settings["logout.url"]["value"] == "relative"
    assert bundle.manifest["baseline"] == "lab"
    assert bundle.manifest["generation"] == 2
    assert bundle.manifest["clock"]["mode"] == "real"
    assert not bundle.manifest["incomplete"]
    assert {each["id"] for each in bundle.baseline["profiles"]} == {"shared", "literal"}
    # A replay logs in with what stands in its place.
    assert bundle.passwords == {"ann": "[redacted]"}
    assert [each["number"] for each in bundle.journal] == sorted(
        each["number"] for each in bundle.journal
    )


# The verbs


def _recorded(server: Server) -> None:
    token = server.call("POST", "/admin/v1/tokens", {})["access_token"]
    headers = {
        "Authorization": f"Bearer {token}",
        "AP-Device-Identifier": "fingerprint YmEyM2QxNDEtZDcxNS01NjFjLTk0ZjQtZTllNGM5NjZiMWVi",
    }
    query = "redirectUrl=https%3A%2F%2Fapp.example"
    for path in ("profiles", f"logout/Cablevision?{query}", "profiles"):
        server.call("GET", f"/api/v2/REF30/{path}", headers=headers)


def test_a_bundle_travels_by_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "run.zip"
    with serving("--port", "0", "--db", ":memory:", directory=tmp_path) as server:
        _recorded(server)
        written = finished(
            "bundle", "-o", file, "--url", server.origin, "--json", directory=tmp_path
        )
        assert json.loads(written.out) == {"file": str(file), "bytes": file.stat().st_size}

        # In the running simulator, in a sandbox that is gone afterwards.
        there = finished("replay", file, "--url", server.origin, directory=tmp_path)
        assert there.status == 0, there.err
        assert there.out == "Replayed 3, of which 0 were answered otherwise.\n"
        assert [each["id"] for each in server.call("GET", "/admin/v1/sandboxes")["items"]] == [
            "default"
        ]
        kept = finished("replay", file, "--url", server.origin, "--keep", directory=tmp_path)
        assert kept.status == 0
        assert len(server.call("GET", "/admin/v1/sandboxes")["items"]) == 2

    # In memory, when there is none running.
    here = finished("replay", file, "--json", directory=tmp_path)
    assert (here.status, json.loads(here.out)) == (
        0,
        {"replayed": 3, "incomplete": False, "differing": [], "left_out": []},
    )
    changed = finished("replay", file, "--set", "logout.url=relative", directory=tmp_path)
    assert changed.status == 1
    assert "Replayed 3, of which 1 were answered otherwise." in changed.out
    assert "$.logouts.Cablevision.url" in changed.out
