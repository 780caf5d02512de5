"""The adapter for Exchange on premises: one shell, opened when it is first needed and kept (facts D1-D8)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock
from types import TracebackType
from typing import Self

from exchange_admin.cmdlets import Side, complete
from exchange_admin.errors import OutcomeUnknown, Unauthorised, Unreachable
from exchange_admin.invoke import FIRST_WAIT, TRIES, refused
from exchange_admin.port import NOTHING, Result, is_read, refuse_in_dry_run
from exchange_admin.replies import TRANSIENT_TYPES
from exchange_admin.shell import Output, Shell, ShellTrouble, Trouble

Prepare = Callable[[str, Mapping[str, object]], dict[str, object]]
"""Returns a cmdlet's parameters as they must be sent, or raises `NotOffered`."""
_FOR_EXCHANGE = partial(complete, side=Side.ON_PREMISES)


class OnPremises:
    """Exchange on premises through remote PowerShell; see `ExchangeAdmin` for what `invoke` does and raises.

    *open_shell* opens a shell or raises `ShellTrouble`. A dry run lets only reads pass. *sleep* waits the given
    seconds; *prepare* checks and completes the parameters of a cmdlet before it is sent. One cmdlet runs at a time,
    whatever the threads (fact D2). Use it as a context manager: a shell that is not closed counts against the account's
    18 until it times out (fact D7).
    """

    def __init__(
        self,
        open_shell: Callable[[], Shell],
        *,
        dry_run: bool = True,
        sleep: Callable[[float], None] = time.sleep,
        prepare: Prepare = _FOR_EXCHANGE,
    ) -> None:
        self._open_shell = open_shell
        self._dry_run = dry_run
        self._sleep = sleep
        self._prepare = prepare
        self._shell: Shell | None = None
        self._lock = Lock()

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        """Run *cmdlet* and return what it wrote."""
        return self._until_done(cmdlet, parameters, None)

    def invoke_each(self, cmdlet: str, parameters: Mapping[str, object], into: str) -> Result:
        """Run *into*, a read, on every object that *cmdlet*, a read, writes: one pipeline for any number (fact D2).

        It raises as `invoke` does; an error of one object is an error of the whole.

        :raises ValueError: if either may change something.
        """
        if not (is_read(cmdlet) and is_read(into)):
            raise ValueError(
                f"{cmdlet} | {into}: only reads are joined, because a lost answer is asked for again"
            )
        self._prepare(into, {})
        return self._until_done(cmdlet, parameters, into)

    def _until_done(self, cmdlet: str, parameters: Mapping[str, object], into: str | None) -> Result:
        refuse_in_dry_run(cmdlet, dry_run=self._dry_run)
        sent = self._prepare(cmdlet, parameters)
        why, reopened = "", False
        for tries in range(1, TRIES + 1):
            try:
                output = self._run(cmdlet, sent, into)
            except ShellTrouble as trouble:
                self._judge(cmdlet, trouble, tries, reopened=reopened)
                reopened = reopened or trouble.trouble is Trouble.LOST
                why = trouble.why
                if trouble.trouble is Trouble.LOST:
                    continue
            else:
                if not self._may_pass(cmdlet, output):
                    return Result(output.rows, output.warnings)
                why = output.errors[0].text
            if tries < TRIES:
                self._sleep(FIRST_WAIT * 2 ** (tries - 1))
        raise Unreachable(cmdlet=cmdlet, why=why, attempts=TRIES)

    def close(self) -> None:
        """Close the shell, if there is one; the next cmdlet opens another."""
        shell, self._shell = self._shell, None
        if shell is not None:
            shell.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, cmdlet: str, parameters: Mapping[str, object], into: str | None) -> Output:
        with self._lock:
            try:
                self._shell = self._shell or self._open_shell()
                return self._shell.run(cmdlet, parameters, into)
            except ShellTrouble:
                self.close()
                raise

    def _judge(self, cmdlet: str, trouble: ShellTrouble, tries: int, *, reopened: bool) -> None:
        """Raise, unless the cmdlet may be run again: a read once on a new shell, anything that never started."""
        if trouble.begun and not is_read(cmdlet):
            raise OutcomeUnknown(cmdlet=cmdlet, why=trouble.why) from trouble
        if trouble.trouble is Trouble.SIGN_IN:
            raise Unauthorised(cmdlet=cmdlet, status=401, text=trouble.why) from trouble
        if trouble.trouble is Trouble.LOST and (reopened or not is_read(cmdlet)):
            raise Unreachable(cmdlet=cmdlet, why=trouble.why, attempts=tries) from trouble

    def _may_pass(self, cmdlet: str, output: Output) -> bool:
        """Tell whether the errors that were written may pass by themselves; a read with none is whole.

        :raises Refused: for an error that stays. Rows beside it do not count: part of a list is no list.
        :raises OutcomeUnknown: for a write that failed in passing: what it did before that is not known.
        """
        lasting = [error for error in output.errors if error.error_type not in TRANSIENT_TYPES]
        if lasting:
            raise refused(cmdlet, lasting[0].error_type, lasting[0].text, status=0)
        if output.errors and not is_read(cmdlet):
            raise OutcomeUnknown(cmdlet=cmdlet, why=output.errors[0].text)
        return bool(output.errors)
