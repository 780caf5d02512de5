"""The on-premises adapter over hand-written shells."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from exchange_admin.errors import (
    DryRunRefusal,
    NotFound,
    NotOffered,
    OutcomeUnknown,
    Refused,
    Unauthorised,
    Unreachable,
)
from exchange_admin.onpremises import OnPremises
from exchange_admin.port import Result
from exchange_admin.shell import ErrorSaid, Output, Shell, ShellTrouble, Trouble

Step = Output | ShellTrouble

SERVERS = Output([{"Name": "EX01"}], ["careful"], [])
LOST = ShellTrouble(trouble=Trouble.LOST, why="InvalidShellID", begun=False)
LOST_MIDWAY = ShellTrouble(trouble=Trouble.LOST, why="InvalidShellID", begun=True)
BUSY = ShellTrouble(trouble=Trouble.BUSY, why="maximum of 18 concurrent shells", begun=False)
CUT = ShellTrouble(trouble=Trouble.BROKEN, why="cut", begun=True)
ABSENT = ShellTrouble(trouble=Trouble.BROKEN, why="no route", begun=False)
STRANGER = ShellTrouble(trouble=Trouble.SIGN_IN, why="bad password", begun=False)


def failed(error_type: str, text: str = "text") -> Output:
    """An output with a row and an error record."""
    return Output([{"Name": "half"}], [], [ErrorSaid(error_type, text)])


class Scripted:
    """A shell that takes its steps from a list shared by all shells of a site."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def run(self, cmdlet: str, parameters: Mapping[str, object], into: str | None = None) -> Output:
        """Take the next step."""
        self.site.ran.append((f"{cmdlet} | {into}" if into else cmdlet, dict(parameters)))
        step = self.site.steps.pop(0)
        if isinstance(step, ShellTrouble):
            raise step
        return step

    def close(self) -> None:
        """Count."""
        self.site.closed += 1


class Site:
    """A site that opens scripted shells; *doors* are troubles at opening, None for an open door."""

    def __init__(self, *steps: Step, doors: list[ShellTrouble | None] | None = None) -> None:
        self.steps = list(steps)
        self.doors = doors or []
        self.ran: list[tuple[str, dict[str, object]]] = []
        self.opened = 0
        self.closed = 0
        self.slept: list[float] = []

    def open(self) -> Shell:
        """Open a shell, or not."""
        trouble = self.doors.pop(0) if self.doors else None
        if trouble:
            raise trouble
        self.opened += 1
        return Scripted(self)

    def admin(self, *, dry_run: bool = False) -> OnPremises:
        """An adapter for this site."""
        return OnPremises(self.open, dry_run=dry_run, sleep=self.slept.append)


def test_one_shell_serves_many_cmdlets() -> None:
    """It should open a shell when it is first needed, keep it, and close it at the end (fact D7)."""
    site = Site(SERVERS, SERVERS)
    with site.admin() as admin:
        assert 0 == site.opened
        assert Result([{"Name": "EX01"}], ["careful"]) == admin.invoke("Get-ExchangeServer")
        admin.invoke("Get-ExchangeServer")
    assert (1, 1) == (site.opened, site.closed)


def test_the_shell_is_closed_when_the_caller_fails() -> None:
    """It should close the shell even when what it was opened for fails."""
    site = Site(SERVERS, failed("ParameterBindingException"))
    with pytest.raises(Refused), site.admin() as admin:
        assert [admin.invoke("Get-ExchangeServer") for _ in range(2)] == []
    assert 1 == site.closed


def test_a_write_is_sent_with_its_prompt_answered() -> None:
    """It should complete the parameters before they are sent (fact A16)."""
    site = Site(Output([], [], []))
    site.admin().invoke("Set-ReceiveConnector", {"Identity": "EX01\\x", "Banner": None})
    assert [("Set-ReceiveConnector", {"Identity": "EX01\\x", "Confirm": False})] == site.ran


def test_a_dry_run_opens_nothing_for_a_write() -> None:
    """It should refuse a write before a shell is opened."""
    site = Site()
    with pytest.raises(DryRunRefusal):
        site.admin(dry_run=True).invoke("Set-ReceiveConnector", {"Identity": "a"})
    with pytest.raises(NotOffered):
        site.admin().invoke("Get-OutboundConnector")
    assert 0 == site.opened


@pytest.mark.parametrize("lost", [LOST, LOST_MIDWAY])
def test_a_read_gets_one_new_shell(lost: ShellTrouble) -> None:
    """It should read again on a new shell when the server lost the old one, and only once (fact D8)."""
    site = Site(lost, SERVERS, lost, lost)
    admin = site.admin()
    assert [{"Name": "EX01"}] == admin.invoke("Get-ExchangeServer").rows
    assert (2, 1, []) == (site.opened, site.closed, site.slept)
    with pytest.raises(Unreachable):
        admin.invoke("Get-ExchangeServer")


def test_a_write_on_a_lost_shell_is_not_sent_again() -> None:
    """It should tell a write that never started from one whose end was not seen."""
    site = Site(LOST, LOST_MIDWAY)
    admin = site.admin()
    with pytest.raises(Unreachable):
        admin.invoke("Set-ReceiveConnector", {"Identity": "a"})
    with pytest.raises(OutcomeUnknown):
        admin.invoke("Set-ReceiveConnector", {"Identity": "a"})
    assert (2, 2, 2) == (site.opened, site.closed, len(site.ran))


def test_a_cut_connection_leaves_a_write_unknown_and_a_read_repeated() -> None:
    """It should repeat a read on a new shell after a wait, and never a write."""
    site = Site(CUT, SERVERS, CUT)
    admin = site.admin()
    admin.invoke("Get-ExchangeServer")
    assert [2.0] == site.slept
    with pytest.raises(OutcomeUnknown):
        admin.invoke("Set-ReceiveConnector", {"Identity": "a"})


def test_a_full_house_is_waited_for() -> None:
    """It should wait for a free shell, for a write too, because it never started (fact D7)."""
    site = Site(Output([], [], []), doors=[BUSY, BUSY, None])
    site.admin().invoke("Set-ReceiveConnector", {"Identity": "a"})
    assert [2.0, 4.0] == site.slept


def test_a_site_that_stays_away_is_unreachable() -> None:
    """It should give up after six tries, having waited five times."""
    site = Site(doors=[ABSENT] * 6)
    with pytest.raises(Unreachable) as caught:
        site.admin().invoke("Get-ExchangeServer")
    assert (6, "no route", 5) == (caught.value.attempts, caught.value.why, len(site.slept))


def test_a_refused_account_is_not_tried_again() -> None:
    """It should not lock an account out by trying a bad password six times."""
    site = Site(doors=[STRANGER])
    with pytest.raises(Unauthorised):
        site.admin().invoke("Get-ExchangeServer")
    assert [] == site.slept


def test_an_error_record_is_a_refusal_whatever_rows_came() -> None:
    """It should raise what the error record says, and not return part of a list."""
    with pytest.raises(Refused) as caught:
        Site(failed("ParameterBindingException", "no such parameter")).admin().invoke("Get-ExchangeServer")
    refused = caught.value
    assert ("ParameterBindingException", "no such parameter", 0) == (
        refused.error_type,
        refused.text,
        refused.status,
    )
    with pytest.raises(NotFound):
        Site(failed("ManagementObjectNotFoundException")).admin().invoke("Get-ExchangeServer")


def test_an_error_that_may_pass_is_waited_out_by_a_read_only() -> None:
    """It should repeat a read after a transient error, and call such a write unknown (fact A26)."""
    site = Site(failed("ADServerSettingsChangedException"), SERVERS)
    assert SERVERS.rows == site.admin().invoke("Get-ExchangeServer").rows
    with pytest.raises(OutcomeUnknown):
        Site(failed("StorageTransientException")).admin().invoke("Set-ReceiveConnector", {"Identity": "a"})


def test_two_reads_are_joined_in_one_pipeline() -> None:
    """It should run the second read on every object of the first in one pipeline, and never join a write (fact D2)."""
    site = Site(SERVERS)
    admin = site.admin()
    assert [{"Name": "EX01"}] == admin.invoke_each("Get-Mailbox", {}, "Get-MailboxPermission").rows
    with pytest.raises(ValueError, match="only reads are joined"):
        admin.invoke_each("Get-ReceiveConnector", {}, "Remove-ReceiveConnector")
    with pytest.raises(NotOffered):
        admin.invoke_each("Get-Mailbox", {}, "Get-OutboundConnector")
    assert [("Get-Mailbox | Get-MailboxPermission", {"ResultSize": "Unlimited"})] == site.ran
