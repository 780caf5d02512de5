"""Which mailbox Exchange means where it shows who holds a right."""

from __future__ import annotations

import pytest

from mailwave.core.trustees import DomainUnclear, Named, Trustees


def named(domain: str, account: str) -> Named:
    """A mailbox in *domain*; its guid says which it is."""
    names = (
        f"{domain}/NHSmail/{account}",
        f"CN={account},DC={domain}",
        f"{account}.{domain}@nhsmail.example",
    )
    return Named(f"{domain}-{account}", names, domain, account)


LEEDS = [named("leeds", account) for account in ("ann", "bob", "eve")]
BRISTOL = [named("bristol", account) for account in ("ann", "dan")]
SHOWN = ["NHSMAIL\\bob", "NHSMAIL\\eve", "NHSMAIL\\ann", "NHSWEST\\dan", "NHSWEST\\ann"]


@pytest.mark.parametrize(
    ("shown", "guid"),
    [
        ("NHSMAIL\\bob", "leeds-bob"),
        ("nhsmail\\BOB", "leeds-bob"),
        ("NHSMAIL\\ann", "leeds-ann"),
        ("NHSWEST\\ann", "bristol-ann"),
        ("bristol/NHSmail/dan", "bristol-dan"),
        ("CN=eve,DC=leeds", "leeds-eve"),
        ("ANN.bristol@nhsmail.example", "bristol-ann"),
        ("dan", "bristol-dan"),
    ],
)
def test_a_name_leads_to_its_mailbox(shown: str, guid: str) -> None:
    """It should take an account for the domain it is shown in, and a name known everywhere for what it is."""
    assert guid == Trustees([*LEEDS, *BRISTOL], SHOWN).mailbox(shown)


@pytest.mark.parametrize(
    "shown", ["NHSWEST\\bob", "NHSMAIL\\svc-backup", "NT AUTHORITY\\SELF", "ann", "OTHER\\ann", "a group"]
)
def test_what_is_no_mailbox_is_none(shown: str) -> None:
    """It should find no mailbox for a stranger of that name, a service account, or a bare name of two people."""
    assert Trustees([*LEEDS, *BRISTOL], SHOWN).mailbox(shown) is None


def test_a_short_name_that_fits_two_domains_is_refused() -> None:
    """It should not guess where nothing tells two domains apart."""
    with pytest.raises(DomainUnclear) as caught:
        Trustees([*LEEDS, *BRISTOL], ["NHSMAIL\\ann"])

    assert ("nhsmail", ("bristol", "leeds")) == (caught.value.domain, caught.value.candidates)


def test_one_domain_needs_no_telling() -> None:
    """It should know every account where all mailboxes are in one domain."""
    assert "leeds-ann" == Trustees(LEEDS, ["NHSMAIL\\ann"]).mailbox("NHSMAIL\\ann")
