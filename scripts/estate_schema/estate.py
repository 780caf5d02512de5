"""The model of environments/estate.<environment>.yaml: what is in scope and by which rules it moves."""

from __future__ import annotations

import re
from datetime import date, time
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from estate_schema.errors import validated
from estate_schema.reading import read_yaml
from estate_schema.values import Domain, Guid, Model, Name, Version

_CLOCK_TIME = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")


def _clock_time(value: object) -> object:
    # YAML 1.1 reads an unquoted 20:00 as the number 1200.
    if not isinstance(value, str) or not _CLOCK_TIME.match(value):
        raise ValueError("is not a local time in quotes such as '20:00'")
    return value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is not a time zone that this machine knows, such as Europe/London") from error
    return name


LocalTime = Annotated[
    time,
    BeforeValidator(_clock_time),
    Field(
        description="Hours and minutes in the estate's time zone, in quotes",
        json_schema_extra={"format": "hh:mm"},
    ),
]
Share = Annotated[float, Field(ge=0, le=1)]
OrganisationCode = Annotated[str, Field(pattern=r"^[A-Z0-9]{3,8}$", description="An ODS code")]
Environment = Literal["rehearsal", "dev", "pilot", "production"]


class Tenant(Model):
    """The Exchange Online tenant that mailboxes move to; *routing_domain* is its mail.onmicrosoft.com domain."""

    id: Guid
    domain: Domain
    routing_domain: Domain


class Server(Model):
    """One on-premises Exchange server; *version* is the product's two numbers, such as 15.2."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,15}$")]
    fqdn: Domain
    version: Annotated[str, Field(pattern=r"^15\.[0-2]$")]


class Site(Model):
    """A group of servers behind the migration endpoint called *endpoint*."""

    name: Name
    endpoint: Annotated[str, Field(min_length=1, max_length=64)]
    servers: Annotated[tuple[Server, ...], Field(min_length=1)]


class Window(Model):
    """The local hours of one night in which completions may begin; an end not after the start is the next day's."""

    start: LocalTime
    end: LocalTime


class Windows(Model):
    """The window of nights that begin on Monday to Friday, and on Saturday and Sunday; null means none."""

    weekday: Window | None
    weekend: Window | None


class Blackout(Model):
    """Local days, both included, that no window may touch."""

    first: date
    last: date
    why: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("ends before it begins")
        return self


class Clients(Model):
    """What counts as evidence that a person's Outlook can connect after the move (fact D28).

    *minimum* maps a major version to the lowest build that connects; of the major versions not given, those above the
    highest are accepted and all others refused. *evidence_days* is how far back the client logs count.
    *no_client_seen* says what becomes of a person's mailbox that no client opened in those days. *shared_without_users*
    says the same of a shared mailbox that nobody holds a right on; one that somebody does is judged by them.
    """

    minimum: Annotated[dict[Annotated[str, Field(pattern=r"^\d{1,3}$")], Version], Field(min_length=1)]
    evidence_days: Annotated[int, Field(ge=1, le=365)] = 30
    no_client_seen: Literal["deferred", "ready"] = "deferred"
    shared_without_users: Literal["deferred", "ready"] = "deferred"

    @model_validator(mode="after")
    def _majors_agree(self) -> Self:
        for major, version in self.minimum.items():
            if not version.startswith(f"{major}."):
                raise ValueError(f"has minimum {version} under the major version {major}")
        return self


class Organisations(Model):
    """When a whole organisation waits: its share of mailboxes on clients below the minimum is over the threshold.

    *exceptions* gives single organisations their own threshold, by ODS code.
    """

    old_client_threshold: Share
    exceptions: Annotated[dict[OrganisationCode, Share], Field(default_factory=dict)]


class Templates(Model):
    """The GOV.UK Notify template of each milestone."""

    two_weeks: Guid
    day_before: Guid
    success: Guid


class Notices(Model):
    """How long before a window its people are told, and at which local time of day."""

    days: Annotated[int, Field(ge=1, le=90)] = 14
    at: LocalTime
    templates: Templates


class Batches(Model):
    """How many mailboxes one migration batch holds; 200,000 is the most that the service takes (fact B12)."""

    size: Annotated[int, Field(ge=1, le=200_000)]


class Estate(Model):
    """One environment's estate."""

    environment: Environment
    tenant: Tenant
    mail_domain: Domain
    time_zone: Annotated[str, AfterValidator(_zone)]
    sites: Annotated[tuple[Site, ...], Field(min_length=1)]
    windows: Windows
    blackouts: tuple[Blackout, ...] = ()
    clients: Clients
    organisations: Organisations
    notices: Notices
    batches: Batches

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        _refuse_repeats("site", [site.name for site in self.sites])
        servers = [server for site in self.sites for server in site.servers]
        _refuse_repeats("server", [server.name.upper() for server in servers])
        _refuse_repeats("server address", [server.fqdn for server in servers])
        return self

    @cached_property
    def site_of_server(self) -> dict[str, str]:
        """The site of each server, by the server's name in capitals and by its full address."""
        pairs = [(server, site.name) for site in self.sites for server in site.servers]
        return {name: site for server, site in pairs for name in (server.name.upper(), server.fqdn)}


def _refuse_repeats(kind: str, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"has more than one {kind} called {repeated[0]}")


def load_estate(path: Path) -> Estate:
    """Read the estate file at *path*.

    Raises:
        ConfigurationError: the file is absent, is not YAML, or has a missing, unknown or malformed key.
    """
    return validated(Estate, read_yaml(path), path)
