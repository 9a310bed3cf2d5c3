"""One journey: from our own archive to a world in which it happens again."""

from tests.support.lab import Lab
from tests.support.logins import ANN, Browser
from tests.support.television import Television
from tests.support.worlds import TV, world

from .playing import graded, learnt, reading, recorded, shown


async def journey(lab: Lab) -> None:
    """Registration, login, decisions and logout."""
    subscriber = {**ANN, "entitlements": ["NEWS"]}
    await lab.seed(world(subscribers=[subscriber]))
    tv = Television(lab=lab, device=TV)
    await tv.register()
    await tv.get_token()
    await tv.get("configuration")
    code = await tv.start()
    await tv.wait(4)
    await tv.get(f"profiles/code/{code}")
    browser = Browser(lab=lab)
    page = await browser.open(f"/api/v2/authenticate/LABSP/{code}")
    await browser.submit(page, username="ann", password="secret")
    await tv.wait(4)
    assert (await tv.get(f"profiles/code/{code}")).data()["profiles"]
    await tv.decide("preauthorize", "NEWS", "SPORT")
    await tv.decide("authorize", "NEWS")
    await tv.wait(60)
    await tv.decide("authorize", "SPORT")
    await tv.decide("authorize", "NEWS")
    await browser.open(await tv.logout())
    await tv.get("profiles")


async def test_a_journey_happens_again_in_the_world_learnt_of_it(lab: Lab) -> None:
    await journey(lab)
    archive = await recorded(lab)
    grade = await graded(lab, archive)
    assert shown(grade) == ""
    assert grade.total == grade.total_agreed == 13


async def test_a_capture_that_begins_in_the_middle_is_played_from_what_was_before(lab: Lab) -> None:
    await journey(lab)
    archive = await recorded(lab)
    entries = archive["log"]["entries"]
    for first in range(1, len(entries)):
        archive["log"]["entries"] = entries[first:]
        if any("which no scenario holds" in each for each in learnt(archive).assumed):
            # From here on a decision from before is shown.
            assert first > 10
            continue
        grade = await graded(lab, archive)
        assert (first, shown(grade)) == (first, "")
        assert grade.total == grade.total_agreed == len([*reading(archive).exchanges()])
