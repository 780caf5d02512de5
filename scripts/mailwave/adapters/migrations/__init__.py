"""The ledger's migrations: one file a version, run by `ledger_migrations`."""
