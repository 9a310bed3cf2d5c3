"""How the verbs end, and what they write: what a script that runs them goes by."""

import asyncio
import json
from pathlib import Path
from xml.etree import ElementTree as ET

from typer.testing import CliRunner, Result

from simulator.cli.commands import app
from tests.support.lab import Lab

from .playing import recorded
from .test_altered import _altered
from .test_journey import journey


async def _run(*arguments: str | Path) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, [str(each) for each in arguments])


async def test_grade_ends_with_1_where_answers_differ_and_with_0_where_none_does(
    lab: Lab, tmp_path: Path
) -> None:
    await journey(lab)
    archive = await recorded(lab)
    same, other, world = (tmp_path / name for name in ("same.har", "other.har", "world.yaml"))
    same.write_text(json.dumps(archive))
    other.write_text(json.dumps(_altered(archive, ["actionName", "a status"])))
    learnt = await _run("learn", same, "-o", world)
    assert learnt.exit_code == 0, learnt.output
    at = ("--url", lab.origin, "--world", world)
    before = await lab.admin("GET", "sandboxes")

    agreed = await _run("grade", same, *at, "--fidelity", tmp_path / "fidelity.json")
    assert agreed.exit_code == 0, agreed.output
    assert "Graded 13 exchanges: 13 agreed, 0 differed." in agreed.output
    operations = json.loads((tmp_path / "fidelity.json").read_text())["operations"]
    assert operations["authorize"] == {"exchanges": 3, "agreed": 3}
    assert sum(each["agreed"] for each in operations.values()) == 13

    differed = await _run("grade", other, *at, "--json", "--junit", tmp_path / "junit.xml")
    assert differed.exit_code == 1, differed.output
    found = json.loads(differed.stdout)
    named = {(each["operation"], one["member"]) for each in found["differing"]
             for one in each["differences"]}  # fmt: skip
    assert named == {("logout", "$.logouts.LabCable.actionName"), ("profiles", "status")}
    suite = ET.parse(tmp_path / "junit.xml").getroot()  # noqa: S314 - our own
    assert len([*suite.iter("failure")]) == 2
    # The sandbox that it was played in is gone.
    assert await lab.admin("GET", "sandboxes") == before
