"""Read, compare, show, set, read back: the engine against an in-memory server."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils import engine
from ansible_collections.mailwave.exchange.plugins.plugin_utils.engine import Wanted
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import CreateOnly, NotTaken
from ansible_collections.mailwave.exchange.plugins.plugin_utils.object_types import object_type
from ansible_collections.mailwave.exchange.plugins.plugin_utils.releases import Offer

from exchange_admin.errors import OutcomeUnknown
from tests.plugins.directories import Servers

IDENTITY = "EX01\\From Exchange Online"
NAMING = {"Name": "From Exchange Online", "Server": "EX01"}
WANTED = {"transport_role": "FrontendTransport", "bindings": ["0.0.0.0:25"], "max_message_size": "150MB"}


def a_connector(**values: object) -> dict[str, Any]:
    return {
        "Identity": IDENTITY,
        "TransportRole": "FrontendTransport",
        "Bindings": ["0.0.0.0:25"],
        "MaxMessageSize": "150 MB (157,286,400 bytes)",
        **values,
    }


def present(admin: Servers, *, check: bool = False, **values: object) -> engine.Change:
    return engine.ensure(admin, a_wish(**values), Offer(), check=check)


def a_wish(**values: object) -> Wanted:
    kind = object_type("receive_connector")
    return Wanted(kind, "From Exchange Online", "EX01", values={**WANTED, **values})


def absent(admin: Servers, *, check: bool = False) -> engine.Change:
    kind = object_type("receive_connector")
    return engine.ensure(
        admin, Wanted(kind, "From Exchange Online", "EX01", present=False), Offer(), check=check
    )


def test_creates() -> None:
    """It should make an object that is not there, with the values as they were written."""
    admin = Servers()

    change = present(admin)

    assert [("New-ReceiveConnector", {"Usage": "Custom", **NAMING, **_sent()})] == admin.writes
    assert change.changed
    assert {} == change.before


def _sent() -> dict[str, object]:
    return {"TransportRole": "FrontendTransport", "Bindings": ["0.0.0.0:25"], "MaxMessageSize": "150MB"}


def test_unchanged() -> None:
    """It should send nothing where every value is as wanted, however it is written."""
    admin = Servers(a_connector())

    change = present(admin)

    assert [] == admin.writes
    assert not change.changed


def test_sets_what_differs() -> None:
    """It should send only the values that differ."""
    admin = Servers(a_connector(MaxMessageSize="36 MB (37,748,736 bytes)"))

    change = present(admin)

    assert [("Set-ReceiveConnector", {"Identity": IDENTITY, "MaxMessageSize": "150MB"})] == admin.writes
    assert ["max_message_size"] == change.differing


def test_leaves_out_alone() -> None:
    """It should leave alone what the task does not name."""
    admin = Servers(a_connector(Comment="by hand"))

    assert not present(admin).changed


def test_empty_list_is_a_value() -> None:
    """It should take an empty list as "none", not as "not given"."""
    admin = Servers(a_connector(TlsDomainCapabilities=["a:b"]))

    change = present(admin, tls_domain_capabilities=[])

    assert ["tls_domain_capabilities"] == change.differing


@pytest.mark.parametrize("rows", [(), (a_connector(MaxMessageSize="36MB"),)])
def test_check_predicts(rows: tuple[dict[str, Any], ...]) -> None:
    """It should say in check mode what it would do, and send nothing."""
    admin = Servers(*rows)

    change = present(admin, check=True)

    assert [] == admin.writes
    assert change.changed
    assert change.after["max_message_size"] == 157_286_400


def test_lost_answer_that_took_effect() -> None:
    """It should find by reading back that a change took effect although its answer was lost."""
    admin = Servers(lose=frozenset({"New-ReceiveConnector"}))

    change = present(admin)

    assert change.answer_lost
    assert len(admin.writes) == 1


def test_lost_answer_without_effect() -> None:
    """It should stay unknown, and send nothing again, when reading back shows no effect."""
    admin = Servers(a_connector(MaxMessageSize="36MB"), lose=frozenset({"Set-ReceiveConnector"}), deaf=True)

    with pytest.raises(OutcomeUnknown):
        present(admin)
    assert len(admin.writes) == 1


def test_not_taken() -> None:
    """It should fail where the cmdlet is accepted and the value stays as it was."""
    admin = Servers(a_connector(MaxMessageSize="36MB"), deaf=True)

    with pytest.raises(NotTaken) as caught:
        present(admin)
    assert caught.value.wanted == {"max_message_size": 157_286_400}


def test_create_only() -> None:
    """It should refuse to change what only a new object can be given."""
    admin = Servers(a_connector(TransportRole="HubTransport"))

    with pytest.raises(CreateOnly) as caught:
        present(admin)
    assert caught.value.option == "transport_role"
    assert admin.writes == []


def test_removes_once() -> None:
    """It should remove what is there, and nothing the second time."""
    admin = Servers(a_connector())

    first = absent(admin)
    second = absent(admin)

    assert (first.changed, second.changed) == (True, False)
    assert len(admin.writes) == 1


def test_check_of_removal() -> None:
    """It should only predict a removal in check mode."""
    admin = Servers(a_connector())

    assert absent(admin, check=True).changed
    assert admin.writes == []


def test_removal_not_taken() -> None:
    """It should fail where a removed object is still there."""
    with pytest.raises(NotTaken):
        absent(Servers(a_connector(), deaf=True))
