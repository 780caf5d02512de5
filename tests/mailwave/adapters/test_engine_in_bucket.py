"""The engine's adapter with its state in a bucket that keeps versions, and its secrets under a key of KMS."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailwave.core.manifest import digest_of_bytes
from rehearsal.object_store import ObjectStore, serving
from rehearsal.object_store.store import REGION
from tests.engine import environment, needed
from tests.rehearsal.object_store.clients import client

pytestmark = pytest.mark.engine

STATE = ".pulumi/stacks/kept/hybrid-rehearsal.json"
PROJECT = "name: kept\nruntime: python\nmain: infra/\nstackConfigDir: environments\n"
PROGRAM = """\
import pulumi

pulumi.export("word", "one")
pulumi.export("secret", pulumi.Output.secret("canary-7f3a"))
"""
PACK = """\
#!{python}
import pulumi_policy

def nothing(args, report):
    pass

policy = pulumi_policy.ResourceValidationPolicy("nothing", "It asks for nothing", nothing)
pulumi_policy.PolicyPack("none", [policy])
"""
OPERATOR = """\
import json, sys
from pathlib import Path
from mailwave.adapters.engine import Engine

engine = Engine(Path(sys.argv[1]), "rehearsal", dry_run=False)
engine.up("hybrid")
print(json.dumps([engine.outputs("hybrid"), engine.left_open("hybrid")]))
"""


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with serving() as running:
        yield running


@pytest.fixture
def project(store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with a pack of its own, whose state is in the bucket."""
    needed()
    s3, kms = client(store, "s3"), client(store, "kms")
    s3.create_bucket(Bucket="state", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="state", VersioningConfiguration={"Status": "Enabled"})
    kms.create_alias(AliasName="alias/state", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    pack = tmp_path / "infra" / "policy" / "run"
    for folder in (pack.parent, tmp_path / "environments"):
        folder.mkdir(parents=True)
    pack.write_text(PACK.format(python=sys.executable))
    pack.chmod(0o755)
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "infra" / "__main__.py").write_text(PROGRAM)
    secrets = f"secretsprovider: {store.secrets_provider('state')}\n"
    (tmp_path / "environments" / "Pulumi.hybrid-rehearsal.yaml").write_text(secrets)
    for name, text in environment(tmp_path / "home", store.backend("state"), **store.environment).items():
        monkeypatch.setenv(name, text)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    return tmp_path


def test_state_has_versions_that_can_be_read(project: Path, store: ObjectStore) -> None:
    """It should deploy into the bucket, keep each state as a version that its digest names, and hold no secret."""
    script = [
        sys.executable,
        "-c",
        OPERATOR,
        str(project),
    ]  # in a process of its own: the SDK leaves loops open
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    s3: Any = client(store, "s3")
    found = s3.list_object_versions(Bucket="state", Prefix=STATE)["Versions"]
    versions = [each["VersionId"] for each in reversed(found) if each["Key"] == STATE]
    contents = [s3.get_object(Bucket="state", Key=STATE, VersionId=each)["Body"].read() for each in versions]
    assert [{"word": "one"}, []] == json.loads(done.stdout)
    assert [False, True] == list(dict.fromkeys(b'"word"' in content for content in contents))
    assert len({digest_of_bytes(content) for content in contents}) > 2
    assert not [content for content in contents if b"canary-7f3a" in content]
