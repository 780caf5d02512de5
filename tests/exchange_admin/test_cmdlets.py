"""Which cmdlets and parameters exist where."""

import pytest

from exchange_admin import cmdlets
from exchange_admin.cmdlets import Side
from exchange_admin.errors import NotOffered


@pytest.mark.parametrize(
    ("cmdlet", "parameter", "side"),
    [
        ("Get-Nothing", None, Side.ONLINE),
        ("Get-ReceiveConnector", None, Side.ONLINE),
        ("Get-OutboundConnector", None, Side.ON_PREMISES),
        ("Get-MigrationBatch", "Nonsense", Side.ONLINE),
        ("New-MigrationBatch", "BadItemLimit", Side.ONLINE),  # fact B33
        ("Set-MigrationBatch", "AddUsers", Side.ON_PREMISES),  # fact B15
        ("New-MigrationEndpoint", "Credentials", Side.ONLINE),  # fact A19
    ],
)
def test_what_a_side_lacks_is_refused(cmdlet: str, parameter: str | None, side: Side) -> None:
    """It should refuse a cmdlet or parameter that the side does not offer, and name it."""
    with pytest.raises(NotOffered) as caught:
        cmdlets.check(cmdlet, {parameter: 1} if parameter else {}, side)
    assert (cmdlet, parameter, side.value) == (caught.value.cmdlet, caught.value.parameter, caught.value.side)


def test_what_a_side_has_passes() -> None:
    """It should let pass what the side offers, a credential on premises among it."""
    cmdlets.check("New-MigrationBatch", {"Name": "a", "SourceEndpoint": "leeds", "CSVData": b""}, Side.ONLINE)
    cmdlets.check("New-MigrationEndpoint", {"Credentials": 1}, Side.ON_PREMISES)
    cmdlets.check("Set-ReceiveConnector", {"Identity": "EX01\\x", "Comment": "c"}, Side.ON_PREMISES)


@pytest.mark.parametrize(
    ("cmdlet", "given", "expected"),
    [
        ("Get-Mailbox", {}, {"ResultSize": "Unlimited"}),
        ("Get-Mailbox", {"Identity": "a"}, {"Identity": "a"}),
        ("Get-Mailbox", {"ResultSize": 5}, {"ResultSize": 5}),
        ("Get-ExchangeServer", {}, {}),
        ("Set-ReceiveConnector", {"Identity": "a", "Banner": None}, {"Identity": "a", "Confirm": False}),
        ("Set-ReceiveConnector", {"Identity": "a", "Confirm": True}, {"Identity": "a", "Confirm": True}),
    ],
)
def test_parameters_are_completed(cmdlet: str, given: dict[str, object], expected: dict[str, object]) -> None:
    """It should drop None, answer the prompt of a write, and ask for whole lists (facts A15, A16)."""
    assert expected == cmdlets.complete(cmdlet, given, Side.ON_PREMISES)
