"""What can go wrong with the rehearsal itself, each with its sentence, its advice and its exit code.

RehearsalError
├── PortInUse          4
├── AlreadyUp          4
├── NotUp              4
├── EngineMissing      2
├── ServerFailed       1
├── StepFailed         the step's own exit code
└── CountsDisagree     20
"""

from __future__ import annotations


class RehearsalError(Exception):
    """The root of these errors: *advice* says what to do next, *exit_code* how the command ends."""

    exit_code = 1
    advice = ""


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


class StepFailed(RehearsalError):
    """A step of the rehearsal ended with another code than 0."""

    advice = "read its message above; run `make rehearsal` again to go on from there"

    def __init__(self, *, step: str, code: int) -> None:
        self.step = step
        self.exit_code = code
        super().__init__(f"`{step}` ended with exit code {code}")


class CountsDisagree(RehearsalError):
    """The readers that never open the ledger count something else than the ledger."""

    exit_code = 20
    advice = "compare the two rows of the table above; the ledger is then not to be trusted"

    def __init__(self, *, term: str, counted: int, ledger: int) -> None:
        self.term = term
        self.counted = counted
        self.ledger = ledger
        super().__init__(f"{term}: {counted} counted at the services, {ledger} in the ledger")
