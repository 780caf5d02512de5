"""DNS asked through the real client over a socket: what is there, what is not, and what nobody could say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from estate_schema.endpoints import Endpoints, load_endpoints
from mailwave.adapters.name_service import NameService
from mailwave.core.readiness.observed import Leads
from rehearsal.name_service import Records
from tests.mailwave.rehearsed.name_server import NameServer, name_server
from tests.served import served

MX: Records = {"MX": ["10 Mail.Example.", "20 two.example."]}


@pytest.fixture(scope="module")
def server() -> Iterator[NameServer]:
    """A name server."""
    with name_server() as found:
        yield found


def leads(server: NameServer, **zones: Records | None) -> Leads:
    """Where d.example leads; in a name of *zones* an underscore stands for a dot."""
    server.holds({name.replace("_", "."): records for name, records in zones.items()})
    return NameService(server.place).leads("d.example")


def test_hosts_are_told_in_lower_case(server: NameServer) -> None:
    """It should tell every mail exchanger, and where the alias of autodiscover leads."""
    expected = Leads(("mail.example", "two.example"), ("in.example",))
    assert expected == leads(server, d_example=MX, autodiscover_d_example={"CNAME": ["IN.example."]})


def test_autodiscover_may_be_an_address_or_a_service(server: NameServer) -> None:
    """It should name the host itself where it has an address, and else the target of the service record."""
    own = leads(server, d_example=MX, autodiscover_d_example={"A": ["192.0.2.1"]})
    assert ("autodiscover.d.example",) == own.autodiscover
    server.holds({"d.example": MX, "_autodiscover._tcp.d.example": {"SRV": ["0 0 443 mail.example."]}})
    assert ("mail.example",) == NameService(server.place).leads("d.example").autodiscover


def test_nothing_there_is_known(server: NameServer) -> None:
    """It should say that there is none for a name that does not exist, for no such record, and for a null MX."""
    assert Leads((), ()) == leads(server)
    assert Leads((), ()) == leads(server, d_example={"A": ["192.0.2.1"]})
    assert () == leads(server, d_example={"MX": ["0 ."]}).mail_exchangers


def test_no_answer_is_not_nothing(server: NameServer) -> None:
    """It should say nothing where the domain's servers fail, and where no name server listens."""
    assert Leads(None, ()) == leads(server, d_example=None)
    assert Leads((), None) == leads(server, autodiscover_d_example=None)
    with name_server() as gone:
        place = gone.place
    assert Leads(None, None) == NameService(place).leads("d.example")


def test_a_rehearsal_has_a_name_server_of_its_own(tmp_path: Path) -> None:
    """It should ask the served one by the connection map, and nobody where a map leads to none."""
    with served(tmp_path) as file:
        endpoints = load_endpoints(file)
        names = NameService.of(endpoints)
        assert names is not None
        assert Leads((), ()) == names.leads("nhsmail.example")  # no stack has published anything yet
    assert NameService.of(_without(endpoints)) is None


def _without(endpoints: Endpoints) -> Endpoints:
    return endpoints.model_copy(update={"dns": None})
