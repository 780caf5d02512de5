"""The connection map's words: hosts with ports, and where they answer."""

from __future__ import annotations

import pytest

from estate_schema.connection_map import Place, place, place_of


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://outlook.office365.com/adminapi", "outlook.office365.com:443"),
        ("http://EX01.leeds.nhsmail.example/PowerShell/", "ex01.leeds.nhsmail.example:80"),
        ("https://[::1]:8443/", "[::1]:8443"),
    ],
)
def test_an_address_names_a_host_and_a_port(address: str, expected: str) -> None:
    """It should take the usual port of the scheme where none is named, and a host in lower case."""
    assert expected == str(place_of(address))


@pytest.mark.parametrize("text", ["127.0.0.1:40123", "[::1]:1", "outlook.office365.com:443"])
def test_a_place_is_read_as_it_is_written(text: str) -> None:
    """It should read names and both kinds of IP addresses, and write them the same."""
    assert text == str(place(text))


@pytest.mark.parametrize(
    "text", ["127.0.0.1", ":443", "::1:443", "[name]:443", "host:0", "host:65536", "host:\uff14"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    """It should refuse what lacks a host or a port, or holds neither in the usual writing."""
    with pytest.raises(ValueError, match="is not a host and a port"):
        place(text)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("localhost.nhsmail.example", False),
    ],
)
def test_loopback_is_told_from_everything_else(host: str, *, expected: bool) -> None:
    """It should take the loopback range and `localhost` for this machine, and no other name or address."""
    assert expected == Place(host, 443).is_loopback
