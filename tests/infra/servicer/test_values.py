"""Property values on and off the wire."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from infra.servicer import UNKNOWN, Change, Kind, Secret, differences, has_unknown, project
from infra.servicer.values import UnsupportedValue, from_wire, to_wire

_TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=5)
_LEAVES = st.none() | st.booleans() | st.integers(-(2**40), 2**40) | _TEXTS | st.just(UNKNOWN)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3)
)
_OBJECTS = st.dictionaries(_TEXTS, _VALUES, max_size=4)


def _struct(properties: dict[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(properties)
    return message


class TestWire:
    """The marks of Pulumi's protocol."""

    def test_signatures_are_those_of_the_sdk(self) -> None:
        """It should use the signatures that the installed SDK uses."""
        marked = to_wire({"secret": Secret("x"), "later": UNKNOWN})

        assert rpc.UNKNOWN == marked["later"]
        assert rpc._special_secret_sig == marked["secret"][rpc._special_sig_key]

    def test_secret_is_unwrapped(self) -> None:
        """It should give the plain value of a secret, however deep."""
        secret = {rpc._special_sig_key: rpc._special_secret_sig, "value": [1.0, rpc.UNKNOWN]}

        assert {"a": {"b": [1, UNKNOWN]}} == from_wire(_struct({"a": {"b": secret}}))

    def test_output_without_a_value_is_unknown(self) -> None:
        """It should take an output that has no value yet for unknown."""
        output = {rpc._special_sig_key: rpc._special_output_value_sig}

        assert {"a": UNKNOWN} == from_wire(_struct({"a": output}))

    def test_asset_is_refused(self) -> None:
        """It should refuse a kind of value that no resource here has."""
        asset = {rpc._special_sig_key: rpc._special_asset_sig, "text": "x"}

        with pytest.raises(UnsupportedValue) as caught:
            from_wire(_struct({"a": asset}))

        assert rpc._special_asset_sig == caught.value.signature

    def test_secret_does_not_show_itself(self) -> None:
        """It should keep the value of a secret out of its own text."""
        assert "hunter2" not in repr(Secret("hunter2"))

    @given(_OBJECTS)
    def test_round_trip(self, properties: dict[str, Any]) -> None:
        """It should read back what it wrote."""
        assert properties == from_wire(to_wire(properties))


class TestHasUnknown:
    """What a preview cannot know."""

    @pytest.mark.parametrize("value", [UNKNOWN, {"a": [UNKNOWN]}, [{"b": UNKNOWN}]])
    def test_finds_it_at_any_depth(self, value: object) -> None:
        """It should find an unknown anywhere."""
        assert has_unknown(value)

    @pytest.mark.parametrize("value", [None, "", {"a": [1, "x"]}])
    def test_knows_what_is_known(self, value: object) -> None:
        """It should not take a known value for an unknown one."""
        assert not has_unknown(value)


class TestProject:
    """A live object cut down to what the program wrote."""

    def test_drops_what_the_program_never_said(self) -> None:
        """It should leave out what the service computed, beneath an input too."""
        live = {"properties": {"sku": "A", "vaultUri": "https://x"}, "id": "1"}

        assert {"properties": {"sku": "A"}} == project(live, {"properties": {"sku": "B"}})

    def test_drops_what_the_service_lost(self) -> None:
        """It should leave out what the program said and the service no longer has, so that it shows as drift."""
        assert {"a": 1} == project({"a": 1}, {"a": 1, "b": 2})

    def test_keeps_items_that_were_added_to_a_list(self) -> None:
        """It should keep an item that somebody added to a list, because that is drift."""
        assert {"a": [{"x": 1}, {"y": 2}]} == project({"a": [{"x": 1, "n": 0}, {"y": 2}]}, {"a": [{"x": 1}]})

    @given(_OBJECTS)
    def test_of_itself_is_itself(self, properties: dict[str, Any]) -> None:
        """It should change nothing when the shape is the live value."""
        assert properties == project(properties, properties)


class TestDifferences:
    """The detailed differences of two sets of inputs."""

    def test_names_the_deepest_path(self) -> None:
        """It should name where exactly the two differ, and how."""
        old = {"a": {"b": 1, "c": 2}, "list": [1], "tags": {"x.y": "1"}}
        new = {"a": {"b": 1, "c": 3}, "list": [1, 2], "tags": {}, "late": UNKNOWN}

        expected = [
            Change("a.c", Kind.UPDATE),
            Change("late", Kind.ADD),
            Change("list[1]", Kind.ADD),
            Change('tags["x.y"]', Kind.DELETE),
        ]

        assert expected == differences(old, new)

    def test_marks_what_needs_a_new_object(self) -> None:
        """It should mark a difference at or beneath a replacing path, and no other."""
        old = {"sku": {"name": "a"}, "rules": [{"key": 1, "text": 1}], "skuless": 1}
        new = {"sku": {"name": "b"}, "rules": [{"key": 2, "text": 2}], "skuless": 2}

        marked = {change.path: change.replace for change in differences(old, new, ("sku", "rules.key"))}

        assert {"sku.name": True, "rules[0].key": True, "rules[0].text": False, "skuless": False} == marked

    def test_none_is_absent(self) -> None:
        """It should take None for absent, as the SDK leaves out what is None."""
        assert [] == differences({"a": None}, {})

    @given(_OBJECTS)
    def test_of_equals_is_empty(self, properties: dict[str, Any]) -> None:
        """It should find no difference between equal inputs."""
        assert [] == differences(properties, properties)

    def test_top_is_the_property_of_the_resource(self) -> None:
        """It should know the resource's own property that a path begins in."""
        assert ["a", "b", "c"] == [Change(path).top for path in ("a.x", "b[0].y", "c")]
