"""The engine on the stand-ins when something goes wrong on the way, and in what order it replaces."""

from __future__ import annotations

import signal
import time

import pytest

from rehearsal.cloud.tamper import Tamper
from tests.engine import Done
from tests.rehearsal.providers.project import SUBSCRIPTION, Engine

pytestmark = [pytest.mark.engine, pytest.mark.conformance]

GROUP = "azure-native:resources:ResourceGroup"
TABLE = "azure-native:network:RouteTable"
ADDRESS = "azure-native:network:PublicIPAddress"
HEAD = """\
from pulumi import ResourceOptions
from pulumi_azure_native import network, resources

group = resources.ResourceGroup("platform", resource_group_name="platform")
"""
TWO_TABLES = f"""{HEAD}
first = network.RouteTable("first", resource_group_name=group.name, route_table_name="first")
network.RouteTable(
    "second", resource_group_name=group.name, route_table_name="second", opts=ResourceOptions(depends_on=[first])
)
"""
TWO_ADDRESSES = f"""{HEAD}
for name, fixed in (("drawn", None), ("fixed", "fixed")):
    network.PublicIPAddress(
        name, resource_group_name=group.name, public_ip_address_name=fixed, public_ip_address_version="IPv4", MORE
    )
"""
IMPORTED = """\
from pulumi import ResourceOptions
from pulumi_azure_native import resources

resources.ResourceGroup(
    "platform", resource_group_name="platform", location="uksouth", tags={"k": "1"},
    opts=ResourceOptions(import_="ID"),
)
"""


@pytest.fixture
def tamper(engine: Engine) -> Tamper:
    """Somebody who makes trouble."""
    return Tamper(engine.cloud.address)


def _planned(tamper: Tamper, call: str, fault: str, **more: object) -> None:
    tamper.plan_faults([{"call": call, "fault": fault, **more}])


def _succeeds(done: Done, *words: str) -> None:
    assert 0 == done.code, done.text
    for word in words:
        assert word in done.text


def _fails(done: Done, words: str) -> None:
    assert 1 == done.code, done.text
    assert words in done.text


class TestTrouble:
    """Creation that does not go as it should."""

    def test_every_kind_of_bad_end(self, engine: Engine, tamper: Tamper) -> None:
        """It should keep what was made before a failure, repair what was half made, wait, and lose nothing."""
        _planned(tamper, f"create {TABLE}", "refuse", nth=2, text="no more tables today")
        _fails(engine.up(TWO_TABLES), "no more tables today")
        assert {"platform", "first"} <= {*engine.state()}
        assert "second" not in engine.state()

        _planned(tamper, f"create {TABLE}", "partial", text="provisioning failed")
        _fails(engine.up(TWO_TABLES), "provisioning failed")
        assert ["provisioning failed"] == engine.state()["second"]["initErrors"]

        _planned(tamper, f"update {TABLE}", "late", seconds=2)
        began = time.monotonic()
        _succeeds(engine.up(TWO_TABLES), "1 updated")
        assert 2 < time.monotonic() - began
        assert "initErrors" not in engine.state()["second"]

        _planned(tamper, f"create {TABLE}", "drop")
        third = (
            TWO_TABLES
            + 'network.RouteTable("third", resource_group_name="platform", route_table_name="third")\n'
        )
        _fails(engine.up(third), "did not answer PUT")
        assert "third" not in engine.state()
        _fails(engine.up(third), "cannot create already existing resource")

    def test_hang_is_cancelled(self, engine: Engine, tamper: Tamper) -> None:
        """It should give up waiting when the user interrupts, and keep what the service had begun to make."""
        _planned(tamper, f"create {TABLE}", "hang")
        engine.write(TWO_TABLES)
        with engine.start("up", "--yes", "--skip-preview") as process:
            try:
                while not any("routeTables/first" in path for path in engine.cloud.objects()):
                    assert process.poll() is None
                    time.sleep(0.1)
                process.send_signal(signal.SIGINT)
                text, _ = process.communicate(timeout=60)
            finally:
                process.kill()

        assert 0 != process.returncode
        assert "context canceled" in text
        state = engine.state()
        assert "second" not in state
        assert "context canceled" in state["first"]["initErrors"][0]

        _succeeds(engine.up(TWO_TABLES), "1 created", "1 updated")


class TestReplacement:
    """An object that only a new one can stand in for."""

    def test_order_follows_the_name(self, engine: Engine) -> None:
        """It should make a randomly named object's replacement first, and delete one with a fixed name first."""
        _succeeds(engine.up(TWO_ADDRESSES.replace("MORE", "idle_timeout_in_minutes=4")))
        drawn = next(path for path in engine.cloud.objects() if "/drawn" in path).rsplit("/", maxsplit=1)[-1]
        engine.cloud.seen.clear()

        other = TWO_ADDRESSES.replace("MORE", "migration_phase='None'").replace("IPv4", "IPv6")
        _succeeds(engine.up(other), "2 replaced", f"no rule for a change of migrationPhase of {ADDRESS}")

        assert ["DELETE fixed", "PUT fixed"] == engine.cloud.writes("/publicIPAddresses/fixed")
        made, deleted = engine.cloud.writes("/publicIPAddresses/drawn")
        assert f"DELETE {drawn}" == deleted
        assert made.startswith("PUT drawn")
        assert made != f"PUT {drawn}"


class TestImport:
    """An object that somebody else made, taken in by the program."""

    def test_import_option(self, engine: Engine) -> None:
        """It should take in what exists, and then bring it into line with the program."""
        path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/platform"
        engine.cloud.send("PUT", f"/arm{path}", {"location": "uksouth", "tags": {"k": "2"}})

        _succeeds(engine.up(IMPORTED.replace("ID", path)), "1 imported", "1 updated", "[diff: ~tags]")

        assert {"k": "1"} == engine.cloud.objects()[path]["tags"]
        _succeeds(engine.run("preview", "--refresh", "--expect-no-changes"))
