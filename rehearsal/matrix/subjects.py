"""The simulated services whose rules have switches; whoever adds one adds it here."""

from __future__ import annotations

from rehearsal.acs.probes import SUBJECT as ACS
from rehearsal.cloud.probes import SUBJECT as CLOUD
from rehearsal.directory.probes import SUBJECT as DIRECTORY
from rehearsal.exchange_online.objects.probes import SUBJECT as EXCHANGE_ONLINE_OBJECTS
from rehearsal.exchange_online.probes import SUBJECT as EXCHANGE_ONLINE
from rehearsal.graph.probes import SUBJECT as GRAPH
from rehearsal.identity.probes import SUBJECT as SIGN_IN
from rehearsal.matrix import Subject
from rehearsal.notify.probes import SUBJECT as NOTIFY
from rehearsal.site.probes import SUBJECT as SITE
from rehearsal.site.probes_wire import SUBJECT as SITE_WIRE
from rehearsal.smtp.probes import SUBJECT as SMTP_RELAY

SUBJECTS: tuple[Subject, ...] = (
    EXCHANGE_ONLINE,
    EXCHANGE_ONLINE_OBJECTS,
    SITE,
    SITE_WIRE,
    NOTIFY,
    SMTP_RELAY,
    ACS,
    CLOUD,
    DIRECTORY,
    GRAPH,
    SIGN_IN,
)
"""In the order in which the matrix and the page of rules show them."""
