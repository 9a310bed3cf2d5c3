"""Every table, in two families.

Instance tables know the sandboxes, their layers and the keys, and keep the journal. World tables hold
what is inside a sandbox: each row belongs to a layer, and a sandbox reads a stack of layers from the top,
as container images do. A `deleted` row is a tombstone: it hides the row of the same id in the layers below.

Instants inside a world are milliseconds since the world's epoch, the moment of its seeding: so one
frozen layer can serve any number of sandboxes, and a baseline never goes stale.
"""

from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Named,
    Table,
    Text,
    TypedColumns,
)

from .instance_tables import (
    Id,
    authentication_code,
    device_claim,
    journal,
    journal_gap,
    layer,
    metadata,
    sandbox,
    signing_key,
    snapshot,
)

__all__ = [
    "Layered",
    "application",
    "authentication_code",
    "client",
    "decision",
    "degradation",
    "device",
    "device_claim",
    "fault",
    "fault_use",
    "integration",
    "issuer",
    "journal",
    "journal_gap",
    "layer",
    "link_code",
    "metadata",
    "mvpd",
    "profile",
    "sandbox",
    "service_provider",
    "session",
    "setting",
    "signing_key",
    "snapshot",
    "sso_device",
    "sso_link",
    "subscriber",
    "temp_pass",
    "throttle_window",
]


class Layered(TypedColumns):
    """The columns that every world table starts with."""

    layer: Named[int] = Column(
        BigInteger, ForeignKey("layer.id"), primary_key=True, autoincrement=False
    )
    id: Named[str] = Column(Id, primary_key=True)
    deleted: Named[bool] = Column(Boolean, default=False)


def _world(name: str, columns: type[Layered], *indexes: str) -> Table[Any]:
    """A world table; every index leads with the layer, as every look-up does."""
    ready = [Index(None, "layer", *index.split()) for index in indexes]
    # The primary key is the only way to a row, so SQLite need not keep a second b-tree for it.
    return Table(name, metadata, columns, *ready, sqlite_with_rowid=False)


class _ServiceProviderColumns(Layered):
    name: Named[str] = Column(Text)
    domains: Named[Any] = Column(JSON)
    default_redirect_url: Named[str | None] = Column(Text)
    certificate: Named[str | None] = Column(Text)


class _MvpdColumns(Layered):
    display_name: Named[str] = Column(Text)
    logo_url: Named[str | None] = Column(Text)
    kind: Named[str] = Column(Text)
    logout_endpoint: Named[bool] = Column(Boolean)
    authorization_endpoint: Named[bool] = Column(Boolean)
    preauthorization_endpoint: Named[bool] = Column(Boolean)
    proxy: Named[str | None] = Column(Text)
    platform_mappings: Named[Any] = Column(JSON)
    login: Named[str] = Column(Text)
    latency: Named[Any | None] = Column(JSON(none_as_null=True))


class _IntegrationColumns(Layered):
    service_provider: Named[str] = Column(Text)
    mvpd: Named[str] = Column(Text)
    active: Named[bool] = Column(Boolean)
    authentication_ttl: Named[int] = Column(BigInteger)
    home_authentication_ttl: Named[int] = Column(BigInteger)
    authorization_ttl: Named[int] = Column(BigInteger)
    media_token_ttl: Named[int] = Column(BigInteger)
    preauthorize_limit: Named[int] = Column(BigInteger)
    authorize_limit: Named[int] = Column(BigInteger)
    home_based_authentication: Named[bool] = Column(Boolean)
    single_sign_on: Named[bool] = Column(Boolean)
    auth_per_aggregator: Named[bool] = Column(Boolean)
    enable_platform_services: Named[bool | None] = Column(Boolean)
    display_in_platform_picker: Named[bool | None] = Column(Boolean)
    enforce_platform_permissions: Named[bool | None] = Column(Boolean)
    boarding_status: Named[str | None] = Column(Text)
    temp_pass_ttl: Named[int | None] = Column(BigInteger)
    temp_pass_resources: Named[int | None] = Column(BigInteger)
    temp_pass_key: Named[str | None] = Column(Text)
    overrides: Named[Any] = Column(JSON)
    auth_per_browser_session: Named[bool | None] = Column(Boolean)
    passive_authentication: Named[bool | None] = Column(Boolean)


class _ApplicationColumns(Layered):
    name: Named[str] = Column(Text)
    version: Named[str] = Column(Text)
    software_statement: Named[str | None] = Column(Text)
    service_providers: Named[Any] = Column(JSON)
    platforms: Named[Any] = Column(JSON)
    scopes: Named[Any] = Column(JSON)
    domains: Named[Any] = Column(JSON)
    custom_schemes: Named[Any] = Column(JSON)
    redirect_uri: Named[str] = Column(Text)
    revoked: Named[bool] = Column(Boolean)


class _ClientColumns(Layered):
    application: Named[str] = Column(Text)
    secret: Named[str] = Column(Text)
    registered_at: Named[int] = Column(BigInteger)
    redirect_uris: Named[Any] = Column(JSON)
    grant_types: Named[Any] = Column(JSON)
    scopes: Named[Any] = Column(JSON)


class _IssuerColumns(Layered):
    public_key: Named[str] = Column(Text)
    algorithms: Named[Any] = Column(JSON)


class _SubscriberColumns(Layered):
    username: Named[str] = Column(Text)
    password: Named[str] = Column(Text)
    name: Named[str | None] = Column(Text)
    mvpd: Named[str | None] = Column(Text)
    user_id: Named[str | None] = Column(Text)
    household: Named[str | None] = Column(Text)
    entitlements: Named[Any] = Column(JSON(none_as_null=True), nullable=True)
    denials: Named[Any] = Column(JSON)
    attributes: Named[Any] = Column(JSON)


class _DeviceColumns(Layered):
    name: Named[str | None] = Column(Text)
    platform: Named[str | None] = Column(Text)
    subscriber: Named[str | None] = Column(Text)
    info: Named[Any] = Column(JSON)


class _ProfileColumns(Layered):
    service_provider: Named[str] = Column(Text)
    mvpd: Named[str] = Column(Text)
    device: Named[str] = Column(Text)
    client: Named[str | None] = Column(Text)
    subscriber: Named[str | None] = Column(Text)
    type: Named[str] = Column(Text)
    not_before: Named[int] = Column(BigInteger)
    not_after: Named[int] = Column(BigInteger)
    invalidated: Named[bool] = Column(Boolean)
    attributes: Named[Any] = Column(JSON)


class _SsoLinkColumns(Layered):
    profile: Named[str] = Column(Text)
    kind: Named[str] = Column(Text)
    issuer: Named[str | None] = Column(Text)
    subject: Named[str | None] = Column(Text)
    value: Named[str | None] = Column(Text)
    key: Named[str] = Column(Text)


class _TempPassColumns(Layered):
    service_provider: Named[str] = Column(Text)
    mvpd: Named[str] = Column(Text)
    device: Named[str] = Column(Text)
    identity: Named[str | None] = Column(Text)
    first_authorized: Named[int] = Column(BigInteger)
    used_resources: Named[Any] = Column(JSON)


class _SessionColumns(Layered):
    session_id: Named[str] = Column(Text)
    service_provider: Named[str] = Column(Text)
    client: Named[str] = Column(Text)
    device: Named[str] = Column(Text)
    info: Named[Any] = Column(JSON)
    user_agent: Named[str] = Column(Text)
    sso_headers: Named[Any] = Column(JSON)
    mvpd: Named[str | None] = Column(Text)
    domain_name: Named[str | None] = Column(Text)
    redirect_url: Named[str | None] = Column(Text)
    status: Named[str] = Column(Text)
    not_before: Named[int] = Column(BigInteger)
    not_after: Named[int] = Column(BigInteger)


class _DecisionColumns(Layered):
    service_provider: Named[str] = Column(Text)
    mvpd: Named[str] = Column(Text)
    client: Named[str] = Column(Text)
    device: Named[str] = Column(Text)
    resource: Named[str] = Column(Text)
    profile: Named[str] = Column(Text)
    denial: Named[str | None] = Column(Text)
    details: Named[str | None] = Column(Text)
    not_before: Named[int] = Column(BigInteger)
    not_after: Named[int] = Column(BigInteger)


class _DegradationColumns(Layered):
    service_provider: Named[str] = Column(Text)
    mvpd: Named[str] = Column(Text)
    rule: Named[str] = Column(Text)
    not_before: Named[int | None] = Column(BigInteger)
    until: Named[int | None] = Column(BigInteger)
    message: Named[str | None] = Column(Text)


class _SettingColumns(Layered):
    value: Named[Any] = Column(JSON)


class _SsoDeviceColumns(Layered):
    service_provider: Named[str] = Column(Text)
    subject: Named[str] = Column(Text)
    device: Named[str] = Column(Text)
    device_type: Named[str | None] = Column(Text)
    model: Named[str | None] = Column(Text)
    os: Named[str | None] = Column(Text)
    os_version: Named[str | None] = Column(Text)
    linked: Named[bool] = Column(Boolean)
    last_seen: Named[int] = Column(BigInteger)


class _LinkCodeColumns(Layered):
    service_provider: Named[str] = Column(Text)
    subject: Named[str] = Column(Text)
    not_before: Named[int] = Column(BigInteger)
    not_after: Named[int] = Column(BigInteger)


class _FaultColumns(Layered):
    match: Named[Any] = Column(JSON)
    skip: Named[int] = Column(BigInteger)
    times: Named[int | None] = Column(BigInteger)
    probability: Named[float] = Column(Double)
    action: Named[Any] = Column(JSON)


class _FaultUseColumns(Layered):
    matched: Named[int] = Column(BigInteger)
    struck: Named[int] = Column(BigInteger)


class _ThrottleWindowColumns(Layered):
    started: Named[int] = Column(BigInteger)
    last_call: Named[int] = Column(BigInteger)
    burst_left: Named[int] = Column(BigInteger)


service_provider: Final = _world("service_provider", _ServiceProviderColumns)
mvpd: Final = _world("mvpd", _MvpdColumns)
integration: Final = _world("integration", _IntegrationColumns)
application: Final = _world("application", _ApplicationColumns)
client: Final = _world("client", _ClientColumns)
issuer: Final = _world("issuer", _IssuerColumns)
subscriber: Final = _world("subscriber", _SubscriberColumns, "username")
device: Final = _world("device", _DeviceColumns)
profile: Final = _world("profile", _ProfileColumns, "device mvpd")
sso_link: Final = _world("sso_link", _SsoLinkColumns, "key", "profile")
temp_pass: Final = _world("temp_pass", _TempPassColumns, "device", "identity")
session: Final = _world("session", _SessionColumns, "device")
decision: Final = _world("decision", _DecisionColumns, "profile")
degradation: Final = _world("degradation", _DegradationColumns)
setting: Final = _world("setting", _SettingColumns)
sso_device: Final = _world("sso_device", _SsoDeviceColumns, "subject")
link_code: Final = _world("link_code", _LinkCodeColumns)
fault: Final = _world("fault", _FaultColumns)
fault_use: Final = _world("fault_use", _FaultUseColumns)
throttle_window: Final = _world("throttle_window", _ThrottleWindowColumns)
