"""Places for ledgers, and profiles of the property tests: a pinned sample for each commit, more for `make prove`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.databases import databases, empty_database_url, ledger_url, new_database_url, new_ledger_url

__all__ = ["databases", "empty_database_url", "ledger_url", "new_database_url", "new_ledger_url"]

settings.register_profile("commit", derandomize=True, deadline=None)
settings.register_profile(
    "prove", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "commit"))
