"""Rules of dynamic groups."""

from __future__ import annotations

import pytest

from rehearsal.directory.lab import Lab
from rehearsal.directory.membership import BadRule, compiled


@pytest.mark.parametrize(
    ("rule", "belongs"),
    [
        ('user.department -eq "theatre"', True),
        ('(user.department -ne "Theatre")', False),
        ('user.department -startsWith "The" -and user.accountEnabled -eq true', True),
        ('user.department -eq "Wards" -or user.jobTitle -eq null', True),
        ('-not (user.userPrincipalName -contains "CLOUD")', False),
        ('user.mail -notContains "x" -and user.displayName -notStartsWith "cl"', False),
    ],
)
def test_a_rule_is_read(rule: str, belongs: bool) -> None:  # noqa: FBT001
    """It should compare without regard to case, and join conditions."""
    assert belongs == compiled(rule)(Lab(0).add_user(department="Theatre"))


@pytest.mark.parametrize(
    "rule",
    [
        *(
            "",
            "user.department",
            'user.department -eq "a" user.mail',
            'device.name -eq "a"',
            "user.x -eq true",
        ),
        *('user.department -like "a"', "user.department -eq Theatre", '(user.department -eq "a"', '"'),
    ],
)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    """It should say which rule cannot be read."""
    with pytest.raises(BadRule, match="Dynamic membership rule validation error"):
        compiled(rule)
