"""The tables of the instance: sandboxes and their layers, keys and codes, and the journal."""

from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
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
    # A lease ends by the sandbox's own clock or by real time, whichever comes first: time travel
    # ends it, and a clock that stands still does not keep it for ever.
    lease_owner: Named[str | None] = Column(Text)
    lease_until: Named[int | None] = Column(BigInteger)
    lease_until_real: Named[int | None] = Column(BigInteger, index=True)
    lease_return: Named[str | None] = Column(Text)


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
