"""What the commands of discovery need: the store, the readers of sites and tenant, and the runbook over them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from estate_schema import ConfigurationError
from mailwave.adapters.written_whole import write_whole
from mailwave.core.source import Inventory
from mailwave.wiring.settings import Settings, folder

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    import polars as pl

    from mailwave.adapters.discovery_store import DiscoveryStore
    from mailwave.adapters.source_reading import Progress
    from mailwave.core.discovery.found import Found
    from mailwave.runbooks.discover_estate import DiscoverEstate, Read

TENANT = "tenant"


class Asked(NamedTuple):
    """What a discovery reads: *extras* beside the sites, through so many *shells* each, *exports* by site instead."""

    extras: tuple[str, ...] = ()
    shells: int | None = None
    exports: Mapping[str, Path] = MappingProxyType({})


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


def export_folders(settings: Settings, exports: Iterable[str]) -> dict[str, Path]:
    """The folders of *exports* by site; raise `ConfigurationError` for what names no site of the estate."""
    sites = {site.name for site in settings.estate.sites}
    folders = {}
    for each in exports:
        site, _, folder = each.partition("=")
        if site not in sites or not folder or not Path(folder).is_dir():
            problem = f"has {each!r}, which is no site of the estate with a folder"
            allowed = f"SITE=FOLDER, with a site of {', '.join(sorted(sites))}"
            raise ConfigurationError(file="command line", key="--exports", problem=problem, allowed=allowed)
        folders[site] = Path(folder)
    return folders


def readers(
    settings: Settings,
    stack: ExitStack,
    asked: Asked,
    progress: Progress,
) -> list[Read]:
    """What reads the sites, each asked itself or read from its export, and the tenant; *stack* closes every shell.

    Raises:
        BadRows: an export is no whole one.
    """
    from mailwave.adapters.exported_site import exported as exported_site
    from mailwave.adapters.source_reading import SourceReading

    store, sleep, servers = discovery_store(settings), settings.clock().sleep, settings.estate.site_of_server
    found: list[Read] = []
    if asked.exports:
        sites = {site: [exported_site(folder)] for site, folder in asked.exports.items()}
        found.append(SourceReading(sites, servers, store, progress).read)
    live = [site.name for site in settings.estate.sites if site.name not in asked.exports]
    if live:
        source = SourceReading.connect(
            settings.endpoints(), live, servers, store, progress, sleep=sleep, shells=asked.shells
        )
        found.append(stack.enter_context(source).read)
    if TENANT in asked.extras:
        from mailwave.adapters.tenant_reading import TenantReading

        found.append(TenantReading.connect(settings.endpoints(), store, progress, sleep=sleep).read)
    return found


def keep_found(settings: Settings, found: Found) -> Path:
    """Write what was found where people and programs look for it, and return that folder.

    ``found/`` holds the tables, ``evidence/`` what `estate check --evidence` takes, and the folder itself the files
    that exports by hand would give.
    """
    from mailwave.adapters.discovery_store import write_found
    from mailwave.core.discovery.found import domains, evidence, inventory, special_lanes

    place = discovery_folder(settings)
    write_found(place / "found", found.files)
    today = settings.clock().now().date().isoformat()
    write_found(place / "evidence", {"mailboxes": evidence(found, today), "domains": domains(found, today)})
    files = {**inventory(found).files, "lanes.csv": special_lanes(found)}
    for name, content in files.items():
        write_whole(place / name, content)
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
    from mailwave.core.discovery.sheets import as_csv, harmless

    tables = {name: harmless(frame) for name, frame in found(settings).files.items()}
    to.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        write_whole(to / f"{name}.{form}", as_csv(frame) if form == "csv" else _as_parquet(frame))
    return {f"{name}.{form}": len(frame) for name, frame in tables.items()}


def _as_parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def exported(files: Iterable[Path]) -> Mapping[str, bytes]:
    """The content of files that somebody exported, by name; raise `BadRows` for one that would fill the memory."""
    from mailwave.adapters.exports import contents

    return contents(files)
