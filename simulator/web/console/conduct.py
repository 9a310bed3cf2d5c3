"""What each client app did right and wrong, by Adobe's checklist, with the requests that show it."""

from aiohttp import web

from simulator.domain.conduct.report import UNSEEN
from simulator.domain.conduct.rules import Verdict
from simulator.services.observe import conduct
from simulator.services.observe.conduct import About

from .frame import at, show, text


async def look(request: web.Request) -> web.StreamResponse:
    """`GET /console/conduct`: of every app in the current generation, or of those on one `device`."""
    device = text(request, "device")
    found = await conduct.conduct(*at(request), About(device=device or None))
    apps = [
        {
            "app": app,
            "by_verdict": {
                verdict.name.lower(): [each for each in findings if each.verdict is verdict]
                for verdict in Verdict
            },
        }
        for app, findings in found.apps
    ]
    return show(
        request,
        "conduct.html",
        "Conduct",
        apps=apps,
        device=device,
        incomplete=found.incomplete,
        unseen=UNSEEN,
    )
