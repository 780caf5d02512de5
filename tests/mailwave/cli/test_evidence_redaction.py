"""Canary secrets, planted wherever a command meets them, are in nothing that reaches the vault."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from mailwave.exits import Exit
from mailwave.wiring import settings
from rehearsal.object_store import ObjectStore, serving
from rehearsal.wire import CmdletCall, CmdletError, CmdletResult
from tests.mailwave.cli.conftest import WHY, Run
from tests.mailwave.core.evidence.vaults import KEY
from tests.object_lock import locked_bucket
from tests.playbooks.loopback import ROOT
from tests.playbooks.site import PASSWORD, ServedSite
from tests.playbooks.site import serving as serving_site

BUCKET = "mailwave-evidence-rehearsal"
PLANTED = "canary-planted-4be2"
"""A word that nobody told the program of: what the scan finds when something is there."""

SECRETS = (
    PASSWORD,
    "canary-vault-e8f1",
    "canary-passphrase-02c7",
    "J1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
)


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with serving() as running:
        yield running


@pytest.fixture
def bucket(store: ObjectStore) -> Any:
    return locked_bucket(store, BUCKET)[0]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: ObjectStore) -> Iterator[ServedSite]:
    """A site, and an environment with a vault, each with a canary for its secret."""
    with serving_site(tmp_path) as served:
        environments = tmp_path / "root" / "environments"
        environments.mkdir(parents=True)
        for name in ("limits.rehearsal.yaml",):
            (environments / name).write_text((ROOT / "environments" / name).read_text())
        (environments / served.inventory.name).write_text(served.inventory.read_text())
        monkeypatch.setattr(settings, "ROOT", tmp_path / "root")
        known = json.loads(served.endpoints.read_text())
        for name, secret in (("vault", "canary-vault-e8f1"), ("evidence_key", KEY)):
            file = tmp_path / name
            file.touch(0o600)
            file.write_text(secret)
            known["credentials"][name] = {"secret_file": str(file)}
        known["credentials"]["vault"]["access_key_id"] = "rehearsal"
        served.endpoints.write_text(json.dumps({**known, "s3": store.url}))
        monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(served.endpoints))
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "canary-passphrase-02c7")
        yield served


def scanned(s3: Any, *words: str) -> list[str]:
    """Which of *words* are in any version of any object or in its name: raw, in base64, hex or URL-encoded."""
    versions = s3.list_object_versions(Bucket=BUCKET).get("Versions", [])
    bodies = [
        s3.get_object(Bucket=BUCKET, Key=each["Key"], VersionId=each["VersionId"])["Body"].read()
        for each in versions
    ]
    whole = b"\n".join([*bodies, *(each["Key"].encode() for each in versions)])
    opened = whole + b"".join(_payloads(bodies))
    return [word for word in words for form in _forms(word) if form in opened]


def _payloads(bodies: list[bytes]) -> list[bytes]:
    """What is inside envelopes: base64 that anybody would open."""
    return [
        base64.b64decode(json.loads(body)["payload"]) for body in bodies if body.startswith(b'{"payload"')
    ]


def _forms(word: str) -> set[bytes]:
    raw = word.encode()
    shifted = [base64.b64encode(b"\0" * n + raw).rstrip(b"=")[4 if n else 0 : -1] for n in range(3)]
    return {raw, raw.hex().encode(), raw.hex().upper().encode(), quote(word, safe="").encode(), *shifted}


def test_nothing_secret_is_kept(run: Run, site: ServedSite, bucket: Any, tmp_path: Path) -> None:
    """It should keep a play's results, a failed play's error and a refused variable without any secret in any form."""
    ended, said = run("site", "apply", "22", "--server", "EX01", *WHY)
    assert (Exit.OK, True) == (ended, "evidence kept: journal" in said), said

    usual = site.site.invoke

    def failing(call: CmdletCall) -> CmdletResult:
        if call.cmdlet == "Get-ReceiveConnector":
            return CmdletResult(
                errors=[CmdletError("System.Exception", "NotSpecified", f"no access for {PASSWORD}")]
            )
        return usual(call)

    site.site.invoke = failing  # type: ignore[method-assign]
    assert Exit.PLAY_FAILED == run("site", "apply", "22", "--server", "EX02", *WHY)[0]
    site.site.invoke = usual  # type: ignore[method-assign]

    arguments = ("site", "apply", "34", "--set", f"account_rotation_next={PASSWORD}", *WHY)
    assert Exit.CONFIGURATION == run(*arguments)[0]

    change = tmp_path / "a ?%b" / "changes" / "5a5a"
    change.mkdir(parents=True)
    (change / "hybrid.preview.json").write_text(
        f'{{"said": "{base64.b64encode(PLANTED.encode()).decode()}"}}'
    )
    ended, said = run("evidence", "push")
    assert Exit.OK == ended, said
    assert [PLANTED] == scanned(bucket, *SECRETS, PLANTED)
