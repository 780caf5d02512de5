"""The table of resource types against the installed SDKs."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from rehearsal.cloud.catalogue import ResourceType, catalogue, type_at
from rehearsal.providers.sdk import resource_shape

ROWS = list(catalogue().values())
ENTRA = [row for row in ROWS if row.plane == "entra"]
NOT_IMPORTED = {"azuread:index/applicationPassword:ApplicationPassword"}
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


class TestTable:
    """Every row of types.yaml."""

    @pytest.mark.parametrize("row", ROWS, ids=_token)
    def test_names_only_inputs_that_the_sdk_has(self, row: ResourceType) -> None:
        """It should name inputs as the SDK does."""
        inputs = resource_shape(_package(row), row.token).inputs.properties
        filled_by_service = {"subscriptionId", row.assigned}
        named = {*row.replaces, *row.unique, *row.refers, *row.parameters, row.name} - filled_by_service

        assert set() == {name for name in named if name} - set(inputs)

    @pytest.mark.parametrize("row", ROWS, ids=_token)
    def test_names_only_outputs_that_the_sdk_has(self, row: ResourceType) -> None:
        """It should set outputs that the SDK gives out."""
        outputs = resource_shape(_package(row), row.token).outputs

        assert set() == {*row.computed, *row.defaults, *row.secrets} - outputs

    @pytest.mark.parametrize("row", ROWS, ids=_token)
    def test_names_its_source(self, row: ResourceType) -> None:
        """It should say where the row comes from."""
        assert "https://" in row.source or "docstring" in row.source

    @pytest.mark.parametrize("row", ENTRA, ids=_token)
    def test_replaces_what_the_docstrings_of_azuread_say(self, row: ResourceType) -> None:
        """It should replace an object for exactly the inputs whose docstring says so."""
        documented = set(
            re.findall(r":param pulumi\.Input\[.*\] (\w+): .*forces a new resource", _source(row.token))
            + re.findall(r":param pulumi\.Input\[.*\] (\w+): .*force recreation", _source(row.token))
        )
        if row.token.endswith(":ServicePrincipal"):
            documented.add("client_id")  # said in the prose of Graph only: an appId cannot be changed

        assert documented == {re.sub(r"([A-Z])", r"_\1", name).lower() for name in row.replaces}

    @pytest.mark.parametrize("row", ENTRA, ids=_token)
    def test_ids_have_the_form_that_azuread_imports(self, row: ResourceType) -> None:
        """It should form ids as the SDK's import example shows them."""
        example = re.search(rf"pulumi import {row.token} \S+ (\S+)", _source(row.token))
        if row.token in NOT_IMPORTED:
            assert "does not support importing" in _source(row.token)
            return
        assert example is not None

        path = row.path_of(example.group(1))

        assert path is not None
        assert example.group(1) == row.object_id(path)


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
