"""Start and stop the process that is S3 and KMS, and say how clients reach it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rehearsal.errors import RehearsalError

REGION = "eu-west-2"
_ROOT = Path(__file__).resolve().parents[2]
_STOP_SECONDS = 5


class ObjectStoreFailed(RehearsalError):
    """The object store's process ended before it listened; *problem* is what it said."""

    exit_code = 1
    advice = "run `make setup` again; moto and flask belong to the rehearsal's dependencies"

    def __init__(self, *, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the object store did not start: {problem}")


@dataclass(frozen=True)
class ObjectStore:
    """A running store at *address*, as host:port."""

    address: str

    @property
    def url(self) -> str:
        """What boto3 calls `endpoint_url`."""
        return f"http://{self.address}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which AWS clients, and the engine, find and accept it; the keys are worth nothing.

        Without the two checksum settings the engine warns at each read that there is no checksum it knows.
        """
        return {
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
            "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
        }

    def backend(self, bucket: str) -> str:
        """What `PULUMI_BACKEND_URL` must be for state in *bucket*."""
        return f"s3://{bucket}?region={REGION}&endpoint={self.url}&disableSSL=true&s3ForcePathStyle=true"

    def secrets_provider(self, alias: str) -> str:
        """What `pulumi stack init --secrets-provider` wants for the key called *alias*."""
        return f"awskms://alias/{alias}?region={REGION}&endpoint={self.url}"


@contextmanager
def serving() -> Iterator[ObjectStore]:
    """An empty store for the time of the block; it ends with this process, however that ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rehearsal.object_store"],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield ObjectStore(_said(process))
    finally:
        _finish(process)


def _said(process: subprocess.Popen[str]) -> str:
    """The address that *process* printed; raise `ObjectStoreFailed` when it ended without."""
    address = process.stdout.readline().strip() if process.stdout else ""
    if not address:
        words = process.stderr.read().strip() if process.stderr else ""
        raise ObjectStoreFailed(problem=words or "it said nothing")
    return address


def _finish(process: subprocess.Popen[str]) -> None:
    """End *process* by closing its standard input; one that does not listen is killed."""
    pipes = [pipe for pipe in (process.stdin, process.stdout, process.stderr) if pipe is not None]
    pipes[0].close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in pipes[1:]:
        pipe.close()
