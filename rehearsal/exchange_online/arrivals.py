"""The end of a move: source and target change roles, and rights on the mailbox come along as far as they do.

Rights that were given on the mailbox itself to somebody who receives mail come along with it. Send-As, and that
Outlook opens the mailbox by itself, only do for those who moved in the same batch (peers 6).
"""

from __future__ import annotations

from rehearsal.estate import Right, accounts
from rehearsal.exchange_online import trouble
from rehearsal.exchange_online.access import Grant, Idle
from rehearsal.exchange_online.moves import Move, User
from rehearsal.exchange_online.premises import Premises
from rehearsal.exchange_online.states import UserStatus
from rehearsal.exchange_online.tenant import Recipient, Tenant
from rehearsal.faults import FaultPlan


class Arrivals:
    """What both sides are after a move; *faults* is told where the service itself leaves two mailboxes."""

    def __init__(self, tenant: Tenant, faults: FaultPlan, premises: Premises) -> None:
        self._tenant = tenant
        self._options = tenant.options
        self._faults = faults
        self._premises = premises

    def in_the_cloud(self, user: User, move: Move) -> UserStatus:
        """Make the mail user a mailbox, and the source a remote mailbox unless the service fails in that (error 27)."""
        guid = move.mailbox.exchange_guid
        recipient = self._tenant.recipient(guid)
        recipient.moved = self._tenant.now
        home = self._premises.at_home(guid)
        rights = home.rights(move.mailbox)
        for right in rights:
            self._carry(user, recipient, right)
        self._carry_orphan(recipient)
        self._tenant.access.of(recipient.guid).on_behalf = [
            right.trustee
            for right in rights
            if right.kind == "SendOnBehalf" and self._tenant.trustees.known(right.trustee)
        ]
        archive = move.mailbox.archive_guid is not None
        self._tenant.values.arrive(recipient.guid, home.settings(move.mailbox), archive=archive)
        if move.mailbox.cause == "two_mailboxes" and self._options.leaves_two_mailboxes:
            self._faults.note("two mailboxes left by the service")
            user.failure = trouble.source_not_converted(self._tenant, user)
            return UserStatus.COMPLETED_WITH_WARNINGS
        home.convert_to_remote(guid)
        return UserStatus.COMPLETED

    def at_home(self, move: Move) -> UserStatus:
        """Make the remote mailbox a mailbox again, and the cloud's a mail user (facts B20, B48)."""
        guid = move.mailbox.exchange_guid
        recipient = self._tenant.recipient(guid)
        recipient.mailbox = self._premises.at_home(guid).convert_to_local(guid, move.database or "")
        recipient.moved, recipient.moved_back = None, self._tenant.now
        self._tenant.access.empty_mailbox(recipient.guid)
        self._tenant.values.leave(recipient.guid)
        return UserStatus.COMPLETED

    def _carry(self, user: User, recipient: Recipient, right: Right) -> None:
        options, trustee, trustees = self._options, right.trustee, self._tenant.trustees
        if right.kind == "SendOnBehalf" or (options.unmailed_trustees_stay and not trustees.known(trustee)):
            return
        held = self._tenant.access.of(recipient.guid)
        if right.folder:
            if options.explicit_rights_move:
                held.folders.setdefault(right.folder.lower(), {})[trustee] = right.kind
            return
        together = self._together(user, trustee)
        if right.kind == "FullAccess" and options.explicit_rights_move:
            maps = together or not options.automapping_moves_together
            held.store[trustee] = Grant(("FullAccess",), maps)
        elif right.kind == "SendAs" and (together or not options.send_as_moves_together):
            held.send_as[trustee] = None

    def _carry_orphan(self, recipient: Recipient) -> None:
        """The entry of an account that was deleted before the move: the cloud knows nobody for it either."""
        box = recipient.mailbox
        gone = accounts.orphan(self._tenant.seed, box.site, box.exchange_guid, "FullAccess")
        if gone and self._options.orphans_come_along:
            self._tenant.access.of(recipient.guid).idle.append(Idle(gone))

    def _together(self, user: User, trustee: str) -> bool:
        """Tell whether a trustee moves in the same batch."""
        person, users = self._tenant.trustees.person(trustee), self._tenant.users
        if person is None:
            return False
        other = users.get(person.address.lower()) or users.get(person.routing_address.lower())
        return other is not None and other.batch is user.batch
