"""Stack names."""

from __future__ import annotations

import pytest

from infra.errors import UnknownStack
from infra.stack import StackName


def test_parses_layer_and_environment() -> None:
    """It should read a stack's name and write it again."""
    stack = StackName.parse("identity-production")

    assert StackName("identity", "production") == stack
    assert "identity-production" == str(stack)
    assert "foundation-production" == str(stack.other("foundation"))


@pytest.mark.parametrize(
    "text",
    ["", "foundation", "foundation-", "-dev", "identity-prod", "Identity-dev", "mail-dev", "hybrid-dev-2"],
)
def test_refuses_other_names(text: str) -> None:
    """It should refuse a name that is not a known layer and a known environment, and list both."""
    with pytest.raises(UnknownStack) as refused:
        StackName.parse(text)

    assert text == refused.value.stack
    assert "foundation, identity or hybrid" in str(refused.value)
    assert "rehearsal, dev, pilot or production" in str(refused.value)


def test_names_directory_objects_after_their_environment() -> None:
    """It should tell apart the objects of two environments in one tenant."""
    names = {StackName("identity", environment).display_name("operators") for environment in ("dev", "pilot")}

    assert {"mailwave operators (dev)", "mailwave operators (pilot)"} == names
