"""What was granted of each limit, until when, and to which site: the figures that may be planned on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from mailwave.core.refusals import Refusal


class SiteUnknown(Refusal):
    """Mailboxes stand at a site of which the environment's files say nothing."""

    def __init__(self, *, site: str) -> None:
        self.site = site
        super().__init__(f"mailboxes stand at the site {site!r}, of which the estate file says nothing")


class Grant(msgspec.Struct, frozen=True):
    """One limit: the *granted* figure, the *published* one (None where there is none), the grant's last day.

    *sites* holds the granted figures of single sites where they differ. After the last day the published figure may be
    planned on, unless less was granted, and nothing where none is published: never a figure that nobody confirmed.
    """

    granted: int
    published: int | None = None
    expires: date | None = None
    sites: Mapping[str, int] = msgspec.field(default_factory=dict)

    @property
    def last_day(self) -> date:
        """The last day of the grant; the last there is, when it does not end."""
        return self.expires or date.max

    def before(self, site: str | None = None) -> int:
        """The figure at *site* up to the last day."""
        return self.granted if site is None else self.sites.get(site, self.granted)

    def after(self, site: str | None = None) -> int:
        """The figure at *site* after the last day."""
        return min(self.before(site), self.published or 0)

    def on(self, day: date, site: str | None = None) -> int:
        """The figure at *site* that may be counted on, on *day*."""
        return self.after(site) if day > self.last_day else self.before(site)


class Place(msgspec.Struct, frozen=True):
    """A site: the migration *endpoint* in front of it, and how many *servers* it has."""

    endpoint: str
    servers: int


class Granted(msgspec.Struct, frozen=True):
    """All limits by the names of `environments/limits.<environment>.yaml`; *profile* is that file's name for them.

    A name that is missing limits nothing; the files of the environments have them all. *places* are the sites,
    *batch_size* the mailboxes of one batch, *notice_days* how long before the night people are told and mailboxes are
    copied.
    """

    profile: str
    limits: Mapping[str, Grant]
    places: Mapping[str, Place]
    batch_size: int
    notice_days: int

    def behind(self, endpoint: str | None) -> list[str]:
        """The sites behind *endpoint*."""
        return [site for site, place in self.places.items() if place.endpoint == endpoint]

    def place(self, site: str) -> Place:
        """The site called *site*.

        Raises:
            SiteUnknown: there is none.
        """
        if site not in self.places:
            raise SiteUnknown(site=site)
        return self.places[site]

    def with_figure(self, name: str, figure: int) -> Granted:
        """The same, had *figure* been granted of the limit *name* for good, at every site."""
        held = self.limits.get(name, Grant(figure))
        asked = Grant(figure, held.published)
        return msgspec.structs.replace(self, limits={**self.limits, name: asked})
