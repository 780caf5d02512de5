"""The scope: parts that fit together, and one digest for one estate."""

import pytest

from mailwave.core.estate import Mailbox, Organisation, Permission
from mailwave.core.scope import BrokenScope, check_scope, scope_digest
from tests.mailwave.builders import a_mailbox, a_right, an_organisation, guid


def test_the_order_of_its_parts_does_not_matter() -> None:
    """It should know an estate again whatever order it is read in, and a right given twice as one."""
    boxes, rights = [a_mailbox(0), a_mailbox(1)], [a_right(0, 1), a_right(1, 0)]

    expected = scope_digest([an_organisation()], boxes, rights)

    assert expected == scope_digest([an_organisation()], boxes[::-1], [*rights[::-1], rights[0]])
    assert expected != scope_digest([an_organisation()], boxes, rights[:1])


@pytest.mark.parametrize(
    ("organisations", "boxes", "rights", "names"),
    [
        ([an_organisation()] * 2, [], [], ("RR8",)),
        ([an_organisation()], [a_mailbox(0)] * 2, [], (guid(0),)),
        ([], [a_mailbox(0)], [], ("RR8",)),
        ([an_organisation()], [a_mailbox(0)], [a_right(0, 7)], (guid(7),)),
        ([an_organisation()], [a_mailbox(0)], [a_right(8, 0)], (guid(8),)),
    ],
)
def test_parts_that_do_not_fit_are_named(
    organisations: list[Organisation], boxes: list[Mailbox], rights: list[Permission], names: tuple[str, ...]
) -> None:
    """It should refuse repeated names and references that lead nowhere, and name them."""
    with pytest.raises(BrokenScope) as caught:
        check_scope(organisations, boxes, rights)

    assert names == caught.value.names
