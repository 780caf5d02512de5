"""What people can do with the mailboxes of others, which no cmdlet tells: what they meet in Outlook.

Across premises Full Access and Send-on-Behalf work, Send-As only where it is given on both sides, and folder rights do
not; Outlook opens by itself only what is on the same side, and never by the right of a group (peers 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rehearsal.estate import Right
from rehearsal.exchange_online.access import AccessList
from rehearsal.exchange_online.premises import Premises
from rehearsal.exchange_online.tenant import Recipient, Tenant


@dataclass(frozen=True)
class Delegation:
    """*person* holds the right *kind*, a role where there is a *folder*; both people are named by alias.

    *across*: the two mailboxes are on different sides. *works*: the person can use it. *opens*: Outlook opens the
    mailbox by itself.
    """

    mailbox: str
    person: str
    kind: str
    folder: str
    across: bool
    works: bool
    opens: bool = False


class Delegates:
    """The rights on the mailboxes of a tenant and its premises, as those who hold them meet them."""

    def __init__(self, tenant: Tenant, premises: Premises) -> None:
        self._tenant = tenant
        self._options = tenant.options
        self._premises = premises

    def of(self, identity: str) -> list[Delegation]:
        """Return every right on the mailbox of this identity, of a group's members one by one.

        :raises NotFound: if nobody has this identity.
        """
        recipient = self._tenant.recipient(identity)
        there = self._in_cloud(recipient)
        listed = self._tenant.access.of(recipient.guid)
        at_home = self._premises.at_home(recipient.mailbox.exchange_guid).rights(recipient.mailbox)
        cloud = tuple(_rights(listed, at_home))
        every = dict.fromkeys(cloud if there else at_home)
        every |= dict.fromkeys(
            each for each in (*at_home, *cloud) if each.kind == "SendAs" and not each.folder
        )
        maps = {name for name, grant in listed.store.items() if grant.maps} if there else set()
        return [
            self._meets(recipient, person, right, cloud=right in cloud, home=right in at_home, maps=maps)
            for right in every
            for person in self._tenant.trustees.members(right.trustee)
        ]

    def _meets(
        self, recipient: Recipient, person: str, right: Right, *, cloud: bool, home: bool, maps: set[str]
    ) -> Delegation:
        there = self._in_cloud(recipient)
        across = self._in_cloud(self._tenant.recipient(person)) != there
        works = self._works(right, across=across, given=cloud if there else home, both=cloud and home)
        opens = works and right.kind == "FullAccess" and self._maps(right, person, maps, there=there)
        if across and self._options.automapping_on_one_side:
            opens = False
        return Delegation(recipient.mailbox.alias, person, right.kind, right.folder, across, works, opens)

    def _works(self, right: Right, *, across: bool, given: bool, both: bool) -> bool:
        """Tell whether a right works that is *given* on the side of the mailbox, or on *both*."""
        options = self._options
        if not across:
            return given
        if right.folder:
            return not options.folders_on_one_side
        if right.kind == "SendAs":
            return both or not options.send_as_needs_both_sides
        return options.full_access_across if right.kind == "FullAccess" else options.send_on_behalf_across

    def _maps(self, right: Right, person: str, maps: set[str], *, there: bool) -> bool:
        """Tell whether a right by itself makes Outlook open the mailbox; on premises each given to a person does."""
        by_group = right.trustee != person
        if by_group:
            return not self._options.groups_do_not_map
        return right.trustee in maps if there else True

    def _in_cloud(self, recipient: Recipient) -> bool:
        return self._tenant.standing(recipient).since is not None


def _rights(listed: AccessList, at_home: tuple[Right, ...]) -> Iterator[Right]:
    """The rights in the cloud; Send-on-Behalf is an attribute that both sides share (fact D26)."""
    for trustee, grant in listed.store.items():
        if "FullAccess" in grant.rights:
            yield Right("FullAccess", trustee)
    for trustee in listed.send_as:
        yield Right("SendAs", trustee)
    for folder, roles in listed.folders.items():
        for trustee, role in roles.items():
            yield Right(role, trustee, _spelt(folder, at_home))
    if listed.on_behalf is None:
        yield from (each for each in at_home if each.kind == "SendOnBehalf")
    else:
        yield from (Right("SendOnBehalf", trustee) for trustee in listed.on_behalf)


def _spelt(folder: str, at_home: tuple[Right, ...]) -> str:
    return next((each.folder for each in at_home if each.folder.lower() == folder), folder.title())
