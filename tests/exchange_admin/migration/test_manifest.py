"""A batch's manifest: what it must hold, and that it is the approved one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exchange_admin.migration import ManifestError, digest_of, read_manifest
from mailwave.core import manifest as core
from mailwave.core.batches import BatchManifest, User

TENANT = "9b424469-06f1-47ec-8522-46de505d3489"


def a_document(**values: object) -> dict[str, Any]:
    return {
        "environment": "rehearsal",
        "tenant": TENANT,
        "batch": "w001-leeds-01",
        "endpoint": "leeds",
        "routing_domain": "nhsmail.mail.onmicrosoft.com",
        "users": [{"EmailAddress": "a@nhsmail.example"}, {"EmailAddress": "zoe@nhsmail.example"}],
        "notification_emails": [],
        "direction": "onboarding",
        "databases": [],
        **values,
    }


def write(folder: Path, document: object) -> str:
    file = folder / "manifest.json"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return str(file)


def problem_of(folder: Path, document: dict[str, Any]) -> str:
    with pytest.raises(ManifestError) as caught:
        read_manifest(write(folder, document), digest_of(document))
    return caught.value.problem


def test_reads_the_approved_one(tmp_path: Path) -> None:
    """It should read a manifest whose digest is the approved one, and make the batch's CSV of it."""
    document = a_document()

    manifest = read_manifest(write(tmp_path, document), digest_of(document))

    assert manifest.csv() == b"EmailAddress\r\na@nhsmail.example\r\nzoe@nhsmail.example\r\n"


def test_digest_is_the_core_s() -> None:
    """It should agree with the operator command about the digest, to the last digit."""
    manifest = BatchManifest(
        environment="rehearsal",
        tenant=TENANT,
        batch="w001-leeds-01",
        endpoint="leeds",
        routing_domain="nhsmail.mail.onmicrosoft.com",
        users=(User("a@nhsmail.example"), User("zoe@nhsmail.example")),
    )

    assert core.digest(manifest) == f"sha256:{digest_of(a_document())}"


def test_unicode_forms_are_one() -> None:
    """It should digest composed and decomposed letters alike."""
    assert digest_of(a_document(batch="Zo\u00eb")) == digest_of(a_document(batch="Zoe\u0308"))


def test_key_order_and_spacing_do_not_count(tmp_path: Path) -> None:
    """It should accept the same content written in another order."""
    document = a_document()
    turned = dict(reversed(document.items()))

    assert read_manifest(write(tmp_path, turned), digest_of(document)).batch == "w001-leeds-01"


def test_another_user_is_another_manifest(tmp_path: Path) -> None:
    """It should refuse a manifest that was changed after its approval."""
    approved = digest_of(a_document())
    changed = write(tmp_path, a_document(users=[{"EmailAddress": "b@nhsmail.example"}]))

    with pytest.raises(ManifestError, match=f"but {approved} was approved"):
        read_manifest(changed, approved)


def test_own_digest_must_agree(tmp_path: Path) -> None:
    """It should refuse a manifest that names another digest as its own."""
    assert "as its digest" in problem_of(tmp_path, a_document(digest="0" * 64))


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"users": []}, "users"),
        ({"users": [{"EmailAddress": "a@x.example"}, {"EmailAddress": "A@X.example"}]}, "twice"),
        ({"users": [{"EmailAddress": "a@x.example,b"}]}, "no address"),
        ({"users": [{"EmailAddress": 'a@x.example\n"c@x.example'}]}, "no address"),
        ({"users": [{"EmailAddress": "a@x.example", "BadItemLimit": 10}]}, "BadItemLimit"),
        ({"batch": "*"}, "batch"),
        ({"batch": "w" * 65}, "batch"),
        ({"auto_complete": True}, "auto_complete"),
        ({"notification_emails": ["nobody"]}, "no address"),
    ],
)
def test_malformed(tmp_path: Path, values: dict[str, object], problem: str) -> None:
    """It should refuse what a batch cannot be made of, and name it."""
    assert problem in problem_of(tmp_path, a_document(**values))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON"),
        ("[]", "not a JSON object"),
        ("{", "not JSON"),
        ('{"batch": "a", "batch": "b"}', "given twice"),
        ('{"batch": NaN}', "cannot be digested"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_no_manifest_at_all(tmp_path: Path, text: str, problem: str) -> None:
    """It should refuse a file that is no JSON object, or one that two readers could read differently."""
    file = tmp_path / "manifest.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ManifestError, match=problem):
        read_manifest(str(file), "0" * 64)


def test_missing_file(tmp_path: Path) -> None:
    """It should name a file that is not there."""
    with pytest.raises(ManifestError, match="No such file"):
        read_manifest(str(tmp_path / "none.json"), "0" * 64)


@pytest.mark.parametrize("digest", ["", "sha256:", "0" * 63, "G" * 64])
def test_digest_that_is_none(tmp_path: Path, digest: str) -> None:
    """It should refuse to compare with something that is no digest."""
    with pytest.raises(ManifestError, match="no SHA-256 digest"):
        read_manifest(write(tmp_path, a_document()), digest)
