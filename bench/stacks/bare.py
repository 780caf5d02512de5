"""A bare program from a deployed stack: one line a resource, flat, with no component, settings or checks.

It is written from the stack's exported state. Names that the engine chose are left to the engine again, and a value
that came from another resource is taken from that one's outputs, as whoever writes such a program by hand would do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rehearsal.cloud.catalogue import catalogue

Entry = Mapping[str, Any]

_SUFFIX = re.compile(r"[0-9a-f]{8}")
_SHORTEST = 8
"""A shorter text may stand in an output by chance."""

_GIVEN = {"name", "objectId", "clientId", "principalId", "fullyQualifiedDomainName"}
"""Outputs that one resource of ours takes from another."""

HEAD = """\
import pulumi
{imports}

provider = {{}}
{providers}

"""

_PROVIDERS = {
    "azure-native": 'azure_native.Provider("azure", tenant_id={tenant!r}, subscription_id={subscription!r})',
    "azuread": 'azuread.Provider("entra", tenant_id={tenant!r})',
    "exchange": 'exchange.Provider("exchange", tenant_id={tenant!r})',
}


@dataclass
class Bare:
    """The program of the resources in *deployment*, in the order of the state, which is that of their making."""

    deployment: Entry
    _lines: list[str] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)
    _modules: set[str] = field(default_factory=set)
    _taken: set[tuple[str, str]] = field(default_factory=set)

    def source(self, tenant: str, subscription: str) -> str:
        """The program's text."""
        resources = [each for each in self.deployment["resources"] if _is_outside(each)]
        known: dict[str, Entry] = {}
        for entry in resources:
            self._names[entry["urn"]] = f"r{len(self._names)}"
            self._lines.append(self._line(entry, known))
            known[entry["urn"]] = entry
        kinds = sorted({each["type"].partition(":")[0] for each in resources})
        providers = [
            f"provider[{kind!r}] = {_PROVIDERS[kind].format(tenant=tenant, subscription=subscription)}"
            for kind in kinds
        ]
        head = HEAD.format(imports="\n".join(self._imports(kinds)), providers="\n".join(providers))
        return head + "\n".join(self._lines) + "\n"

    def _imports(self, kinds: Sequence[str]) -> Iterator[str]:
        if "azure-native" in kinds:
            yield "import pulumi_azure_native as azure_native"
            yield f"from pulumi_azure_native import {', '.join(sorted(self._modules))}"
        if "azuread" in kinds:
            yield "import pulumi_azuread as azuread"
        if "exchange" in kinds:
            yield "from infra.exchange import resources as exchange"

    def _line(self, entry: Entry, known: Mapping[str, Entry]) -> str:
        urn, token = entry["urn"], entry["type"]
        logical = urn.rpartition("::")[2]
        package, module, noun = token.split(":")
        depends = [self._names[each] for each in entry.get("dependencies", ()) if each in known]
        opts = (
            f"pulumi.ResourceOptions(provider=provider[{package!r}]"
            f"{f', depends_on=[{", ".join(depends)}]' if depends else ''})"
        )
        inputs = {
            name: self._expression(
                value, [known[each] for each in self._givers(entry, name) if each in known]
            )
            for name, value in _written(entry, logical).items()
        }
        variable, name = self._names[urn], self._free(token, logical)
        if package == "azure-native":
            self._modules.add(module)
        maker = f"{module if package == 'azure-native' else package}.{noun}"
        values = ", ".join(f"{_snake(key)}={value}" for key, value in inputs.items())
        return f"{variable} = {maker}({name!r}, {f'{values}, ' if values else ''}opts={opts})"

    def _free(self, token: str, logical: str) -> str:
        """A name that no resource of the type has yet: components may each have one of the same."""
        name = logical if (token, logical) not in self._taken else f"{logical}-{len(self._taken)}"
        self._taken.add((token, name))
        return name

    def _givers(self, entry: Entry, name: str) -> list[str]:
        return list(entry.get("propertyDependencies", {}).get(name) or ())

    def _expression(self, value: Any, givers: Sequence[Entry]) -> str:
        """Python for *value*, in which what stands in an output of a giver is taken from there."""
        match value:
            case Mapping():
                items = (f"{key!r}: {self._expression(item, givers)}" for key, item in value.items())
                return f"{{{', '.join(items)}}}"
            case list():
                return f"[{', '.join(self._expression(item, givers) for item in value)}]"
            case str():
                return self._text(value, givers)
            case _:
                return repr(value)

    def _text(self, text: str, givers: Sequence[Entry]) -> str:
        """Python for *text*, taken from the givers' outputs: the longest first, for a name may stand in an id."""
        outputs = [(output, path, giver) for giver in givers for path, output in _outputs(giver)]
        for output, path, giver in sorted(outputs, key=lambda row: -len(row[0])):
            if len(output) >= _SHORTEST and output in text:
                before, _, after = text.partition(output)
                given = f"{self._names[giver['urn']]}.{path}"
                if not before and not after:
                    return given
                return f"pulumi.Output.concat({before!r}, {given}, {self._text(after, givers)})"
        return repr(text)


def _is_outside(entry: Entry) -> bool:
    return bool(entry["custom"]) and not entry["type"].startswith("pulumi:") and not entry.get("delete")


def _written(entry: Entry, logical: str) -> dict[str, Any]:
    """The inputs that a person would write: without the name that the engine made up."""
    kind = catalogue().get(entry["type"])
    inputs = {key: value for key, value in entry["inputs"].items() if not key.startswith("__")}
    name = kind.name if kind else ""
    if (
        kind
        and name in inputs
        and (kind.made == "uuid" or _SUFFIX.fullmatch(str(inputs[name]).removeprefix(logical)))
    ):
        del inputs[name]
    return inputs


def _outputs(entry: Entry) -> Iterator[tuple[str, str]]:
    """What others take of a resource, as Python after its name, and the text: its id, its name, and what says so."""
    yield "id", entry["id"]
    outputs = entry["outputs"]
    for key in _GIVEN & outputs.keys():
        yield _snake(key), outputs[key]
    address = (outputs.get("properties") or {}).get("vaultUri")
    if address:
        yield "properties.vault_uri", address


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
