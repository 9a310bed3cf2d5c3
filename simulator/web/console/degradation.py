"""Degradation by hand: rules that bypass a provider's endpoints, put in force and taken away."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from simulator.domain.decisions.degradation import Degradation
from simulator.services.control import entities
from simulator.services.control.entities import DEGRADATIONS
from simulator.services.errors import InvalidDocument

from .frame import at, back, given, record_as, segment

PATH: Final = "/console/world"

RULES: Final[Mapping[Degradation, str]] = {
    Degradation.AUTHN_ALL: "everybody counts as logged in",
    Degradation.AUTHZ_ALL: "everything may be watched",
    Degradation.AUTHZ_NONE: "nothing may be watched",
}
"""What each rule comes to, for the form."""

ENDS: Final = (("PT10M", "10 minutes"), ("PT1H", "an hour"), ("P1D", "a day"))
"""After what time a rule may end, as a document has it and in words."""


async def apply(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/degradations`: a rule on one integration, for a time or until it is removed."""
    fields = await given(request)
    service_provider, _, mvpd = fields.get("at", "").partition("/")
    ends, known = fields.get("until"), [value for value, _ in ENDS]
    if ends is not None and ends not in known:
        raise InvalidDocument.at("until", f"must be one of {', '.join(known)}", "The form")
    wanted: dict[str, object] = {
        "rule": fields.get("rule", ""),
        "service_provider": service_provider,
        "mvpd": mvpd,
        **{name: fields[name] for name in ("until", "message") if name in fields},
    }
    made = await entities.create(*at(request), DEGRADATIONS, wanted)
    record_as(request, "POST", "/degradations", wanted, answer={"id": made.entity.id})
    return back(request, fields, "degradation-added", PATH)


async def remove(request: web.Request) -> web.StreamResponse:
    """`POST /console/world/degradations/delete`: the provider's endpoints are asked again."""
    fields = await given(request)
    rule = fields.get("id", "")
    await entities.delete(*at(request), DEGRADATIONS, rule)
    record_as(request, "DELETE", f"/degradations/{segment(rule)}")
    return back(request, fields, "degradation-removed", PATH)
