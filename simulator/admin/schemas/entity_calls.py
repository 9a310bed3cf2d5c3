"""The entities of a sandbox in the document of the admin API: what the five calls of each look like."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import GenericAlias
from typing import Any, Final

from simulator.http.documented import PAGING, ChangesOf, Doc, ListOf, Query
from simulator.services.control.entities import Resource
from simulator.services.errors import AlreadyExists, InUse, UnknownFilter

from .common import Deleted
from .views import entity_shape


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """Under which heading a collection stands, one to make in the scenario `demo`, and a change to it."""

    tag: str
    example: Mapping[str, object]
    change: Mapping[str, object]


_PAIR: Final = {"service_provider": "REF30", "mvpd": "Cablevision"}
_ROKU: Final = {**_PAIR, "device": "demo-roku"}
_KEY: Final = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEcCBfU+wzTAodSPfry8IOv1z2aLLu
GWfl10hz9rEfYmE4LEoUGiC43YId4V1EN20OcBs1GRTUgD7sEJlL8j1UrA==
-----END PUBLIC KEY-----
"""

_TOLD: Final[Mapping[str, _Told]] = {
    "service-providers": _Told(
        tag="Configuration",
        example={"id": "NEWSTV", "name": "News TV", "domains": ["news.example"]},
        change={"default_redirect_url": "https://news.example/goodbye"},
    ),
    "mvpds": _Told(
        tag="Configuration",
        example={"id": "LabCable", "display_name": "Lab Cable"},
        change={"logout_endpoint": False},
    ),
    "integrations": _Told(
        tag="Configuration",
        example={"service_provider": "DEMOKIDS", "mvpd": "Dish", "authentication_ttl": "P7D"},
        change={"active": False},
    ),
    "applications": _Told(
        tag="Applications",
        example={"id": "lab-app", "service_providers": ["REF30"], "custom_schemes": ["lab"]},
        change={"revoked": True},
    ),
    "clients": _Told(
        tag="Applications",
        example={"id": "lab-client", "application": "sample-app"},
        change={"redirect_uris": ["app://lab"]},
    ),
    "issuers": _Told(
        tag="Applications",
        example={"id": "lab-idp", "public_key": _KEY, "algorithms": ["ES256"]},
        change={"algorithms": ["ES256", "ES384"]},
    ),
    "subscribers": _Told(
        tag="Households",
        example={"id": "ann", "password": "secret", "entitlements": ["NEWS"]},
        change={"entitlements": ["NEWS", "SPORTS"]},
    ),
    "devices": _Told(
        tag="Households",
        example={"id": "kitchen-tv", "platform": "Roku", "subscriber": "demo"},
        change={"name": "TV in the kitchen"},
    ),
    "profiles": _Told(
        tag="Profiles",
        example={"id": "kitchen", **_PAIR, "device": "kitchen-tv", "expires_in": "P30D"},
        change={"expires_in": "-PT1M"},
    ),
    "sso-links": _Told(
        tag="Profiles",
        example={
            "id": "kitchen.1",
            "profile": "demo-roku-cablevision",
            "kind": "service_token",
            "subject": "user-9001",
        },
        change={"subject": "user-9002"},
    ),
    "temp-passes": _Told(
        tag="Temporary and degraded access",
        example={"id": "trial", **_ROKU, "mvpd": "TempPass_5mins", "first_authorized": "-PT1M"},
        change={"first_authorized": "-PT4M"},
    ),
    "degradations": _Told(
        tag="Temporary and degraded access",
        example={"id": "outage", **_PAIR, "rule": "AuthNAll", "until": "PT1H"},
        change={"message": "The provider is having a break."},
    ),
    "faults": _Told(
        tag="Faults",
        example={
            "id": "flaky-logout",
            "match": {"operation": "logout", "device": "demo-roku"},
            "times": 2,
            "action": {"kind": "status", "status": 503},
        },
        change={"times": 3},
    ),
}


def docs(resource: Resource) -> dict[str, Doc]:
    """What the document says of the calls of a collection, by verb; "clear" deletes all of it."""
    told, what = _TOLD[resource.path], resource.what
    one = "".join(word.capitalize() for word in what.split())
    many = "".join(word.capitalize() for word in resource.path.split("-"))
    plural, called = _in_words(resource.path), _in_words(f"{_article(what)} {what}")
    path = {"id": _id_of(told.example)}
    filters = tuple(
        Query(name=name, about=f"Only those with this {name.replace('_', ' ')}.")
        for name in resource.filters
    )

    def shape() -> Any:  # noqa: ANN401 - a model that is made when it is asked for
        return entity_shape(resource.model.of)

    return {
        "list": Doc(
            name=f"list{many}",
            tag=told.tag,
            summary=f"List the {plural}",
            answer=lambda: GenericAlias(ListOf, (shape(),)),
            query=(*filters, *PAGING),
            errors=(UnknownFilter,),
        ),
        "create": Doc(
            name=f"create{one}",
            tag=told.tag,
            summary=f"Create {called}",
            body=resource.model,
            answer=shape,
            status=201,
            example=told.example,
            errors=(AlreadyExists,),
        ),
        "get": Doc(
            name=f"get{one}",
            tag=told.tag,
            summary=f"Show {called}",
            answer=shape,
            path=path,
            missing=(what,),
        ),
        "change": Doc(
            name=f"update{one}",
            tag=told.tag,
            summary=f"Change {called}; null takes a member back to its default",
            body=ChangesOf(shape=resource.model),
            answer=shape,
            path=path,
            example=told.change,
            missing=(what,),
        ),
        "delete": Doc(
            name=f"delete{one}",
            tag=told.tag,
            summary=f"Delete {called}",
            status=204,
            path=path,
            missing=(what,),
            errors=(InUse,),
        ),
        "clear": Doc(
            name=f"clear{many}",
            tag=told.tag,
            summary=f"Delete all {plural}",
            answer=Deleted,
        ),
    }


def _in_words(name: str) -> str:
    words = name.replace("-", " ").split()
    written = {"mvpd": "MVPD", "mvpds": "MVPDs", "sso": "SSO", "temp": "TempPass"}
    return " ".join(written.get(each, each) for each in words if each not in {"pass", "passes"})


def _article(what: str) -> str:
    return "an" if what[0] in "aeio" or what.startswith(("mvpd", "sso")) else "a"


def _id_of(example: Mapping[str, object]) -> str:
    pair = (example.get("service_provider"), example.get("mvpd"))
    return str(example.get("id") or f"{pair[0]}:{pair[1]}")
