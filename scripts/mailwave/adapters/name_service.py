"""Where a mail domain leads, for the evidence of readiness (decision 0051)."""

from __future__ import annotations

from exchange_admin import name_service
from mailwave.core.readiness.observed import Leads


class NameService(name_service.NameService):
    """A name server that says both at once."""

    def leads(self, domain: str) -> Leads:
        """Where the MX and autodiscover of *domain* lead; None where no answer came."""
        return Leads(self.mail_exchangers(domain), self.autodiscover(domain))
