"""What can be missing on a fresh machine: one sentence and one exit code each."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of `make setup`. 20 belongs to the launcher, which runs before any Python is known."""

    OK = 0
    PYTHON_MISSING = 20
    UV_UNAVAILABLE = 21
    PACKAGES_UNAVAILABLE = 22
    ENGINE_UNAVAILABLE = 23
    ENGINE_BUILD_FAILED = 24
    CACHE_UNWRITABLE = 25
    INTERRUPTED = 130


class SetupFailed(RuntimeError):
    """Setting up cannot go on.

    *missing* says what is not there, *remedy* how to get it, *detail* is what a tool wrote last.
    """

    exit = Exit.PACKAGES_UNAVAILABLE

    def __init__(self, *, missing: str, remedy: str, detail: str = "") -> None:
        self.missing = missing
        self.remedy = remedy
        self.detail = detail
        super().__init__(f"{missing}; {remedy} ({self.exit.name}, {self.exit.value})")


class UvUnavailable(SetupFailed):
    """The package manager uv could not be installed from PyPI."""

    exit = Exit.UV_UNAVAILABLE


class PackagesUnavailable(SetupFailed):
    """The locked packages could not all be installed."""

    exit = Exit.PACKAGES_UNAVAILABLE


class EngineUnavailable(SetupFailed):
    """Neither PATH, nor the official installer, nor Go can give a Pulumi engine."""

    exit = Exit.ENGINE_UNAVAILABLE


class EngineBuildFailed(SetupFailed):
    """Go was there, and the build from modules failed."""

    exit = Exit.ENGINE_BUILD_FAILED


class CacheUnwritable(SetupFailed):
    """The cache folder outside the tree cannot be written."""

    exit = Exit.CACHE_UNWRITABLE
