"""A simulated server as the port `ExchangeAdmin`, in memory: what is sent is completed as on the real way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from exchange_admin.invoke import refused
from exchange_admin.port import NOTHING, ExchangeAdmin, Result, is_read, refuse_in_dry_run
from rehearsal.wire import CmdletCall, CmdletResult

USER = "REHEARSAL\\migration"

Prepare = Callable[[str, Mapping[str, object]], dict[str, object]]


class SimulatedAdmin:
    """One shell on *server*, whose cmdlets *run* carries out; *calls* are all that it was asked for.

    *prepare* completes the parameters of a cmdlet as the real adapter does.
    """

    def __init__(
        self,
        run: Callable[[CmdletCall], CmdletResult],
        server: str = "",
        *,
        prepare: Prepare,
        dry_run: bool = False,
    ) -> None:
        self._run = run
        self._server = server
        self._prepare = prepare
        self._dry_run = dry_run
        self.calls: list[tuple[str, dict[str, object]]] = []

    @property
    def writes(self) -> list[str]:
        """The cmdlets that change something."""
        return [cmdlet for cmdlet, _ in self.calls if not is_read(cmdlet)]

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        """Run a cmdlet; raises as the adapter of the real sites does."""
        refuse_in_dry_run(cmdlet, dry_run=self._dry_run)
        sent = self._prepare(cmdlet, parameters)
        self.calls.append((cmdlet, dict(parameters)))
        result = self._run(CmdletCall(USER, cmdlet, sent, server=self._server))
        if result.errors:
            error = result.errors[0]
            raise refused(cmdlet, error.exception, error.text, status=0)
        return Result([_plain(row) for row in result.rows], list(result.warnings))


@contextmanager
def nothing_but(admin: SimulatedAdmin) -> Iterator[ExchangeAdmin]:
    """*admin* as a shell that is opened and closed."""
    yield admin


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """*row* as it arrives over the wire: identifiers and times are texts."""
    return {key: str(value) if isinstance(value, UUID | datetime) else value for key, value in row.items()}
