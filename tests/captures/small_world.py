"""A small world, and what apps do in it; what is graded of that has to agree."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from tests.catalogue.stage import info
from tests.support.dcr import request_token, statement
from tests.support.lab import App, Lab
from tests.support.logins import DONE, post

from .playing import graded, learnt, recorded, shown

Case = Callable[[Lab], Awaitable[None]]

IDENTITY: Final = {"AP_TempPass_Identity": "eyJlbWFpbCI6ImFubkBsYWIuZXhhbXBsZSJ9"}
LINK: Final = {"kind": "service_token", "subject": "ann"}


async def seed(lab: Lab, *profiles: dict[str, Any], **more: object) -> None:
    integrations = [
        {"service_provider": provider, "mvpd": mvpd, "preauthorize_limit": 9, "authorize_limit": 2}
        for provider in ("ONE", "TWO")
        for mvpd in ("Cable", "Dish")
    ]
    passes = [
        {"service_provider": "ONE", "mvpd": "Trial", "temp_pass_ttl": "PT1H"},
        {"service_provider": "ONE", "mvpd": "Promo", "temp_pass_ttl": "PT1H",
         "temp_pass_resources": 2, "temp_pass_key": "email"},
    ]  # fmt: skip
    await lab.seed(
        {
            "name": "unseen",
            "service_providers": [{"id": "ONE"}, {"id": "TWO"}],
            "mvpds": [
                {"id": "Cable"},
                {"id": "Dish", "logout_endpoint": False},
                {"id": "Trial", "kind": "temp_pass_basic"},
                {"id": "Promo", "kind": "temp_pass_promotional"},
            ],
            "integrations": [*integrations, *passes],
            "applications": [{"id": "app"}],
            "clients": [{"id": each, "application": "app"} for each in ("first", "second")],
            "subscribers": [{"id": "ann", "entitlements": ["NEWS"]}, {"id": "bob"}],
            "profiles": [*profiles],
            **more,
        }
    )


def login(client: str = "first", mvpd: str = "Cable", **members: object) -> dict[str, Any]:
    """A login from before the capture."""
    return {
        "service_provider": "ONE",
        "mvpd": mvpd,
        "device": "box",
        "client": client,
        "subscriber": "ann",
        **members,
    }


async def app_of(
    lab: Lab, client: str = "first", device: str = "box", provider: str = "ONE"
) -> App:
    return await lab.app(device, service_provider=provider, client=client)


async def registered(lab: Lab, device: str = "box") -> App:
    """An app that registers in the capture."""
    sent = {"software_statement": await statement(lab, "app"), "redirect_uri": "app://x"}
    found = (await lab.call("POST", "/o/client/register", json=sent)).data(201)
    token = (await request_token(lab, found)).data(201)["access_token"]
    return App(lab=lab, device=device, token=token, service_provider="ONE")


async def registered_client(lab: Lab) -> str:
    """The app instance that registered."""
    found = (await lab.admin("GET", "clients"))["items"]
    return next(str(each["id"]) for each in found if each["id"] not in {"first", "second"})


async def as_ann(lab: Lab, app: App) -> App:
    made = await lab.admin("POST", "service-tokens", {"subject": "ann", "expires_in": 9_000_000})
    return app.sending(AD_Service_Token=made["token"])


async def create(app: App, mvpd: str | None = "Cable") -> str:
    form = {"domainName": "one.example", "redirectUrl": DONE, **({"mvpd": mvpd} if mvpd else {})}
    return str((await post(app, "sessions", form)).json.get("code"))


async def resume(app: App, code: str, mvpd: str = "Cable") -> None:
    form = {"mvpd": mvpd, "domainName": "one.example", "redirectUrl": DONE}
    await post(app, f"sessions/{code}", form)


async def approve(lab: Lab, code: str, viewer: str = "ann", **more: str) -> None:
    await lab.admin("POST", f"codes/{code}/approve", {"subscriber": viewer, **more})


async def ask(app: App, operation: str, mvpd: str, *resources: str) -> None:
    path = f"/api/v2/{app.service_provider}/decisions/{operation}/{mvpd}"
    await app.lab.call("POST", path, app.headers, json={"resources": [*resources]})


async def invalidate(lab: Lab) -> None:
    name = (await lab.admin("GET", "profiles"))["items"][0]["id"]
    await lab.admin("POST", f"profiles/{name}/invalidate")


async def partnered(lab: Lab) -> App:
    """An app on a device of the partner's, which may use it to log in at Cable."""
    await lab.admin("PATCH", "mvpds/Cable", {"platform_mappings": {"apple": "cable"}})
    framework = {"enable_platform_services": True, "boarding_status": "SUPPORTED"}
    await lab.admin("PATCH", "integrations/ONE:Cable", framework)
    return (await app_of(lab)).sending(X_Device_Info=info(osName="tvOS", manufacturer="Apple"))


async def partner(app: App) -> None:
    """The partner's response of a viewer at Cable."""
    named = {"mvpd": "Cable"}
    status = await app.lab.admin("POST", "partner-framework-statuses", named)
    told = await app.lab.admin("POST", "saml-responses", named)
    app = app.sending(AP_Partner_Framework_Status=status["header"])
    await post(app, "profiles/sso/Apple", {"SAMLResponse": told["saml_response"]})
    await app.get("profiles")


async def happens_again(lab: Lab, case: Case) -> None:
    """Hold what is learnt of a case against it."""
    await case(lab)
    archive = await recorded(lab)
    grade = await graded(lab, archive)
    difference = shown(grade)
    assert not difference, difference
    assert grade.total == grade.total_agreed >= 2
    assert learnt(archive).exchanges == grade.total
