"""The model of environments/limits.<environment>.yaml: what was published, asked for and granted.

Only what is granted is planned on. After a grant's last day the published figure is, if that is not more.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from estate_schema.errors import validated
from estate_schema.reading import read_yaml
from estate_schema.values import Model, Name

Amount = Annotated[int, Field(ge=0)]
Seconds = Annotated[int, Field(ge=1)]


class Limit(Model):
    """One limit with its history.

    *published* is the figure in the vendor's documents (null when there is none), *asked* what we asked for, *granted*
    what we were given or, where it is our own choice, chose; *sites* the figures of single sites where they differ.
    *ticket* and *expires* belong to the grant. What is granted above *published* needs a ticket.
    """

    published: Amount | None
    asked: Amount | None = None
    granted: Amount
    sites: Annotated[dict[Name, Amount], Field(default_factory=dict)]
    ticket: Annotated[str, Field(min_length=1)] | None = None
    expires: date | None = None

    @model_validator(mode="after")
    def _a_raise_has_a_ticket(self) -> Self:
        most = max([self.granted, *self.sites.values()])
        if self.published is not None and most > self.published and self.ticket is None:
            raise ValueError("is granted above the published figure and names no ticket")
        return self


class Length(Limit):
    """How long something takes, in seconds: the longer, the less can be done."""

    published: Seconds | None
    asked: Seconds | None = None
    granted: Seconds

    @model_validator(mode="after")
    def _a_raise_has_a_ticket(self) -> Self:
        if self.expires is not None or self.sites:
            raise ValueError("is a length of time, which neither expires nor differs by site")
        return self


class Limits(Model):
    """The limits of one environment; *profile* is the name that every figure reckoned with them carries.

    - Slots, on one migration endpoint: *concurrent_moves* in initial sync, *incremental_syncs* afterwards, two pools
      (facts B2, B3); *concurrent_moves_tenant* of all endpoints together (fact B4).
    - Sources: *connections_a_server* to one server's MRSProxy (fact B44), *moves_a_source* from one database under
      workload management (fact C5).
    - Network, bytes an hour: *bytes_an_hour* in all, *bytes_an_hour_site* from one site (fact C1), *bytes_an_hour_move*
      through one slot.
    - Lengths: *seconds_an_increment* of the daily incremental sync of one mailbox, *seconds_a_completion* of its last.
    - *days_synced*: how long a mailbox may stay synced with nobody acting on it.
    - *batches* that exist at once (fact B5).
    - Completions in one window, by our own choice: *mailboxes_a_night*, *bytes_a_night*, and the same of nights that
      begin on Saturday or Sunday.
    - Notices: requests to GOV.UK Notify a minute and a day, and *emails_per_day* through the mail relay.
    - Directory: *directory_writes* in five minutes (fact C13), *directory_objects* that the tenant may hold beside
      those it holds already (fact C14); *licences* on hand that nobody has; *admin_calls_a_night*.
    - Groups: *licence_group_members* that one licence group takes, *group_licences_an_hour* to which group licensing
      gets in the tenant (fact C19); *graph_writes* of one application in 150 seconds, *graph_writes_tenant* of all of
      them in 300 (fact C22).
    """

    profile: Name
    concurrent_moves: Limit
    concurrent_moves_tenant: Limit
    incremental_syncs: Limit
    connections_a_server: Limit
    moves_a_source: Limit
    bytes_an_hour: Limit
    bytes_an_hour_site: Limit
    bytes_an_hour_move: Limit
    seconds_an_increment: Length
    seconds_a_completion: Length
    days_synced: Limit
    batches: Limit
    mailboxes_a_night: Limit
    mailboxes_a_weekend_night: Limit
    bytes_a_night: Limit
    bytes_a_weekend_night: Limit
    notify_per_minute: Limit
    notify_per_day: Limit
    emails_per_day: Limit
    directory_writes: Limit
    directory_objects: Limit
    licences: Limit
    admin_calls_a_night: Limit
    licence_group_members: Limit
    group_licences_an_hour: Limit
    graph_writes: Limit
    graph_writes_tenant: Limit

    def named(self) -> dict[str, Limit]:
        """Each limit by its name."""
        return {name: getattr(self, name) for name in type(self).model_fields if name != "profile"}


def load_limits(path: Path) -> Limits:
    """Read the limits file at *path*.

    Raises:
        ConfigurationError: the file is absent, is not YAML, or has a missing, unknown or malformed key.
    """
    return validated(Limits, read_yaml(path), path)
