"""What answers show of what the dashboard sets: the configuration, app instances, lifetimes, logouts."""

from collections.abc import Mapping
from typing import Any, Final

from simulator.captures.exchanges import Exchange

from .facts import Facts, Moment

_FLAGS: Final[Mapping[str, str]] = {
    "authPerAggregator": "auth_per_aggregator",
    "authPerBrowserSession": "auth_per_browser_session",
    "passiveAuthnEnabled": "passive_authentication",
    "enablePlatformServices": "enable_platform_services",
    "displayInPlatformPicker": "display_in_platform_picker",
    "enforcePlatformPermissions": "enforce_platform_permissions",
    "boardingStatus": "boarding_status",
}
"""The members of an MVPD in the configuration, and what a scenario calls them."""


def configuration(facts: Facts, exchange: Exchange, platform: str) -> None:
    """The service provider's MVPDs, as they are on `platform`."""
    requestor = exchange.member("requestor")
    if not isinstance(requestor, dict):
        return
    name = exchange.names["service_provider"]
    provider = facts.provider(name)
    if isinstance(requestor.get("name"), str) and requestor["name"] != name:
        provider.name = requestor["name"]
    domains = requestor.get("domains")
    if isinstance(domains, list):
        provider.domains = tuple(
            each["name"] for each in domains if isinstance(each, dict) and each.get("name")
        )
    mvpds = requestor.get("mvpds")
    provider.listed |= isinstance(mvpds, list)
    for each in mvpds if isinstance(mvpds, list) else ():
        if isinstance(each, dict) and isinstance(each.get("id"), str):
            _mvpd(facts, name, each, platform, exchange.origin)


def _mvpd(
    facts: Facts, provider: str, entry: Mapping[str, Any], platform: str, origin: str
) -> None:
    mvpd, integration = facts.mvpd(entry["id"]), facts.integration(provider, entry["id"])
    configured = {
        member: entry[name] for name, member in _FLAGS.items() if entry.get(name) is not None
    }
    for name, member in (("displayName", "display_name"), ("logoUrl", "logo_url")):
        value = entry.get(name)
        # Our own logos are made of the name.
        if isinstance(value, str) and not value.startswith(f"{origin}/logos/"):
            if getattr(mvpd, member) in {None, value}:
                setattr(mvpd, member, value)
            else:
                configured[member] = value
    integration.configured[platform] = configured
    if entry.get("isTempPass") is True and mvpd.kind == "regular":
        mvpd.kind = "temp_pass_basic"
    if entry.get("isProxy") is True:
        mvpd.proxied = True
    if isinstance(entry.get("platformMappingId"), str):
        mvpd.apple = entry["platformMappingId"]


def registered(facts: Facts, exchange: Exchange, sent: Mapping[str, str]) -> None:
    """An app instance registered, or was refused."""
    statement = sent.get("software_statement")
    client = exchange.member("client_id")
    if isinstance(client, str):
        instance(facts, client, statement)
        scopes = exchange.member("scopes")
        if isinstance(scopes, list):
            facts.client(client).scopes = tuple(each for each in scopes if isinstance(each, str))
    elif statement and exchange.member("error") == "unapproved_software_statement":
        facts.statements[statement] = "revoked"


def instance(facts: Facts, client: str, statement: str | None) -> None:
    """A client is an app instance that registered with a software statement."""
    found = facts.client(client)
    found.registered = True
    found.statement = statement
    if statement:
        facts.statements.setdefault(statement, "approved")


_BY_SINGLE_SIGN_ON: Final = "pt_device_id="


def logout_url(facts: Facts, url: object, now: Moment) -> None:
    """The form of a logout's url; after single sign-on it is relative in all forms but one."""
    if not isinstance(url, str):
        return
    relative = url.startswith("/")
    if by_sso(url):
        if not relative:
            facts.switch("logout.url", "absolute", now)
    elif relative:
        facts.switch("logout.url", "relative", now)
    elif facts.now("/settings", "logout.url") != "absolute":
        facts.switch("logout.url", "documented", now)


def by_sso(url: object) -> bool | None:
    """Whether the url of a logout is that of a login which single sign-on shares; None where it is no url."""
    return _BY_SINGLE_SIGN_ON in url if isinstance(url, str) else None


def issued(facts: Facts, exchange: Exchange, sent: Mapping[str, str], now: Moment) -> str | None:
    """An access token was issued: the app instance that it is for."""
    client = sent.get("client_id")
    if exchange.status != 201 or not client:  # noqa: PLR2004 - created
        return None
    found = facts.client(client)
    if not found.registered:
        found.secret = sent.get("client_secret")
    lifetime = exchange.member("expires_in")
    if isinstance(lifetime, int) and lifetime > 0:
        facts.switch("access_token.lifetime", lifetime, now)
    return client
