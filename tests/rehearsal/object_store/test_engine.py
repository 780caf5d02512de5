"""The real engine with its state in a bucket and its secrets under a key of KMS."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rehearsal.object_store import ObjectStore
from tests.engine import Pulumi, environment, needed
from tests.rehearsal.object_store.clients import client

pytestmark = pytest.mark.conformance

PROJECT = "name: kept\nruntime: python\n"
PROGRAM = 'import pulumi\npulumi.export("word", pulumi.Output.secret("canary-7f3a"))\n'


class Project(Pulumi):
    """A project of a few lines whose state is in a bucket."""

    def said(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.code == 0, done.text
        return done.text


@pytest.fixture
def project(tmp_path: Path, store: ObjectStore) -> Project:
    needed()
    place = {"LocationConstraint": "eu-west-2"}
    client(store, "s3").create_bucket(Bucket="state", CreateBucketConfiguration=place)
    client(store, "s3").put_bucket_versioning(Bucket="state", VersioningConfiguration={"Status": "Enabled"})
    kms = client(store, "kms")
    kms.create_alias(AliasName="alias/state", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    (tmp_path / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    settings = environment(tmp_path / "pulumi-home", store.backend("state"), **store.environment)
    return Project(tmp_path, settings)


def test_state_is_versioned_and_secrets_are_ciphertext(project: Project, store: ObjectStore) -> None:
    """It should keep each checkpoint as a version, leave no lock behind, and write no secret in the clear."""
    project.said("stack", "init", "one", "--secrets-provider", store.secrets_provider("state"))
    up = project.said("up", "--yes", "--stack", "one")
    project.said("up", "--yes", "--stack", "one")
    read = json.loads(project.said("stack", "output", "--json", "--show-secrets", "--stack", "one"))
    s3 = client(store, "s3")
    kept = s3.list_object_versions(Bucket="state")["Versions"]
    checkpoints = [each for each in kept if each["Key"] == ".pulumi/stacks/kept/one.json"]
    bodies = [s3.get_object(Bucket="state", Key=each["Key"], VersionId=each["VersionId"]) for each in kept]
    assert read == {"word": "canary-7f3a"}
    assert len(checkpoints) > 2
    assert not [each for each in s3.list_objects_v2(Bucket="state")["Contents"] if "/locks/" in each["Key"]]
    assert not [each for each in bodies if b"canary-7f3a" in each["Body"].read()]
    assert "checksum" not in up
