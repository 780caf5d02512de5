"""The model of environments/limits.<environment>.yaml: what was published, asked for and granted.

Only what is granted is planned on, and only until it expires.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from estate_schema.errors import ConfigurationError, validated
from estate_schema.reading import read_yaml
from estate_schema.values import Model

Amount = Annotated[int, Field(ge=0)]


class Limit(Model):
    """One limit with its history.

    *published* is the figure in the vendor's documents (null when there is none), *asked* what we asked for, *granted*
    what we were given, *ticket* and *expires* belong to the grant. *granted* above *published* needs a ticket; so does
    anything granted where nothing is published, unless the limit is our own choice.
    """

    published: Amount | None
    asked: Amount | None = None
    granted: Amount
    ticket: Annotated[str, Field(min_length=1)] | None = None
    expires: date | None = None

    @model_validator(mode="after")
    def _a_raise_has_a_ticket(self) -> Self:
        if self.published is not None and self.granted > self.published and self.ticket is None:
            raise ValueError("is granted above the published figure and names no ticket")
        return self


class Limits(Model):
    """The limits of one environment.

    *concurrent_moves* and *incremental_syncs* are mailboxes on one migration endpoint (facts B3, B4); *batches* are
    migration batches that exist at once (fact B5); *mailboxes_a_night* and *bytes_a_night* are completions in one
    window; the last two are requests to GOV.UK Notify.
    """

    concurrent_moves: Limit
    incremental_syncs: Limit
    batches: Limit
    mailboxes_a_night: Limit
    bytes_a_night: Limit
    notify_per_minute: Limit
    notify_per_day: Limit

    def granted(self, name: str, on: date) -> int:
        """What may be planned on for the limit called *name* on the day *on*.

        Raises:
            ConfigurationError: the grant has expired; it falls back to nothing, never to a figure nobody confirmed.
        """
        limit: Limit = getattr(self, name)
        if limit.expires is not None and on > limit.expires:
            raise ConfigurationError(
                file="limits",
                key=name,
                problem=f"was granted until {limit.expires.isoformat()} and {on.isoformat()} is later",
                allowed="a new grant with its ticket and expiry",
            )
        return limit.granted


def load_limits(path: Path) -> Limits:
    """Read the limits file at *path*.

    Raises:
        ConfigurationError: the file is absent, is not YAML, or has a missing, unknown or malformed key.
    """
    return validated(Limits, read_yaml(path), path)
