"""Memory that large arrays leave is kept for the next."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

PROGRAM = """
import resource
import numpy as np
from mailwave.adapters.memory import keep_freed

keep_freed()
np.ones(10_000_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
np.ones(10_000_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
"""Two arrays of 80 MB one after the other, and how many pages the kernel had to bring for the second."""

FEW = 10
"""Without it the kernel brings 40 pages of 2 MB, or 20,000 of 4 KB."""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library is not glibc")
def test_an_array_takes_the_memory_of_the_one_before() -> None:
    """It should need no new pages for an array as large as one that was freed."""
    told = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)

    assert int(told.stdout) < FEW
