"""The rules by which a generated estate can be planned."""

from pathlib import Path

from estate_schema import load_estate, load_limits
from rehearsal.national import environment
from rehearsal.national.estate import NationalEstate


def test_the_files_are_those_of_the_estate(estate: NationalEstate, tmp_path: Path) -> None:
    """It should write an estate file with every site and server, and limits with the drawn figures, that load."""
    estate.sites.write_parquet(tmp_path / "sites.parquet")
    environment.main(tmp_path)

    found = load_estate(tmp_path / "estate.rehearsal.yaml")
    assert set(estate.sites["site"]) == {site.name for site in found.sites}
    assert set(estate.sites["server"]) == {server.name for site in found.sites for server in site.servers}
    granted = load_limits(tmp_path / "limits.rehearsal.yaml").named()
    assert environment.FIGURES == {name: granted[name].granted for name in environment.FIGURES}
