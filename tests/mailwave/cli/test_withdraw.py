"""`mailwave wave withdraw`, as typed."""

from __future__ import annotations

from mailwave import wiring
from mailwave.exits import Exit
from tests.mailwave.builders import REASON, a_mailbox, an_organisation
from tests.mailwave.cli.conftest import WHY, Run


def test_who_is_withdrawn_is_said_and_who_is_unknown_is_refused(run: Run) -> None:
    """It should take somebody out once, and end with 2 for an address, organisation or wave that is not there."""
    with wiring.Settings.load("rehearsal").ledger() as ledger:
        ledger.import_estate([an_organisation()], [a_mailbox(n) for n in range(3)], [], REASON)
    somebody = ("wave", "withdraw", "--person", a_mailbox(1).address, *WHY)
    assert Exit.OK == run("wave", "plan", *WHY)[0]

    looked, would = run(*somebody, "--dry-run")
    first, said = run(*somebody)
    second, again = run(*somebody)
    for wrong, word in (("--person", "nobody@nowhere"), ("--organisation", "ZZ9"), ("--wave", "W1")):
        code, refused = run("wave", "withdraw", wrong, word, *WHY)
        assert Exit.CONFIGURATION == code
        assert word in refused

    assert {Exit.OK} == {looked, first, second}
    assert "1 would be withdrawn of those who wait" in would
    assert "1 withdrawn of those who wait" in said
    assert "0 withdrawn of those who wait" in again
