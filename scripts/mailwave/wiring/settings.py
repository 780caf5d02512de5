"""The data of one environment, its clock, its ledger, and where the files of its runs are kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from estate_schema import ConfigurationError, Endpoints, Estate, Limits, load_estate, load_limits
from estate_schema.endpoints import VARIABLE, endpoints_from_environment
from mailwave.adapters.clock import SharedClock, SystemClock
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_store import database_file

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: environments, infra and playbooks are beside the code that uses them."""

LEDGER_VARIABLE = "MAILWAVE_LEDGER"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """The data of one environment: its estate, its limits, and the address of its ledger."""

    environment: str
    estate: Estate
    limits: Limits
    ledger_url: str

    @classmethod
    def load(cls, environment: str) -> Settings:
        """Read the files of *environment*; raise `ConfigurationError` when they are not there or not right."""
        file = estate_file(environment)
        known = sorted(path.name.split(".")[1] for path in file.parent.glob("estate.*.yaml"))
        if environment not in known:
            raise ConfigurationError(
                file="command line",
                key="--environment",
                problem=f"{environment!r} is not known",
                allowed=", ".join(known),
            )
        url = (
            os.environ.get(LEDGER_VARIABLE)
            or f"sqlite:///{quote(str(ROOT / 'build' / environment / 'ledger.db'))}"
        )
        return cls(
            environment, load_estate(file), load_limits(file.with_name(f"limits.{environment}.yaml")), url
        )

    def endpoints(self) -> Endpoints:
        """Where the outside systems answer; raise `ConfigurationError` when they belong to another tenant."""
        found = endpoints_from_environment()
        if found.tenant != self.estate.tenant.id:
            raise ConfigurationError(
                file="endpoints",
                key="tenant",
                problem=f"is {found.tenant}, which is not the tenant of {self.environment}",
                allowed=self.estate.tenant.id,
            )
        return found

    def clock(self) -> SystemClock | SharedClock:
        """The machine's clock, or a rehearsal's while it is up, whichever environment it rehearses.

        No real environment's time can be moved: an endpoints file that has a clock and leads anywhere but to this
        machine is refused (`estate_schema.endpoints`).
        """
        url = self.endpoints().clock if VARIABLE in os.environ else None
        return SharedClock(str(url)) if url else SystemClock()

    def ledger(self) -> Ledger:
        """The ledger, opened; its folder is made where it is a file of this project's own build folder."""
        folder(self).mkdir(parents=True, exist_ok=True)
        return Ledger.open(self.ledger_url, self.clock().now)


def estate_file(environment: str) -> Path:
    """The file of *environment*'s estate, which is the plays' inventory too."""
    return ROOT / "environments" / f"estate.{environment}.yaml"


def folder(settings: Settings) -> Path:
    """Where the files of an environment's runs are kept: beside a ledger that is a file, else in build/."""
    file = database_file(settings.ledger_url)
    return ROOT / "build" / settings.environment if file is None else file.parent
