"""The way back: a batch whose cloud mailboxes become mailboxes of the source again (facts B48, B49)."""

from __future__ import annotations

from rehearsal import draws
from rehearsal.exchange_online.errors import BadArgument, CsvRefused
from rehearsal.exchange_online.moves import User
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.premises import Premises
from rehearsal.exchange_online.tenant import Tenant


def check_domain(domain: str, tenant: Tenant) -> None:
    """Refuse to send the mail of those who go back to where they come from (fact B48).

    :raises BadArgument: for the routing domain of *tenant*.
    """
    if domain.lower() == tenant.estate.tenant.routing_domain and tenant.options.back_to_premises_domain:
        raise BadArgument(
            f"The target delivery domain {domain} belongs to the service. "
            "Specify a domain of the on-premises organization."
        )


def check_databases(header: list[str], databases: tuple[str, ...], options: Options) -> None:
    """A target database is named on the batch or in a column (facts B10, B48).

    :raises CsvRefused: if it is in neither.
    """
    if options.database_named and not databases and "targetdatabase" not in header:
        raise CsvRefused("The CSV file is missing the required column TargetDatabase.")


def database_of(tenant: Tenant, user: User) -> str | None:
    """Return where the mailbox is to go: its row's database, else one of the batch's (facts B10, B48)."""
    shared, options = user.batch.databases, tenant.options
    if user.database and (options.cell_beats_batch or not shared):
        return user.database
    if user.mailbox is None or not shared:
        return None
    if not options.one_of_several_databases:
        return shared[0]
    return draws.choice(shared, tenant.seed, user.mailbox.exchange_guid, "target-database")


def refusal(tenant: Tenant, premises: Premises, user: User) -> str | None:
    """Return why a mailbox cannot go back, None if it can."""
    if user.mailbox is None:
        return None
    guid, options = user.mailbox.exchange_guid, tenant.options
    recipient, home = tenant.recipient(guid), premises.at_home(guid)
    if tenant.standing(recipient).since is None and options.only_from_cloud:
        return f'The user "{user.address}" isn\'t a mailbox in Exchange Online.'
    if home.holds_mailbox(guid) and options.leftover_refused:  # error 11
        return f"Target user '{recipient.mailbox.display_name}' already has a primary mailbox."
    if (
        not (home.holds_mailbox(guid) or home.holds_remote(guid)) and options.needs_guid_on_premises
    ):  # error 1
        return f"Cannot find a recipient that has mailbox GUID '{guid}'."
    database = database_of(tenant, user)
    if (database or "").lower() not in tenant.databases(recipient.mailbox) and options.known_database:
        return f'Couldn\'t find database "{database}". Make sure you have typed it correctly.'
    return None
