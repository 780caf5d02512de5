"""Large arrays come and go by the hundred in a plan: the C library is asked to keep their memory for the next.

Otherwise it gives each back to the kernel, which clears every page of the next one again: an eighth of the processor
time of a national plan, for a tenth more memory at the most. Python's search for cycles among objects finds none worth
having in columns, and goes through all of them again and again while numba loads: it is made rarely.
"""

from __future__ import annotations

import ctypes
import gc

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of options of glibc's mallopt(3)."""

_LARGEST = 2**30

_OBJECTS = 200_000
"""New ones after which cycles are looked for."""


def keep_freed() -> None:
    """Have freed memory kept for reuse by this process, where the C library is glibc, and cycles rarely looked for."""
    gc.set_threshold(_OBJECTS)
    options = getattr(ctypes.CDLL(None), "mallopt", None)
    if options is not None:
        for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
            options(option, _LARGEST)
