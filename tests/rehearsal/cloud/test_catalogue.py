"""The table of resource types against the installed SDKs."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from rehearsal.cloud.catalogue import ResourceType, catalogue, sources, type_at
from rehearsal.providers.sdk import (
    ListOf,
    MapOf,
    Module,
    ObjectShape,
    OneOf,
    Reference,
    Shape,
    resource_shape,
)

ROWS = list(catalogue().values())
ENTRA = [row for row in ROWS if row.plane == "entra"]
NOT_IMPORTED = {
    "azuread:index/applicationPassword:ApplicationPassword",
    "azuread:index/customDirectoryRole:CustomDirectoryRole",
    "azuread:index/directoryRole:DirectoryRole",
    "azuread:index/groupRoleManagementPolicy:GroupRoleManagementPolicy",
}
SUBSCRIPTION = "/subscriptions/66666666-7777-4888-8999-000000000000"


def _package(row: ResourceType) -> str:
    return "pulumi_azure_native" if row.plane == "arm" else "pulumi_azuread"


def _token(row: ResourceType) -> str:
    return row.token


def _source(token: str) -> str:
    spec = importlib.util.find_spec("pulumi_azuread")
    assert spec is not None
    assert spec.origin is not None
    files = Path(spec.origin).parent.glob("*.py")
    return next(text for file in files if f'type_token("{token}")' in (text := file.read_text()))


def _ruled(row: ResourceType) -> dict[str, str]:
    return {**row.replaces, **row.updates, **row.immutable, **row.irreversible, **row.refused}


def _has(module: Module, shape: ObjectShape, path: str) -> bool:
    """Whether an object of *shape* can have a value at *path*."""
    name, _, rest = path.partition(".")
    found = shape.properties.get(name.removesuffix("[]"))
    if found is None:
        return False
    return not rest or any(_has(module, inner, rest) for inner in _inner(module, found))


def _inner(module: Module, shape: Shape) -> list[ObjectShape]:
    match shape:
        case Reference(name):
            return [module.object_shape(name)]
        case ListOf(item) | MapOf(item):
            return _inner(module, item)
        case OneOf(options):
            return [inner for option in options for inner in _inner(module, option)]
        case _:
            return []


class TestTable:
    """Every row of the files in types."""

    @pytest.mark.parametrize("row", ROWS, ids=_token)
    def test_names_only_inputs_that_the_sdk_has(self, row: ResourceType) -> None:
        """It should name inputs, at any depth, as the SDK does."""
        shape = resource_shape(_package(row), row.token)
        filled_by_service = {"subscriptionId", row.assigned, ""}
        ranges = [path for key, paths in row.ranges.items() if key != "within" for path in [paths]]
        flat = [path for paths in ranges for path in (paths if isinstance(paths, list) else [paths])]
        named = {
            *_ruled(row), *row.unique, *row.refers, *row.needs, *row.mentions, *row.parameters, row.name, *flat,
        }  # fmt: skip

        wrong = {path for path in named - filled_by_service if not _has(shape.module, shape.inputs, path)}

        assert set() == wrong

    @pytest.mark.parametrize("row", ROWS, ids=_token)
    def test_names_only_outputs_that_the_sdk_has(self, row: ResourceType) -> None:
        """It should set outputs that the SDK gives out; name, type and state are said of every object of ARM."""
        shape = resource_shape(_package(row), row.token)
        of_all = {"name", "type", "provisioningState"} if row.plane == "arm" else set()

        assert set() == {*row.computed, *row.defaults} - shape.outputs - of_all

    @pytest.mark.parametrize("row", ROWS, ids=_token)
    def test_names_only_secrets_that_the_sdk_has(self, row: ResourceType) -> None:
        """It should hide inputs or outputs that there are."""
        shape = resource_shape(_package(row), row.token)

        assert set() == {
            path
            for path in row.secrets
            if path not in shape.outputs and not _has(shape.module, shape.inputs, path)
        }

    @pytest.mark.parametrize("row", ENTRA, ids=_token)
    def test_marks_the_secrets_that_azuread_marks(self, row: ResourceType) -> None:
        """It should mark exactly the outputs that the real SDK marks as secret."""
        marked = re.search(r"additional_secret_outputs=\[(.*?)\]", _source(row.token))
        names = set(re.findall(r'"(\w+)"', marked.group(1))) if marked else set()

        assert names == set(row.secrets)

    @pytest.mark.parametrize("row", ROWS, ids=_token)
    def test_every_rule_names_its_source(self, row: ResourceType) -> None:
        """It should say of each rule where it comes from."""
        given = {*_ruled(row).values()} | ({row.complete} if row.complete else set())

        assert set() == given - {*sources()}
        assert all(sources().values())

    @pytest.mark.parametrize("row", ROWS, ids=_token)
    def test_no_property_has_two_rules(self, row: ResourceType) -> None:
        """It should say one thing of what a change of a property leads to."""
        groups = (row.replaces, row.updates, row.immutable, row.irreversible)
        names = [name for group in groups for name in group]

        assert sorted(set(names)) == sorted(names)

    @pytest.mark.parametrize("row", ENTRA, ids=_token)
    def test_replaces_what_the_docstrings_of_azuread_say(self, row: ResourceType) -> None:
        """It should replace an object for each input whose docstring says so, and for others by the schema only."""
        documented = set(
            re.findall(
                r":param pulumi\.Input\[.*\] (\w+): .*(?:forces a new resource|force recreation|Changing this)",
                _source(row.token),
            )
        )
        said = {name for name, source in row.replaces.items() if source == "azuread"}

        assert documented == {re.sub(r"([A-Z])", r"_\1", name).lower() for name in said}

    @pytest.mark.parametrize("row", ENTRA, ids=_token)
    def test_ids_have_the_form_that_azuread_imports(self, row: ResourceType) -> None:
        """It should form ids as the SDK's import example shows them."""
        text = _source(row.token)
        example = re.search(rf"pulumi import {row.token} \S+ (\S+)", text) or re.search(
            r"terraform import \S+ +\n\s+(\S+)", text
        )
        if row.token in NOT_IMPORTED:
            assert re.search("does not support importing|auto-import on first use", text)
            return
        assert example is not None

        path = row.path_of(example.group(1))

        assert path is not None
        assert example.group(1) == row.object_id(path)


class TestRules:
    """What a row says of changes and names."""

    @pytest.mark.parametrize(
        ("token", "made"),
        [
            ("azure-native:network:VirtualNetwork", "random"),
            ("azure-native:network:Subnet", "copy"),
            ("azure-native:monitor:DiagnosticSetting", "random"),
            ("azure-native:resources:ResourceGroup", "random"),
            ("azure-native:authorization:RoleAssignment", "uuid"),
        ],
    )
    def test_names_are_made_as_azure_native_makes_them(self, token: str, made: str) -> None:
        """It should copy the logical name of a nested object, and add random digits to any other."""
        assert made == catalogue()[token].made

    @pytest.mark.parametrize(
        ("path", "known"),
        [
            ("tags.owner", True),
            ("addressSpace.addressPrefixes[0]", True),
            ("virtualNetworkName", True),
            ("id", False),
        ],
    )
    def test_knows_what_it_has_a_rule_for(self, path: str, *, known: bool) -> None:
        """It should know a change at or beneath a property with a rule, and no other."""
        assert known == catalogue()["azure-native:network:VirtualNetwork"].knows(path)

    def test_complete_rows_know_everything(self) -> None:
        """It should know every property where the source speaks of all."""
        assert catalogue()["azuread:index/group:Group"].knows("theme")


class TestPaths:
    """Paths of objects and their types."""

    def test_case_does_not_matter_in_resource_manager(self) -> None:
        """It should know a path in any case, as Resource Manager does."""
        found = type_at("arm", f"{SUBSCRIPTION}/RESOURCEGROUPS/platform")

        assert found is not None
        assert "azure-native:resources:ResourceGroup" == found.token

    def test_scope_spans_parts(self) -> None:
        """It should find what lies at a scope of any length."""
        scope = f"{SUBSCRIPTION}/resourceGroups/platform"
        found = type_at("arm", f"{scope}/providers/Microsoft.Authorization/locks/keep")

        assert found is not None
        assert {"scope": scope, "lockName": "keep"} == found.match(
            f"{scope}/providers/Microsoft.Authorization/locks/keep"
        )

    def test_unknown_path_has_no_type(self) -> None:
        """It should know no type for a path that no row has."""
        assert type_at("arm", f"{SUBSCRIPTION}/providers/Microsoft.Web/sites/x") is None
