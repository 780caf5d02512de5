"""The largest such move on record, as published: NHSmail's, from August 2020 to 1 February 2021."""

from __future__ import annotations

from datetime import date

GB = 10**9

FIRST = date(2020, 8, 3)
"""The first Monday of the August in which it began; the day itself is not published."""

ENDED = date(2021, 2, 1)
"""When it ended: completion was announced on 2 February 2021."""

DEADLINE = date(2021, 3, 1)
"""It ended a month ahead of its deadline, whose day is not published: what a campaign in virtual time is held to."""

MAILBOXES = 2_100_000
BYTES = 2_300_000 * GB
"""2.3 PB."""

WEEKDAY, WEEKEND_DAY = 22_000, 41_500
"""About 22,000 mailboxes each weekday evening and 83,000 each weekend, halved over its two days."""

SUPPORT = 0.012
"""Fewer than 1.2 % of the users needed support."""

SEEN_ON, SEEN = date(2020, 11, 26), 0.85
"""The share of active users that had moved by that day, from a bulletin to local administrators."""

SAID_BY = "healthbusinessuk.net, 3 February 2021"
BYTES_SAID_BY = "TechRepublic, by ceranatech.com"
SUPPORT_SAID_BY = "avanade.com and computerworld.com, 2021"
AHEAD_SAID_BY = "said of it; no publication found"
