"""The published address of each site, asked as somebody asks who has no credential."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from estate_schema.endpoints import VARIABLE, load_endpoints
from exchange_admin.connect import on_premises
from infra.published import DRIFT, findings, main, published
from rehearsal.site.lab import Lab
from rehearsal.site.mrs_proxy import Publishing
from rehearsal.site.options import Options
from rehearsal.site.published import answer
from rehearsal.wire import Request
from tests.served import served

HOST = "mail.leeds.nhsmail.example"


def client(lab: Lab) -> httpx2.Client:
    """A client that reaches the site's published address, and nothing else."""

    def carry(request: httpx2.Request) -> httpx2.Response:
        if request.url.host != HOST:
            raise httpx2.ConnectError("no such host")
        asked = Request(request.method, request.url.path, "", dict(request.headers), b"")
        reply = answer(lab.organisation.door("EX01"), asked)
        return httpx2.Response(reply.status, headers=reply.headers, content=reply.body)

    return httpx2.Client(transport=httpx2.MockTransport(carry))


def asked(lab: Lab, host: str = HOST) -> list[str]:
    with client(lab) as http:
        return list(findings({"leeds": host}, http))


def behind_a_gateway(lab: Lab) -> None:
    lab.organisation.publishing["leeds"] = Publishing(authenticates=True)


def without_windows(lab: Lab) -> None:
    (directory,) = [row["Identity"] for row in lab.rows("Get-WebServicesVirtualDirectory", Server="EX01")]
    lab.rows("Set-WebServicesVirtualDirectory", Identity=directory, WindowsAuthentication=False)


def test_a_site_as_it_should_be_is_not_named() -> None:
    """It should find nothing where the address asks for a credential and takes Negotiate and NTLM."""
    assert [] == asked(Lab(Options()))


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (behind_a_gateway, "answers 302 where it should ask for a credential (401)"),
        (without_windows, "offers nothing to sign in with, and moves need Negotiate or NTLM (fact B46)"),
    ],
)
def test_what_moves_do_not_get_past_is_named(spoil: Callable[[Lab], None], expected: str) -> None:
    """It should say what is wrong with pre-authentication in front (fact B47), and with NTLM switched off."""
    lab = Lab(Options())
    spoil(lab)

    (finding,) = asked(lab)

    assert finding.startswith(f"leeds: https://{HOST}/EWS/mrsproxy.svc ")
    assert expected in finding


def test_an_address_that_nobody_answers_is_named() -> None:
    """It should name it with the reason."""
    assert [
        "leeds: https://elsewhere.example/EWS/mrsproxy.svc cannot be reached: ConnectError: no such host"
    ] == asked(Lab(Options()), "elsewhere.example")


def test_asks_where_the_settings_say() -> None:
    """It should take the addresses from the stack file of the environment."""
    assert {"leeds": HOST, "bristol": "mail.bristol.nhsmail.example"} == published("rehearsal")


@pytest.mark.parametrize("arguments", [[], ["nowhere"]])
def test_says_how_it_is_used(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """It should name the environments that there are, and ask nobody."""
    assert 2 == main(arguments)
    assert "dev, pilot, production, rehearsal" in capsys.readouterr().err


def test_asks_a_served_estate_over_its_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It should end with 0 where both sites answer as they should, and with 14 once one offers no sign-in."""
    with served(tmp_path, size="pair") as file:
        monkeypatch.setenv(VARIABLE, str(file))
        assert 0 == main(["rehearsal"])
        with on_premises(load_endpoints(file), "leeds", dry_run=False) as site:
            rows = site.invoke("Get-WebServicesVirtualDirectory").rows
            for row in rows:
                spoilt = {"Identity": row["Identity"], "WindowsAuthentication": False}
                site.invoke("Set-WebServicesVirtualDirectory", spoilt)
        assert DRIFT == main(["rehearsal"])
    said = capsys.readouterr().out
    assert "2 published addresses asked, 0 not as they should be" in said
    assert f"leeds: https://{HOST}/EWS/mrsproxy.svc offers nothing to sign in with" in said
    assert "2 published addresses asked, 1 not as they should be" in said
