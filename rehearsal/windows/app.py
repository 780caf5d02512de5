"""The HTTP face of one Windows server: `/wsman`, session configuration Microsoft.PowerShell, over http and sealed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from starlette.applications import Starlette

from rehearsal.site.app import endpoint
from rehearsal.site.shells import Configuration
from rehearsal.windows.door import Door
from rehearsal.windows.runspace import ScriptRunspace

PORT = 5985
"""Where WinRM listens for http."""

MAX_SHELLS = 25
"""Shells that Windows' own session configuration allows one user; WinRM's quota of 30 is above it."""


def build(
    door: Door, users: Mapping[str, str], *, monotonic: Callable[[], float] = time.monotonic
) -> Starlette:
    r"""Make the application that lets *users*, names such as `DOMAIN\name` to passwords, into a server by *door*."""
    configuration = Configuration(
        "wsman", "Microsoft.PowerShell", MAX_SHELLS, lambda user, _: ScriptRunspace(user, door.carry_out)
    )
    return endpoint(configuration, users, monotonic=monotonic)
