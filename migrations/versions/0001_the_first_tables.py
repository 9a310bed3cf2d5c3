"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "layer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent", sa.BigInteger(), nullable=True),
        sa.Column("stack", sa.Text(), nullable=False),
        sa.Column("configuration_layer", sa.BigInteger(), nullable=False),
        sa.Column("configuration_revision", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("abandoned", sa.BigInteger(), nullable=True),
        sa.Column("ids_drawn", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["layer.id"], name=op.f("fk_layer_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layer")),
        sa.UniqueConstraint("digest", name=op.f("uq_layer_digest")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("layer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_layer_abandoned"), ["abandoned"], unique=False)
        batch_op.create_index(batch_op.f("ix_layer_parent"), ["parent"], unique=False)

    op.create_table(
        "signing_key",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("private_pem", sa.Text(), nullable=False),
        sa.Column("certificate_pem", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "application",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("software_statement", sa.Text(), nullable=True),
        sa.Column("service_providers", sa.JSON(), nullable=False),
        sa.Column("platforms", sa.JSON(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("custom_schemes", sa.JSON(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_application_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_application")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "client",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.Column("redirect_uris", sa.JSON(), nullable=False),
        sa.Column("grant_types", sa.JSON(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_client_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_client")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "decision",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("service_provider", sa.Text(), nullable=False),
        sa.Column("mvpd", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("denial", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_decision_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_decision")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decision_layer_profile"), ["layer", "profile"], unique=False
        )

    op.create_table(
        "degradation",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("service_provider", sa.Text(), nullable=False),
        sa.Column("mvpd", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_degradation_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_degradation")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "device",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("subscriber", sa.Text(), nullable=True),
        sa.Column("info", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_device_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_device")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "fault",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("match", sa.JSON(), nullable=False),
        sa.Column("skip", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=True),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("action", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_fault_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_fault")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "fault_use",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("struck", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_fault_use_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_fault_use")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "integration",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("service_provider", sa.Text(), nullable=False),
        sa.Column("mvpd", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("authentication_ttl", sa.BigInteger(), nullable=False),
        sa.Column("home_authentication_ttl", sa.BigInteger(), nullable=False),
        sa.Column("authorization_ttl", sa.BigInteger(), nullable=False),
        sa.Column("media_token_ttl", sa.BigInteger(), nullable=False),
        sa.Column("preauthorize_limit", sa.BigInteger(), nullable=False),
        sa.Column("authorize_limit", sa.BigInteger(), nullable=False),
        sa.Column("home_based_authentication", sa.Boolean(), nullable=False),
        sa.Column("single_sign_on", sa.Boolean(), nullable=False),
        sa.Column("auth_per_aggregator", sa.Boolean(), nullable=False),
        sa.Column("enable_platform_services", sa.Boolean(), nullable=True),
        sa.Column("display_in_platform_picker", sa.Boolean(), nullable=True),
        sa.Column("enforce_platform_permissions", sa.Boolean(), nullable=True),
        sa.Column("boarding_status", sa.Text(), nullable=True),
        sa.Column("temp_pass_ttl", sa.BigInteger(), nullable=True),
        sa.Column("temp_pass_resources", sa.BigInteger(), nullable=True),
        sa.Column("temp_pass_key", sa.Text(), nullable=True),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_integration_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_integration")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "issuer",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("algorithms", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_issuer_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_issuer")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "link_code",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("service_provider", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_link_code_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_link_code")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mvpd",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("logo_url", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("logout_endpoint", sa.Boolean(), nullable=False),
        sa.Column("authorization_endpoint", sa.Boolean(), nullable=False),
        sa.Column("preauthorization_endpoint", sa.Boolean(), nullable=False),
        sa.Column("proxy", sa.Text(), nullable=True),
        sa.Column("platform_mappings", sa.JSON(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_mvpd_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_mvpd")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "profile",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("service_provider", sa.Text(), nullable=False),
        sa.Column("mvpd", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=True),
        sa.Column("subscriber", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.Column("invalidated", sa.Boolean(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_profile_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_profile")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_profile_layer_device_mvpd"), ["layer", "device", "mvpd"], unique=False
        )

    op.create_table(
        "sandbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("layer", sa.BigInteger(), nullable=False),
        sa.Column("baseline", sa.BigInteger(), nullable=True),
        sa.Column("baseline_name", sa.Text(), nullable=False),
        sa.Column("baseline_about", sa.JSON(), nullable=False),
        sa.Column("baseline_age", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("clock_offset", sa.BigInteger(), nullable=False),
        sa.Column("clock_frozen", sa.BigInteger(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("lease_until_real", sa.BigInteger(), nullable=True),
        sa.Column("lease_return", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["baseline"], ["layer.id"], name=op.f("fk_sandbox_baseline")),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_sandbox_layer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox")),
        sa.UniqueConstraint("name", name=op.f("uq_sandbox_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sandbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sandbox_baseline"), ["baseline"], unique=False)
        batch_op.create_index(batch_op.f("ix_sandbox_layer"), ["layer"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sandbox_lease_until_real"), ["lease_until_real"], unique=False
        )

    op.create_table(
        "service_provider",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("default_redirect_url", sa.Text(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_service_provider_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_service_provider")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "session",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("service_provider", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("info", sa.JSON(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("sso_headers", sa.JSON(), nullable=False),
        sa.Column("mvpd", sa.Text(), nullable=True),
        sa.Column("domain_name", sa.Text(), nullable=True),
        sa.Column("redirect_url", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("not_after", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_session_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_session")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_session_layer_device"), ["layer", "device"], unique=False
        )

    op.create_table(
        "setting",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_setting_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_setting")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sso_device",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("service_provider", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("device_type", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("os", sa.Text(), nullable=True),
        sa.Column("os_version", sa.Text(), nullable=True),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_sso_device_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_sso_device")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("sso_device", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sso_device_layer_subject"), ["layer", "subject"], unique=False
        )

    op.create_table(
        "sso_link",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_sso_link_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_sso_link")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("sso_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sso_link_layer_key"), ["layer", "key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sso_link_layer_profile"), ["layer", "profile"], unique=False
        )

    op.create_table(
        "subscriber",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("mvpd", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("household", sa.Text(), nullable=True),
        sa.Column("entitlements", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("denials", sa.JSON(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_subscriber_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_subscriber")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("subscriber", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_subscriber_layer_username"), ["layer", "username"], unique=False
        )

    op.create_table(
        "temp_pass",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("service_provider", sa.Text(), nullable=False),
        sa.Column("mvpd", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("first_authorized", sa.BigInteger(), nullable=False),
        sa.Column("used_resources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_temp_pass_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_temp_pass")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("temp_pass", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_temp_pass_layer_device"), ["layer", "device"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_temp_pass_layer_identity"), ["layer", "identity"], unique=False
        )

    op.create_table(
        "throttle_window",
        sa.Column("layer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("last_call", sa.BigInteger(), nullable=False),
        sa.Column("burst_left", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_throttle_window_layer")),
        sa.PrimaryKeyConstraint("layer", "id", name=op.f("pk_throttle_window")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "authentication_code",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sandbox", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sandbox"], ["sandbox.id"], name=op.f("fk_authentication_code_sandbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authentication_code")),
    )
    with op.batch_alter_table("authentication_code", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_authentication_code_created"), ["created"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_authentication_code_sandbox"), ["sandbox"], unique=False
        )

    op.create_table(
        "device_claim",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("sandbox", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sandbox"], ["sandbox.id"], name=op.f("fk_device_claim_sandbox")),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_device_claim")),
    )
    with op.batch_alter_table("device_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_claim_sandbox"), ["sandbox"], unique=False)

    op.create_table(
        "snapshot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sandbox", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("layer", sa.BigInteger(), nullable=False),
        sa.Column("age", sa.BigInteger(), nullable=False),
        sa.Column("clock_offset", sa.BigInteger(), nullable=False),
        sa.Column("clock_frozen", sa.BigInteger(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["layer.id"], name=op.f("fk_snapshot_layer")),
        sa.ForeignKeyConstraint(["sandbox"], ["sandbox.id"], name=op.f("fk_snapshot_sandbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("sandbox", "name", name=op.f("uq_snapshot_sandbox_name")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_snapshot_layer"), ["layer"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("snapshot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_snapshot_layer"))

    op.drop_table("snapshot")
    with op.batch_alter_table("device_claim", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_claim_sandbox"))

    op.drop_table("device_claim")
    with op.batch_alter_table("authentication_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_authentication_code_sandbox"))
        batch_op.drop_index(batch_op.f("ix_authentication_code_created"))

    op.drop_table("authentication_code")
    op.drop_table("throttle_window")
    with op.batch_alter_table("temp_pass", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_temp_pass_layer_identity"))
        batch_op.drop_index(batch_op.f("ix_temp_pass_layer_device"))

    op.drop_table("temp_pass")
    with op.batch_alter_table("subscriber", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscriber_layer_username"))

    op.drop_table("subscriber")
    with op.batch_alter_table("sso_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sso_link_layer_profile"))
        batch_op.drop_index(batch_op.f("ix_sso_link_layer_key"))

    op.drop_table("sso_link")
    with op.batch_alter_table("sso_device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sso_device_layer_subject"))

    op.drop_table("sso_device")
    op.drop_table("setting")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_layer_device"))

    op.drop_table("session")
    op.drop_table("service_provider")
    with op.batch_alter_table("sandbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sandbox_lease_until_real"))
        batch_op.drop_index(batch_op.f("ix_sandbox_layer"))
        batch_op.drop_index(batch_op.f("ix_sandbox_baseline"))

    op.drop_table("sandbox")
    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_layer_device_mvpd"))

    op.drop_table("profile")
    op.drop_table("mvpd")
    op.drop_table("link_code")
    op.drop_table("issuer")
    op.drop_table("integration")
    op.drop_table("fault_use")
    op.drop_table("fault")
    op.drop_table("device")
    op.drop_table("degradation")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_layer_profile"))

    op.drop_table("decision")
    op.drop_table("client")
    op.drop_table("application")
    op.drop_table("signing_key")
    with op.batch_alter_table("layer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_layer_parent"))
        batch_op.drop_index(batch_op.f("ix_layer_abandoned"))

    op.drop_table("layer")
