"""Names that are taken once, beside the state of the stacks: what keeps operators apart, and what was spent.

Whoever can update a stack can write there, and sees what others have taken, whatever ledger they have. In a bucket a
name is taken by S3's own condition (`If-None-Match: *`), in a folder by a link, which the file system makes once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from estate_schema.errors import ConfigurationError
from mailwave.adapters.written_once import write_once
from mailwave.ports.changes import Claims

BACKEND = "PULUMI_BACKEND_URL"
"""The variable that says where the engine keeps its states."""

_TAKEN, _AT_ONCE, _GONE = "PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"
_AGAIN = 5


class ClaimsUnusable(Exception):
    """The place *where* names are taken does not answer, or does not let us in; *why* is its own word."""

    def __init__(self, *, where: str, why: str) -> None:
        self.where = where
        self.why = why
        super().__init__(f"{where} cannot tell who makes a change there ({why})")


class FolderClaims:
    """Names in *folder*."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def where(self) -> str:
        """The folder, as people call it."""
        return str(self._folder)

    def take(self, name: str, said: bytes) -> bytes:
        """See `Claims.take`."""
        file = self._folder / name
        with _files(self.where):
            with suppress(FileExistsError):
                write_once(file, said)
            return file.read_bytes()

    def held(self, name: str) -> bytes:
        """See `Claims.held`."""
        file = self._folder / name
        with _files(self.where):
            return file.read_bytes() if file.is_file() else b""

    def give_back(self, name: str) -> None:
        """See `Claims.give_back`."""
        with _files(self.where):
            (self._folder / name).unlink(missing_ok=True)


class BucketClaims:
    """Names below *prefix* in *bucket*, by the boto3 *client*."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    @property
    def where(self) -> str:
        """The place in the bucket, as people call it."""
        return f"s3://{self._bucket}/{self._prefix}"

    def take(self, name: str, said: bytes) -> bytes:
        """See `Claims.take`."""
        from botocore.exceptions import ClientError

        for _ in range(_AGAIN):
            try:
                with _told(self.where, _TAKEN, _AT_ONCE):
                    self._client.put_object(**self._named(name), Body=said, IfNoneMatch="*")
            except ClientError as error:
                if _code(error) == _AT_ONCE:
                    continue
                # It is free again where it was given back just now: then it is taken in the next round.
                if there := self.held(name):
                    return there
                continue
            return said
        raise ClaimsUnusable(where=self.where, why=f"{_AT_ONCE}, {_AGAIN} times")

    def held(self, name: str) -> bytes:
        """See `Claims.held`."""
        from botocore.exceptions import ClientError

        try:
            with _told(self.where, _GONE):
                found: bytes = self._client.get_object(**self._named(name))["Body"].read()
        except ClientError:
            return b""
        return found

    def give_back(self, name: str) -> None:
        """See `Claims.give_back`."""
        with _told(self.where):
            self._client.delete_object(**self._named(name))

    def _named(self, name: str) -> Mapping[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}/{name}"}


def claims_of(environment: str, url: str) -> Claims:
    """Where names are taken for *environment*, whose states the engine keeps at *url*: a folder or a bucket.

    Raises:
        ConfigurationError: it is neither.
    """
    found = urlsplit(url)
    below = f"mailwave/{environment}"
    if found.scheme == "file":
        return FolderClaims(Path(unquote(found.path)) / below)
    if found.scheme == "s3":
        prefix = "/".join(filter(None, (found.path.strip("/"), below)))
        return BucketClaims(_client(dict(parse_qsl(found.query))), found.netloc, prefix)
    raise ConfigurationError(
        file="environment",
        key=BACKEND,
        problem="names no place where it can be told who makes a change",
        allowed="s3://<bucket>, or file://<folder> in a rehearsal",
    )


def _client(options: Mapping[str, str]) -> Any:
    """A client of S3 as the engine's own address of its backend has it: region, endpoint, profile."""
    import boto3
    from botocore.config import Config

    style = {"addressing_style": "path"} if options.get("s3ForcePathStyle") == "true" else {}
    settings = Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 3}, s3=style)
    with _told("S3"):
        session = boto3.session.Session(
            region_name=options.get("region"), profile_name=options.get("profile")
        )
        return session.client("s3", endpoint_url=options.get("endpoint"), config=settings)


@contextmanager
def _files(where: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ClaimsUnusable(where=where, why=error.strerror or type(error).__name__) from error


@contextmanager
def _told(where: str, *answers: str) -> Iterator[None]:
    """Say what goes wrong *where* by its code alone; the codes *answers* are no trouble, and go through."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if _code(error) in answers:
            raise
        raise ClaimsUnusable(where=where, why=_code(error)) from error
    except BotoCoreError as error:
        raise ClaimsUnusable(where=where, why=type(error).__name__) from error


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
