"""What the console tells of the conduct of apps."""

from tests.support.console import Console
from tests.support.lab import App
from tests.support.logins import by_code, code_for
from tests.support.worlds import TV

HOSTILE = "<img src=x>"


async def test_nobody_has_called(app: App) -> None:
    page = await Console(lab=app.lab).open("/conduct")
    assert "No app has called since the last reset." in page.reply.text


async def test_what_an_app_did_wrong_with_the_requests_that_show_it(app: App) -> None:
    code = await code_for(app)
    for _ in range(5):
        await by_code(app, code)
    page = await Console(lab=app.lab).open("/conduct")
    report = await app.lab.admin("GET", "conduct")
    broken = [each for each in report["items"][0]["findings"] if each["verdict"] == "broken"]
    assert broken
    assert page.texts("//section/h2") == [f"lab-app on {TV}"]
    shown = page.texts("//section/ul/li")
    assert [each.split()[0] for each in shown] == [each["rule"] for each in broken]
    evidence = [name for each in broken for sign in each["evidence"] for name in sign["requests"]]
    links = page.attributes("//section/ul//a", "href")
    assert links == [f"/console/requests/{name}" for name in evidence]
    story = await Console(lab=app.lab).open(links[0].removeprefix("/console"))
    assert "profile_by_code" in story.texts("//h1")[0]


async def test_the_apps_on_one_device_alone(app: App) -> None:
    await app.profiles()
    await (await app.lab.app(HOSTILE, client="app-2")).profiles()
    page = await Console(lab=app.lab).open("/conduct?device=%3Cimg%20src%3Dx%3E")
    assert page.texts("//section/h2") == [f"lab-app on {HOSTILE}"]
    assert "<img" not in page.reply.text
    assert "2 instances on 2 devices" in (await Console(lab=app.lab).open("/conduct")).reply.text


async def test_many_instances_are_folded_by_application_and_rule(app: App) -> None:
    console = Console(lab=app.lab)
    for number in range(13):
        box = await app.lab.app(f"box-{number:02}", client="app-2")
        code = await code_for(box)
        for _ in range(3):
            await by_code(box, code)
    page = await console.open("/conduct")
    assert len(page.texts("//section")) == 1
    [summary] = [each for each in page.texts("//summary") if each.startswith("polling-interval")]
    assert summary.endswith("13 of 13")
    # Nothing is unfolded, ten instances are named, and the rest can be searched for.
    assert page.attributes("//details", "open") == ["None"] * len(page.texts("//details"))
    rule = "//details[starts-with(summary/span, 'polling-interval')]"
    assert len(page.texts(f"{rule}/ul/li")) == 10
    assert "and 3 more" in page.texts(f"{rule}/p")[0]
    page = await console.open("/conduct?q=box-12&rule=polling-interval")
    assert page.texts("//section/h2") == ["lab-app on box-12"]
    assert len(page.texts("//*[@class='folds']/li")) == 1
    assert "No app is like that." in (await console.open("/conduct?q=nobody")).reply.text
