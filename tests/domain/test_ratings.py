"""Resources: what is read from an MRSS fragment, and which rating is above which."""

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.decisions.ratings import Rating, Resource, read_resource

MPAA: Final = ("G", "PG", "PG-13", "R", "NC-17", "NR")
VCHIP: Final = ("TV-Y", "TV-Y7", "TV-G", "TV-PG", "TV-14", "TV-MA")


def _rated(value: str, scheme: str = "urn:mpaa") -> Resource:
    return read_resource(f'<rss><media:rating scheme="{scheme}">{value}</media:rating></rss>')


def test_a_fragment_says_its_channels_and_ratings() -> None:
    text = """
    <?xml version="1.0" encoding="UTF-8"?>"""
    assert read_resource(text).malformed
    text = """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>
        <title>LAB &amp; <![CDATA[<LIVE>]]></title>
        <item><title>An episode</title>
          <media:rating scheme="urn:mpaa"> pg </media:rating>
          <media:rating scheme="URN:V-CHIP">TV-<!-- not -->14</media:rating>
          <media:rating scheme="urn:simple">adult</media:rating>
          <media:rating>R</media:rating>
        </item></channel></rss>"""
    found = read_resource(text)
    assert found.id == text
    assert found.channels == ("LAB & <LIVE>",)
    assert found.ratings == (
        Rating(scheme="urn:mpaa", value="pg"),
        Rating(scheme="urn:v-chip", value="TV-14"),
    )
    assert found.names == (text, "LAB & <LIVE>")


@pytest.mark.parametrize("text", ["LAB-LIVE", "", "a<b/>", "two words", "]]>", " & <a>"])
def test_what_does_not_begin_as_xml_is_a_name(text: str) -> None:
    assert read_resource(text) == Resource(id=text)


@pytest.mark.parametrize(
    "text",
    [
        "<", "<rss>", "<a>&nbsp;</a>", "<a></b>", "<a/><b/>", "<a b=1/>", "<a>\0</a>", "\n<?xml?><a/>",
        '<rss version="2.0"><channel><title>REF30</title>',
    ],
)  # fmt: skip
def test_xml_that_is_not_well_formed_says_where(text: str) -> None:
    found = read_resource(text)
    assert (found.id, found.names) == (text, (text,))
    assert found.malformed
    assert "no well-formed XML" in found.malformed
    assert "line " in found.malformed


@pytest.mark.parametrize(
    "text",
    [
        "<foo/>", "<rss><channel/></rss>", "<rss><channel><title> </title></channel></rss>",
        "<rss><title>REF30</title></rss>", "<rss><channel><title/></channel></rss>",
        "<rss><channel><item><guid>REF30</guid></item></channel></rss>",
    ],
)  # fmt: skip
def test_xml_without_a_title_says_so(text: str) -> None:
    assert "without the title" in (read_resource(text).malformed or "")


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel><title>REF30</title></channel></rss>",
        " <channel><media:title>REF30</media:title></channel>\n",
        "<rss><channel><item><title>Tonight</title></item></channel></rss>",
    ],
)
def test_xml_with_a_title_is_mrss(text: str) -> None:
    assert read_resource(text).malformed is None


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE rss><rss/>",
        "  <?xml version='1.0'?><!DOCTYPE rss><rss/>".strip(),
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/"> %x;]><a/>',
    ],
)
def test_a_document_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="document type"):
        read_resource(text)


@given(st.text() | st.text().map(lambda text: f"<a>{text}</a>"))
def test_whatever_it_is_it_is_read(text: str) -> None:
    if "<!DOCTYPE" not in text:
        assert read_resource(text).id == text


@pytest.mark.parametrize(
    ("scheme", "member", "scale"), [("urn:mpaa", "MPAA", MPAA), ("urn:v-chip", "VCHIP", VCHIP)]
)
def test_a_rating_is_above_the_limit_where_it_comes_later(
    scheme: str, member: str, scale: tuple[str, ...]
) -> None:
    for step, value in enumerate(scale):
        for limit_step, limit in enumerate(scale):
            assert _rated(value, scheme).above({member: limit}) is (step > limit_step)


@pytest.mark.parametrize("value", ["PG-13", "pg-13", "PG13", " pg 13 ", "Pg_13"])
def test_spelling_does_not_matter(value: str) -> None:
    assert _rated(value).above({"MPAA": "PG"})
    assert not _rated(value).above({"MPAA": "pg13"})
    assert not _rated("G").above({"MPAA": value})


def test_fantasy_violence_is_no_step_of_its_own() -> None:
    assert _rated("tv-y7-fv", "urn:v-chip").above({"VCHIP": "TV-Y"})
    assert not _rated("tv-y7-fv", "urn:v-chip").above({"VCHIP": "TV-Y7"})


@pytest.mark.parametrize(
    "limit",
    [
        {},
        {"VCHIP": "TV-Y"},
        {"MPAA": ""},
        {"MPAA": "X"},
        {"MPAA": None},
        {"MPAA": ["G"]},
        {"MPAA": 1},
    ],
)
def test_without_a_limit_on_its_scale_a_rating_is_no_obstacle(limit: dict[str, Any]) -> None:
    assert not _rated("R").above(limit)


def test_what_is_on_no_scale_is_no_obstacle() -> None:
    for value in ("", "X", "TV-MA"):
        assert not _rated(value).above({"MPAA": "G"})


def test_one_rating_above_the_limit_is_enough() -> None:
    text = '<a><rating scheme="urn:mpaa">G</rating><rating scheme="urn:v-chip">TV-MA</rating></a>'
    assert read_resource(text).above({"MPAA": "G", "VCHIP": "TV-14"})
    assert not read_resource(text).above({"MPAA": "G", "VCHIP": "TV-MA"})
