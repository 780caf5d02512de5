"""Licences of users and of groups (facts C19-C21, D25, E5-E7)."""

from __future__ import annotations

import pytest

from rehearsal.directory.errors import Invalid, Refusal
from rehearsal.directory.lab import E3, NONE_LEFT, PLAN_1, PLENTY, Lab
from rehearsal.directory.objects import AssignedLicence, Group, User
from rehearsal.directory.options import Options


def errors(lab: Lab, user: User) -> dict[str, str]:
    """What stands in the way of each licence of a user."""
    now = lab.entra.store.get(User, user.id)
    return {state.sku_id: state.error for state in now.license_assignment_states}


def licensed(lab: Lab, *skus: object, members: int = 1) -> tuple[Group, list[User]]:
    """A group with members that gives licences."""
    group, users = lab.add_group(), [lab.add_user(f"member.{n}") for n in range(members)]
    for user in users:
        lab.entra.join(group, user)
    lab.license_group(group, *skus)  # type: ignore[arg-type]
    return group, users


def test_a_direct_licence_is_there_at_once_and_uses_a_unit() -> None:
    """It should count what is consumed, up and down again (facts E5, E7)."""
    lab = Lab(0)
    user = lab.license(lab.add_user(), E3)

    used = lab.entra.licensing.consumed(E3.sku_id)
    back = lab.entra.licensing.give(user, (), [E3.sku_id])

    assert (1, 0, ()) == (used, lab.entra.licensing.consumed(E3.sku_id), back.assigned_licenses)


@pytest.mark.parametrize(
    ("add", "remove", "sentence"),
    [
        (AssignedLicence("nothing"), None, "does not correspond to a valid company License"),
        (AssignedLicence(E3.sku_id, ("no plan",)), None, "service plan ids are invalid"),
        (AssignedLicence(NONE_LEFT.sku_id), None, "does not have any available licenses"),
        (None, E3.sku_id, "does not have a corresponding license"),
    ],
)
def test_a_direct_licence_that_cannot_be_given_is_refused(
    add: AssignedLicence | None, remove: str | None, sentence: str
) -> None:
    """It should say why in the words of the service (fact E6)."""
    lab = Lab(0)
    user = lab.add_user()

    with pytest.raises(Invalid, match=sentence):
        lab.entra.licensing.give(user, [add] if add else [], [remove] if remove else [])


def test_a_disabled_plan_does_not_exclude() -> None:
    """It should let Exchange Plan 1 stand beside an E3 whose own Exchange plan is off (fact E6)."""
    lab = Lab(0)
    without = AssignedLicence(E3.sku_id, (E3.service_plans[0].service_plan_id,))
    user = lab.entra.licensing.give(lab.add_user(), [without], ())

    assert 2 == len(lab.license(user, PLAN_1).assigned_licenses)


def test_group_licences_come_at_the_pace_of_the_service() -> None:
    """It should get to 2,500 users in an hour (fact C19)."""
    lab = Lab(0)
    _, users = licensed(lab, PLENTY, members=100)
    seen = []
    for _ in range(3):
        lab.advance(minutes=1)
        seen.append(sum(lab.has(user, PLENTY) for user in users))

    assert [41, 83, 100] == seen


def test_units_run_out_and_the_rest_says_so() -> None:
    """It should leave the last member with CountViolation, until there is a unit again (fact E6)."""
    lab = Lab(0)
    _, users = licensed(lab, PLENTY, members=201)
    lab.advance(minutes=10)

    assert [PLENTY.sku_id] == [
        key for key in errors(lab, users[200]) if errors(lab, users[200])[key] != "None"
    ]
    assert "CountViolation" == errors(lab, users[200])[PLENTY.sku_id]
    lab.entra.delete(lab.entra.store.get(User, users[0].id))
    lab.entra.licensing.reprocess(lab.entra.store.get(User, users[200].id))
    assert lab.has(users[200], PLENTY)


def test_a_group_gives_all_or_nothing() -> None:
    """It should keep back a licence that could be given when another cannot (fact C21)."""
    lab = Lab(0)
    _, (user,) = licensed(lab, PLENTY, E3, PLAN_1)
    lab.advance(minutes=2)

    assert {
        PLENTY.sku_id: "Others",
        E3.sku_id: "Others",
        PLAN_1.sku_id: "MutuallyExclusiveViolation",
    } == errors(lab, user)


def test_who_leaves_the_group_loses_the_licence() -> None:
    """It should take back what the group gave, later (fact C20)."""
    lab = Lab(0)
    group, (user,) = licensed(lab, PLENTY)
    lab.advance(minutes=2)
    had = lab.has(user, PLENTY)
    lab.entra.leave(group, lab.entra.store.get(User, user.id))
    kept = lab.has(user, PLENTY)
    lab.advance(minutes=2)

    assert (True, True, False) == (had, kept, lab.has(user, PLENTY))
    assert 0 == lab.entra.licensing.consumed(PLENTY.sku_id)


def test_another_rule_strips_licences_in_bulk() -> None:
    """It should take the licences of everybody whom a new rule leaves out (fact C20)."""
    lab = Lab(0)
    users = [lab.add_user(f"member.{n}", department="Theatre") for n in range(3)]
    group = lab.add_group(group_types=("DynamicMembership",), membership_rule='user.department -eq "Theatre"')
    lab.license_group(group, PLENTY)
    lab.advance(minutes=35)
    before = [lab.has(user, PLENTY) for user in users]
    now = lab.entra.store.get(Group, group.id)
    lab.entra.change_group(now, {"membership_rule": 'user.department -eq "Wards"'})
    lab.advance(minutes=35)

    assert ([True] * 3, [False] * 3) == (before, [lab.has(user, PLENTY) for user in users])


def test_a_group_with_a_licence_stays() -> None:
    """It should refuse to delete it until the licence is gone (fact C19)."""
    lab = Lab(0)
    group, _ = licensed(lab, PLENTY)

    with pytest.raises(Refusal, match="active licenses"):
        lab.entra.delete(lab.entra.store.get(Group, group.id))
    free = lab.entra.licensing.give_by_group(lab.entra.store.get(Group, group.id), (), [PLENTY.sku_id])
    lab.entra.delete(free)
    assert lab.entra.store.find(group.id) is None


@pytest.mark.parametrize("carried", [True, False])
def test_a_licence_given_too_early_makes_a_second_mailbox(carried: bool) -> None:  # noqa: FBT001
    """It should do so only for who has no synchronised ExchangeGuid (fact D25)."""
    lab = Lab(1, options=Options(guid_carried=carried))
    user = lab.user()
    lab.entra.change_user(user, {"usage_location": "GB"})
    lab.license(user, E3)

    assert carried == (user.id not in lab.entra.licensing.second_mailboxes)


def test_a_restored_user_has_licence_and_groups_again() -> None:
    """It should take a unit again for who comes back (fact C14)."""
    lab = Lab(0)
    group, (user,) = licensed(lab, PLENTY)
    lab.advance(minutes=2)
    lab.entra.delete(lab.entra.store.get(User, user.id))
    freed = lab.entra.licensing.consumed(PLENTY.sku_id)
    lab.entra.restore(user.id)

    assert (0, 1, True) == (freed, lab.entra.licensing.consumed(PLENTY.sku_id), lab.has(user, PLENTY))
    assert [user.id] == list(lab.entra.store.links.members(group.id))


@pytest.mark.parametrize(
    ("inherited", "error"), [(True, "None"), (False, "ProhibitedInUsageLocationViolation")]
)
def test_a_group_licence_needs_a_location_or_the_tenants(inherited: bool, error: str) -> None:  # noqa: FBT001
    """It should give the tenant's usageLocation to who has none, or say what is missing (facts C19, E6)."""
    lab = Lab(0, options=Options(location_inherited=inherited))
    user, group = lab.add_user(usage_location=None), lab.add_group()
    lab.entra.join(group, user)
    lab.license_group(group, PLENTY)
    lab.advance(minutes=2)

    assert {PLENTY.sku_id: error} == errors(lab, user)
    assert ("GB" if inherited else None) == lab.entra.store.get(User, user.id).usage_location
