"""What administrators sign: of their own organisation, for a time, with a key that counts; all else is no evidence."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mailwave.adapters.evidence_files import read_evidence
from mailwave.adapters.signatures import Ed25519Signer, Ed25519Verifier
from mailwave.core.readiness.attestation import (
    Attestation,
    Register,
    SignedWaiver,
    accepted,
    facts_of,
    sign,
    waivers_of,
)
from mailwave.core.readiness.columns import version_number
from mailwave.core.readiness.handed_in import HandedIn, counted
from mailwave.core.readiness.rules import Waiver
from mailwave.core.readiness.scope import (
    EVERY,
    Administrator,
    NotAttestable,
    NotTheirOrganisation,
    Part,
)
from tests.mailwave.core.readiness.books import SHIPPED
from tests.mailwave.core.readiness.seeing import NOW

OURS, THEIRS, HERS = (Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)) for n in (1, 2, 3))
ANNE = Administrator("anne", "RR8", OURS.public_key)
BERT = Administrator("bert", "RX1", THEIRS.public_key)
CLEO = Administrator("cleo", EVERY, HERS.public_key, Part.WAIVES)
REGISTER = Register("pilot", (ANNE, BERT, CLEO))
AT, EXPIRES = NOW - timedelta(days=1), NOW + timedelta(days=90)
SAID = Attestation(
    environment="pilot", rule="tls", who="anne", organisation="RR8", value="1.2", at=AT, expires=EXPIRES
)
GOOD = sign(ANNE, OURS, SAID, SHIPPED, NOW)
GUID = "00000000-0000-0000-0000-000000000001"
LET = SignedWaiver(
    environment="pilot", rule="tls", who="cleo", organisation="RR8", subject="RR8", owner="a.person",
    reason="new switches", at=AT, expires=EXPIRES,
)  # fmt: skip


def replaced(**parts: object) -> Attestation:
    """The good attestation with some parts changed after it was signed."""
    return msgspec.structs.replace(GOOD, **parts)


def resigned(signer: Ed25519Signer = OURS, **parts: object) -> Attestation:
    """The good attestation with some parts changed and signed by *signer*, whatever it says."""
    said = replaced(**parts)
    return msgspec.structs.replace(said, signature=signer.sign(said.message()))


def waived(signer: Ed25519Signer = HERS, **parts: object) -> SignedWaiver:
    """The waiver with some parts changed and signed by *signer*, whatever it says."""
    said = msgspec.structs.replace(LET, **parts)
    return msgspec.structs.replace(said, signature=signer.sign(said.message()))


def why_not[Kind: (Attestation, SignedWaiver)](said: Kind, register: Register = REGISTER) -> str:
    """Why *said* counts for nothing."""
    good, (refused,) = accepted([said], register, SHIPPED, Ed25519Verifier(), NOW)
    assert ([], said) == (good, refused.statement)
    return refused.why


def test_a_good_one_is_evidence() -> None:
    """It should take what an administrator of the organisation signed, as of the day they said it."""
    good, refused = accepted([GOOD], REGISTER, SHIPPED, Ed25519Verifier(), NOW)

    assert [("RR8", "tls", "1.2", SAID.at.date(), False)] == [
        msgspec.structs.astuple(fact) for fact in facts_of(good)
    ]
    assert [] == refused


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (resigned(THEIRS, who="bert"), "bert is none who attests for RR8"),
        (resigned(organisation="RX1"), "anne is none who attests for RX1"),
        (resigned(HERS, who="cleo"), "cleo is none who attests for RR8"),
        (resigned(who="carl"), "carl is no administrator that is known"),
        (resigned(environment="production"), "it was signed for 'production', not for pilot"),
        (resigned(THEIRS), "its signature is not good"),
        (replaced(value="1.3"), "its signature is not good"),
        (replaced(rule="egress"), "its signature is not good"),
        (replaced(expires=NOW + timedelta(days=300)), "its signature is not good"),
        (replaced(signature=""), "its signature is not good"),
        (replaced(signature="no hex"), "its signature is not good"),
        (resigned(expires=NOW), "it expired on 2026-09-01"),
        (resigned(at=NOW + timedelta(seconds=1)), "a day to come"),
        (resigned(expires=NOW + timedelta(days=400)), "for more than 366 days"),
        (resigned(rule="licence-seat"), "where one of tls"),
        (resigned(rule="old-clients"), "where one of tls"),
        (resigned(value="yes"), "where its tls belongs"),
    ],
)
def test_anything_else_is_none(said: Attestation, why: str) -> None:
    """It should refuse what is another's, unknown, of another environment, forged, altered, expired, or no value."""
    assert why in why_not(said)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"last": date(2026, 8, 31)}, "the key of anne expired on 2026-08-31"),
        ({"first": date(2026, 9, 1)}, "the key of anne counts from 2026-09-01 on"),
        ({"revoked": date(2026, 9, 1)}, "the key of anne was revoked on 2026-09-01"),
        ({"revoked": date(2020, 1, 1)}, "the key of anne was revoked on 2020-01-01"),
    ],
)
def test_a_key_that_does_not_count_proves_nothing(changed: dict[str, date], why: str) -> None:
    """It should refuse by name what was signed with a key that expired, was revoked, or did not count yet."""
    register = Register("pilot", (msgspec.structs.replace(ANNE, **changed),))

    assert why == why_not(GOOD, register)


def test_a_new_key_does_not_revive_what_the_old_one_signed() -> None:
    """It should go by the key that signed, where a person has two."""
    old = msgspec.structs.replace(ANNE, revoked=date(2026, 8, 1))
    register = Register("pilot", (msgspec.structs.replace(ANNE, public_key=THEIRS.public_key), old))

    assert why_not(GOOD, register).startswith("the key of anne was revoked")
    again = resigned(THEIRS)
    assert ([again], []) == accepted([again], register, SHIPPED, Ed25519Verifier(), NOW)


def test_nobody_signs_what_would_not_count() -> None:
    """It should not even sign for another organisation, in another's name, no value, no time, or the other part."""
    for parts in ({"organisation": "RX1"}, {"who": "bert"}, {"organisation": "rr8"}, {"organisation": EVERY}):
        with pytest.raises(NotTheirOrganisation, match="is an administrator of RR8"):
            sign(ANNE, OURS, msgspec.structs.replace(SAID, **parts), SHIPPED, NOW)
    for wrong in ({"value": "TLS"}, {"expires": SAID.at}, {"rule": "size"}):
        with pytest.raises(NotAttestable):
            sign(ANNE, OURS, msgspec.structs.replace(SAID, **wrong), SHIPPED, NOW)
    with pytest.raises(NotAttestable, match="is for one who waives, and anne attests"):
        sign(ANNE, OURS, msgspec.structs.replace(LET, who="anne"), SHIPPED, NOW)
    with pytest.raises(NotAttestable, match="revoked"):
        sign(msgspec.structs.replace(ANNE, revoked=date(2026, 1, 1)), OURS, SAID, SHIPPED, NOW)


class TestWaivers:
    def test_a_good_one_counts_until_it_expires(self) -> None:
        """It should waive the rule for the organisation, with owner, reason and last day."""
        good, _ = accepted([sign(CLEO, HERS, LET, SHIPPED, NOW)], REGISTER, SHIPPED, Ed25519Verifier(), NOW)

        expected = Waiver("tls", "RR8", "a.person", "new switches", EXPIRES.date())
        assert [expected] == waivers_of(good, {})

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            (waived(OURS, who="anne"), "anne is none who waives for RR8"),
            (waived(THEIRS), "its signature is not good"),
            (waived(rule="size"), "which the service itself enforces"),
            (waived(rule="tsl"), "which there is none of"),
            (waived(owner=" "), "no owner"),
            (waived(reason=""), "no reason"),
            (waived(expires=NOW), "it expired on"),
            (msgspec.structs.replace(waived(), subject=GUID), "its signature is not good"),
        ],
    )
    def test_anything_else_waives_nothing(self, said: SignedWaiver, why: str) -> None:
        """It should refuse what its own administrator, a forger, or nobody signed, and what cannot be waived."""
        assert why in why_not(said)

    def test_one_of_a_mailbox_is_of_its_organisation(self) -> None:
        """It should count for a mailbox only while it is of the organisation that was signed for."""
        said = waived(subject=GUID)

        assert [GUID] == [each.subject for each in waivers_of([said], {GUID: "RR8"})]
        assert [] == waivers_of([said], {GUID: "RX1"})
        assert [] == waivers_of([said], {})

    def test_an_attestation_is_no_waiver(self) -> None:
        """It should sign what kind of statement it is, so that none can be passed off as the other."""
        assert b'"says":"Attestation"' in GOOD.message()
        assert b'"says":"SignedWaiver"' in LET.message()


def test_what_was_observed_outranks_what_was_attested(tmp_path: Path) -> None:
    """It should believe the probe while it counts, and the attestation when the probe is too old."""
    for day, expected in (("2026-08-01", (1, 1)), ("2025-08-01", (1, 2))):
        (tmp_path / "organisations.csv").write_text(
            f"organisation,kind,value,on,source\nRR8,tls,1.1,{day},observed\n", encoding="utf-8"
        )
        (tmp_path / "attestations.jsonl").write_bytes(msgspec.json.encode(GOOD) + b"\n")

        found = counted(read_evidence(tmp_path, REGISTER), SHIPPED, {}, Ed25519Verifier(), NOW)

        assert [version_number(expected)] == found.organisations["tls"].to_list()


def test_nothing_handed_in_is_no_evidence() -> None:
    """It should have a column for each kind and a row for nobody."""
    found = counted(HandedIn(), SHIPPED, {}, Ed25519Verifier(), NOW)

    assert (0, []) == (len(found.organisations), found.refused)
    assert {"tls", "tls_on", "autodiscover_on"} <= set(found.organisations.columns)
