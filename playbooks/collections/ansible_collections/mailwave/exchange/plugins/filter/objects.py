# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Filters for what the organisation has: lists of objects to keep, and checks of what was read. They only compute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.mailwave.exchange.plugins.plugin_utils.protected_groups import protected_checks
from ansible_collections.mailwave.exchange.plugins.plugin_utils.steps import next_moves
from ansible_collections.mailwave.exchange.plugins.plugin_utils.sync_server import suffix_checks

Entry = Mapping[str, Any]


def each_named(names: Iterable[str], entry: Entry) -> list[dict[str, Any]]:
    """*entry* once for each of *names*."""
    return [{**entry, "name": name} for name in names]


def each_section(sections: Iterable[str], entry: Entry) -> list[dict[str, Any]]:
    """*entry*, a setting override, once for each of *sections*, named as the section."""
    settings = entry["settings"]
    return [{**entry, "name": name, "settings": {**settings, "section": name}} for name in sections]


def each_group(groups: Iterable[str]) -> dict[str, dict[str, Any]]:
    """A read for mailwave.exchange.read of each of *groups*, by its name."""
    return {name: {"cmdlet": "Get-Group", "parameters": {"Identity": name}} for name in groups}


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {
            "each_group": each_group,
            "each_named": each_named,
            "each_section": each_section,
            "next_moves": next_moves,
            "protected_checks": protected_checks,
            "suffix_checks": suffix_checks,
        }
