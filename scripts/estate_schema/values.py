"""The words that the models share: names, GUIDs, domains and addresses, each checked once."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_DOMAIN = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"
_NAME = r"^[a-z][a-z0-9-]{0,30}$"


class Model(BaseModel):
    """A frozen model that refuses keys it does not know.

    Its validator is built when it is first used: a command or a stack reads one or two of the files that there are
    models for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, defer_build=True)


def _lower_guid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise ValueError("is not a GUID such as 00000000-0000-0000-0000-000000000000") from error


def _web_address(text: str) -> str:
    return _address(text, ("http", "https"), "a web address such as https://host:port/path")


def _relay_address(text: str) -> str:
    return _address(text, ("smtp",), "the address of a mail relay such as smtp://host:587")


def _name_server(text: str) -> str:
    return _address(text, ("dns",), "the address of a name server such as dns://host:53")


def _address(text: str, schemes: tuple[str, ...], what: str) -> str:
    try:
        parts = urlsplit(text)
        port_is_a_number = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ValueError(f"is not {what}") from error
    if parts.scheme not in schemes or not parts.hostname or not port_is_a_number:
        raise ValueError(f"is not {what}")
    if parts.username or parts.password:
        raise ValueError("holds a credential; credentials belong in their own files")
    return text


Name = Annotated[str, Field(pattern=_NAME, description="Lower-case letters, digits and hyphens")]
Domain = Annotated[str, Field(pattern=_DOMAIN, max_length=253, description="A DNS domain in lower case")]
Guid = Annotated[str, AfterValidator(_lower_guid), Field(description="A GUID; lower case, with hyphens")]
NameServerAddress = Annotated[
    str, AfterValidator(_name_server), Field(description="A name server, as dns://host:port")
]
RelayAddress = Annotated[
    str, AfterValidator(_relay_address), Field(description="A mail relay, as smtp://host:port")
]
WebAddress = Annotated[str, AfterValidator(_web_address), Field(description="An http or https address")]

OUTLOOK_VERSION = re.compile(r"^\d{1,3}(\.\d{1,5}){3}$")


def _version(text: str) -> str:
    if not OUTLOOK_VERSION.match(text):
        raise ValueError("is not a version of four numbers such as 16.0.4600.1000")
    return text


Version = Annotated[str, AfterValidator(_version), Field(description="Four numbers joined by dots")]
