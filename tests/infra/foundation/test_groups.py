"""Resource groups and the locks that keep what is in them."""

from __future__ import annotations

from infra.foundation.groups import Groups, GroupsArgs, Locks, LocksArgs
from tests.infra.doubles import Clouds, run

TAGS = {"service": "mailwave"}
GROUP = "azure-native:resources:ResourceGroup"
LOCK = "azure-native:authorization:ManagementLockAtResourceGroupLevel"


def test_a_group_for_each_name() -> None:
    """It should make each in the region with the tags, and hand over the names that the engine chose."""
    clouds = Clouds().install("foundation-production")
    args = GroupsArgs(["mailwave", "mailwave-network"], "uksouth", TAGS)

    found = run(lambda: dict(Groups("groups", args).group_names))

    assert {"mailwave": "mailwave1234", "mailwave-network": "mailwave-network1234"} == found
    assert [("uksouth", TAGS)] * 2 == [
        (each.inputs["location"], each.inputs["tags"]) for each in clouds.of_type(GROUP)
    ]


def test_a_lock_forbids_deleting_and_nothing_else() -> None:
    """It should lock each group against deletion, and leave what is in it to be changed."""
    clouds = Clouds().install("foundation-production")

    run(lambda: {"ids": [each.id for each in Locks("locks", LocksArgs({"mailwave": "the-group"})).locks]})

    lock = clouds.only(LOCK)
    assert ("mailwave", "the-group", "CanNotDelete") == (
        lock.name,
        lock.inputs["resourceGroupName"],
        lock.inputs["level"],
    )
