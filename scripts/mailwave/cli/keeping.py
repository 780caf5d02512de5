"""Sends what a command leaves to the vault when it ends, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailwave import wiring
from mailwave.cli.context import err
from mailwave.wiring import vault


@contextmanager
def keeping(found: wiring.Settings) -> Iterator[None]:
    """A block after which its journal and artifacts are sent, where there is a vault.

    A vault that does not answer is told and changes nothing: the next push sends what it lacks. What else keeps
    evidence from being sent ends the command, unless the block has failed already, whose error it is then.
    """
    well = False
    try:
        yield
        well = True
    finally:
        said = vault.push_if_configured(found, strict=well)
        if said:
            err.print(said, markup=False)
