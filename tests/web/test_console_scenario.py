"""A scenario on the console: opened, brought as a file, checked with each problem at its line, and seeded."""

import json

import pytest

from tests.support.console import Console, Page
from tests.support.lab import App, Lab
from tests.support.replies import Reply
from tests.support.worlds import profile, world

BROKEN = """name: mine
mvpds:
  - id: One
    kind: cable
subscribers:
  - id: ann
    mvpd: Nobody
"""
SOUND = json.dumps(world(profiles=[profile("new")]), indent=1)


async def _submit(console: Console, **fields: str) -> Page:
    return Page(await console.send("/scenario?at=editor", fields))


async def _upload(lab: Lab, content: bytes) -> Reply:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="mine.yaml"\r\n\r\n'
        + content
        + b"\r\n--b--\r\n"
    )
    headers = {"Origin": lab.origin, "Content-Type": "multipart/form-data; boundary=b"}
    return await lab.call("POST", "/console/scenario/upload", headers, data=body)


@pytest.mark.parametrize(
    ("query", "begins"),
    [("", "name: mine"), ("?name=demo", "# yaml-language-server"), ("?from=present", "{")],
)
async def test_it_begins_with_a_file_with_the_world_or_with_a_few_lines(
    console: Console, query: str, begins: str
) -> None:
    [written] = (await console.open(f"/scenario{query}")).texts("//textarea")
    assert written.startswith(begins)


async def test_an_unknown_scenario_is_not_there_to_be_opened(console: Console) -> None:
    await console.open("/scenario?name=nothing-of-the-kind", status=404)


async def test_every_problem_stands_at_its_line_and_nothing_changes(
    app: App, console: Console
) -> None:
    before = await app.lab.state()
    for mode, status in {"": 200, "replace": 422}.items():
        page = await _submit(console, document=BROKEN, mode=mode)
        assert page.reply.status == status
        assert "2 problems: nothing was changed" in page.texts("//h3")
        wrong = page.texts("//tr[contains(@class, 'wrong')]")
        assert [each.split()[0] for each in wrong] == ["4", "7"]
        assert "cable" in wrong[0]
        assert "Nobody" in wrong[1]
        # What was typed is still there.
        assert page.tree.xpath("//textarea")[0].text.strip() == BROKEN.strip()
    # What is merged may be about a provider that the world has.
    page = await _submit(console, document=BROKEN, mode="merge")
    assert "1 problem: nothing was changed" in page.texts("//h3")
    assert await app.lab.state() == before


async def test_a_sound_one_is_checked_merged_and_seeded(app: App, console: Console) -> None:
    assert "It can be seeded." in (await _submit(console, document=SOUND)).told
    await app.lab.admin("POST", "reset", {"to": "empty"})
    page = await _submit(console, document=SOUND, mode="replace")
    assert "It is in force" in page.told
    assert "1 profiles" in page.told
    assert await app.lab.profile_ids() == {"new"}
    more = {"name": "more", "profiles": [profile("second", mvpd="LabDish")]}
    assert "merged" in (await _submit(console, document=json.dumps(more), mode="merge")).told
    assert await app.lab.profile_ids() == {"new", "second"}


async def test_what_leads_nowhere_is_shown(app: App, console: Console) -> None:
    for mode in ("", "replace"):
        page = await _submit(console, document="name: bare\nmvpds: [{id: One}]\n", mode=mode)
        assert page.texts("//*[@id='warnings']//li")
    answer = await app.lab.admin(
        "POST", "seed", {"document": {"name": "b", "mvpds": [{"id": "One"}]}}
    )
    assert len(page.texts("//*[@id='warnings']//li")) == len(answer["warnings"])


@pytest.mark.parametrize(("keep", "kept"), [("clients", True), ("nothing", False), ("", True)])
async def test_clients_stay_where_that_is_asked_for(
    app: App, console: Console, keep: str, kept: bool
) -> None:
    # `default` keeps them of itself.
    await _submit(console, document=json.dumps(world()), mode="replace")
    application = (await app.lab.admin("GET", "applications"))["items"][0]
    await app.lab.admin("POST", "clients", {"id": "kept", "application": application["id"]})
    await _submit(console, document=json.dumps(world()), mode="replace", keep=keep)
    clients = {each["id"] for each in (await app.lab.admin("GET", "clients"))["items"]}
    assert ("kept" in clients) is kept


async def test_a_file_is_brought_and_checked(lab: Lab) -> None:
    page = Page(await _upload(lab, b"\xef\xbb\xbf" + BROKEN.encode()))
    assert "2 problems: nothing was changed" in page.texts("//h3")
    assert (await _upload(lab, b"\xff\xfe")).status == 400
    empty = await Console(lab=lab).send("/scenario/upload", {})
    assert empty.status == 400
