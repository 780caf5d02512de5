"""The data of one environment, its clock, its ledger, and where the files of its runs are kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from estate_schema import ConfigurationError, Endpoints, Estate, Limits, load_estate, load_limits
from estate_schema.endpoints import VARIABLE, endpoints_from_environment
from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.clock import SharedClock, SystemClock

if TYPE_CHECKING:  # they load the libraries of signatures and of databases: a command loads only what it uses
    from estate_schema.approvers import Approvers, Road, Signatory
    from mailwave.adapters.ledger import Ledger

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: environments, infra and playbooks are beside the code that uses them."""

LEDGER_VARIABLE = "MAILWAVE_LEDGER"
"""The variable that holds the ledger's address, without a password: every child process is given it."""

LEDGER_FILE_VARIABLE = "MAILWAVE_LEDGER_FILE"
"""The variable that names a file with the address, where that has a password; nobody else may read the file."""

FOLDER_VARIABLE = "MAILWAVE_FOLDER"
"""The variable that names the folder in which each environment has one for the files of its runs.

Where the ledger is on a server, changes and consents lie in a folder that all who work on them can reach.
"""

IDENTITY_VARIABLE = "MAILWAVE_IDENTITY"
"""The variable that names the file of who works here, where that is a local administrator and no operator."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """The data of one environment: its estate, its limits, and the address of its ledger.

    *rules* is the folder that estate and limits were read from.
    """

    environment: str
    estate: Estate
    limits: Limits
    ledger_url: str = field(repr=False)
    rules: Path = ROOT / "environments"

    def ruled_by(self, folder: Path) -> Settings:
        """The same with the estate file and the limits of *folder*; raise `ConfigurationError` as `load` does."""
        estate = load_estate(folder / f"estate.{self.environment}.yaml")
        limits = load_limits(folder / f"limits.{self.environment}.yaml")
        return replace(self, estate=estate, limits=limits, rules=folder)

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
        url = _ledger_address() or f"sqlite:///{quote(str(ROOT / 'build' / environment / 'ledger.db'))}"
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

    def approvers(self) -> Approvers:
        """Whose consent counts: of the environment's file or, in a rehearsal, of the one that it has made.

        Raises:
            ConfigurationError: the file is not there, not right, or another environment's.
        """
        from estate_schema.approvers import approvers_of

        rehearsed = self.endpoints().approvers if VARIABLE in os.environ else None
        return approvers_of(self.environment, estate_file(self.environment).parent, rehearsed)

    def road(self) -> Road | None:
        """Which environment proves a release before this one takes it; raise as `approvers` does."""
        from estate_schema.approvers import road_to

        rehearsed = self.endpoints().approvers if VARIABLE in os.environ else None
        return road_to(self.environment, estate_file(self.environment).parent, rehearsed)

    def provers(self) -> tuple[Signatory, ...]:
        """Who signs what a release does here: who the environment's file names, and in a rehearsal its own as well."""
        from estate_schema.approvers import approvers_of

        real = approvers_of(self.environment, estate_file(self.environment).parent, None)
        return (*self.approvers().provers, *real.provers)

    def clock(self) -> SystemClock | SharedClock:
        """The machine's clock, or a rehearsal's while it is up, whichever environment it rehearses.

        No real environment's time can be moved: an endpoints file that has a clock and leads anywhere but to this
        machine is refused (`estate_schema.endpoints`).
        """
        url = self.endpoints().clock if VARIABLE in os.environ else None
        return SharedClock(str(url)) if url else SystemClock()

    def ledger(self) -> Ledger:
        """The ledger, opened; its folder is made where it is a file of this project's own build folder."""
        from mailwave.adapters.ledger import Ledger

        folder(self).mkdir(parents=True, exist_ok=True)
        return Ledger.open(self.ledger_url, self.clock().now)


def estate_file(environment: str) -> Path:
    """The file of *environment*'s estate, which is the plays' inventory too."""
    return ROOT / "environments" / f"estate.{environment}.yaml"


def folder(settings: Settings) -> Path:
    """Where the files of an environment's runs are kept.

    Beside a ledger that is a file; else in the folder that `FOLDER_VARIABLE` names, or in build/.
    """
    from mailwave.adapters.ledger_engine import database_file

    file = database_file(settings.ledger_url)
    home = Path(os.environ.get(FOLDER_VARIABLE) or ROOT / "build")
    return home / settings.environment if file is None else file.parent


def kept(settings: Settings) -> ArtifactFolder:
    """Where it is kept what the environment's runs, plays and updates did."""
    return ArtifactFolder(folder(settings) / "artifacts")


def _ledger_address() -> str | None:
    """The address that the environment's variables give; None when they give none."""
    named, url = os.environ.get(LEDGER_FILE_VARIABLE), os.environ.get(LEDGER_VARIABLE)
    if named and url:
        raise ConfigurationError(
            file="environment",
            key=LEDGER_FILE_VARIABLE,
            problem=f"is set beside {LEDGER_VARIABLE}, and only one can be meant",
            allowed="one of the two",
        )
    if named:
        return _address_in(Path(named))
    if url and _holds_a_secret(url):
        raise ConfigurationError(
            file="environment",
            key=LEDGER_VARIABLE,
            problem="holds a password, which every child process would be given",
            allowed=f"an address without one, the password in PGPASSFILE, or a file named by {LEDGER_FILE_VARIABLE}",
        )
    return url or None


def _holds_a_secret(url: str) -> bool:
    from mailwave.adapters.ledger_engine import holds_a_secret

    return holds_a_secret(url)


def _address_in(file: Path) -> str:
    try:
        shared, words = file.stat().st_mode & 0o077, file.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError):
        shared, words = 0, []
    if shared or len(words) != 1:
        raise ConfigurationError(
            file=str(file),
            key=LEDGER_FILE_VARIABLE,
            problem="can be read by others" if shared else "does not hold one address",
            allowed="a file with the ledger's address in one line, which only its owner can read",
        )
    return words[0]
