"""The trimmed list of cmdlets: what goes in comes out, and both copies are the tool's."""

import json
from pathlib import Path

import pytest

from tools import trim_cmdlets

ROOT = Path(__file__).parents[2]
SOURCE = {"about": "where from", "cmdlets": {"Get-B": {"parameters": {}}, "Get-A": {}, "Get-Unused": {}}}


def test_only_the_wanted_are_kept() -> None:
    """It should keep the wanted cmdlets, sorted and unchanged, and the sentence on where they come from."""
    trimmed = json.loads(trim_cmdlets.trim(SOURCE, ["Get-B", "Get-A", "Get-B"]))
    assert {"about": "where from", "cmdlets": {"Get-A": {}, "Get-B": {"parameters": {}}}} == trimmed
    assert ["Get-A", "Get-B"] == list(trimmed["cmdlets"])


def test_a_cmdlet_that_the_source_lacks_is_named() -> None:
    """It should name every wanted cmdlet that the source does not describe."""
    with pytest.raises(trim_cmdlets.UnknownCmdlets) as caught:
        trim_cmdlets.trim(SOURCE, ["Get-A", "Get-C", "Get-D"])
    assert ["Get-C", "Get-D"] == caught.value.names


def test_both_copies_are_what_the_tool_would_write() -> None:
    """It should find both copies equal, whole, and in the tool's own form."""
    first, *others = [(ROOT / output).read_text(encoding="utf-8") for output in trim_cmdlets.OUTPUTS]
    assert [first] * len(others) == others
    assert trim_cmdlets.trim(json.loads(first), trim_cmdlets.CMDLETS) == first
