"""Where a named host answers, by a connection map."""

from __future__ import annotations

import pytest

from exchange_admin.reach import NotMapped, Reach

REACH = Reach({"outlook.office365.com:443": "127.0.0.1:40123"})


def test_a_mapped_host_is_where_the_map_says() -> None:
    """It should give the address of the map, whatever the case of the name."""
    assert ("127.0.0.1", 40123) == REACH.address("Outlook.Office365.com", 443)


def test_this_machine_needs_no_entry() -> None:
    """It should let addresses of this machine be themselves."""
    assert ("127.0.0.1", 8080) == REACH.address("127.0.0.1", 8080)


@pytest.mark.parametrize(
    ("host", "port"),
    [("outlook.office365.com", 446), ("eur01.outlook.office365.com", 443), ("192.0.2.1", 443)],
)
def test_nobody_else_is_spoken_to(host: str, port: int) -> None:
    """It should refuse a host or a port that the map does not name, and say which."""
    with pytest.raises(NotMapped, match=f"endpoints: connect: has no entry for {host}:{port}, "):
        REACH.address(host, port)
