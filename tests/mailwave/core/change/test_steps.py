"""Tests of the canonical form of an engine's steps."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mailwave.core.change.steps import DRAWN, UNKNOWN, Step, beyond, canonical_steps

URN = "urn:pulumi:foundation-pilot::mailwave::azure-native:storage:StorageAccount::site-gateway"
GUID = "3e80541b-f446-4047-9e4a-7f30eb166728"


def step(op: str = "create", **other: Any) -> Step:
    """A step."""
    return msgspec.structs.replace(Step(urn=URN, op=op, type="azure-native:storage:StorageAccount"), **other)


def inputs(found: bytes) -> Any:
    """The inputs of the first step."""
    return msgspec.json.decode(found)[0]["inputs"]


def test_the_order_of_events_does_not_count() -> None:
    """It should give the same bytes whatever came first, and whether a number has a point."""
    one, two = step(inputs={"n": 25.0}), step(urn=URN + "2", inputs={"n": [1.0, {"m": 2.5}]})
    same = [step(urn=URN + "2", inputs={"n": [1, {"m": 2.5}]}), step(inputs={"n": 25})]
    assert canonical_steps([one, two]) == canonical_steps(same)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "site-gateway3daccfe6"),
        ("accountName", "sitegateway3daccfe"),
        ("publicIpAddressName", "site-gateway-3daccfe6"),
        ("roleAssignmentName", GUID),
        ("roleDefinitionId", GUID),
    ],
)
def test_a_name_drawn_anew_does_not_count(key: str, value: str) -> None:
    """It should leave out what azure-native draws when something is made."""
    assert DRAWN == inputs(canonical_steps([step(inputs={key: value})]))[key]


@pytest.mark.parametrize(
    ("op", "key", "value"),
    [
        ("update", "name", "site-gateway3daccfe6"),
        ("create", "name", "site-gateway"),
        ("create", "name", "other3daccfe6"),
        ("create", "roleDefinitionId", f"/subscriptions/a/roleDefinitions/{GUID}"),
        ("create", "principalId", GUID),
    ],
)
def test_a_name_that_somebody_gave_counts(op: str, key: str, value: str) -> None:
    """It should keep every other value as it is."""
    assert value == inputs(canonical_steps([step(op, inputs={key: value})]))[key]


APPROVED = canonical_steps(
    [
        step(inputs={"id": UNKNOWN, "size": 3, "list": [UNKNOWN, "b"]}),
        step("update", urn=URN + "2", inputs={"size": 3}),
    ]
)


@pytest.mark.parametrize(
    "left",
    [
        [],
        [step("same")],
        [step(inputs={"id": "now known", "size": 3, "list": ["a", "b"]})],
        [step("update", urn=URN + "2", inputs={"size": 3})],
        [step("update", inputs={"id": "now known", "size": 3, "list": ["a", "b"]})],
    ],
)
def test_what_is_left_of_an_update_is_not_beyond_it(left: list[Step]) -> None:
    """It should take a part of what was approved, also where a value has become known."""
    assert "" == beyond(APPROVED, canonical_steps(left))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (
            step("update", inputs={"id": "a", "size": 4, "list": ["a", "b"]}),
            "update .* with other properties",
        ),
        (step("delete"), "delete .* was not approved"),
        (step(urn=URN + "3"), "create .*3 was not approved"),
        (step(inputs={"id": "a", "size": 4, "list": ["a", "b"]}), "with other properties"),
        (step(inputs={"id": "a", "size": 3, "list": ["a"]}), "with other properties"),
        (step(inputs={"id": "a", "size": 3, "list": ["a", "b"], "open": True}), "with other properties"),
    ],
)
def test_what_goes_further_is_named(more: Step, why: str) -> None:
    """It should name the first step that nobody approved."""
    import re

    assert re.search(why, beyond(APPROVED, canonical_steps([more])))
