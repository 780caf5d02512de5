"""Objects as a task names them: what does not fit is refused before anything is read or sent."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils.entries import BadEntry, wanted
from ansible_collections.mailwave.exchange.plugins.plugin_utils.object_types import UnknownKind


def test_identity() -> None:
    """It should name each object as Exchange does."""
    entries: dict[str, dict[str, Any]] = {
        "EX01\\Mail": {"kind": "receive_connector", "name": "Mail", "server": "EX01"},
        "EX01\\EWS (Default Web Site)": {"kind": "web_services_virtual_directory", "server": "EX01"},
        "EX01": {"kind": "client_access_service", "server": "EX01"},
        "Out": {"kind": "send_connector", "name": "Out"},
        "Mail\\svc": {"kind": "role_group_member", "group": "Mail", "name": "svc"},
    }
    assert list(entries) == [wanted(entry).identity for entry in entries.values()]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"kind": "receive_connector", "name": "Mail"}, "give server"),
        ({"kind": "send_connector", "name": "Out", "server": "EX01"}, "it has no server"),
        ({"kind": "role_group_member", "name": "svc"}, "give group"),
        ({"kind": "organization_config", "state": "absent"}, "never removed"),
        ({"kind": "send_connector", "name": "Out", "settings": {"colour": "red"}}, "colour"),
        ({"kind": "send_connector", "name": "Out", "settings": {"require_tls": "perhaps"}}, "perhaps"),
        ({"kind": "send_connector", "name": "Out", "settings": {"tls_auth_level": "Some"}}, "Some"),
    ],
)
def test_bad(entry: dict[str, Any], words: str) -> None:
    """It should say in one sentence what does not fit."""
    with pytest.raises(BadEntry, match=words):
        wanted(entry)


def test_unknown_kind() -> None:
    """It should refuse a kind that the table does not hold."""
    with pytest.raises(UnknownKind, match="toaster"):
        wanted({"kind": "toaster", "name": "x"})
