"""What reports need: the ledger, the environment's prices, and what a campaign in virtual time has written."""

from __future__ import annotations

from pathlib import Path

from mailwave.adapters.ledger import Ledger
from mailwave.adapters.report_page import page
from mailwave.adapters.report_workbook import workbook
from mailwave.core.reports import campaign, programme
from mailwave.core.reports.document import Document
from mailwave.runbooks.report_on import ReportOn
from mailwave.wiring.prices import prices_of
from mailwave.wiring.settings import Settings

__all__ = ["of_campaign", "page", "report_on", "workbook"]


def report_on(settings: Settings, ledger: Ledger) -> ReportOn:
    """The runbook that reports on *ledger*.

    Raises:
        ConfigurationError: the environment's prices are not there or not right.
    """
    return ReportOn(
        settings.clock().now,
        ledger,
        settings.environment,
        settings.estate.season.deadline,
        prices_of(settings),
    )


def of_campaign(settings: Settings, file: Path) -> Document:
    """The programme's report on the campaign whose figures are in *file*.

    Raises:
        CampaignUnreadable: it holds none.
    """
    course = campaign.course_of(campaign.read(file.read_bytes(), str(file)))
    return programme.of_campaign(course, settings.environment)
