"""Loops compiled to machine code by numba, for what columns of numbers cannot do at once.

What is compiled is kept beside the source, as bytecode is, and made anew when the file changes or on another sort of
processor; `make setup` makes it all. A process that calls none does not load numba, which takes a third of a second.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, update_wrapper
from typing import Any

_BLAS = "scipy.linalg.cython_blas"

_ALL: list[_Compiled[..., Any]] = []


class _Compiled[**Given, Found]:
    """A loop, compiled or loaded when it is first called."""

    def __init__(self, signature: str, loop: Callable[Given, Found]) -> None:
        self._signature = signature
        self._loop = loop
        self._ready: Callable[Given, Found] | None = None
        update_wrapper(self, loop)
        _ALL.append(self)

    def __call__(self, *given: Given.args, **named: Given.kwargs) -> Found:
        return (self._ready or self.prepared())(*given, **named)

    def prepared(self) -> Callable[Given, Found]:
        """The loop in machine code."""
        if self._ready is None:
            from numba import njit

            with _without_blas():
                loop: Any = njit(cache=True)(self._loop)
                cache = loop._cache  # noqa: SLF001 - numba has no other way to it
                cache.load_overload = partial(_kept, cache)
                loop.compile(self._signature)
                loop.disable_compile()
                self._ready = loop
        return self._ready


def _kept(cache: Any, signature: object, context: Any) -> object:
    """What *cache* has of a loop of *signature*, or None; of numba, only the memory for arrays is made ready for it.

    Numba itself loads here all that anything could be compiled from, which takes more than twice as long as the rest;
    it does so once more where something is compiled.
    """
    from numba.core.runtime.nrt import rtsys

    rtsys.initialize(context)
    found: list[object] = []
    with cache._guard_against_spurious_io_errors():  # noqa: SLF001 - it lets nothing through but a broken file
        found.append(cache._load_overload(signature, context))  # noqa: SLF001
    return found[0] if found else None


@contextmanager
def _without_blas() -> Iterator[None]:
    """Let numba find no linear algebra, which no loop uses: scipy's takes a third of the time that loading takes."""
    known = _BLAS in sys.modules
    if not known:
        sys.modules[_BLAS] = None  # type: ignore[assignment]  # so Python is told that there is no such module
    try:
        yield
    finally:
        if not known:
            del sys.modules[_BLAS]


def compiled[**Given, Found](
    signature: str,
) -> Callable[[Callable[Given, Found]], Callable[Given, Found]]:
    """Compile a loop for arguments of the types in *signature*, such as `int64[:](int64[:], int64)`.

    It may define functions inside itself, but call no other of the project's: numba does not see when those change.
    """
    return lambda loop: _Compiled(signature, loop)


def prepare() -> None:
    """Compile all loops of the modules imported so far that are not kept from an earlier time."""
    for loop in _ALL:
        loop.prepared()
