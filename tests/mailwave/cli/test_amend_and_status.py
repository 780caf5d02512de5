"""`mailwave estate amend` and `mailwave wave status`, typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailwave.exits import Exit
from tests.mailwave.builders import guid
from tests.mailwave.cli.conftest import ODS, WHY, Run

HEADS = (
    "ExchangeGuid,PrimarySmtpAddress,Alias,DisplayName,RecipientTypeDetails,LegacyExchangeDN,ServerName,Database,"
    "CustomAttribute1"
)


def write(file: Path, *lines: str) -> Path:
    """A table in *file*."""
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def box(n: int) -> str:
    """A line of an inventory."""
    return f"{guid(n)},p{n}@nhsmail.example,p{n},P {n},UserMailbox,/o=N/cn=p{n},EX01,DB01,RR8"


@pytest.fixture
def estate(run: Run, tmp_path: Path) -> Path:
    """Three mailboxes of one organisation."""
    inventory = write(tmp_path / "inventory.csv", HEADS, *(box(n) for n in range(3)))
    code, said = run("estate", "import", "--ods", str(ODS), "--mailboxes", str(inventory), *WHY)
    assert Exit.OK == code, said
    return tmp_path


def status(run: Run, *options: str) -> dict[str, object]:
    """What `wave status --json` says."""
    code, said = run("wave", "status", "--json", *options)
    assert Exit.OK == code, said
    found: dict[str, object] = json.loads(said[said.index("{") : said.rindex("}") + 1])
    return found


def test_the_scope_is_amended(run: Run, estate: Path) -> None:
    """It should take joiners, leavers and transfers in one go, once, and count them where they belong."""
    joiners = write(estate / "joiners.csv", HEADS, box(3))
    leavers = write(estate / "leavers.csv", "ExchangeGuid", guid(0))
    transfers = write(estate / "transfers.csv", "ExchangeGuid,Organisation", f"{guid(1)},A81001")
    files = ("--joiners", str(joiners), "--leavers", str(leavers), "--transfers", str(transfers))
    arguments = ("estate", "amend", *files, *WHY)

    code, said = run(*arguments, "--dry-run")
    assert (Exit.OK, True) == (code, "1 mailboxes would join" in said)
    assert 3 == status(run)["planned"]
    for _ in range(2):
        code, said = run(*arguments)
        assert (Exit.OK, True) == (code, "1 mailboxes go to another organisation" in said)

    found = status(run, "--by", "organisation")
    assert 4 == found["planned"]
    assert {
        "A81001": {"waiting": {"mailboxes": 1, "bytes": 0}},
        "RR8": {"excluded": {"mailboxes": 1, "bytes": 0}, "waiting": {"mailboxes": 2, "bytes": 0}},
    } == found["parts"]


@pytest.mark.parametrize(
    ("option", "lines", "code", "told"),
    [
        ("--leavers", ["ExchangeGuid", guid(9)], Exit.AMENDMENT_REFUSED, "the estate has no mailbox"),
        ("--leavers", ["ExchangeGuid", "p1@nhsmail.example"], Exit.INPUT_REJECTED, "leavers.csv:2"),
        (
            "--transfers",
            ["ExchangeGuid,Organisation", f"{guid(1)},ZZZ"],
            Exit.INPUT_REJECTED,
            "no organisation",
        ),
        ("--joiners", [HEADS, box(1)], Exit.AMENDMENT_REFUSED, "a joiner is in the estate already"),
        ("--joiners", [HEADS, "=x" + box(5)], Exit.INPUT_REJECTED, "joiners.csv:2"),
    ],
)
def test_what_does_not_fit_is_refused(
    run: Run, estate: Path, option: str, lines: list[str], code: Exit, told: str
) -> None:
    """It should end with the code of what is wrong, name it, and take nothing."""
    file = write(estate / f"{option[2:]}.csv", *lines)

    ended, said = run("estate", "amend", option, str(file), *WHY)
    assert (code, True) == (ended, told in said), said
    assert 3 == status(run)["planned"]


def test_nothing_is_no_amendment(run: Run, estate: Path) -> None:
    """It should say that an amendment needs a file."""
    code, said = run("estate", "amend", *WHY)

    assert (Exit.AMENDMENT_REFUSED, True) == (code, "there is nothing in it" in said)


def test_the_status_is_a_table(run: Run, estate: Path) -> None:
    """It should show a row a wave and all of them in a last one."""
    code, said = run("wave", "status")

    assert (Exit.OK, True, True) == (code, "(not planned)" in said, "3 mailboxes" in said)
