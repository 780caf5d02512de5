"""`python -m mailwave.prepare`, a step of `make setup`: compile the planner's loops, so that no plan waits for it."""

from __future__ import annotations

import mailwave.core.planning  # noqa: F401 - it loads all that has loops
from mailwave.core.compiled import prepare

if __name__ == "__main__":
    prepare()
