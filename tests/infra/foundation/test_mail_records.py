"""The records of mail, stage by stage."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.foundation.mail_records import Record, mail_records, mta_sts_policy, parked_records
from infra.settings.mail_domains import Cloud, MailDomains, OnPremises, Reports, Stage

ON_PREMISES = ("mail.leeds.nhsmail.example", "mail.bristol.nhsmail.example")
CLOUD = "nhsmail-example.mail.protection.outlook.com"
DKIM = ("selector1-a._domainkey.nhsmail.onmicrosoft.com", "selector2-a._domainkey.nhsmail.onmicrosoft.com")


def at(stage: Stage, **changed: object) -> MailDomains:
    domains = MailDomains(
        stage=stage,
        domain="nhsmail.example",
        on_premises=OnPremises(
            hosts=ON_PREMISES, senders=("198.51.100.16/28",), autodiscover="mail.leeds.nhsmail.example"
        ),
        cloud=Cloud(host=CLOUD, dkim=DKIM),
        policy_host="policy.nhsmail.example",
        reports=Reports(dmarc="dmarc@nhsmail.example", tls="tls@nhsmail.example"),
    )
    return domains.model_copy(update=changed)


def found(domains: MailDomains, name: str, kind: str) -> list[str]:
    return [
        value
        for record in mail_records(domains)
        if (record.name, record.type) == (name, kind)
        for value in record.values
    ]


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("before", [f"10 {ON_PREMISES[0]}", f"20 {ON_PREMISES[1]}"]),
        ("coexistence", [f"10 {ON_PREMISES[0]}", f"20 {ON_PREMISES[1]}"]),
        ("after", [f"10 {CLOUD}"]),
    ],
)
def test_mail_enters_on_premises_until_nothing_is_left_there(stage: Stage, expected: list[str]) -> None:
    """It should change the way in once: when the last mailbox has moved."""
    assert expected == found(at(stage), "@", "MX")


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("before", "v=spf1 ip4:198.51.100.16/28 -all"),
        ("coexistence", "v=spf1 ip4:198.51.100.16/28 include:spf.protection.outlook.com -all"),
        ("after", "v=spf1 include:spf.protection.outlook.com -all"),
    ],
)
def test_whoever_sends_is_named(stage: Stage, expected: str) -> None:
    """It should name both sides while both send, and nobody else (control 2 of section C2)."""
    assert [expected] == found(at(stage), "@", "TXT")


def test_other_senders_stay() -> None:
    """It should name the other senders at every stage, before the end of the list."""
    (text,) = found(at("after", other_senders=("spf.other.example",)), "@", "TXT")

    assert "v=spf1 include:spf.protection.outlook.com include:spf.other.example -all" == text


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("before", ["mail.leeds.nhsmail.example"]),
        ("coexistence", ["mail.leeds.nhsmail.example"]),
        ("after", ["autodiscover.outlook.com"]),
    ],
)
def test_clients_ask_on_premises_while_it_can_send_them_on(stage: Stage, expected: list[str]) -> None:
    """It should keep autodiscover on-premises as long as mailboxes are there."""
    assert expected == found(at(stage), "autodiscover", "CNAME")


@pytest.mark.parametrize(
    ("stage", "expected"), [("before", []), ("coexistence", [DKIM[0]]), ("after", [DKIM[0]])]
)
def test_keys_are_there_before_anything_is_signed(stage: Stage, expected: list[str]) -> None:
    """It should publish the selectors as soon as Exchange Online may send."""
    assert expected == found(at(stage), "selector1._domainkey", "CNAME")


@pytest.mark.parametrize("stage", ["before", "coexistence", "after"])
def test_forged_mail_is_refused_at_every_stage(stage: Stage) -> None:
    """It should ask receivers to reject, and to report to our own address (control 4 of section C2)."""
    (text,) = found(at(stage), "_dmarc", "TXT")

    assert {"v=DMARC1", "p=reject", "rua=mailto:dmarc@nhsmail.example"} <= set(text.split("; "))


@pytest.mark.parametrize("stage", ["before", "coexistence", "after"])
def test_policy_names_every_host_that_receives(stage: Stage) -> None:
    """It should never let a sender keep a policy that the way in contradicts."""
    receiving = [value.split(" ")[1] for value in found(at(stage), "@", "MX")]

    assert {f"mx: {host}" for host in receiving} <= set(mta_sts_policy(at(stage)).split("\r\n"))


def test_policy_of_coexistence_survives_the_change() -> None:
    """It should name, before the change, the host that receives after it."""
    assert f"mx: {CLOUD}\r\n" in mta_sts_policy(at("coexistence"))


def test_policy_id_changes_with_the_policy() -> None:
    """It should give the policy of each stage an id of its own, of at most 32 letters and digits."""
    ids = {
        found(at(stage), "_mta-sts", "TXT")[0].removeprefix("v=STSv1; id=")
        for stage in ("before", "coexistence")
    }

    assert 2 == len(ids)
    assert all(len(each) <= 32 and each.isalnum() for each in ids)


def test_tls_reports() -> None:
    """It should ask for reports of failed encryption."""
    assert ["v=TLSRPTv1; rua=mailto:tls@nhsmail.example"] == found(at("coexistence"), "_smtp._tls", "TXT")


def test_records_are_quick_to_change_while_they_may_change() -> None:
    """It should keep resolvers from holding on to a record in coexistence."""
    assert ({3600}, {300}, {3600}) == (
        {record.ttl for record in mail_records(at("before"))},
        {record.ttl for record in mail_records(at("coexistence"))},
        {record.ttl for record in mail_records(at("after"))},
    )


def test_parked_domains_have_no_mail() -> None:
    """It should receive nothing, let nobody send, and have mail in its name rejected."""
    records = {
        record.name + " " + record.type: record.values for record in parked_records("dmarc@nhsmail.example")
    }

    assert ("0 .",) == records["@ MX"]
    assert ("v=spf1 -all",) == records["@ TXT"]
    assert ("v=DKIM1; p=",) == records["*._domainkey TXT"]
    assert "p=reject" in records["_dmarc TXT"][0]


def test_records_are_values() -> None:
    """It should give records that can be compared."""
    (first, *_) = mail_records(at("after"))

    assert Record("@", "MX", (f"10 {CLOUD}",), 3600) == replace(first)
