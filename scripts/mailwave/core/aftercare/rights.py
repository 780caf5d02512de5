"""The rights on a mailbox: which of them the move broke, and which cmdlets give them again (peers 6).

Nobody can read whether Outlook opens a mailbox by itself: that is told from who moved with whom, and from what was
given again since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from mailwave.core.aftercare.differences import CLOUD, SITE, Difference, Remedy
from mailwave.core.aftercare.pictures import FULL_ACCESS, ON_BEHALF, SEND_AS, Found, Picture, Right

_OWN = (FULL_ACCESS, SEND_AS)
"""What somebody else's right would matter for."""


@dataclass(frozen=True)
class People:
    """Who is where: *batch_of* the batch in which somebody moved, by address; *moved* are the addresses that have.

    *mapped* are the keys of the differences by which Outlook was made to open a mailbox again.
    """

    batch_of: Mapping[str, str]
    moved: AbstractSet[str]
    mapped: AbstractSet[str] = field(default_factory=frozenset)


def of_rights(was: Picture, now: Found, people: People) -> Iterator[Difference]:
    """The rights on the mailbox *was* that are not there any more or do not work, and those that nobody gave."""
    if not now.there:
        return
    for right in was.rights:
        yield from _of_right(was, right, now, people)
    yield from _strangers(was, now)


def _of_right(was: Picture, right: Right, now: Found, people: People) -> Iterator[Difference]:
    if not right.known:
        yield _made(was, "trustee-stays-behind", right)
    elif right.folder:
        yield from _of_role(was, right, now)
    elif right.kind == ON_BEHALF:
        if not _held(right, now):
            change = {"GrantSendOnBehalfTo": {"Add": [right.trustee]}}
            yield _made(was, "on-behalf-lost", right, _cloud(was, "Set-Mailbox", **change))
    elif right.kind == SEND_AS:
        yield from of_send_as(was, right, now, people)
    elif not _held(right, now):
        yield _made(was, "full-access-lost", right, _full_access(was, right))
    else:
        yield from of_mapping(was, right, people)


def of_send_as(was: Picture, right: Right, now: Found, people: People) -> Iterator[Difference]:
    """Send-As is needed in the cloud by whoever moved, and on both sides by whoever sends across (peers 6)."""
    if not _held(right, now):
        given = {"Trustee": right.trustee, "AccessRights": SEND_AS}
        yield _made(was, "send-as-lost", right, _cloud(was, "Add-RecipientPermission", **given))
    shown = {right.trustee, *right.names}
    across = right.trustee not in people.moved or not now.there
    if across and shown.isdisjoint(now.send_as_at_site):
        one = {"Identity": was.guid, "User": right.trustee}
        step = ("Add-ADPermission", {**one, "AccessRights": "ExtendedRight", "ExtendedRights": ["Send-As"]})
        yield _made(was, "send-as-lost-at-site", right, Remedy(SITE, (step,)))


def of_mapping(was: Picture, right: Right, people: People) -> Iterator[Difference]:
    """A mailbox opens by itself for a person who moved with it; for one who moved apart, once it is given again."""
    if not right.person or right.trustee not in people.moved:
        return
    together = people.batch_of.get(right.trustee) == people.batch_of.get(was.address)
    again = f"{people.batch_of.get(was.address)} {people.batch_of.get(right.trustee)}"
    found = _made(was, "automapping-lost", right, _full_access(was, right, taken_first=True), after=again)
    given = _made(was, "full-access-lost", right)
    if not together and people.mapped.isdisjoint({found.key, given.key}):
        yield found


def _full_access(was: Picture, right: Right, *, taken_first: bool = False) -> Remedy:
    """Full Access given, or taken and given again, which is what makes Outlook open the mailbox."""
    one = {
        "Identity": was.guid,
        "User": right.trustee,
        "AccessRights": [FULL_ACCESS],
        "InheritanceType": "All",
    }
    give = ("Add-MailboxPermission", {**one, "AutoMapping": right.person})
    return Remedy(CLOUD, (("Remove-MailboxPermission", one), give) if taken_first else (give,))


def _of_role(was: Picture, right: Right, now: Found) -> Iterator[Difference]:
    held = {each.kind for each in now.rights if each.folder == right.folder and _is(right, each)}
    if right.kind in held:
        return
    kind, verb = ("folder-role-changed", "Set") if held else ("folder-role-lost", "Add")
    change = {
        "Identity": f"{was.guid}:\\{right.folder}",
        "User": right.trustee,
        "AccessRights": right.kind.split(", "),
    }
    yield _made(was, kind, right, Remedy(CLOUD, ((f"{verb}-MailboxFolderPermission", change),)))


def _strangers(was: Picture, now: Found) -> Iterator[Difference]:
    """Full Access and Send-As in the cloud that the site did not show; whoever gave them may have had a reason."""
    for each in sorted(now.rights):
        if each.kind in _OWN and not any(
            each.kind == right.kind and _is(right, each) for right in was.rights
        ):
            yield _made(was, "right-of-stranger", each)


def _held(right: Right, now: Found) -> bool:
    return any(each.kind == right.kind and not each.folder and _is(right, each) for each in now.rights)


def _is(right: Right, shown: Right) -> bool:
    """Whether the cloud's *shown* trustee is that of *right*."""
    return shown.trustee in (right.trustee, *right.names)


def _cloud(was: Picture, cmdlet: str, **parameters: object) -> Remedy:
    return Remedy(CLOUD, ((cmdlet, {"Identity": was.guid, **parameters}),))


def _made(was: Picture, kind: str, right: Right, remedy: Remedy | None = None, after: str = "") -> Difference:
    what = f"{right.shown} after {after}" if after else right.shown
    return Difference(kind, was.guid, was.address, what, remedy)
