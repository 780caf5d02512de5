"""The way back: which moved mailboxes go back to their site together, and what their batch is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from mailwave.core.batches import BatchManifest, User
from mailwave.core.estate import Record
from mailwave.core.manifest import digest
from mailwave.core.refusals import Refusal
from mailwave.core.rollback import WAYS
from mailwave.core.states import MailboxState


class NotInScope(Refusal):
    """The ledger knows no mailbox of these *addresses*."""

    def __init__(self, *, addresses: Sequence[str]) -> None:
        self.addresses = tuple(addresses)
        super().__init__(f"{len(addresses)} addresses are not in the ledger, the first {addresses[0]}")


class NotMoved(Refusal):
    """Of the mailboxes that were to go back, *addresses* have not moved; the first is *state*."""

    def __init__(self, *, addresses: Sequence[str], state: MailboxState) -> None:
        self.addresses = tuple(addresses)
        self.state = state
        super().__init__(
            f"{len(addresses)} mailboxes have not moved: {addresses[0]} is {state}: {WAYS[state].says}"
        )


class NotThere(Refusal):
    """The ledger has *addresses* as moved, and the target shows no mailbox of them."""

    def __init__(self, *, addresses: Sequence[str]) -> None:
        self.addresses = tuple(addresses)
        super().__init__(
            f"{len(addresses)} mailboxes are moved in the ledger and not at the target, the first {addresses[0]}"
        )


class NoSuchReturn(Refusal):
    """No batch of the way back called *name* was started; *known* are those that were."""

    def __init__(self, *, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(f"no way back called {name!r} was started; {', '.join(known) or 'none'} was")


class Return(msgspec.Struct, frozen=True):
    """The mailboxes of *records*, all of *site*, that go back as the batch *name*."""

    name: str
    site: str
    records: tuple[Record, ...]

    def manifest(self, environment: str, tenant: str, endpoint: str, mail_domain: str) -> BatchManifest:
        """The batch's manifest: it pushes to *endpoint*, and mail for the mailboxes goes to *mail_domain* (fact B48).

        Each mailbox may go to any of the databases that they came from.
        """
        return BatchManifest(
            environment=environment,
            tenant=tenant,
            batch=self.name,
            endpoint=endpoint,
            routing_domain=mail_domain,
            users=tuple(User(address) for address in sorted(each.mailbox.address for each in self.records)),
            direction="offboarding",
            databases=tuple(sorted({each.mailbox.database for each in self.records})),
        )


def returns(records: Iterable[Record], addresses: Iterable[str]) -> list[Return]:
    """The batches of the way back for *addresses*, in any case and each once, of all *records*: one a site.

    A batch is named by its site and its list, so that asking for the same again asks for the same batch.

    Raises:
        NotInScope: no record has one of them.
        NotMoved: one of them has not moved.
    """
    wanted = {address.strip().lower() for address in addresses}
    known = {record.mailbox.smtp: record for record in records}
    if unknown := sorted(wanted - known.keys()):
        raise NotInScope(addresses=unknown)
    going = [known[address] for address in sorted(wanted)]
    if elsewhere := [record for record in going if record.state is not MailboxState.MOVED]:
        raise NotMoved(addresses=[each.mailbox.address for each in elsewhere], state=elsewhere[0].state)
    by_site: defaultdict[str, list[Record]] = defaultdict(list)
    for record in going:
        by_site[record.mailbox.site].append(record)
    return [Return(name_of(site, its), site, tuple(its)) for site, its in sorted(by_site.items())]


def name_of(site: str, records: Sequence[Record]) -> str:
    """The name of the batch by which *records*, all of *site*, go back."""
    listed = digest(sorted(record.mailbox.guid for record in records)).removeprefix("sha256:")
    return f"back-{site[:40]}-{listed[:8]}"
