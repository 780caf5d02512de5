"""A change that has something of everything a report can tell, made of values alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from change_control.contents import Contents, PlayPart, StackPart, WavePart, Window
from mailwave.core.change.evidence import EstateSeen, PlaySeen, Seen, StackSeen, WaveSeen
from mailwave.core.change.meters import Use
from mailwave.core.change.radius import Radius
from mailwave.core.change.report import Report, report_on
from mailwave.core.planner import Batch, Severed, Wave
from mailwave.core.stacks import Breach, PropertyChange, StackChange, StackReport
from tests.mailwave.builders import a_right, guid
from tests.mailwave.runbooks.change_board import HAZARDS, PRICES

AT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
WINDOW = Window(AT, AT + timedelta(hours=4))
DIGEST = "sha256:" + "5a" * 32
HOSTILE = '<img src="https://evil.example/a.png" onerror="alert(1)">'
"""A name that would send for something, were it not shown as a text."""

CHANGES = (
    StackChange("to-sites", "exchange:index:OutboundConnector", "replace", (PropertyChange("name", '"a"', '"b"'),)),
    StackChange(
        "leeds",
        "exchange:index:MigrationEndpoint",
        "update",
        (PropertyChange("migrations.maximum", "100", "300"), PropertyChange("migrations.minimum", "10", "10")),
    ),
    StackChange("old-endpoint", "exchange:index:MigrationEndpoint", "delete"),
    StackChange("budget", "azure-native:consumption:Budget", "update", (PropertyChange("amount", "900", "1200"),)),
    StackChange(
        HOSTILE,
        "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy",
        "update",
        (PropertyChange("conditions.users.excludedGroups[0]", "", '"' + "3e80541b-f446-4047-9e4a-7f30eb166728" + '"'),),
    ),
    StackChange("site", "azure-native:storage:StorageAccount", "update", (PropertyChange("tags.owner", '"a"', '"b"'),)),
)  # fmt: skip
BREACHES = (
    Breach(21, "control 21", "the vault can be reached from the internet; a.person answers for it until 2027-01-31", waived=True),  # noqa: E501
)  # fmt: skip

USES = (
    Use("licence-office", "37 people", Decimal(37)),
    Use("transfer", "40 mailboxes", Decimal("61.250")),
    Use("", HOSTILE, None),
)


def _wave() -> Wave:
    boxes = tuple(guid(number) for number in range(40))
    return Wave(
        "W20261125", date(2026, 11, 25), AT, AT + timedelta(hours=8), (Batch("leeds-1", "leeds", boxes),)
    )


def seen() -> Seen:
    """What its review saw."""
    severed = tuple(
        Severed(a_right(number, number + 50, kind), date(2026, 12, 1) if number % 3 else None)
        for number, kind in enumerate(["FullAccess", "SendAs", "SendOnBehalf"] * 20)
    )
    return Seen(
        estate=EstateSeen(
            whole=Radius(2_100_000, 22_104, 214_330),
            granted={
                "concurrent_moves": 300,
                "licences": None,
                "notices_a_day": 250_000,
                "mailboxes_a_weekend_night": 600,
                "bytes_a_night": 1_649_267_441_664,
            },
        ),
        stacks=(
            StackSeen(report=StackReport("identity-pilot", 62), outputs=()),
            StackSeen(
                report=StackReport("foundation-pilot", 71, CHANGES, breaches=BREACHES), outputs=("id",)
            ),
            StackSeen(
                report=StackReport("hybrid-pilot", 40), refused="there is no accepted domain nhsmail.example"
            ),
        ),
        plays=(
            PlaySeen(play="12_roll", title="servers in turn", lines=("EX01: bindings from a to b", HOSTILE)),
            PlaySeen(play="22_receive_connector", title="the relay's connector", lines=()),
        ),
        waves=(WaveSeen(wave=_wave(), radius=Radius(40, 3, 5), uses=USES, severed=severed),),
        hazards=HAZARDS,
        prices=PRICES,
    )


def contents() -> Contents:
    """Its list, without the files."""
    return Contents(
        environment="pilot",
        tenant="c3a8f1d4-26be-4a6f-8d0e-b1f2c7e95a30",
        requester="a.requester",
        ticket="CHG0012345",
        why="Route mail of Leeds through the new relay, and open the second endpoint",
        made_at=AT - timedelta(hours=30),
        window=WINDOW,
        sources={"code": DIGEST, "environment": DIGEST, "playbooks": DIGEST, "policy pack": DIGEST},
        tools={"pulumi": "3.272.0", "python": "3.13.0"},
        journal="journal 1204 XzFXT3sOj1tM6Wu8QzV1k0yqJ5n3i0pYBqz5n2E7u1A=",
        stacks=(
            StackPart(stack="identity-pilot", layer="identity"),
            StackPart(stack="foundation-pilot", layer="foundation"),
            StackPart(
                stack="hybrid-pilot", layer="hybrid", provisional="it reads outputs of foundation-pilot"
            ),
        ),
        plays=(PlayPart(play="12_roll", prediction="p.json", changes=2),),
        waves=(
            WavePart(
                wave="W20261125",
                digest=DIGEST,
                window=WINDOW,
                mailboxes=40,
                organisations=3,
                manifest="w.json",
            ),
        ),
        unread=("stack hybrid-pilot: there is no accepted domain nhsmail.example",),
    )


def a_report() -> Report:
    """The whole report."""
    return report_on(contents(), DIGEST, seen())
