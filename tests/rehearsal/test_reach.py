"""How the counting readers find the services, joined to servers with names of their own."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
import requests
import trustme

from rehearsal import reach
from tests.exchange_admin.names import listening, trusted

NAME, SITE = "outlook.office365.com", "ex01.leeds.nhsmail.example"


def test_a_target_is_read_by_its_name(tmp_path: Path) -> None:
    """It should greet and address a mapped host by its name over TLS, on one kept connection."""
    authority = trustme.CA()
    with listening([NAME], authority) as server:
        endpoints = {"connect": {f"{NAME}:443": server.place}, "ca": str(trusted(tmp_path, authority))}
        with reach.client(endpoints) as http:
            for _ in range(2):
                http.post(f"https://{NAME}/adminapi", content=b"body")
    assert ([NAME], [NAME] * 2, [b"body"] * 2, 1) == (
        server.greeted,
        server.hosts,
        server.bodies,
        server.taken,
    )


def test_a_host_has_as_many_places_as_ports(tmp_path: Path) -> None:
    """It should tell the ports of one host apart, whatever else is mapped for it."""
    with listening() as web, listening() as winrm:
        names = {f"{SITE}:80": web.place, f"{SITE}:5985": winrm.place}
        endpoints = {"connect": names, "ca": str(trusted(tmp_path, trustme.CA()))}
        with reach.client(endpoints) as http:
            http.get(f"http://{SITE}/")
            http.get(f"http://{SITE}:5985/")
    assert ([SITE], [f"{SITE}:5985"]) == (web.hosts, winrm.hosts)


def test_a_certificate_is_checked_against_the_name(tmp_path: Path) -> None:
    """It should read nothing from a server that cannot prove the name."""
    authority = trustme.CA()
    with listening(["another.example"], authority) as server:
        endpoints = {"connect": {f"{NAME}:443": server.place}, "ca": str(trusted(tmp_path, authority))}
        with reach.client(endpoints) as http, pytest.raises(httpx2.ConnectError):
            http.get(f"https://{NAME}/")
    assert [] == server.hosts


def test_a_source_is_read_by_its_name() -> None:
    """It should connect a session to where a site's host answers, and name the host there; others are not read."""
    with listening() as server, requests.Session() as session:
        reach.mount(session, {"connect": {f"{SITE}:80": server.place}})
        session.get(f"http://{SITE}/PowerShell/")
        with pytest.raises(KeyError):
            session.get("http://elsewhere.example/")
    assert [SITE] == server.hosts
