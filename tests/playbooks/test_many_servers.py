"""Fifty servers in one run: how many shells they take, and how often what all share is written."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from mailwave.adapters.ansible import Ansible
from mailwave.core.plays import PlayOutcome
from tests.playbooks.loopback import PLAYBOOKS
from tests.playbooks.servers import EXCHANGE_2016, EXCHANGE_2019, EXCHANGE_SE, Premises, a_site, serving

FIFTY = {f"EX{n:02}": (EXCHANGE_2016, EXCHANGE_2019, EXCHANGE_SE)[n % 3] for n in range(1, 51)}
SHELLS = 18
"""That an account may hold at once (fact D7)."""
A_SERVER = 2
"""Shells that a play may open for one server."""


def test_fifty_servers_in_one_run(tmp_path: Path) -> None:
    """It should verify fifty servers with few shells, then make them so, and write what all share once."""
    premises = Premises(a_site(FIFTY))
    with serving(tmp_path, premises) as served:
        ansible = Ansible(PLAYBOOKS, served.inventory, served.endpoints, dry_run=False, seconds=300)

        found = ansible.run_play("23_verify_receive_connector")
        assert set(found.servers) == set(FIFTY)
        assert {finding.server for finding in found.findings} == set(FIFTY), found.why
        assert premises.writes == []
        assert served.shells.most <= SHELLS
        assert served.shells.opened <= A_SERVER * len(FIFTY)

        shared = ansible.run_play("36_workload_overrides")
        assert shared.outcome is PlayOutcome.OK, shared.why
        written = Counter(
            (call.cmdlet, call.parameters.get("Name"))
            for call in premises.calls
            if not call.cmdlet.startswith(("Get-", "Test-"))
        )
        assert written
        assert set(written.values()) == {1}
