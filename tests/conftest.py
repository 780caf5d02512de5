"""Profiles of the property tests: a pinned sample for each commit, many more for `make prove`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("commit", derandomize=True, deadline=None)
settings.register_profile(
    "prove", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "commit"))
