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
from estate_schema.evidence import Evidence
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


_COMPUTER = r"^[A-Za-z0-9]([A-Za-z0-9-]{0,13}[A-Za-z0-9])?$"
_TAKEN = frozenset({"all", "ungrouped", "localhost", "exchange-online"})
"""Names that mean something else where plays name servers."""


def _free(name: str) -> str:
    if name.lower() in _TAKEN:
        raise ValueError("means something else where plays name servers")
    return name


class Server(Model):
    """One on-premises Exchange server; *version* is the product's two numbers, such as 15.2.

    *dag* is the database availability group that it is a member of, null where the file does not say.
    """

    name: Annotated[str, Field(pattern=_COMPUTER), AfterValidator(_free)]
    fqdn: Domain
    version: Annotated[str, Field(pattern=r"^15\.[0-2]$")]
    dag: Annotated[str, Field(pattern=_COMPUTER)] | None = None


class Leaving(Model):
    """A site that is being taken down, and what its gates need to know.

    *logs* is the full path of a folder of this machine with the SMTP receive logs of all its servers, *domains* are the
    mail domains that have to lead to the tenant (the estate's own where there are none), *tools* is the machine that
    has Exchange's management tools, where the organisation's last servers go.
    """

    logs: Annotated[str, Field(pattern=r"^/")] | None = None
    domains: tuple[Domain, ...] = ()
    tools: Annotated[str, Field(pattern=_COMPUTER)] | None = None


class Site(Model):
    """A group of servers behind the migration endpoint called *endpoint*.

    *lead_days* is how long the initial sync of its first mailboxes takes before any of them can complete. *leaving*
    marks a site that is being taken down: plays for servers leave its servers alone, those of decommissioning take it.
    """

    name: Name
    endpoint: Annotated[str, Field(min_length=1, max_length=64)]
    servers: Annotated[tuple[Server, ...], Field(min_length=1)]
    lead_days: Annotated[int, Field(ge=0, le=60)] = 0
    leaving: Leaving | None = None


class Window(Model):
    """The local hours of one night in which completions may begin; an end not after the start is the next day's."""

    start: LocalTime
    end: LocalTime


class Windows(Model):
    """The window of nights that begin on Monday to Friday, and on Saturday and Sunday; null means none.

    *bank_holiday* is that of nights that begin on one of England's bank holidays; with null no window touches one.
    """

    weekday: Window | None
    weekend: Window | None
    bank_holiday: Window | None = None


class Freeze(Model):
    """Local days, both included, that no window of those concerned may touch.

    *of* is the code of the region, care board or organisation, or the site's name; a national freeze has none.
    """

    first: date
    last: date
    why: Annotated[str, Field(min_length=1)]
    scope: Literal["national", "region", "icb", "organisation", "site"] = "national"
    of: Annotated[str, Field(max_length=64)] = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.last < self.first:
            raise ValueError("ends before it begins")
        if (self.scope == "national") != (not self.of):
            raise ValueError("names in 'of' whom it concerns, unless it is national")
        return self


class Pilots(Model):
    """Who goes first: volunteers, then a sample of *organisations*, drawn from all kinds, regions and sizes.

    For *volunteers_days* from the beginning only volunteers move, for *sample_days* after that the sample with them.
    """

    volunteers_days: Annotated[int, Field(ge=0, le=365)]
    sample_days: Annotated[int, Field(ge=0, le=365)]
    organisations: Annotated[int, Field(ge=0)]


TableName = Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.csv$", description="A file beside this one")]


class Season(Model):
    """When the move begins and ends: local days.

    *begins* is the day of the first night (null: the first that keeps the notice), *deadline* the last day that a
    window may touch, *ramp* the share of the nightly capacity used in each week from *begins* on, *tail* the day before
    which no special mailbox moves. *dates* and *lanes* name files beside this one: organisations' own dates, and who
    volunteers or is special.
    """

    begins: date | None
    deadline: date | None
    ramp: tuple[Annotated[float, Field(gt=0, le=1)], ...] = ()
    pilots: Pilots | None = None
    tail: date | None = None
    dates: TableName | None = None
    lanes: TableName | None = None

    @model_validator(mode="after")
    def _is_anchored(self) -> Self:
        if self.begins is None and (self.ramp or self.pilots):
            raise ValueError("has weeks or days that count from 'begins', which is null")
        if self.begins and self.deadline and self.deadline <= self.begins:
            raise ValueError("has a deadline that is not after its beginning")
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


class Notices(Model):
    """How long before a window its people are told, at which local time of day, and on which *route* notices go.

    *sender* is the address that they come from by the mail relay; GOV.UK Notify has one of its own.
    """

    days: Annotated[int, Field(ge=1, le=90)] = 14
    at: LocalTime
    route: Literal["notify", "smtp"] = "notify"
    sender: Annotated[str, Field(pattern=r"^[a-z0-9._-]{1,64}@[a-z0-9.-]{3,253}$")] | None = None

    @model_validator(mode="after")
    def _has_a_sender(self) -> Self:
        if (self.route == "smtp") != (self.sender is not None):
            raise ValueError("has a sender by the mail relay (route: smtp), and by no other route")
        return self


class Batches(Model):
    """How many mailboxes one migration batch holds; 200,000 is the most that the service takes (fact B12).

    *through* says who starts and stops them: the plays, which leave artifacts and locks, or this program itself.
    """

    size: Annotated[int, Field(ge=1, le=200_000)]
    through: Literal["plays", "direct"] = "plays"


class Licences(Model):
    """The licences of the identity stack, by name, whose groups take the people who have moved.

    With several, which must give the same product, each takes its share: a group should hold at most 60,000 (fact C19).
    """

    groups: Annotated[tuple[Name, ...], Field(min_length=1)]


_ADDRESS = r"^[a-z0-9._-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$"
Address = Annotated[str, Field(pattern=_ADDRESS, description="A mail address in lower case")]


class Delivery(Model):
    """How mail and free/busy are tried after a wave: two mailboxes made for it, and how many people are sent a message.

    *premises* is one that stays at a site, *cloud* a shared one in the tenant. The *share* of a wave's moved people is
    tried, *most* at most. *minutes* is how long a message may take: the cloud's trace alone is up to ten behind.
    """

    premises: Address
    cloud: Address
    share: Annotated[float, Field(gt=0, le=1)] = 0.01
    most: Annotated[int, Field(ge=1, le=100)] = 20
    minutes: Annotated[int, Field(ge=10, le=240)] = 30


class Estate(Model):
    """One environment's estate."""

    environment: Environment
    tenant: Tenant
    mail_domain: Domain
    time_zone: Annotated[str, AfterValidator(_zone)]
    sites: Annotated[tuple[Site, ...], Field(min_length=1)]
    windows: Windows
    freezes: tuple[Freeze, ...] = ()
    season: Season
    clients: Clients
    organisations: Organisations
    notices: Notices
    batches: Batches
    licences: Licences = Licences(groups=("office",))
    evidence: Evidence | None = None
    delivery: Delivery | None = None

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        _refuse_repeats("site", [site.name for site in self.sites])
        servers = [server for site in self.sites for server in site.servers]
        _refuse_repeats("server", [server.name.upper() for server in servers])
        _refuse_repeats("server address", [server.fqdn for server in servers])
        sites = {site.name for site in self.sites}
        unknown = sorted({freeze.of for freeze in self.freezes if freeze.scope == "site"} - sites)
        if unknown:
            raise ValueError(f"has a freeze of the site {unknown[0]}, which it has not got")
        leaving = [site.name for site in self.sites if site.leaving]
        if len(leaving) > 1:
            raise ValueError(f"marks {' and '.join(leaving)} as leaving; take one site down at a time")
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
