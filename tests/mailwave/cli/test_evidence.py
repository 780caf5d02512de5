"""`mailwave evidence` from a shell: a ledger here, a bucket with Object Lock, and an auditor without either."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mailwave.cli.keeping import keeping
from mailwave.core.outcomes import PlayFailed
from mailwave.exits import Exit
from mailwave.wiring import Settings
from rehearsal.object_store import ObjectStore, serving
from tests.mailwave.adapters.ledgers import MAILBOXES, ORGANISATIONS, PERMISSIONS, a_plan
from tests.mailwave.builders import REASON
from tests.mailwave.cli.conftest import Run
from tests.mailwave.core.evidence.vaults import KEY, SEAL
from tests.object_lock import locked_bucket

BUCKET = "mailwave-evidence-rehearsal"
"""As environments/estate.rehearsal.yaml calls it."""

CANARIES = {
    "exchange_online": "canary-exo-6d2f/+ ü",
    "sites": "canary-sites-77ab",
    "notify": "canary-notify-19c0",
    "vault": "canary-vault-e8f1",
}
ARTIFACT = b'{"play": "20_virtual_directories", "outcome": "ok"}\n'


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with serving() as running:
        yield running


@pytest.fixture
def home(store: ObjectStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Run) -> Path:
    """The folder of an environment with a ledger of two acts, an artifact, and a vault of its own."""
    monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(endpoints(tmp_path, store.url)))
    ledger_folder = tmp_path / "a ?%b"
    ledger_folder.mkdir()
    settings = Settings.load("rehearsal")
    with settings.ledger() as ledger:
        ledger.import_estate(ORGANISATIONS, MAILBOXES, PERMISSIONS, REASON)
        ledger.save_plan(a_plan(0, 1), REASON)
    kept(ledger_folder / "artifacts" / "00000004-20_virtual_directories.json", ARTIFACT)
    return ledger_folder


@pytest.fixture
def bucket(store: ObjectStore) -> Iterator[Any]:
    """An empty bucket under the name that the environment's file has; what a test has left is gone afterwards."""
    s3, _ = locked_bucket(store, BUCKET)
    yield s3
    import requests

    requests.post(f"{store.url}/moto-api/reset", timeout=10).raise_for_status()


def kept(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def endpoints(folder: Path, s3: str) -> Path:
    """An endpoints file of which only S3 answers, with a canary in each of its secrets."""
    folder.mkdir(exist_ok=True)
    for name, secret in {**CANARIES, "evidence_key": KEY}.items():
        file = folder / name
        file.touch(0o600)
        file.write_text(secret, encoding="utf-8")
    secret = {name: {"secret_file": str(folder / name)} for name in (*CANARIES, "evidence_key")}
    credentials = {
        "exchange_online": {"client_id": "app", **secret["exchange_online"]},
        "sites": {"username": "REHEARSAL\\migration", **secret["sites"]},
        "notify": secret["notify"],
        "vault": {"access_key_id": "rehearsal", **secret["vault"]},
        "evidence_key": secret["evidence_key"],
    }
    data = {
        "token": "http://127.0.0.1:9",
        "exchange_online": "http://127.0.0.1:9",
        "tenant": "9b424469-06f1-47ec-8522-46de505d3489",
        "credentials": credentials,
        "s3": s3,
    }
    (folder / "endpoints.json").write_text(json.dumps(data), encoding="utf-8")
    return folder / "endpoints.json"


def downloaded(s3: Any, folder: Path) -> Path:
    """What `aws s3 sync` brings."""
    for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        kept(folder / each["Key"], s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read())
    return folder / "rehearsal"


def told(said: str) -> Any:
    """The JSON that a command printed, before what it said beside."""
    return json.JSONDecoder().raw_decode(said)[0]


def public(folder: Path) -> str:
    file = folder / "public.pem"
    file.write_text(SEAL.public_pem)
    return str(file)


@pytest.mark.usefixtures("bucket")
def test_push_again_and_verify(home: Path, run: Run) -> None:
    """It should send everything once, then nothing, then what is new, and find the vault whole each time."""
    code, said = run("evidence", "push", "--json")
    first = told(said)
    assert (0, 2, 4, 1) == (code, first["entries"], first["objects"], first["statement"])

    code, said = run("evidence", "push")
    assert code == 0
    assert "0 entries and 0 objects sent" in said

    with Settings.load("rehearsal").ledger() as ledger:
        ledger.outcome(ledger.intent("play", "20", {}, REASON), "ok", {})
    code, said = run("evidence", "push", "--dry-run")
    assert "2 entries and 2 objects would be sent" in said
    code, said = run("evidence", "push")
    assert "2 entries and 3 objects sent" in said
    code, said = run("evidence", "verify")
    assert code == 0
    assert "4 entries, 2 checkpoints, 1 artifacts, 2 statements" in said


def test_an_auditor_verifies_a_copy(
    home: Path, run: Run, bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should need no more than a copy, a public key and a line of a report, and name the first bad entry."""
    run("evidence", "push")
    anchor = run("wave", "account")[1].splitlines()[0]
    copy, key = downloaded(bucket, tmp_path / "copy"), public(tmp_path)
    for name in ("MAILWAVE_ENDPOINTS", "MAILWAVE_LEDGER", "MAILWAVE_ENVIRONMENT"):
        monkeypatch.delenv(name)

    code, said = run("evidence", "verify", str(copy), "--key", key, "--anchor", anchor)
    assert (0, anchor) == (code, said.splitlines()[0])
    zipped = shutil.make_archive(str(tmp_path / "copy"), "zip", copy)
    code, said = run("evidence", "verify", zipped, "--key", key, "--json")
    assert (0, anchor) == (code, told(said)["journal"])

    (segment,) = (copy / "journal").iterdir()
    segment.write_bytes(segment.read_bytes().replace(b"plan.save", b"plan.lose"))
    code, said = run("evidence", "verify", str(copy), "--key", key)
    assert code == Exit.EVIDENCE_BROKEN
    assert f"entry 2 (plan.lose) in journal/{segment.name}: it was changed" in said


def test_a_proof_goes_to_a_third_party(home: Path, run: Run, bucket: Any, tmp_path: Path) -> None:
    """It should write a proof of one entry that is checked alone, refuse it changed, and know no entry beyond."""
    run("evidence", "push")
    copy, key, proof = downloaded(bucket, tmp_path / "copy"), public(tmp_path), tmp_path / "two.tlog-proof"
    assert run("evidence", "prove", "2", "--to", str(proof), "--from", str(copy), "--key", key)[0] == 0
    code, said = run("evidence", "verify", str(proof), "--key", key)
    assert code == 0
    assert "act: plan.save" in said
    assert run("evidence", "prove", "1", "--growth", "--to", str(tmp_path / "growth"))[0] == 0

    proof.write_bytes(proof.read_bytes().replace(b"index 1", b"index 0"))
    code, said = run("evidence", "verify", str(proof), "--key", key)
    assert code == Exit.EVIDENCE_BROKEN
    code, said = run("evidence", "prove", "9", "--to", str(proof))
    assert (Exit.CONFIGURATION, True) == (code, "there is no entry 9" in said)


@pytest.mark.usefixtures("bucket")
def test_show(home: Path, run: Run) -> None:
    """It should show the log's key as other programs read it, the last entries, and one entry."""
    run("evidence", "push")
    code, said = run("evidence", "show")
    assert code == 0
    assert "key nhsmail.onmicrosoft.com/mailwave/rehearsal+" in said
    assert "plan.save" in said
    entry = told(run("evidence", "show", "--entry", "2", "--json")[1])
    assert ("plan.save", 2) == (entry["act"], entry["n"])


def test_a_vault_that_is_not_locked(home: Path, run: Run, store: ObjectStore) -> None:
    """It should end with 39, and send nothing, when the bucket would not keep what it is given."""
    s3, _ = locked_bucket(store, "other")
    place = {"LocationConstraint": "eu-west-2"}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
    code, said = run("evidence", "push")
    found = s3.list_objects_v2(Bucket=BUCKET).get("KeyCount")
    s3.delete_bucket(Bucket=BUCKET)
    assert (Exit.NOT_KEPT, 0) == (code, found)
    assert "has no default retention" in said


def test_an_object_with_other_bytes(home: Path, run: Run, bucket: Any) -> None:
    """It should end with 39 and name the object that somebody has put where ours would go."""
    with Settings.load("rehearsal").ledger():
        pass
    name = f"rehearsal/{_artifact_name()}"
    bucket.put_object(Bucket=BUCKET, Key=name, Body=b"somebody else's", ChecksumAlgorithm="SHA256")
    code, said = run("evidence", "push")
    assert code == Exit.NOT_KEPT
    assert f"keeps {_artifact_name()} with sha256" in said


def _artifact_name() -> str:
    from mailwave.core.evidence import names

    return names.artifact(ARTIFACT)


def test_a_vault_that_is_away_blocks_no_reading(
    home: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should end a push with 4, with nothing lost, and account and print the anchor as ever."""
    monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(endpoints(tmp_path, "http://127.0.0.1:9")))
    code, said = run("evidence", "push")
    assert code == Exit.RESOURCE
    assert "does not answer" in said
    code, said = run("wave", "account")
    assert (0, True) == (code, "journal 2 " in said)


@pytest.mark.parametrize(
    ("spoil", "said_to_be"),
    [
        (lambda home: kept(home / "artifacts" / "a b.json", b""), "is no name for a piece of evidence"),
        (
            lambda home: kept(home / "changes" / "a" / "x.json", b"... canary-notify-19c0 ..."),
            "holds the secret of notify",
        ),
    ],
)
def test_what_may_not_be_kept(
    home: Path, run: Run, bucket: Any, spoil: Callable[[Path], None], said_to_be: str
) -> None:
    """It should send nothing when a file has a hostile name or holds a secret, and not repeat the secret."""
    spoil(home)
    code, said = run("evidence", "push")
    assert (Exit.NOT_KEPT, 0) == (code, bucket.list_objects_v2(Bucket=BUCKET).get("KeyCount"))
    assert said_to_be in said
    assert "canary" not in said


def test_bad_requests(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should say in one sentence what is missing: a key, a copy, a vault, an anchor as it is printed."""
    (tmp_path / "bad.pem").write_text("no key")
    for arguments, sentence in (
        (("verify", str(tmp_path)), "no key cannot be used"),
        (("verify", str(tmp_path), "--key", str(tmp_path / "bad.pem")), "it is no PEM of a public key"),
        (("verify", str(tmp_path / "nothing"), "--key", public(tmp_path)), "no such folder or file"),
        (("push",), "MAILWAVE_ENDPOINTS"),
        (("verify", "--anchor", "journal x"), "write it as a report has it"),
        (("verify", "--anchor", "journal 1 not-base64"), "write it as a report has it"),
    ):
        code, said = run("evidence", *arguments)
        assert (Exit.CONFIGURATION, True) == (code, sentence in said), (arguments, said)
    monkeypatch.delenv("MAILWAVE_ENVIRONMENT")
    code, said = run("evidence", "verify", "--key", public(tmp_path))
    assert (Exit.CONFIGURATION, True) == (code, "no environment is named" in said)


def test_no_consent_without_an_anchor(
    home: Path, run: Run, bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should anchor the plan before a consent to it, and take no consent while the vault is away."""
    arguments = ("wave", "approve", "--ticket", "CHG1", "--reason", "test")
    away = endpoints(tmp_path / "away", "http://127.0.0.1:9")
    monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(away))
    assert run(*arguments)[0] == Exit.RESOURCE
    with Settings.load("rehearsal").ledger() as ledger:
        assert "wave.approve" not in [entry.act for entry in ledger.journal()]
    monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(tmp_path / "endpoints.json"))
    assert run(*arguments)[0] == 0
    assert "2 entries" in run("evidence", "verify")[1]


def _fail(home: Path, found: Settings) -> None:
    with keeping(found):
        kept(home / "artifacts" / "00000006-y z.json", b"{}")
        raise PlayFailed(act="play", subject="x", why="a test asks for it")


def test_what_ends_is_kept(home: Path, bucket: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """It should send what a command has left, when it ends well and when it fails, whose error stays its own."""
    found = Settings.load("rehearsal")
    with keeping(found):
        kept(home / "artifacts" / "00000005-x.json", b"{}")
    with pytest.raises(PlayFailed):
        _fail(home, found)
    names = [
        each["Key"] for each in bucket.list_objects_v2(Bucket=BUCKET, Prefix="rehearsal/objects/")["Contents"]
    ]
    said = capfd.readouterr().err
    assert len(names) == 2
    assert "evidence kept: journal 2 " in said
    assert "is no name for a piece of evidence" in said
