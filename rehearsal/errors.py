"""What can go wrong with the rehearsal itself, each with its sentence, its advice and its exit code.

RehearsalError
├── PortInUse          4
├── AlreadyUp          4
├── FolderUnusable     4
├── NumberRefused      2
├── NoRehearsal        2
├── OtherRehearsal     2
├── RecordBroken       2
├── EstateTooSmall     2
├── NotUp              4
├── EngineMissing      2
├── faults.FaultFileBroken, command_log.CommandLogBroken   2
├── providers.install.InstallFailed   1
├── ServerFailed       1
│   └── ServerRefused  the server's own exit code
├── ServerEnded        4
├── StepFailed         the step's own exit code
├── NotLocked          1
└── CountsDisagree     20
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

KILLED = 128
"""A shell adds this to the number of the signal that ended a command; so does the exit code here."""

PREFIX = "rehearsal: "
"""What an error's sentence is printed behind."""


class RehearsalError(Exception):
    """The root of these errors: *advice* says what to do next, *exit_code* how the command ends.

    *replays*: seed and plan of faults may have brought it about, so they are told with it.
    """

    exit_code = 1
    advice = ""
    replays = False


class PortInUse(RehearsalError):
    """A port that was asked for cannot be had."""

    exit_code = 4
    advice = "choose another with --first-port, or leave it out to have free ports chosen"

    def __init__(self, *, port: int, service: str, problem: str) -> None:
        self.port = port
        self.service = service
        super().__init__(f"port {port} for {service} cannot be used: {problem.lower()}")


class AlreadyUp(RehearsalError):
    """The rehearsal's folder is in use by another process."""

    exit_code = 4
    advice = "stop it with `make rehearsal-down`, or wait until that run has ended"

    def __init__(self, *, holder: str) -> None:
        self.holder = holder
        super().__init__(f"a rehearsal is already up ({holder})")


class FolderUnusable(RehearsalError):
    """The rehearsal's folder cannot be made, read or written."""

    exit_code = 4
    advice = "name a folder that can be written with --home, or free the disk, and run it again"

    def __init__(self, *, folder: Path, problem: OSError) -> None:
        self.folder = folder
        self.problem = problem
        where = problem.filename or folder
        super().__init__(f"{where} cannot be used: {(problem.strerror or str(problem)).lower()}")


class NumberRefused(RehearsalError):
    """A number that was asked for is out of its bounds."""

    exit_code = 2
    advice = "choose a number inside the bounds"

    def __init__(self, *, what: str, asked: int, least: int, most: int) -> None:
        self.what = what
        self.asked = asked
        self.least = least
        self.most = most
        super().__init__(f"{what} is {asked}; it must lie between {least:,} and {most:,}")

    @classmethod
    def unless_within(cls, what: str, asked: int, least: int, most: int) -> None:
        """Raise it if *asked* is not between the two others, which are allowed."""
        if not least <= asked <= most:
            raise cls(what=what, asked=asked, least=least, most=most)


class NoRehearsal(RehearsalError):
    """A folder holds something, and it is no rehearsal: a rehearsal would begin by emptying it."""

    exit_code = 2
    advice = "nothing in it was touched; name an empty or a new folder with --home"

    def __init__(self, *, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"{folder} is not empty and holds no rehearsal")


class OtherRehearsal(RehearsalError):
    """What was asked for with *option* is not what the rehearsal in *folder* was started with."""

    exit_code = 2
    advice = "leave the option out to go on with that one, or name another folder with --home"

    def __init__(self, *, folder: Path, option: str, held: object, offered: object) -> None:
        self.folder = folder
        self.option = option
        self.held = held
        self.offered = offered
        super().__init__(f"the rehearsal in {folder} was started with {option} {held}, not {offered}")


class EstateTooSmall(RehearsalError):
    """An estate of *size* lacks *sites* that the stacks of *environment* name, so they cannot be deployed."""

    exit_code = 2
    advice = "leave --size out, or name a larger one"

    def __init__(self, *, size: str, environment: str, sites: Sequence[str]) -> None:
        self.size = size
        self.environment = environment
        self.sites = list(sites)
        super().__init__(
            f"an estate of size {size} has no site {', '.join(sites)}, which the stacks of environment "
            f"{environment} name"
        )


class RecordBroken(RehearsalError):
    """A file by which a rehearsal is continued cannot be read."""

    exit_code = 2
    advice = "that rehearsal is lost: remove its folder and start it again"

    def __init__(self, *, file: Path, problem: str) -> None:
        self.file = file
        self.problem = problem
        super().__init__(f"{file} cannot be understood: {problem}")


class NotUp(RehearsalError):
    """Nothing is running that could be stopped."""

    exit_code = 4
    advice = "start it with `make rehearsal-up`"

    def __init__(self) -> None:
        super().__init__("no rehearsal is up")


class EngineMissing(RehearsalError):
    """There is no Pulumi engine on PATH."""

    exit_code = 2
    advice = "run `make setup`, which finds or builds it, and start the rehearsal through make"

    def __init__(self) -> None:
        super().__init__("the Pulumi engine `pulumi` is not on PATH")


class ServerFailed(RehearsalError):
    """The simulated estate did not come up."""

    advice = "read the server's own words above"

    def __init__(self, *, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the simulated estate did not start: {problem}")


class ServerRefused(ServerFailed):
    """The server said in one sentence why it did not start; sentence, advice and exit code are passed on."""

    def __init__(self, *, words: str, code: int) -> None:
        problem, _, advice = words.removeprefix(PREFIX).partition("\n")
        super().__init__(problem=problem)
        self.advice = advice
        self.exit_code = code


class ServerEnded(RehearsalError):
    """The simulated estate stopped answering, because its process is gone."""

    replays = True
    exit_code = 4
    advice = "what it was told is kept: run the same command again to go on from there"

    def __init__(self, *, code: int) -> None:
        self.code = code
        super().__init__(f"the process that serves the simulated estate has ended ({code})")


class StepFailed(RehearsalError):
    """A step of the rehearsal ended with another code than 0."""

    replays = True
    advice = "read its message above; run `make rehearsal` again to go on from there"

    def __init__(self, *, step: str, code: int) -> None:
        self.step = step
        self.exit_code = code if code >= 0 else KILLED - code
        ended = f"ended with exit code {code}" if code >= 0 else f"was killed by signal {-code}"
        super().__init__(f"`{step}` {ended}")


class CountsDisagree(RehearsalError):
    """The readers that never open the ledger count something else than the ledger."""

    replays = True
    exit_code = 20
    advice = "compare the two rows of the table above; the ledger is then not to be trusted"

    def __init__(self, *, term: str, counted: int, ledger: int) -> None:
        self.term = term
        self.counted = counted
        self.ledger = ledger
        super().__init__(f"{term}: {counted} counted at the services, {ledger} in the ledger")


class NotLocked(RehearsalError):
    """The vault has let somebody delete the object *name*, which it was to keep."""

    exit_code = 1
    advice = "look at `evidence.vault` in the environment's estate file: what is kept must be locked"

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(f"the vault's object {name} could be deleted")
