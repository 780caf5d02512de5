"""What local administrators attest: of their own organisation, signed, for a time; all else is no evidence."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from mailwave.adapters.evidence_files import read_evidence
from mailwave.adapters.signatures import Ed25519Signer, Ed25519Verifier
from mailwave.core.readiness.attestation import (
    Administrator,
    Attestation,
    NotAttestable,
    NotTheirOrganisation,
    accepted,
    attest,
    seen_by,
)
from mailwave.core.readiness.board import Blocking
from mailwave.core.readiness.columns import version_number
from mailwave.core.readiness.handed_in import HandedIn, organisations_of
from tests.mailwave.core.readiness.books import SHIPPED
from tests.mailwave.core.readiness.seeing import NOW

OURS, THEIRS = (Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)) for n in (1, 2))
ANNE = Administrator("anne@rr8.example", "RR8", OURS.public_key)
BERT = Administrator("bert@rx1.example", "RX1", THEIRS.public_key)
SAID = Attestation("RR8", "tls", "1.2", ANNE.who, NOW - timedelta(days=1), NOW + timedelta(days=90))
GOOD = attest(ANNE, OURS, SAID)


def replaced(**parts: object) -> Attestation:
    """The good attestation with some parts changed after it was signed."""
    return msgspec.structs.replace(GOOD, **parts)


def resigned(signer: Ed25519Signer = OURS, **parts: object) -> Attestation:
    """The good attestation with some parts changed and signed by *signer*, whatever it says."""
    said = replaced(**parts)
    return msgspec.structs.replace(said, signature=signer.sign(said.message()))


def test_a_good_one_is_evidence() -> None:
    """It should take what an administrator of the organisation signed, as of the day they said it."""
    facts, refused = accepted([GOOD], [ANNE, BERT], Ed25519Verifier(), NOW)

    assert [("RR8", "tls", "1.2", SAID.at.date(), False)] == [msgspec.structs.astuple(fact) for fact in facts]
    assert [] == refused


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (resigned(THEIRS, organisation="RR8", who=BERT.who), "is an administrator of RX1, not of RR8"),
        (resigned(organisation="RX1"), "is an administrator of RR8, not of RX1"),
        (resigned(who="carl@rr8.example"), "is no administrator that is known"),
        (resigned(THEIRS), "its signature is not good"),
        (replaced(value="1.3"), "its signature is not good"),
        (replaced(expires=NOW + timedelta(days=900)), "its signature is not good"),
        (replaced(signature=""), "its signature is not good"),
        (replaced(signature="no hex"), "its signature is not good"),
        (resigned(expires=NOW), "it expired on 2026-09-01"),
        (resigned(at=NOW + timedelta(seconds=1)), "a day to come"),
        (resigned(kind="licence"), "where one of tls"),
        (resigned(value="yes"), "where its tls belongs"),
    ],
)
def test_anything_else_is_none(said: Attestation, why: str) -> None:
    """It should refuse what is another organisation's, unknown, forged, altered, expired, of tomorrow, or no value."""
    facts, refused = accepted([said], [ANNE, BERT], Ed25519Verifier(), NOW)

    assert [] == facts
    assert [said] == [each.attestation for each in refused]
    assert why in refused[0].why


def test_an_administrator_attests_their_own_only() -> None:
    """It should not even sign for another organisation, in another's name, no value, or for no time."""
    for parts in ({"organisation": "RX1"}, {"who": BERT.who}):
        with pytest.raises(NotTheirOrganisation, match="is an administrator of RR8"):
            attest(ANNE, OURS, msgspec.structs.replace(SAID, **parts))
    for wrong in ({"value": "TLS"}, {"expires": SAID.at}):
        with pytest.raises(NotAttestable):
            attest(ANNE, OURS, msgspec.structs.replace(SAID, **wrong))


@given(
    st.lists(
        st.sampled_from(["RR8", "RX1", "RR8 ", "rr8", "", "RR", "*", "RR8\0", "\uff32\uff32\uff18"]),
        max_size=12,
    )
)
def test_an_administrator_sees_their_own_only(owners: list[str]) -> None:
    """It should show no other organisation's row, whatever the codes look like, and refuse to be asked for one."""
    rows = [Blocking("tls-old", owner, n, "deferred", "a", "b") for n, owner in enumerate(owners)]

    assert [row for row in rows if row.organisation == "RR8"] == seen_by(ANNE, rows)
    for asked in set(owners) - {"RR8"}:
        with pytest.raises(NotTheirOrganisation):
            seen_by(ANNE, rows, [asked])


def test_what_was_observed_outranks_what_was_attested(tmp_path: Path) -> None:
    """It should believe the probe while it counts, and the attestation when the probe is too old."""
    for day, expected in (("2026-08-01", (1, 1)), ("2025-08-01", (1, 2))):
        (tmp_path / "organisations.csv").write_text(
            f"organisation,kind,value,on,source\nRR8,tls,1.1,{day},observed\n", encoding="utf-8"
        )
        (tmp_path / "attestations.jsonl").write_bytes(msgspec.json.encode(GOOD) + b"\n")
        handed_in = read_evidence(tmp_path)._replace(administrators=(ANNE,))

        found, _ = organisations_of(handed_in, SHIPPED, Ed25519Verifier(), NOW)

        assert [version_number(expected)] == found["tls"].to_list()


def test_nothing_handed_in_is_no_evidence() -> None:
    """It should have a column for each kind and a row for nobody."""
    found, refused = organisations_of(HandedIn(), SHIPPED, Ed25519Verifier(), NOW)

    assert (0, []) == (len(found), refused)
    assert {"tls", "tls_on", "autodiscover_on"} <= set(found.columns)
