"""Azure's regions."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from infra.settings.regions import REGIONS, Region

READ = TypeAdapter(Region)


@pytest.mark.parametrize("name", ["uksouth", "ukwest", "westeurope"])
def test_takes_a_region(name: str) -> None:
    """It should take a region by its short name."""
    assert name == READ.validate_python(name)


@pytest.mark.parametrize("name", ["uksuoth", "UK South", "denmarkeast", "global", ""])
def test_refuses_what_is_none(name: str) -> None:
    """It should refuse a name that is misspelt, displayed, only announced, or of no place."""
    with pytest.raises(ValidationError, match="is no region of Azure"):
        READ.validate_python(name)


def test_names_the_nearest() -> None:
    """It should help whoever misspelt a name, or wrote it as the portal shows it."""
    for wrong in ("uksuoth", "UK South"):
        with pytest.raises(ValidationError, match="the nearest name is uksouth"):
            READ.validate_python(wrong)


def test_lists_each_once_in_order() -> None:
    """It should be a list that a reader can check against the source."""
    assert sorted(set(REGIONS)) == list(REGIONS)
