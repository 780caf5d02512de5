"""Rights by rows: each once, in one order, with prices and remedies."""

from mailwave.core.delegates.held import of_permissions
from mailwave.core.population import of_mailboxes
from tests.mailwave.builders import a_mailbox, a_right

PEOPLE = of_mailboxes([a_mailbox(n) for n in range(4)])


def test_rights_stand_once_and_in_order() -> None:
    """It should sort rights by mailbox, trustee and kind, keep each once, and drop those that lead outside."""
    given = [a_right(2, 1, "SendAs"), a_right(0, 3), a_right(2, 1), a_right(0, 3), a_right(1, 9)]

    found = of_permissions(PEOPLE, given)

    assert [a_right(0, 3), a_right(2, 1), a_right(2, 1, "SendAs")] == found.permissions(PEOPLE)


def test_rights_have_their_price() -> None:
    """It should price each kind, and call hard what stops working."""
    found = of_permissions(PEOPLE, [a_right(0, 1), a_right(0, 1, "SendAs"), a_right(0, 1, "SendOnBehalf")])

    assert [2, 5, 1] == found.rights.price.tolist()
    assert [False, True, False] == found.hard.tolist()
