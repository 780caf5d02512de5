"""What the tenant's transport rules do with a message: those that hold it, refuse it or delete it.

A rule is looked at where its conditions are among `_CONDITIONS`; what others do to the text of a message changes
nothing about where it goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rehearsal.post.steps import Does, Step
from rehearsal.post.track import Letter

_CONDITIONS = (
    "AnyOfRecipientAddressContainsWords",
    "FromAddressContainsWords",
    "SubjectContainsWords",
)
_REFUSED = "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy"


def applied(rules: Iterable[Mapping[str, object]], letter: Letter, address: str) -> Step | None:
    """What the first rule that says so does with *letter* to *address*, None where it may go on."""
    seen = {
        "AnyOfRecipientAddressContainsWords": address,
        "FromAddressContainsWords": letter.sender.lower(),
        "SubjectContainsWords": letter.subject.lower(),
    }
    for row in rules:
        if row["State"] != "Enabled" or not _meets(row, seen):
            continue
        if row["Quarantine"]:
            return Step(Does.HOLDS, address)
        if row["RejectMessageReasonText"]:
            return Step(Does.FAILS, address, said=_REFUSED)
    return None


def _meets(row: Mapping[str, object], seen: Mapping[str, str]) -> bool:
    """Whether every condition of a rule is met, and it has one."""
    wanted = {name: value for name in _CONDITIONS if (value := row.get(name))}
    return bool(wanted) and all(
        any(str(word).lower() in seen[name] for word in (value if isinstance(value, list) else [value]))
        for name, value in wanted.items()
    )
