"""Sign a fact of an organisation for its administrator, who has signed in, with the key that is theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from mailwave.core.readiness.attestation import Attestation, Signs, sign
from mailwave.core.readiness.rules import RuleBook
from mailwave.core.readiness.scope import Administrator
from mailwave.core.reason import Reason
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.acting import acting

ATTESTED = "organisation.attest"
"""An administrator attested a fact on a page."""


@dataclass(frozen=True)
class AttestFact:
    """Signs by *book* in *environment*; *keep* keeps what was signed where the next check finds it."""

    environment: str
    clock: Clock
    ledger: Ledger
    book: RuleBook
    keep: Callable[[Attestation], object]

    def run(
        self, administrator: Administrator, signs: Signs, rule: str, value: str, days: int, reason: Reason
    ) -> None:
        """Sign that *value* is so where *rule* looks, for so many *days*.

        Raises:
            NotAttestable, NotTheirOrganisation: it is nothing that they can sign.
        """
        now = self.clock.now()
        said = Attestation(
            environment=self.environment,
            rule=rule,
            who=administrator.who,
            at=now,
            expires=now + timedelta(days=days),
            organisation=administrator.organisation,
            value=value,
        )
        signed = sign(administrator, signs, said, self.book, now)
        detail = {"rule": rule, "value": value, "expires": signed.expires.isoformat()}
        subject = administrator.organisation
        with acting(self.ledger, act=ATTESTED, subject=subject, reason=reason, detail=detail):
            self.keep(signed)
