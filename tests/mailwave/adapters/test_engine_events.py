"""The engine's events, as changes with their values."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi import automation as auto

from mailwave.adapters.engine_events import Watcher
from mailwave.core.stacks import Breach, PropertyChange, StackBeat, StackChange

URN = "urn:pulumi:s::mailwave::x:y:Z::it"


def event(
    operation: str,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    diff: dict[str, Any] | None = None,
    kind: str = "x:y:Z",
) -> auto.EngineEvent:
    """A finished step, as the engine writes it."""
    metadata = {
        "op": operation,
        "urn": URN,
        "type": kind,
        "provider": "",
        "old": old,
        "new": new,
        "detailedDiff": diff,
    }
    return auto.EngineEvent.from_json(
        {"sequence": 1, "timestamp": 1, "resOutputsEvent": {"metadata": metadata}}
    )


def changes(*events: auto.EngineEvent) -> list[StackChange]:
    """What a watcher makes of *events*."""
    watcher = Watcher("s")
    for each in events:
        watcher(each)
    return list(watcher.changes.values())


@pytest.mark.parametrize(
    ("path", "old", "new", "shown"),
    [
        ("tls", {"tls": "1.0"}, {"tls": "1.2"}, ('"1.0"', '"1.2"')),
        ("a.b[1]", {"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, ("2", "3")),
        ('tags["my.tag"]', {"tags": {}}, {"tags": {"my.tag": "x"}}, ("", '"x"')),
        ("password", {"password": "[secret]"}, {"password": "[secret]"}, ('"[secret]"', '"[secret]"')),
    ],
)
def test_a_property_has_its_values(
    path: str, old: dict[str, Any], new: dict[str, Any], shown: tuple[str, str]
) -> None:
    """It should find both values by the engine's path, and show a secret as the engine does."""
    (change,) = changes(
        event(
            "update",
            old={"inputs": old},
            new={"inputs": new},
            diff={path: {"diffKind": "update", "inputDiff": True}},
        )
    )

    assert (PropertyChange(path, *shown),) == change.properties


def test_a_vanished_object_is_a_create() -> None:
    """It should not take the refresh that misses it for a removal."""
    (change,) = changes(event("refresh", old={"inputs": {}}), event("create", new={"inputs": {}}))

    assert "create" == change.operation


def test_a_replacement_counts_once() -> None:
    """It should be one replacement whichever half comes first."""
    for order in (("create-replacement", "delete-replaced"), ("delete-replaced", "create-replacement")):
        assert ["replace"] == [each.operation for each in changes(*map(event, order))]


def test_the_stack_itself_and_unchanged_ones_are_left_out() -> None:
    """It should tell only of resources that differ."""
    assert [] == changes(event("same"), event("read"), event("create", kind="pulumi:pulumi:Stack"))


def test_what_may_be_deleted_from_now_on_differs() -> None:
    """It should tell that the engine ceases to refuse a deletion, alone and beside another difference."""
    old, new = {"inputs": {"a": 1}, "protect": True}, {"inputs": {"a": 2}}
    lifted = PropertyChange("protect", "true", "false")
    alone = StackChange("it", "x:y:Z", "update", (lifted,))
    assert [alone] == changes(event("same", old=old, new={"inputs": {"a": 1}}))
    assert [] == changes(event("same", old=old, new=old))

    (both,) = changes(
        event("update", old=old, new=new, diff={"a": {"diffKind": "update", "inputDiff": True}})
    )

    assert (PropertyChange("a", "1", "2"), lifted) == both.properties


def test_every_resource_is_a_beat() -> None:
    """It should count resources, not events."""
    beats: list[StackBeat] = []
    watcher = Watcher("s", on_beat=beats.append)

    watcher(event("refresh"))
    watcher(event("same"))

    assert [StackBeat("s", 1, "x:y:Z", "it")] * 2 == beats


def breach(level: str) -> auto.EngineEvent:
    """A violation of a policy, as the engine writes it."""
    said = {
        "resourceUrn": URN,
        "message": "control 47, storage is closed (CIS 1)\nit: open and must be closed\n",
        "policyName": "control-47-2",
        "policyPackName": "mailwave",
        "enforcementLevel": level,
    }
    return auto.EngineEvent.from_json({"sequence": 1, "timestamp": 1, "policyEvent": said})


def test_a_broken_control_is_told_once() -> None:
    """It should have the control's number and title and what is wrong, and not repeat it."""
    watcher = Watcher("s")
    watcher(breach("mandatory"))
    watcher(breach("mandatory"))

    found = Breach(47, "control 47, storage is closed (CIS 1)", "it: open and must be closed")
    assert [found] == watcher.breaches
    assert (found,) == watcher.broken
    assert "broken: control 47, storage is closed (CIS 1): it: open and must be closed" == str(found)


def test_a_waived_control_stops_nothing() -> None:
    """It should be told, and not be among the broken."""
    watcher = Watcher("s")
    watcher(breach("advisory"))

    assert [True] == [found.waived for found in watcher.breaches]
    assert () == watcher.broken
    assert str(watcher.breaches[0]).startswith("waived: control 47")


def test_the_reader_of_other_stacks_is_no_change() -> None:
    """It should not count what the engine makes for itself, to read the outputs of another stack."""
    assert [] == changes(event("create", new={}, kind="pulumi:providers:pulumi"))
