"""Learning where nobody has a shell: by the admin API, and on a page of the console."""

import json

from tests.captures.test_secrets import _capture, found_in
from tests.support.console import Console
from tests.support.lab import Lab


async def test_the_admin_api_learns_and_keeps_nothing(lab: Lab) -> None:
    before = await lab.state()
    answer = await lab.ask("POST", "captures/learn", _capture())
    found = answer.data()
    assert found["exchanges"] == 25
    assert found["scenario"]["name"] == "learnt"
    assert found["text"].startswith("# Learnt from a capture.")
    assert found_in(answer.text) == set()
    assert await lab.state() == before
    # What comes out can be put in.
    await lab.admin("POST", "seed", {"document": found["scenario"]})


async def test_the_admin_api_says_what_is_wrong(lab: Lab) -> None:
    error = await lab.refuses(422, "unusable_capture", "POST", "captures/learn", {"log": {}})
    assert error["message"] == "The capture is no HAR: its log has no list of entries."
    assert error["hint"]


async def test_a_file_that_is_dropped_on_the_page_becomes_a_sandbox(
    lab: Lab, console: Console
) -> None:
    assert "Learn a world from a capture" in (await console.open("/world")).reply.text
    data = json.dumps(_capture()).encode()
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="capture"; filename="x.har"\r\n'
        b"Content-Type: application/json\r\n\r\n" + data + b"\r\n--edge--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=edge", "Origin": lab.origin}
    page = await lab.call("POST", "/console/captures", headers, data=body)
    assert page.status == 200
    assert "25 requests to the backend" in page.text
    assert found_in(page.text) == set()
    learnt = (await lab.admin("POST", "captures/learn", _capture()))["text"]
    seeded = await console.act("/captures/seed", scenario=learnt, id="from-a-capture")
    assert seeded.told == "The scenario is in force."
    found = await lab.admin("GET", "sandboxes/from-a-capture")
    assert found["baseline"] == "learnt"
    await lab.admin("DELETE", "sandboxes/from-a-capture")


async def test_a_form_without_a_file_says_so(lab: Lab) -> None:
    for headers, body in (
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"capture=x"),
        ({"Content-Type": "multipart/form-data; boundary=edge"}, b"--edge--\r\n"),
    ):
        sent = {**headers, "Origin": lab.origin}
        page = await lab.call("POST", "/console/captures", sent, data=body)
        assert page.status == 400
        assert "The form has no file." in page.text
