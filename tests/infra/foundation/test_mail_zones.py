"""The public zones: the records of the present stage, in the form of Azure DNS."""

from __future__ import annotations

from infra.foundation.mail_zones import MailZones, MailZonesArgs, _strings
from tests.infra.doubles import Clouds, run
from tests.infra.foundation.shipped import production


def zones() -> Clouds:
    clouds = Clouds().install("foundation-production")
    domains = production().mail_domains
    assert domains is not None
    run(lambda: {"servers": MailZones("mail", MailZonesArgs("the-group", domains, {})).name_servers})
    return clouds


def test_every_domain_has_its_zone() -> None:
    """It should make a zone for the mail domain and one for each parked domain."""
    assert {"live.nhsmail.example", "parked.live.nhsmail.example"} == {
        zone.inputs["zoneName"] for zone in zones().of_type("azure-native:dns:Zone")
    }


def test_records_have_the_form_of_their_type() -> None:
    """It should write hosts with their preference, one alias, and texts as lists of strings."""
    records = {each.name: each.inputs for each in zones().of_type("azure-native:dns:RecordSet")}

    assert [
        {"preference": 10, "exchange": "mail.leeds.live.nhsmail.example"},
        {"preference": 20, "exchange": "mail.bristol.live.nhsmail.example"},
    ] == records["live.nhsmail.example-MX"]["mxRecords"]
    assert {"cname": "mail.leeds.live.nhsmail.example"} == records["autodiscover.live.nhsmail.example-CNAME"][
        "cnameRecord"
    ]
    assert [{"preference": 0, "exchange": "."}] == records["parked.live.nhsmail.example-MX"]["mxRecords"]


def test_no_string_is_longer_than_a_record_takes() -> None:
    """It should split texts at 255 bytes (RFC 1035, 3.3.14)."""
    assert [255, 45] == [len(each) for each in _strings("x" * 300)]
