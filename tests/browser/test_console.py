"""The lab board in a real browser: live, with a keyboard, on a phone and without JavaScript."""

from typing import Final, Literal

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.test_looks import CONTRAST, MEASURE, READ, SCREENS, TARGET
from tests.conftest import MakeLab
from tests.support.lab import App, Lab
from tests.support.logins import ANN, by_code, code_for, create
from tests.support.worlds import BOX, TV, Entry, profile, world

LONG: Final[Entry] = {"id": BOX, "name": "The-bedroom-of-" + "somebody-with-a-long-name-" * 4}
PHONE: Final = SCREENS["a phone"]
DESKTOP: Final = ViewportSize(width=1440, height=900)

OUTLINE: Final = "getComputedStyle(document.activeElement).outlineStyle"
CONTROLS: Final = "button:visible, select:visible, input:visible, summary:visible, nav a"
SIZES: Final = """all => all.map(each => {
  const box = each.getBoundingClientRect();
  return [each.outerHTML, Math.min(box.width, box.height)];
})"""
READ_ALL: Final = READ.replace(
    "'h1, p,", "'h1, h2, h3, p, span, strong, li, th, td, dt, dd, select,"
)


@pytest.fixture
async def tv(lab: Lab) -> App:
    """An app on a television in a lab where nobody has called yet."""
    await lab.seed(
        world(subscribers=[ANN], devices=[LONG], profiles=[profile("home", BOX, subscriber="ann")])
    )
    return await lab.app(TV, client="app-1")


def _errors(page: Page) -> list[str]:
    """What goes wrong on the page from now on."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    return found


async def test_a_device_appears_with_its_code_and_is_approved_from_the_board(
    tv: App, browser: Browser
) -> None:
    page = await browser.new_page(viewport=DESKTOP)
    errors = _errors(page)
    await page.goto(f"{tv.lab.origin}/console")
    await expect(page.get_by_text("No device has called lately")).to_be_visible()

    # The television asks for a code; nobody touches the page.
    code = await code_for(tv)
    card = page.get_by_role("article", name=TV)
    await expect(card.locator(".digits")).to_have_text(code)
    picture = card.get_by_role("img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("each => each.complete && each.naturalWidth > 0")
    assert await by_code(tv, code) == {}

    # What somebody types is not lost when the board changes in the meantime.
    who = card.get_by_label("Account")
    await who.fill("an")
    await (await tv.lab.app(BOX, client="app-2")).profiles()
    await expect(page.get_by_role("article")).to_have_count(2)
    await expect(who).to_be_focused()
    await who.press("n")
    await who.press("Enter")
    await expect(page.get_by_role("status").first).to_contain_text("Logged in")
    await expect(card.locator(".digits")).to_have_count(0)
    await expect(card).to_contain_text("may watch everything")

    # The television, which has been polling, finds it.
    found = await by_code(tv, code)
    assert found["LabCable"]["attributes"]["userID"]["value"] == "viewer-ann"
    assert errors == []


async def test_what_is_refused_is_told_on_the_page(tv: App, browser: Browser) -> None:
    code = (await create(tv))["code"]
    page = await browser.new_page(viewport=DESKTOP)
    await page.goto(f"{tv.lab.origin}/console")
    approve = page.get_by_role("button", name=f"Approve {' '.join(code)}")
    await approve.click()
    await expect(page.get_by_role("alert")).to_contain_text("is required")
    await page.get_by_label("Provider").select_option("LabDish")
    await approve.click()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await expect(page.get_by_role("article")).to_contain_text("LabDish")
    assert [*await by_code(tv, code)] == ["LabDish"]


async def test_without_javascript_it_is_read_and_acts_all_the_same(
    tv: App, browser: Browser
) -> None:
    code = await code_for(tv)
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{tv.lab.origin}/console")
    await expect(page.locator(".digits")).to_have_text(code)
    await page.get_by_role("button", name=f"Deny {' '.join(code)}").click()
    await expect(page.get_by_role("status").first).to_contain_text("refused")
    assert (await tv.lab.admin("GET", f"sessions/{code}"))["status"] == "failed"


async def _reach(page: Page, mark: str) -> None:
    """Go on with Tab until the element with this id has the focus, which can be seen."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == mark:
            assert await page.evaluate(OUTLINE) == "solid"
            return
    pytest.fail(f"Tab does not lead to {mark}")


async def test_with_the_keyboard_alone(tv: App, browser: Browser) -> None:
    page = await browser.new_page(viewport=DESKTOP)
    lab = tv.lab
    code = await code_for(tv)
    await page.goto(f"{lab.origin}/console")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    reached = []
    for _ in range(8):
        await page.keyboard.press("Tab")
        assert await page.evaluate(OUTLINE) == "solid"
        reached.append(await page.evaluate("document.activeElement.id"))
    assert [each.partition("-")[0] for each in reached] == [
        "q", "show", "view", "", "a", "", "who", "b",
    ]  # fmt: skip
    await page.keyboard.press("Enter")
    told = page.locator(".told")
    await expect(told).to_contain_text("Logged in")
    # The button is gone, so what it did has the focus.
    await expect(told).to_be_focused()
    assert [*await by_code(tv, code)] == ["LabCable"]

    code = await code_for(tv, mvpd="LabDish")
    await page.reload()
    await _reach(page, f"b-deny-{code}")
    await page.keyboard.press("Enter")
    await expect(told).to_contain_text("refused")
    assert (await lab.admin("GET", f"sessions/{code}"))["status"] == "failed"

    await page.goto(f"{lab.origin}/console/world?device={TV}")
    await _reach(page, "fault-code")
    await page.keyboard.type("internal_server_error")
    await _reach(page, "b-fault")
    await page.keyboard.press("Enter")
    await expect(told).to_contain_text("The fault is in force.")
    await expect(page.locator("#b-fault")).to_be_focused()
    [fault] = (await lab.admin("GET", "faults"))["items"]
    assert fault["match"] == {"device": TV}

    await page.reload()
    await _reach(page, "b-reset")
    await page.keyboard.press("Enter")
    await expect(told).to_contain_text("The sandbox was reset.")
    await expect(page.locator("#b-reset")).to_be_focused()
    assert (await lab.admin("GET", "faults"))["items"] == []


async def test_far_down_the_board_a_refusal_stands_at_its_button_and_stays(
    tv: App, browser: Browser
) -> None:
    for number in range(8):
        await create(await tv.lab.app(f"box-{number}", client="app-2"))
    page = await browser.new_page(viewport=PHONE)
    await page.goto(f"{tv.lab.origin}/console?view=cards")
    card = page.get_by_role("article", name="box-7")
    approve = card.get_by_role("button", name="Approve")
    await approve.click()
    refusal = card.get_by_role("alert")
    await expect(refusal).to_contain_text("is required")
    await expect(refusal).to_be_in_viewport()
    await expect(approve).to_be_focused()
    # The board changes meanwhile, and a search narrows it: neither takes the refusal away.
    await (await tv.lab.app("new", client="app-1")).profiles()
    await expect(page.get_by_role("article", name="new")).to_have_count(1)
    await expect(refusal).to_be_visible()
    await card.get_by_label("Provider").select_option("LabDish")
    await approve.click()
    await expect(card.locator(".told")).to_contain_text("Logged in")
    await expect(refusal).to_have_count(0)

    # As a list, with the one that is named open.
    await page.locator("#view").select_option("list")
    await expect(page.locator("#board.list")).to_have_count(1)
    await expect(page.locator(".digits")).to_have_count(0)
    await page.get_by_role("link", name="box-3").click()
    await expect(page.locator(".digits")).to_have_count(1)
    assert "open=box-3" in page.url
    find = page.get_by_role("searchbox")
    await find.fill("box-5")
    await expect(page.get_by_role("article")).to_have_count(1)
    await expect(find).to_be_focused()


async def test_a_file_is_read_into_the_editor_and_a_problem_leads_to_its_line(
    tv: App, browser: Browser
) -> None:
    page = await browser.new_page(viewport=PHONE)
    errors = _errors(page)
    await page.goto(f"{tv.lab.origin}/console/scenario")
    broken = b"name: mine\nmvpds:\n  - id: One\n    kind: cable\n"
    await page.get_by_label("A file").set_input_files(
        {"name": "mine.yaml", "mimeType": "application/yaml", "buffer": broken}
    )
    editor = page.get_by_label("The document")
    await expect(editor).to_have_value(broken.decode())
    await page.get_by_role("button", name="Check", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("1 problem")
    await page.get_by_role("link", name="line 4").click()
    await expect(editor).to_be_focused()
    chosen = "each => each.value.slice(each.selectionStart, each.selectionEnd)"
    assert await editor.evaluate(chosen) == "    kind: cable"
    await page.keyboard.type("    kind: regular")
    await page.get_by_role("button", name="Check", exact=True).click()
    await expect(page.locator(".told")).to_contain_text("It can be seeded.")
    await expect(editor).to_have_value(broken.decode().replace("cable", "regular"))
    assert errors == []


async def test_a_token_is_asked_for_once_and_the_page_comes_back_to_where_it_was(
    lab_with: MakeLab, browser: Browser
) -> None:
    lab = await lab_with(admin_token="the-token-of-this-lab")
    page = await browser.new_page()
    await page.goto(f"{lab.origin}/console/world")
    await page.get_by_label("Admin token").fill("the-token-of-this-lab")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{lab.origin}/console/world")
    await page.get_by_role("button", name="Freeze").click()
    await expect(page.get_by_text("It stands still")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_label("Admin token")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_fit_the_screen_and_can_be_read(
    tv: App, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    await code_for(tv)
    await create(await tv.lab.app("another", client="app-2"))
    logout = await (await tv.lab.app(BOX, client="app-2")).logout("LabOff")
    await tv.lab.admin("POST", "faults", {"action": {"kind": "throttle"}})
    request = logout.headers["X-Sim-Request-Id"]
    paths = (
        "",
        "/requests",
        f"/requests/{request}",
        "/world",
        "/scenario",
        "/sandboxes",
        "/conduct",
        f"/device?id={TV}",
    )
    page = await browser.new_page(color_scheme=scheme)
    for path in (*paths, "/nothing"):
        await page.goto(f"{tv.lab.origin}/console{path}")
        for name, size in SCREENS.items():
            await page.set_viewport_size(size)
            measured, contrasts = await page.evaluate(MEASURE), await page.evaluate(READ_ALL)
            assert measured["overflow"] <= 0, (name, path)
            poor = {each: found for each, found in contrasts.items() if found < CONTRAST}
            assert poor == {}, (name, path)
            boxes = await page.locator(CONTROLS).evaluate_all(SIZES)
            assert [each for each in boxes if each[1] < TARGET] == [], (name, path)
