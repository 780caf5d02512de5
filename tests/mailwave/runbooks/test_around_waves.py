"""What holds for all mailboxes after a wave, and what a batch showed that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailwave.adapters.artifacts import ArtifactDamaged, ArtifactFolder
from mailwave.adapters.target import Target
from mailwave.core.readiness.observed import Leads
from mailwave.runbooks.aftercare.around import AroundWaves
from mailwave.runbooks.aftercare.kept_moves import KeptMoves
from tests.mailwave.rehearsed.coexistence import at_sites, both_halves, join
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.services import Services

CONNECTOR = "ExchangeHybridOnPremisesToOnline"
DOMAIN, OURS = "trust.example", "autodiscover.trust.example"


def found(services: Services, *hosts: str | None) -> list[tuple[str, str, str]]:
    """What is not well around, where autodiscover leads to *hosts*; None: nobody says."""
    leads = Leads((), None if None in hosts else tuple(str(host) for host in hosts))
    around = AroundWaves(both_halves(services), lambda _: leads, frozenset({OURS}))
    return [(each.kind, each.address, each.what) for each in around.differences({DOMAIN})]


def test_halves_that_are_joined_and_a_domain_that_leads_home_are_well() -> None:
    """It should find nothing, and say of halves that came apart what does not work and what mends it."""
    services = Services()
    join(services)

    well = found(services, OURS)
    at_sites(services, "Set-IntraOrganizationConnector", Identity=CONNECTOR, Enabled=False)
    apart = found(services, OURS)

    assert [] == well
    assert {"halves-apart"} == {kind for kind, _, _ in apart}
    assert "free/busy of people at the sites, seen from the cloud" not in {aspect for _, aspect, _ in apart}
    assert "free/busy of moved people, seen from the sites" in {aspect for _, aspect, _ in apart}


@pytest.mark.parametrize(
    ("hosts", "what"),
    [
        (("elsewhere.example",), "elsewhere.example"),
        ((OURS, "elsewhere.example"), "elsewhere.example"),
        ((), "nowhere"),
        ((None,), "nobody says where it leads"),
    ],
)
def test_autodiscover_that_leads_astray_is_named(hosts: tuple[str | None, ...], what: str) -> None:
    """It should name the domain, and where it leads; no answer is never a good one."""
    services = Services()
    join(services)

    assert [("autodiscover-astray", DOMAIN, what)] == found(services, *hosts)


def test_what_a_removed_batch_showed_is_read_as_it_was_kept(tmp_path: Path) -> None:
    """It should tell of a batch that is gone what its moves said of themselves, under the digest in the journal."""
    operator = Operator(Services(faults=[]), tmp_path)
    operator.everything()
    kept = ArtifactFolder(tmp_path / "artifacts")
    live = Target(operator.services.cloud(operator.boundary)).moves
    with operator.ledger() as ledger:
        name = ledger.plan().waves[0].batches[0].name
        shown = KeptMoves(ledger, kept, live)(name)
        gone = KeptMoves(ledger, kept, lambda _: [])
        read = gone(name)

        assert shown
        assert {move.exchange_guid: (move.score, move.synced) for move in shown} == {
            move.exchange_guid: (move.score, move.synced) for move in read
        }
        assert [] == gone("never-there")
        (file,) = (tmp_path / "artifacts").glob(f"*-{name}.json")
        file.chmod(0o600)
        file.write_text("[]", encoding="utf-8")
        with pytest.raises(ArtifactDamaged):
            gone(name)
