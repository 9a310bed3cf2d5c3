"""SAML responses as a browser brings them, and what becomes of them."""

import base64
from typing import Any, Final

from .lab import App, Lab
from .logins import DONE, FORM, by_code, form_of
from .replies import Reply

CONSUMER: Final = "/sp/saml/SAMLAssertionConsumer"


async def made(app: App, **order: Any) -> str:  # noqa: ANN401 - the body of the call
    """A response of a simulated provider."""
    text: str = (await app.lab.admin("POST", "saml-responses", order))["saml_response"]
    return text


async def send(app: App, code: str, *responses: str, lab: Lab | None = None) -> Reply:
    """Post responses for the session of `code`; to `lab` in place of the app's."""
    pairs = [("RelayState", code), *(("SAMLResponse", each) for each in responses)]
    place = lab or app.lab
    return await place.call("POST", CONSUMER, {"Content-Type": FORM}, **form_of(pairs))


async def refused(app: App, code: str, *responses: str) -> str:
    """What the page says of responses that must change nothing."""
    before = await app.lab.state()
    reply = await send(app, code, *responses)
    assert (reply.status, reply.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert await app.lab.state() == before
    assert await by_code(app, code) == {}
    assert f'href="{DONE}"' in reply.text
    return reply.text.replace("&#39;", "'")


def changed(text: str, old: str, new: str) -> str:
    """A response with another text in its XML."""
    xml = base64.b64decode(text).decode()
    assert old in xml
    return base64.b64encode(xml.replace(old, new).encode()).decode()
