"""What the installed SDKs say about inputs, read without importing them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from infra.servicer import UNKNOWN
from rehearsal.providers.sdk import ResourceShape, UnknownToken, resource_shape

VAULT = "azure-native:keyvault:Vault"
SKU = {"family": "A", "name": "standard"}
TENANT = "11111111-2222-4333-8444-555555555555"


def _vault(**properties: Any) -> dict[str, Any]:
    return {"resourceGroupName": "platform", "properties": {"sku": SKU, "tenantId": TENANT, **properties}}


def _problems(token: str, value: dict[str, Any], package: str = "pulumi_azure_native") -> dict[str, str]:
    shape = resource_shape(package, token)
    return dict(shape.module.object_problems(value, shape.inputs, ""))


class TestProblems:
    """Inputs against the Args classes of the SDK."""

    def test_right_inputs_have_none(self) -> None:
        """It should accept what the SDK's types accept."""
        value = _vault(softDeleteRetentionInDays=90, enableRbacAuthorization=True, createMode="default")

        assert {} == _problems(VAULT, value)

    @pytest.mark.parametrize(
        ("value", "path", "words"),
        [
            ({**_vault(), "colour": "red"}, "colour", "is no property"),
            (_vault(tenantID=TENANT), "properties.tenantID", "is no property"),
            ({"resourceGroupName": "platform"}, "properties", "is required"),
            ({**_vault(), "properties": {"sku": SKU}}, "properties.tenantId", "is required"),
            (_vault(sku={"name": "standard"}), "properties.sku.family", "is required"),
            (
                _vault(sku={"family": "A", "name": "gold"}),
                "properties.sku.name",
                "must be one of premium, standard",
            ),
            (_vault(softDeleteRetentionInDays="90"), "properties.softDeleteRetentionInDays", "must be a int"),
            (_vault(softDeleteRetentionInDays=True), "properties.softDeleteRetentionInDays", "must be a int"),
            (_vault(accessPolicies={}), "properties.accessPolicies", "must be a list"),
            (
                _vault(accessPolicies=[{"objectId": 1}]),
                "properties.accessPolicies[0].objectId",
                "must be a str",
            ),
            ({**_vault(), "properties": []}, "properties", "must be an object"),
            ({**_vault(), "tags": {"a": 1}}, "tags.a", "must be a str"),
        ],
    )
    def test_wrong_input_is_named(self, value: dict[str, Any], path: str, words: str) -> None:
        """It should name the path of a wrong input and what is wrong."""
        found = _problems(VAULT, value)

        assert words in found[path]

    def test_unknown_is_no_problem(self) -> None:
        """It should accept a value that a preview does not know, for a required property too."""
        assert {} == _problems(VAULT, {"resourceGroupName": UNKNOWN, "properties": UNKNOWN})

    def test_text_beside_an_enumeration_is_open(self) -> None:
        """It should accept a newer value of an enumeration that the SDK itself leaves open."""
        value = {"resourceGroupName": "g", "kind": "StorageV3", "sku": {"name": "Standard_LRS"}}

        assert {} == _problems("azure-native:storage:StorageAccount", value)

    def test_knows_azuread(self) -> None:
        """It should read the other SDK, whose unions have dictionary and output forms, alike."""
        value = {
            "displayName": "a",
            "requiredResourceAccesses": [{"resourceAppId": "x", "resourceAccess": []}],
        }

        found = _problems("azuread:index/application:Application", value, "pulumi_azuread")

        assert {
            "requiredResourceAccesses[0].resourceAccesses": "is required",
        } == {path: words for path, words in found.items() if words == "is required"}
        assert "requiredResourceAccesses[0].resourceAccess" in found


ALERT = "azure-native:monitor:MetricAlert"
STATIC = {
    "criterionType": "StaticThresholdCriterion",
    "metricName": "Availability",
    "name": "down",
    "operator": "LessThan",
    "threshold": 99,
    "timeAggregation": "Average",
}


def _alert(criterion: dict[str, Any], kind: str = "SingleResource") -> dict[str, Any]:
    return {
        "criteria": {
            "odataType": f"Microsoft.Azure.Monitor.{kind}MultipleMetricCriteria",
            "allOf": [criterion],
        },
        "enabled": True,
        "evaluationFrequency": "PT1M",
        "resourceGroupName": "platform",
        "scopes": ["/subscriptions/x"],
        "severity": 1,
        "windowSize": "PT5M",
    }


class TestUnions:
    """Objects of several kinds, which a constant tells apart."""

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (_alert(STATIC), {}),
            (_alert(STATIC, "MultipleResource"), {}),
            (
                _alert({**STATIC, "threshold": "99"}),
                {"criteria.allOf[0].threshold": "must be a float, not '99'"},
            ),
            (_alert({**STATIC, "operator": "Below"}), {}),
            (_alert(STATIC | {"colour": 1}), {"criteria.allOf[0].colour": "is no property of it"}),
        ],
    )
    def test_problems_are_those_of_the_kind_that_is_meant(
        self, value: dict[str, Any], expected: dict[str, str]
    ) -> None:
        """It should check an object against the kind that its constant names; an open enumeration takes any text."""
        found = _problems(ALERT, value)

        assert expected == {path: words.partition(";")[0] for path, words in found.items()}

    def test_constant_decides_before_the_number_of_problems(self) -> None:
        """It should blame what the value says it is, though it would have fewer problems as something else."""
        found = _problems(
            ALERT, _alert({"criterionType": "StaticThresholdCriterion", "alertSensitivity": "Low"})
        )

        assert "criteria.allOf[0].threshold" in found
        assert "criteria.allOf[0].criterionType" not in found

    def test_no_kind_fits(self) -> None:
        """It should refuse a constant that no kind has, and say which there are."""
        value = _alert(STATIC, "Imaginary")

        assert "criteria.odataType" in _problems(ALERT, value)


class TestResourceShape:
    """Resource classes found by their token."""

    def test_unknown_token_is_refused(self) -> None:
        """It should refuse a token that no class of the SDK carries."""
        with pytest.raises(UnknownToken) as caught:
            resource_shape("pulumi_azure_native", "azure-native:keyvault:Safe")

        assert "azure-native:keyvault:Safe" == caught.value.token

    def test_pruned_leaves_what_can_be_written(self) -> None:
        """It should leave out, at any depth, what only the service sets."""
        shape: ResourceShape = resource_shape("pulumi_azure_native", VAULT)
        live = _vault(vaultUri="https://keys.example") | {"type": "Microsoft.KeyVault/vaults"}

        assert _vault() == shape.module.pruned_object(live, shape.inputs)

    def test_imports_no_sdk(self) -> None:
        """It should read the SDK without importing it, which would take seconds."""
        program = (
            "import sys; from rehearsal.providers.sdk import resource_shape as f;"
            f"f('pulumi_azure_native', '{VAULT}');"
            "sys.exit(any(name.startswith('pulumi_azure_native.') for name in sys.modules))"
        )

        assert 0 == subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode
