"""What the layer `hybrid` can be told, and what is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from infra.errors import BadSetting
from tests.infra.hybrid.shipped import shipped

CERTIFICATE = {"name": "mail.example", "expires": "2030-01-31"}


@pytest.mark.parametrize(
    ("changed", "key", "says"),
    [
        ({"organisation": "nobody"}, "organisation", "is not a GUID"),
        ({"published_host": "https://mail.example"}, "published_host", "is not allowed"),
        ({"certificates": []}, "certificates", "is not allowed"),
        ({"certificates": [CERTIFICATE, CERTIFICATE]}, "certificates", "names a certificate twice"),
        (
            {"certificates": [{**CERTIFICATE, "name": name} for name in ("one", "two", "six")]},
            "certificates",
            "is not allowed",
        ),
        (
            {"certificates": [{**CERTIFICATE, "expires": "soon"}]},
            "certificates[0].expires",
            'is "soon", which is not allowed',
        ),
        ({"security_contacts": ["nobody"]}, "security_contacts[0]", "is not allowed"),
        ({"priority_groups": []}, "priority_groups", "is not allowed"),
        ({"priority_groups": ["the board"]}, "priority_groups[0]", "is not allowed"),
        ({"signing": "perhaps"}, "signing", "is not allowed"),
        ({"wizard_names": {"outbound": "x"}}, "wizard_names.outbound", "is not a key here"),
        (
            {"imitated_people": [{"name": "A;B", "address": "a@b.example"}]},
            "imitated_people[0].name",
            "allowed",
        ),
    ],
)
def test_what_cannot_be_right_is_refused(changed: dict[str, Any], key: str, says: str) -> None:
    """It should name the key, show the value, and say what is allowed."""
    with pytest.raises(BadSetting) as refused:
        shipped(**changed)
    assert f"mailwave:{key}" == refused.value.key
    assert says in refused.value.problem
    assert refused.value.allowed


def test_people_and_notice_may_be_left_out() -> None:
    """It should have an empty list and a sentence where nothing is said."""
    assert () == shipped().imitated_people
    assert "outside the organisation" in shipped().outside_notice
