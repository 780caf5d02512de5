"""What `wave run` looks at before a wave begins: both halves of the organisation, and the last check of readiness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mailwave.adapters.ledger import Ledger
from mailwave.core.readiness.verdicts import Finding
from mailwave.core.reason import Reason
from mailwave.runbooks.wave.gate import Gate
from mailwave.runbooks.wave.preflight import Preflight
from mailwave.wiring.readiness import check_estate, evidence, readiness_folder
from mailwave.wiring.settings import Say, Settings

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.coexistence import BothHalves


def gate_of(settings: Settings, ledger: Ledger, reason: Reason, say: Say) -> Gate:
    """What lets a wave begin; nothing is read before the first wave asks."""

    def judges() -> Mapping[str, Finding]:
        from mailwave.adapters.kept_judgement import KeptJudgement
        from mailwave.core.readiness.scope import WHOLE

        folder = KeptJudgement(readiness_folder(settings)).handed_in
        check = check_estate(settings, ledger, reason, folder)
        return {
            found.guid: found
            for found in check.again(evidence(settings, folder, ledger, WHOLE)).findings
            if found.code
        }

    return Preflight(settings.clock(), ledger, both_halves(settings), judges, reason, say).open


def both_halves(settings: Settings) -> BothHalves:
    """The sites and the tenant, of which nothing is changed; the first site answers for the organisation of all."""
    from exchange_admin import connect
    from mailwave.adapters.coexistence import BothHalves, Halves
    from mailwave.adapters.graph import Graph

    estate, endpoints, clock = settings.estate, settings.endpoints(), settings.clock()
    site = estate.sites[0]
    halves = Halves(
        lambda: connect.on_premises(endpoints, site.name, sleep=clock.sleep),
        site.servers[0].name,
        connect.exchange_online(endpoints, sleep=clock.sleep),
        Graph.connect(endpoints, clock.sleep),
    )
    return BothHalves(
        halves,
        mail_domain=estate.mail_domain,
        routing_domain=estate.tenant.routing_domain,
        now=clock.now,
    )
