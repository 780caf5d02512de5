"""Every number that gives the estate its shape, as data. README.md gives the source or assumption of each."""

from __future__ import annotations

from dataclasses import dataclass

RECORD_MAILBOXES = 2_100_000
RECORD_BYTES = 2_300_000_000_000_000
"""The record move: 2.1 million mailboxes, 2.3 PB, taken as decimal petabytes."""
MEAN_BYTES = RECORD_BYTES / RECORD_MAILBOXES

LEAST_MAILBOXES = 1_000
MOST_MAILBOXES = 10_000_000
"""Fewer have no shape; more do not fit in the 24 bits that a mailbox number has in the order of rights."""


@dataclass(frozen=True)
class Kind:
    """A kind of organisation, which the export *file* lists, with its *share* of all mailboxes.

    The sizes of such organisations follow a power law with exponent *alpha* between *least* and *most* mailboxes.
    """

    name: str
    file: str
    share: float
    alpha: float
    least: int
    most: int


KINDS = (
    Kind("trust", "etr.csv", 0.80, 1.0, 3_000, 30_000),
    Kind("prescriber", "epraccur.csv", 0.152, 1.5, 9, 2_000),
    Kind("dispenser", "edispensary.csv", 0.048, 1.8, 4, 400),
)

TEAM = (1.6, 4, 60)
"""Exponent, least and most members of a team's power law."""


@dataclass(frozen=True)
class RecipientType:
    """A RecipientTypeDetails of Exchange, with what its mailboxes are like.

    *scatter* is the chance that a mailbox is one wherever it stands; shared mailboxes come with teams besides.
    *mean* is the mean size as a multiple of the estate's mean, *sigma* the deviation of the size's logarithm.
    *hold* and *archive* are the chances of a hold and of an archive mailbox.
    """

    name: str
    scatter: float
    mean: float
    sigma: float
    hold: float
    archive: float


USER, SHARED, ROOM, EQUIPMENT, LINKED = range(5)
TYPES = (
    RecipientType("UserMailbox", 0.0, 1.0, 1.5, 0.020, 0.050),
    RecipientType("SharedMailbox", 0.020, 1.56, 1.6, 0.010, 0.020),
    RecipientType("RoomMailbox", 0.025, 0.05, 1.0, 0.0, 0.0),
    RecipientType("EquipmentMailbox", 0.008, 0.05, 1.0, 0.0, 0.0),
    RecipientType("LinkedMailbox", 0.004, 1.0, 1.5, 0.020, 0.050),
)
TEAM_SHARED = 0.5
"""The chance that a team of three or more has a shared mailbox."""

LARGEST_BYTES = 10**12
ARCHIVE_MEAN_BYTES, ARCHIVE_SIGMA = 5_000_000_000, 1.2
ITEM_BYTES, ITEM_SIGMA = 75_000, 0.5
LITIGATION = 0.8
"""Of the holds, the part that is a litigation hold; the rest are in-place holds."""

NONE_SEEN = 0.18
"""People whom no Outlook log names: they use the web, a phone, or nothing."""
OLD_SHARES = ((0.70, 0.01), (0.22, 0.06), (0.08, 0.45))
"""Organisations by how much of their Outlook is too old: part of the organisations, share of their clients."""
CURRENT_CLIENTS = (
    ("16.0.17932.20286", 0.46),  # Microsoft 365 Apps, and Outlook 2024
    ("16.0.14332.20771", 0.12),  # Outlook 2021
    ("16.0.10415.20025", 0.17),  # Outlook 2019
    ("16.0.5456.1000", 0.19),  # Outlook 2016, updated
    ("15.0.5603.1000", 0.06),  # Outlook 2013, updated: its minimum is 15.0.4971.1000 (fact D28)
)
OLD_CLIENTS = (
    ("14.0.7268.5000", 0.70),  # Outlook 2010: below every minimum
    ("15.0.4420.1017", 0.12),  # Outlook 2013 as first sold
    ("16.0.4266.1001", 0.18),  # Outlook 2016 as first sold: its minimum is 16.0.4600.1000 (fact D28)
)

TEAM_MEMBER_FULL, TEAM_MEMBER_SEND = 0.92, 0.65
"""Members of a team with rights on its shared mailbox; those of them who may also send as it."""
SCATTERED_HOLDER = 0.5
"""The chance that each of the four that follow a scattered shared mailbox in its team has rights on it."""
DELEGATOR, ASSISTANT_NEAR, ASSISTANT_FULL, ASSISTANT_REACH = 0.04, 0.8, 0.4, 400
"""People with an assistant; assistants in the same team; those with full access; how far away the others sit."""
ROOM_BOOKER = 0.6
COVER = 0.02
"""People who let the next in their team read their mailbox."""
NEIGHBOUR, NEIGHBOUR_SEND, NEIGHBOUR_REACH = 0.015, 0.5, 600
"""People with rights on the shared mailbox of another team, and how far away it is."""
CORPORATE, CORPORATE_LEAST_ORGANISATION = 0.020, 500
CORPORATE_HOLDERS, CORPORATE_SEND = (1.3, 15, 400), 0.5
"""Shared mailboxes of teams, in organisations of so many mailboxes, that serve all of it (help desk, rota).

The power law of their holders, who come from anywhere in it, and those of them who may also send. These join teams.
"""
ABROAD, ABROAD_SAME_BOARD = 0.02, 0.8
"""Rights, service accounts apart, that cross organisations; those of them inside one integrated care board."""
ABROAD_KINDS = ((0, 0.60), (1, 0.25), (2, 0.15))

LOCAL_SERVICE_EVERY, LOCAL_SERVICE_RIGHTS, LOCAL_SERVICE_SIGMA = 10_000, 4_000, 0.6
"""One service account for so many mailboxes, and the median and deviation of how many rights it holds."""
LOCAL_SERVICE_BOUNDS = (1_000, 20_000)
NATIONAL_SERVICE_EVERY, NATIONAL_SERVICE_REACH = 400_000, 0.004
"""One national service account for so many mailboxes, and the part of the whole estate that it has rights on."""
SERVICE_SENDS = 0.2
"""Service accounts with SendAs (they send results or reminders); the others have full access (backup, journals)."""

MAILBOXES_A_DATABASE = 1_500
DATABASES_A_SERVER = 12
SERVER_VERSIONS = (
    ("Version 15.2 (Build 1748.10)", 0.6),  # Exchange 2019
    ("Version 15.1 (Build 2507.39)", 0.4),  # Exchange 2016
)
SITES = {
    "Y56": "london",
    "Y58": "bristol",
    "Y59": "reading",
    "Y60": "birmingham",
    "Y61": "cambridge",
    "Y62": "manchester",
    "Y63": "leeds",
}
"""The site of each NHS England region."""
SITE_OF_OTHERS = "leeds"
"""The site of organisations without such a region: Welsh ones, national ones, and those with none."""

GIVEN = (
    "Aaliyah Abena Adam Aisha Alice Amara Amir Anna Arjun Ben Beth Callum Carys Chloe Connor Daisy Daniel "
    "David Elena Ella Emeka Emily Ewan Fatima Femi Finn George Grace Hannah Harry Hugh Ibrahim Ines Isla "
    "Jack Jamila Joe Kwame Leah Liam Lucy Maria Mei Mohammed Nadia Niamh Oliver Oluwaseun Priya Rahul "
    "Rhys Rosa Ruth Sam Sofia Tariq Tom Wei Yusuf Zara"
).split()
FAMILY = (
    "Abbott Adeyemi Ahmed Akhtar Ali Allen Bailey Begum Bennett Brown Campbell Carter Chen Clarke Cole "
    "Cooper Davies Dixon Edwards Evans Fernandes Foster Fox Gill Green Griffiths Hall Harris Hughes "
    "Hussain Iqbal Jackson Johnson Jones Kaur Kelly Khan King Kowalski Lee Lewis Lopez Mahmood Martin "
    "Mensah Morgan Murphy Nguyen O'Brien O'Neill Okafor Owen Patel Phillips Price Reid Roberts Robinson "
    "Rossi Shah Sharma Silva Singh Smith Stewart Taylor Thomas Turner Walker Ward Watson White Williams "
    "Wilson Wood Wright Young"
).split()
