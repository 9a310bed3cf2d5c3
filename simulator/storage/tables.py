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
    Integer,
    MetaData,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives out row ids only for a column declared INTEGER.
Serial: Final = BigInteger().with_variant(Integer(), "sqlite")

# Pages of several layers are merged in Python, so both databases must sort ids as Python does.
Id: Final = Text().with_variant(Text(collation="C"), "postgresql")


class _LayerColumns(TypedColumns):
    # Ids only grow (AUTOINCREMENT), and a layer is made after the ones below it: of two rows with
    # the same id in one stack, the one of the greater layer is the upper one.
    id: Named[int] = Column(Serial, primary_key=True)
    parent: Named[int | None] = Column(BigInteger, ForeignKey("layer.id"), index=True)
    # This layer and those below it, topmost first, separated by blanks.
    stack: Named[str] = Column(Text)
    # The topmost layer of the stack that has configuration rows, and how often they changed:
    # together they name one state of the configuration for ever, which is what makes it cacheable.
    configuration_layer: Named[int] = Column(BigInteger, default=0)
    configuration_revision: Named[int] = Column(BigInteger, default=0)
    digest: Named[str | None] = Column(Text, unique=True)
    created: Named[int] = Column(BigInteger)
    # When somebody let go of it: the sweeper looks whether anybody else still holds it.
    abandoned: Named[int | None] = Column(BigInteger, index=True)
    # How many ids have been drawn from the sandbox's id seed.
    ids_drawn: Named[int] = Column(BigInteger, default=0)


layer: Final = Table("layer", metadata, _LayerColumns, sqlite_autoincrement=True)


class _SandboxColumns(TypedColumns):
    id: Named[int] = Column(Serial, primary_key=True)
    name: Named[str] = Column(Id, unique=True)
    generation: Named[int] = Column(BigInteger)
    layer: Named[int] = Column(BigInteger, ForeignKey("layer.id"), index=True)
    baseline: Named[int | None] = Column(BigInteger, ForeignKey("layer.id"), index=True)
    baseline_name: Named[str] = Column(Text)
    # Title and description of the baseline's document, for the export.
    baseline_about: Named[Any] = Column(JSON)
    # How old the world was when the baseline was frozen, in milliseconds; 0 for a scenario.
    baseline_age: Named[int] = Column(BigInteger, default=0)
    # Instant of the sandbox's own clock at which the world began.
    epoch: Named[int] = Column(BigInteger)
    clock_offset: Named[int] = Column(BigInteger, default=0)
    clock_frozen: Named[int | None] = Column(BigInteger)
    created: Named[int] = Column(BigInteger)
    # A lease is of the real world: time travel in the sandbox neither ends it nor keeps it.
    lease_owner: Named[str | None] = Column(Text)
    lease_until_real: Named[int | None] = Column(BigInteger, index=True)
    lease_return: Named[str | None] = Column(Text)
    # The kinds of entities that a reset keeps; NULL where nobody said, and the name decides.
    keep: Named[Any | None] = Column(JSON(none_as_null=True))
    # The layer of clients that were kept. No foreign key: SQLite would have to drop this table for one,
    # which others refer to, and make it anew.
    kept: Named[int | None] = Column(BigInteger, index=True)


sandbox: Final = Table("sandbox", metadata, _SandboxColumns, sqlite_autoincrement=True)


class _SnapshotColumns(TypedColumns):
    id: Named[int] = Column(Serial, primary_key=True)
    sandbox: Named[int] = Column(BigInteger, ForeignKey("sandbox.id"))
    name: Named[str] = Column(Text)
    layer: Named[int] = Column(BigInteger, ForeignKey("layer.id"), index=True)
    # How old the world was, in milliseconds: a restored one goes on at that age.
    age: Named[int] = Column(BigInteger)
    clock_offset: Named[int] = Column(BigInteger)
    clock_frozen: Named[int | None] = Column(BigInteger)
    created: Named[int] = Column(BigInteger)


snapshot: Final = Table(
    "snapshot",
    metadata,
    _SnapshotColumns,
    UniqueConstraint("sandbox", "name"),
    sqlite_autoincrement=True,
)


class _ClaimColumns(TypedColumns):
    device: Named[str] = Column(Text, primary_key=True)
    sandbox: Named[int] = Column(BigInteger, ForeignKey("sandbox.id"), index=True)
    until: Named[int | None] = Column(BigInteger)


device_claim: Final = Table("device_claim", metadata, _ClaimColumns)


class _CodeColumns(TypedColumns):
    id: Named[str] = Column(Text, primary_key=True)
    sandbox: Named[int] = Column(BigInteger, ForeignKey("sandbox.id"), index=True)
    created: Named[int] = Column(BigInteger, index=True)


authentication_code: Final = Table("authentication_code", metadata, _CodeColumns)


class _SigningKeyColumns(TypedColumns):
    purpose: Named[str] = Column(Text, primary_key=True)
    kid: Named[str] = Column(Text)
    private_pem: Named[str] = Column(Text)
    certificate_pem: Named[str | None] = Column(Text)
    created: Named[int] = Column(BigInteger)


signing_key: Final = Table("signing_key", metadata, _SigningKeyColumns)


class _JournalColumns(TypedColumns):
    id: Named[int] = Column(Serial, primary_key=True)
    # No foreign key: a sandbox is dropped at once, its entries are swept away afterwards.
    sandbox: Named[int] = Column(BigInteger)
    generation: Named[int] = Column(BigInteger)
    # "request", or the name of another event.
    kind: Named[str] = Column(Text)
    # Instants: of the sandbox's clock, and of the machine's.
    at: Named[int] = Column(BigInteger)
    real_at: Named[int] = Column(BigInteger, index=True)
    request: Named[str | None] = Column(Text)
    operation: Named[str | None] = Column(Text)
    method: Named[str | None] = Column(Text)
    status: Named[int | None] = Column(BigInteger)
    # Ids of rows, with a blank on either side of each.
    rules: Named[str] = Column(Text)
    error: Named[str | None] = Column(Text)
    service_provider: Named[str | None] = Column(Text)
    mvpd: Named[str | None] = Column(Text)
    device: Named[str | None] = Column(Text)
    client: Named[str | None] = Column(Text)
    platform: Named[str | None] = Column(Text)
    code: Named[str | None] = Column(Text)
    fault: Named[str | None] = Column(Text)
    # Microseconds.
    duration: Named[int | None] = Column(BigInteger)
    # The rest as JSON: what the entry tells, and the request and response themselves.
    story: Named[str] = Column(Text)
    exchange: Named[str | None] = Column(Text)


journal: Final = Table(
    "journal",
    metadata,
    _JournalColumns,
    # In the order of writing; an index by the request alone would spread what is written together.
    Index(None, "sandbox", "id", "request"),
    sqlite_autoincrement=True,
)


class _JournalGapColumns(TypedColumns):
    sandbox: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    # How many entries have been dropped for want of room, and the latest generation of any of them.
    dropped: Named[int] = Column(BigInteger)
    generation: Named[int] = Column(BigInteger)


journal_gap: Final = Table("journal_gap", metadata, _JournalGapColumns)


class _CoverageColumns(TypedColumns):
    # No foreign key, as for the journal. An application, platform or device that is not known is "".
    sandbox: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    generation: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    application: Named[str] = Column(Text, primary_key=True)
    platform: Named[str] = Column(Text, primary_key=True)
    device: Named[str] = Column(Text, primary_key=True)
    # What was met together, as in "operations:logout logout:L5 actions:logout".
    cells: Named[str] = Column(Text, primary_key=True)
    met: Named[int] = Column(BigInteger)
    well: Named[int] = Column(BigInteger)
    looped: Named[int] = Column(BigInteger)
    stopped: Named[int] = Column(BigInteger)
    gave_up: Named[int] = Column(BigInteger)
    # The machine's instant with 14 digits, and the id of the request: so the greatest is the last.
    last: Named[str] = Column(Text)


coverage: Final = Table("coverage", metadata, _CoverageColumns, sqlite_with_rowid=False)


class _WatchedColumns(TypedColumns):
    # The device, or the client where the call names none.
    sandbox: Named[int] = Column(BigInteger, primary_key=True, autoincrement=False)
    device: Named[str] = Column(Text, primary_key=True)
    generation: Named[int] = Column(BigInteger)
    # The answers of whose outcome nothing is known yet, as JSON.
    state: Named[str] = Column(Text)


coverage_watched: Final = Table(
    "coverage_watched", metadata, _WatchedColumns, sqlite_with_rowid=False
)


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
    identity_provider: Named[Any | None] = Column(JSON(none_as_null=True))


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
    display_name: Named[str | None] = Column(Text)
    logo_url: Named[str | None] = Column(Text)
    user_metadata: Named[Any | None] = Column(JSON(none_as_null=True))


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
    ip_address: Named[str | None] = Column(Text)
    port: Named[int | None] = Column(BigInteger)


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
    resources: Named[Any] = Column(JSON(none_as_null=True), nullable=True)


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
    unlinked_at: Named[int | None] = Column(BigInteger)


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
profile: Final = _world("profile", _ProfileColumns, "device mvpd", "not_after")
sso_link: Final = _world("sso_link", _SsoLinkColumns, "key", "profile")
temp_pass: Final = _world("temp_pass", _TempPassColumns, "device", "identity")
session: Final = _world("session", _SessionColumns, "device", "not_after")
decision: Final = _world("decision", _DecisionColumns, "profile")
degradation: Final = _world("degradation", _DegradationColumns)
setting: Final = _world("setting", _SettingColumns)
sso_device: Final = _world("sso_device", _SsoDeviceColumns, "subject")
link_code: Final = _world("link_code", _LinkCodeColumns)
fault: Final = _world("fault", _FaultColumns)
fault_use: Final = _world("fault_use", _FaultUseColumns)
throttle_window: Final = _world("throttle_window", _ThrottleWindowColumns)
