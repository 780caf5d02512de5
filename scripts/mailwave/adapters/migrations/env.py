"""What Alembic runs for each upgrade: the migrations, in the transaction that is open already."""

from __future__ import annotations

from alembic import context

from mailwave.adapters.ledger_schema import VERSION_TABLE, metadata


def run() -> None:
    """Run the migrations that Alembic was asked for."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # so Alembic calls it; whoever imports it wants nothing to be run
    run()
