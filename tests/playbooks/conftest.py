"""The collection on the import path, for what is computed in memory."""

from __future__ import annotations

import tests.plugins.conftest  # noqa: F401
