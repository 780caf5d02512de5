"""Values of parameters by their .NET types."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from rehearsal.site.conversion import UNLIMITED, converted
from rehearsal.site.values import NotAValue


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "SwitchParameter", True),
        (None, "MultiValuedProperty", []),
        (None, "Uri", None),
        ("unlimited", "Unlimited", UNLIMITED),
        ("40MB", "Unlimited", "40 MB (41,943,040 bytes)"),
        ("12", "Unlimited", 12),
        ("7", "UInt32", 7),
        ("https://x.example/EWS", "Uri", "https://x.example/EWS"),
        ("a@x.example", "ProxyAddress", "SMTP:a@x.example"),
        ("x500:/o=a", "ProxyAddress", "x500:/o=a"),
        ("6f9619ff-8b86-d011-b42d-00cf4fc964ff", "Guid", uuid.UUID("6f9619ff-8b86-d011-b42d-00cf4fc964ff")),
        ("2026-09-01T08:00:00", "DateTime", datetime(2026, 9, 1, 8, tzinfo=UTC)),
        ("15.2.1748.10", "Version", "15.2.1748.10"),
        ({"add": "a"}, "ProxyAddressCollection", {"Add": ["a"]}),
        (["a", "b"], "String[]", ["a", "b"]),
        ("SMTP,IIS", "AllowedServices", "IIS, SMTP"),
    ],
)
def test_a_value_becomes_its_type(value: object, kind: str, expected: Any) -> None:
    """It should take every form of a value that PowerShell takes."""
    assert expected == converted(value, kind, None)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (-1, "UInt32"),
        ("mail", "Uri"),
        ("ftp://x.example", "Uri"),
        ("a", "SmtpAddress"),
        ("smtp:a", "ProxyAddress"),
        ("x", "Guid"),
        ("soon", "DateTime"),
        ("15", "Version"),
        ({"Change": "a"}, "MultiValuedProperty"),
        (["a"], "String"),
        (None, "Int32"),
        ("", "MailboxIdParameter"),
    ],
)
def test_another_value_is_refused(value: object, kind: str) -> None:
    """It should refuse what is no value of the type."""
    with pytest.raises(NotAValue):
        converted(value, kind, None)
