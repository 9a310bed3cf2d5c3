"""Each page of the console says where one is: its own place in the navigation, and no other."""

import re

import pytest

from tests.support.lab import Lab


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("", "Board"),
        ("/requests", "Requests"),
        ("/conduct", "Conduct"),
        ("/world", "World"),
        ("/sandboxes", "Sandboxes"),
    ],
)
async def test_a_page_marks_its_own_place(lab: Lab, path: str, label: str) -> None:
    reply = await lab.call("GET", f"/console{path}")
    assert reply.status == 200
    marked = re.findall(r'<a [^>]*aria-current="page"[^>]*>([^<]+)<', reply.text)
    assert marked == [label]
