"""Alembic's entry point: run the migrations on the connection that the simulator opened."""

from alembic import context

from simulator.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    # The caller owns the transaction, so that a migration that fails leaves nothing behind.
    transactional_ddl=False,
)
context.run_migrations()
