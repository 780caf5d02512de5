"""Loops in machine code: the same results as the Python they are written in, and none compiled before it is called."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from mailwave.core import compiled
from mailwave.core.compiled import compiled as as_machine_code
from mailwave.core.delegates import loops
from mailwave.core.population import Numbers


@as_machine_code("int64(int64[:])")
def total(numbers: Numbers) -> int:
    """The sum of *numbers*."""
    found = 0
    for number in numbers:
        found += number
    return found


def test_a_loop_is_called_like_the_function_it_was() -> None:
    """It should give what the function gives, and keep its name and its docstring."""
    assert 6 == total(np.array([1, 2, 3]))
    assert ("total", "The sum of *numbers*.") == (total.__name__, total.__doc__)


def test_numbers_of_another_kind_are_refused() -> None:
    """It should refuse numbers of another kind than it was compiled for, and not convert them unseen."""
    with pytest.raises(TypeError, match="No matching definition"):
        total(np.array([1.5]))


def test_nothing_is_compiled_before_it_is_called() -> None:
    """It should not load numba where the planner is imported and no loop is called."""
    program = "import sys, mailwave.core.planning; sys.exit('numba' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode


def test_linear_algebra_is_not_loaded() -> None:
    """It should call a loop without scipy's linear algebra, and leave that to be loaded by who needs it."""
    program = (
        "import sys, numpy as np; from mailwave.core.delegates import loops; "
        "loops.starts_of(np.array([0]), 1); early = 'scipy.linalg' in sys.modules; "
        "import scipy.linalg.cython_blas; sys.exit(early)"
    )

    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode


def test_the_loops_in_machine_code_are_the_loops_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should find the same components and the same sums by machine code as by the Python that it was."""
    draw = np.random.default_rng(3)
    ends = draw.integers(0, 40, (2, 60))
    given = (ends[0], ends[1], draw.integers(1, 9, 60))
    flags = draw.random(60) < 0.5
    found = loops.joined(40, *given[:2], flags), *loops.summed(40, *given)
    for loop in compiled._ALL:
        monkeypatch.setattr(loop, "_ready", loop._loop)
    plain = loops.joined(40, *given[:2], flags), *loops.summed(40, *given)

    assert [column.tolist() for column in plain] == [column.tolist() for column in found]
