"""Where the outside systems of one environment answer, and which files hold their credentials.

The file is JSON and is named by the environment variable MAILWAVE_ENDPOINTS. It holds no secret: a credential names
a file that does, and that file must be closed to other users of the machine.

A rehearsal names every service as production does and says by a connection map where on this machine it answers. Only
a rehearsal has a clock: a file that has one and leads anywhere else is refused, so no real environment's time is moved.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from estate_schema.connection_map import ConnectionMap, place, place_of
from estate_schema.errors import ConfigurationError, validated
from estate_schema.values import Guid, Model, Name, NameServerAddress, RelayAddress, WebAddress

VARIABLE = "MAILWAVE_ENDPOINTS"
"""The environment variable that names the endpoints file."""


class SecretUnreadable(ConfigurationError):
    """A file that should hold a secret is absent, empty or open to others; *file* names it."""


class SecretFile(Model):
    """A secret kept in a file of mode 0600 or closer."""

    secret_file: Path

    def secret(self) -> str:
        """Read the secret, without its line end.

        Raises:
            SecretUnreadable: the file is absent, unreadable, empty or readable by others.
        """
        try:
            mode = self.secret_file.stat().st_mode
            text = self.secret_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise self._unreadable(f"cannot be read ({type(error).__name__})") from error
        if stat.S_IMODE(mode) & 0o077:
            raise self._unreadable("can be read by other users", "mode 0600")
        if not text:
            raise self._unreadable("is empty")
        return text

    def _unreadable(self, problem: str, allowed: str = "") -> SecretUnreadable:
        return SecretUnreadable(file=self.secret_file, key="", problem=problem, allowed=allowed)


class ApplicationCredential(SecretFile):
    """An Entra application that signs in with a client secret."""

    client_id: Annotated[str, Field(min_length=1)]


class AccountCredential(SecretFile):
    r"""An account of the on-premises forest; *username* is ``DOMAIN\name`` or a UPN."""

    username: Annotated[str, Field(min_length=1)]


class AccessKey(SecretFile):
    """An access key of AWS; the file holds its secret half."""

    access_key_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{3,128}$")]


class PagesCredential(ApplicationCredential):
    """The application at which people sign in to the pages; the folder *keys* holds what the pages sign by.

    That is a file `ID.pem` for each administrator who attests there, with their own Ed25519 key.
    """

    keys: Path | None = None


class Credentials(Model):
    """Who signs in where.

    *courier* is the application that may send and ask as the mailbox that mail is tried with, *mender* the one that may
    set moved mailboxes right (null: the one of *exchange_online* has to), *vault* is for the evidence's bucket (null:
    what the AWS profile or role of this machine is), *evidence_key* a private key in PEM that signs evidence (null: a
    key of KMS does).
    """

    exchange_online: ApplicationCredential
    courier: ApplicationCredential | None = None
    mender: ApplicationCredential | None = None
    sites: AccountCredential
    notify: SecretFile
    smtp: AccountCredential | None = None
    web: PagesCredential | None = None
    vault: AccessKey | None = None
    evidence_key: SecretFile | None = None


class SiteEndpoint(Model):
    """The remote PowerShell address of one site."""

    name: Name
    powershell: WebAddress


class Endpoints(Model):
    """The addresses of one environment. A service that the environment has not got is null.

    *token* and *exchange_online* are the parts before the tenant's path; *connect* says at which address a host and
    port answers, for every service or for none; *dns* is the name server to ask, null for those of the machine;
    *clock*, *cloud* and *inbox*, which shows what *smtp* took, exist in a rehearsal only, where everything is on this
    machine; so do *approvers*, the file of those whose consent counts there, and *administrators*, the table of those
    who answer for organisations. *ca* is the certificate authority to trust instead of the machine's own.
    """

    token: WebAddress
    exchange_online: WebAddress
    tenant: Guid
    credentials: Credentials
    sites: tuple[SiteEndpoint, ...] = ()
    notify: WebAddress | None = None
    graph: WebAddress | None = None
    smtp: RelayAddress | None = None
    dns: NameServerAddress | None = None
    s3: WebAddress | None = None
    clock: WebAddress | None = None
    cloud: WebAddress | None = None
    inbox: WebAddress | None = None
    connect: ConnectionMap = Field(default_factory=dict)
    ca: Path | None = None
    approvers: Path | None = None
    administrators: Path | None = None

    @model_validator(mode="after")
    def _leads_where_it_says(self) -> Self:
        """A map leaves no service out, and who has a clock or a stand-in cloud reaches nothing but this machine."""
        own = [place_of(address) for address in (self.clock, self.cloud, self.inbox) if address is not None]
        if not all(each.is_loopback for each in own):
            raise ValueError(
                "has a clock or a cloud that is not on this machine, as only a rehearsal has one"
            )
        for key in ("approvers", "administrators"):
            if getattr(self, key) is not None and self.clock is None:
                raise ValueError(f"names {key} of its own, as only a rehearsal does")
        for key, address in self._addresses():
            named = place_of(address)
            mapped = self.connect.get(str(named))
            if self.connect and mapped is None and not named.is_loopback:
                raise ValueError(f"connect has no entry for {key}, which is needed where there is a map")
            if own and not (place(mapped) if mapped else named).is_loopback:
                raise ValueError(
                    f"has a clock or a cloud, as a rehearsal has, but {key} is not on this machine"
                )
        return self

    def _addresses(self) -> Iterator[tuple[str, str]]:
        """Key and address of every service that this file names."""
        for site in self.sites:
            yield f"sites.{site.name}", site.powershell
        for key in ("token", "exchange_online", "notify", "graph", "smtp", "dns", "s3"):
            if (address := getattr(self, key)) is not None:
                yield key, address

    def site(self, name: str) -> SiteEndpoint:
        """The endpoint of the site called *name*.

        Raises:
            ConfigurationError: no site has that name.
        """
        for site in self.sites:
            if site.name == name:
                return site
        known = ", ".join(site.name for site in self.sites)
        raise ConfigurationError(
            file="endpoints", key="sites", problem=f"has no site {name!r}", allowed=known
        )


def load_endpoints(path: Path) -> Endpoints:
    """Read the endpoints file at *path*.

    Raises:
        ConfigurationError: the file is absent, is not JSON, or has a missing, unknown or malformed key.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(file=path, key="", problem=f"cannot be read ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(file=path, key="", problem="is not JSON in UTF-8") from error
    return validated(Endpoints, data, path)


def endpoints_from_environment(environ: Mapping[str, str] = os.environ) -> Endpoints:
    """Read the endpoints file that the variable MAILWAVE_ENDPOINTS names.

    Raises:
        ConfigurationError: the variable is not set, or the file cannot be used.
    """
    path = environ.get(VARIABLE)
    if not path:
        raise ConfigurationError(
            file="environment", key=VARIABLE, problem="is not set", allowed="the path of an endpoints file"
        )
    return load_endpoints(Path(path))
