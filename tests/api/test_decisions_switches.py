"""The switches of the decisions operations, and resources of every kind."""

from typing import Any, Final

import pytest

from tests.support.decisions import (
    PREAUTHORIZE,
    ask,
    decision,
    decisions,
    outcome,
    permit,
    seeded,
    viewer,
)
from tests.support.lab import Lab
from tests.support.shapes import assert_enhanced
from tests.support.worlds import profile, rule, world

BOTH: Final = ("authorize", PREAUTHORIZE)
DENIED_BEFOREHAND: Final = "preauthorization_denied_by_mvpd"
DENIED: Final = "authorization_denied_by_mvpd"


@pytest.mark.parametrize("operation", BOTH)
async def test_errors_on_top_answer_for_the_whole_request(lab: Lab, operation: str) -> None:
    top = {"decisions.error_level": "top"}
    app = await seeded(lab, world(settings=top))
    reply = await ask(app, "LAB-LIVE", operation=operation)
    assert_enhanced(reply, "authenticated_profile_missing")
    await lab.seed(
        world(settings=top, profiles=[profile("login", client="app-1", invalidated=True)])
    )
    reply = await ask(app, "LAB-LIVE", operation=operation)
    assert_enhanced(reply, "authenticated_profile_invalidated")
    reply = await ask(app, *"abcdef", operation=operation)
    assert_enhanced(reply, "too_many_resources")


@pytest.mark.parametrize("operation", BOTH)
async def test_errors_on_top_leave_every_other_denial_where_it_is(lab: Lab, operation: str) -> None:
    top = {"decisions.error_level": "top"}
    app = await seeded(lab, viewer(denials={"*": DENIED}) | {"settings": top})
    assert not (await decision(app, operation=operation))["authorized"]
    await lab.admin("POST", "degradations", rule("AuthZNone"))
    source, _ = await outcome(app, operation=operation)
    assert source == "degradation"


@pytest.mark.parametrize(
    ("switch", "left"),
    [
        ("deny", [("LIVE", None), ("NOPE", DENIED_BEFOREHAND), ("GOLD", DENIED_BEFOREHAND)]),
        ("permit", [("LIVE", None), ("NOPE", None), ("GOLD", DENIED_BEFOREHAND)]),
        ("omit", [("LIVE", None), ("GOLD", DENIED_BEFOREHAND)]),
    ],
)
async def test_what_preauthorize_says_of_an_unknown_resource(
    lab: Lab, switch: str, left: list[tuple[str, Any]]
) -> None:
    app = await seeded(lab, viewer(entitlements=["LIVE"], denials={"GOLD": DENIED}))
    await lab.settings(unknown_resources=switch)
    reply = await ask(app, "LIVE", "NOPE", "GOLD", operation=PREAUTHORIZE)
    found = reply.data()["decisions"]
    assert [(each["resource"], each.get("error", {}).get("code")) for each in found] == left
    # To authorize is another matter.
    assert await outcome(app, "NOPE") == ("mvpd", DENIED)


async def test_when_nothing_is_known_nothing_is_said(lab: Lab) -> None:
    app = await seeded(lab, viewer(entitlements=[]) | {"settings": {"unknown_resources": "omit"}})
    assert (await ask(app, "NOPE", operation=PREAUTHORIZE)).data() == {"decisions": []}


async def test_order_and_duplicates_stay(lab: Lab) -> None:
    app = await seeded(lab, viewer(entitlements=["a", "c"]))
    items = await decisions(app, "c", "b", "a", "b", "c", operation=PREAUTHORIZE)
    assert [item["authorized"] for item in items] == [True, False, True, False, True]


async def test_all_errors_of_an_answer_have_its_trace(lab: Lab) -> None:
    app = await seeded(lab, world())
    traces = []
    for _ in range(2):
        found = (await ask(app, "a", "b", operation=PREAUTHORIZE)).data()["decisions"]
        traces.append({each["error"]["trace"] for each in found})
    assert [len(each) for each in traces] == [1, 1]
    assert traces[0] != traces[1]


async def test_with_an_id_seed_traces_and_answers_repeat(lab: Lab) -> None:
    found = []
    for _ in range(2):
        app = await seeded(lab, world(settings={"id_seed": "42"}))
        found.append([(await ask(app, "a", operation=operation)).json for operation in BOTH])
    assert found[0] == found[1]
    assert (
        found[0][0]["decisions"][0]["error"]["trace"]
        != found[0][1]["decisions"][0]["error"]["trace"]
    )


RESOURCES: Final = (
    "LAB-LIVE",
    " two words ",
    "<",
    "]]>",
    "<rss><channel><title>LAB</title></channel></rss>",
    "<rss>\n\t<channel>\r\n</rss>",
    "<a>&unknown;</a>",
    "“Ünïcödé” \U0001f4fa",
    "\u0001\x7f\ufffe",
    '"quoted" & \\escaped\\',
    "x" * 20_000,
    "<a>" * 5_000 + "</a>" * 5_000,
)


@pytest.mark.parametrize("resource", RESOURCES, ids=range(len(RESOURCES)))
async def test_a_resource_of_any_kind_is_echoed_permitted_and_verified(
    lab: Lab, resource: str
) -> None:
    app = await seeded(lab, viewer(entitlements=[resource]))
    assert await outcome(app, resource, operation=PREAUTHORIZE) == permit()
    first = await decision(app, resource)
    again = await decision(app, resource)
    assert first["notAfter"] == again["notAfter"]
    token = again["token"]["serializedToken"]
    found = await lab.admin("POST", "media-tokens/verify", {"token": token, "resource": resource})
    assert (found["status"], found["resource_id"]) == ("VALID_TOKEN", resource)


async def test_an_mrss_resource_goes_by_the_title_of_its_channel(lab: Lab) -> None:
    app = await seeded(lab, viewer(entitlements=["LAB-LIVE"], denials={"LAB-GOLD": DENIED}))
    fragment = (
        "<rss><channel><title> {} </title><item><title>LAB-LIVE</title></item></channel></rss>"
    )
    wanted = {"LAB-LIVE": permit(), "LAB-GOLD": ("mvpd", DENIED), "NOPE": ("mvpd", DENIED)}
    for channel, answer in wanted.items():
        assert await outcome(app, fragment.format(channel)) == answer


MALFORMED: Final = {
    "not closed": '<rss version="2.0"><channel><title>REF30</title>',
    "something else": "<foo/>",
    "without a title": "<rss><channel><media:rating>R</media:rating></channel></rss>",
    "an empty title": "<rss><channel><title> </title></channel></rss>",
}


@pytest.mark.parametrize("operation", BOTH)
@pytest.mark.parametrize("name", MALFORMED)
async def test_a_resource_that_nobody_can_read_is_denied_with_the_reason(
    lab: Lab, name: str, operation: str
) -> None:
    app = await seeded(lab, viewer())
    # The others of a request are none the worse for it, and authorize takes one alone.
    others = ("REF30",) if operation == PREAUTHORIZE else ()
    found = (await ask(app, MALFORMED[name], *others, operation=operation)).data()["decisions"]
    assert [each["authorized"] for each in found] == [False, *(True for _ in others)]
    item = found[0]
    assert item["resource"] == MALFORMED[name]
    assert item["error"]["code"] == (DENIED if operation == "authorize" else DENIED_BEFOREHAND)
    assert item["error"]["details"].startswith("The resource is ")
    assert "token" not in item
    (entry, *_) = (await lab.admin("GET", f"requests?operation={operation}"))["items"]
    assert item["error"]["details"] in entry["explanation"]


@pytest.mark.parametrize("operation", BOTH)
async def test_a_switch_refuses_what_nobody_can_read(lab: Lab, operation: str) -> None:
    app = await seeded(lab, viewer())
    await lab.settings(decisions__malformed_resources="refuse")
    reply = await ask(app, "<rss>", "REF30", "<foo/>", operation=operation)
    assert_enhanced(reply, "invalid_parameter_resources")
    for place in ("resources[0]: The resource is no", "resources[2]: The resource is XML"):
        assert place in reply.json["message"]


@pytest.mark.parametrize("operation", BOTH)
async def test_a_switch_takes_what_nobody_can_read_for_a_name(lab: Lab, operation: str) -> None:
    app = await seeded(lab, viewer())
    await lab.settings(decisions__malformed_resources="name")
    for resource in MALFORMED.values():
        assert await outcome(app, resource, operation=operation) == permit()


async def test_an_item_s_title_is_a_title(lab: Lab) -> None:
    app = await seeded(lab, viewer())
    fragment = "<rss><channel><item><title>Tonight</title></item></channel></rss>"
    assert await outcome(app, fragment) == permit()
