"""What the console tells of what apps were shown, and the button that shows them the rest."""

from tests.support.console import Console
from tests.support.lab import App
from tests.support.worlds import TV

HOSTILE = "<img src=x>"


async def test_met_rows_are_lit_and_linked_to_their_requests(app: App, console: Console) -> None:
    reply = await app.logout("LabCable")
    await (await app.lab.app(HOSTILE)).profiles()
    page = await console.open("/coverage")
    assert page.texts("//*[@id='logout']//li[contains(@class, ' met')]/p[1]/span") == ["L10"]
    links = page.attributes("//*[@id='logout']//li[contains(@class, ' met')]//a", "href")
    request = reply.headers["X-Sim-Request-Id"]
    assert links == [f"/console/requests/{request}", "/console/requests?rule=L10"]
    assert "<img" not in page.reply.text
    alone = await console.open("/coverage?device=%3Cimg%20src%3Dx%3E")
    assert alone.texts("//li[contains(@class, ' met')]/p[1]/span")[:1] == ["profiles"]
    assert not alone.texts("//*[@id='logout']//li[contains(@class, ' met')]")


async def test_the_button_arms_the_sandbox(app: App, console: Console) -> None:
    done = await console.act("/coverage/arm", cell="logout:L6", device=TV)
    assert "next matching call meets it" in done.told
    await app.logout("LabCable")
    page = await console.open("/coverage")
    assert "L6" in page.texts("//*[@id='logout']//li[contains(@class, ' met')]/p[1]/span")
    told = await console.refused("/coverage/arm", 422, cell="logout:L16")
    assert "Did you mean" in told
    await console.act("/coverage/clear")
    page = await console.open("/coverage")
    assert page.texts("//*[@id='logout']//li[contains(@class, ' met')]") == []
