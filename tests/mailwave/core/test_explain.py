"""Why one mailbox has its night: with whom, by which rules, which limits were full, what is severed."""

import pytest

from mailwave.core.delegates.rights import KINDS
from mailwave.core.explain import NotInPlan, SeveredRight, explain, row_of, severed_summary
from mailwave.core.placement.season import Kind, Rule, Scope
from mailwave.core.planning import planned
from mailwave.core.population import NotGuids
from tests.mailwave.builders import a_mailbox, a_right, guid
from tests.mailwave.core.estates import a_case, a_season, boxes, night, postponed

RULES = (
    postponed("RX1", 0, 1),
    postponed("RX1", 6, 6),
    postponed("RR8", 0, 0),
    Rule(Kind.FREEZE, Scope.SITE, "york", night(0), night(7), "elsewhere"),
)


def test_a_night_is_explained() -> None:
    """It should name the group, the rules that barred earlier nights, and count the nights that were full."""
    case = a_case(boxes(9), [a_right(1, 4), a_right(4, 7)], a_season(8, *RULES), most=3)
    found = explain(planned(case), 4)

    assert (guid(4), night(2), 3) == (found.mailbox, found.night, found.group_size)
    assert (guid(1), guid(7)) == found.group
    assert [RULES[0].says] == list(found.rules)
    assert (2, 0, {}) == (found.barred, found.free, found.full)
    assert ("RX1", "leeds", "usual", "test") == (found.organisation, found.site, found.lane, found.profile)


def test_full_nights_name_the_limit() -> None:
    """It should say which limit left too little on earlier nights."""
    solved = planned(a_case(boxes(9), [], a_season(), most=3))
    row = int(solved.placement.night.argmax())

    assert {"mailboxes a night (mailboxes_a_night)": 2} == explain(solved, row).full


@pytest.mark.parametrize("name", ["FullAccess", "SendOnBehalf", "FolderAccess"])
def test_severed_rights_have_their_remedy_and_end(name: str) -> None:
    """It should list the rights of the mailbox that are severed, with price, remedy and the day both have moved."""
    case = a_case(
        [a_mailbox(n) for n in range(3)], [a_right(0, 1, "SendAs"), a_right(1, 2, name)], a_season(), most=2
    )
    solved = planned(case)
    found = explain(solved, 2).severed

    later = max(solved.placement.night.tolist())
    kind = KINDS[name]
    assert (SeveredRight(guid(1), guid(2), name, kind.price, kind.hard, kind.remedy, night(later)),) == found
    assert dict.fromkeys(KINDS, 0) | {name: 1} == severed_summary(solved.placement)


def test_unknown_mailboxes_are_named() -> None:
    """It should refuse what is no guid, and a guid that the plan does not hold."""
    people = planned(a_case(boxes(2), [], a_season())).placement.population

    assert 1 == row_of(people, guid(1))
    with pytest.raises(NotInPlan, match=guid(5)):
        row_of(people, guid(5))
    with pytest.raises(NotGuids):
        row_of(people, "somebody")
