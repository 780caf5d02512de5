"""The model of environments/services.yaml: what people get besides their mailbox, and how each service is given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from estate_schema.errors import validated
from estate_schema.reading import read_yaml
from estate_schema.values import Model, Name

Text = Annotated[str, Field(min_length=1)]
Word = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]


class Profile(Model):
    """Whose mailbox is of one of these *types* (Exchange's RecipientTypeDetails)."""

    name: Name
    types: Annotated[tuple[Word, ...], Field(min_length=1)]


class ByGroup(Model):
    """People join one of the identity stack's licence *groups*, which share them; read back by the service *plan*."""

    by: Literal["group"]
    groups: Annotated[tuple[Name, ...], Field(min_length=1)]
    plan: Word


class Cmdlet(Model):
    """A cmdlet that takes the mailbox as its Identity, at its *site* or in the *cloud*."""

    side: Literal["site", "cloud"]
    cmdlet: Word
    parameters: dict[Word, str | bool | int]


class ByCmdlets(Model):
    """*steps* make the *property* that `Get-`*noun* shows in the cloud *value*.

    With *or_any* whatever is set will do.
    """

    by: Literal["cmdlets"]
    noun: Literal["Mailbox", "CASMailbox"]
    property: Word
    value: str | bool | int
    or_any: bool = False
    steps: Annotated[tuple[Cmdlet, ...], Field(min_length=1)]


class ByAttestation(Model):
    """No documented interface gives it: the owner says for an organisation that it is there, for so many *days*."""

    by: Literal["attestation"]
    question: Text
    days: Annotated[int, Field(ge=1, le=366)]


class Stage(Model):
    """One service: for whom, who answers for it, and what makes it.

    *organisations* are ODS codes, none meaning all. *needs* are services that must be there before. *before_move*:
    people get it whether their mailbox has moved or not.
    """

    name: Name
    title: Text
    owner: Text
    profiles: Annotated[tuple[Name, ...], Field(min_length=1)]
    organisations: tuple[Text, ...] = ()
    needs: tuple[Name, ...] = ()
    before_move: bool = False
    step: Annotated[ByGroup | ByCmdlets | ByAttestation, Field(discriminator="by")]


class Services(Model):
    """Every profile and every service, in the order in which they are given."""

    profiles: Annotated[tuple[Profile, ...], Field(min_length=1)]
    services: Annotated[tuple[Stage, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        profiles = {profile.name for profile in self.profiles}
        seen: set[str] = set()
        for service in self.services:
            if unknown := sorted(set(service.profiles) - profiles):
                raise ValueError(f"service {service.name} names the profile {unknown[0]}, which there is not")
            if missing := sorted(set(service.needs) - seen):
                raise ValueError(f"service {service.name} needs {missing[0]}, which does not come before it")
            if service.name in seen:
                raise ValueError(f"has more than one service called {service.name}")
            seen.add(service.name)
        return self


def load_services(path: Path) -> Services:
    """Read the services at *path*.

    Raises:
        ConfigurationError: the file is absent, is not YAML, or has a missing, unknown or malformed key.
    """
    return validated(Services, read_yaml(path), path)
