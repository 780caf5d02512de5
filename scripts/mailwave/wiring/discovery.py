"""What the commands of discovery need: the store, the readers of sites and tenant, and the runbook over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from mailwave.core.source import Inventory
from mailwave.wiring.settings import Settings, folder

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.discovery_store import DiscoveryStore
    from mailwave.adapters.source_reading import Progress
    from mailwave.core.discovery.found import Found
    from mailwave.runbooks.discover_estate import DiscoverEstate, Read

TENANT = "tenant"


def discovery_folder(settings: Settings) -> Path:
    """Where an environment's discovery is kept."""
    return folder(settings) / "discovery"


def discovery_store(settings: Settings) -> DiscoveryStore:
    """What was read of the environment."""
    from mailwave.adapters.discovery_store import DiscoveryStore

    return DiscoveryStore(discovery_folder(settings), settings.environment)


def discover_estate(settings: Settings, extras: tuple[str, ...]) -> DiscoverEstate:
    """The runbook that reads the environment's sites."""
    from mailwave.runbooks.discover_estate import DiscoverEstate

    sites = tuple(site.name for site in settings.estate.sites)
    return DiscoverEstate(settings.clock(), discovery_store(settings), sites, extras)


def readers(
    settings: Settings, stack: ExitStack, extras: tuple[str, ...], progress: Progress, shells: int | None
) -> list[Read]:
    """What reads the sites, and with the extra `tenant` the tenant; *stack* closes every shell."""
    from mailwave.adapters.source_reading import SourceReading

    store, sleep = discovery_store(settings), settings.clock().sleep
    endpoints = settings.endpoints()
    source = SourceReading.connect(endpoints, settings.estate, store, progress, sleep=sleep, shells=shells)
    found: list[Read] = [stack.enter_context(source).read]
    if TENANT in extras:
        from mailwave.adapters.tenant_reading import TenantReading

        found.append(TenantReading.connect(endpoints, store, progress, sleep=sleep).read)
    return found


def keep_found(settings: Settings, found: Found) -> Path:
    """Write what was found where people and programs look for it, and return that folder.

    ``found/`` holds the tables, ``evidence/`` what `estate check --evidence` takes, and the folder itself the files
    that exports by hand would give.
    """
    from mailwave.adapters.discovery_store import write_found
    from mailwave.core.discovery.found import evidence, inventory, special_lanes

    place = discovery_folder(settings)
    write_found(place / "found", found.files)
    write_found(place / "evidence", {"mailboxes": evidence(found, settings.clock().now().date().isoformat())})
    files = {**inventory(found).files, "lanes.csv": special_lanes(found)}
    for name, content in files.items():
        (place / name).write_bytes(content)
    return place


def found(settings: Settings) -> Found:
    """What the readings that ended found; raise `NotDiscovered` where none has."""
    from mailwave.runbooks.discover_estate import found_in

    return found_in(discovery_store(settings))


def discovered_inventory(settings: Settings) -> Inventory:
    """What an import takes of what was found; raise `NotDiscovered` where no reading has ended."""
    from mailwave.core.discovery.found import inventory

    return inventory(found(settings))


def export_found(settings: Settings, to: Path, form: str) -> dict[str, int]:
    """Write what was found as tables of *form*, csv or parquet, into *to*; return how many rows each file has."""
    from mailwave.core.discovery.sheets import harmless

    tables = {name: harmless(frame) for name, frame in found(settings).files.items()}
    to.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        file = to / f"{name}.{form}"
        if form == "csv":
            frame.write_csv(file, include_bom=True, quote_style="non_numeric")
        else:
            frame.write_parquet(file)
    return {f"{name}.{form}": len(frame) for name, frame in tables.items()}


def exported(files: Iterable[Path]) -> Mapping[str, bytes]:
    """The content of files that somebody exported, by name; raise `BadRows` for one that would fill the memory."""
    from mailwave.adapters.exports import contents

    return contents(files)
