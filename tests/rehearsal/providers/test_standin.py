"""The stand-ins without the engine, in front of a simulated cloud."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infra.servicer import UNKNOWN, CheckFailure, Properties, ProviderError, Secret, Subject
from rehearsal.providers.azure_native import AzureNative
from rehearsal.providers.azuread import AzureAD
from rehearsal.providers.cloud_client import CloudClient, CloudRefused
from rehearsal.wire import json_reply
from tests.rehearsal.providers.project import SUBSCRIPTION, TENANT, LoopbackCloud

GROUP = Subject("azure-native:resources:ResourceGroup", "platform", "urn:group")
ACCOUNT = Subject("azure-native:storage:StorageAccount", "evidence", "urn:account")
LOCK = Subject("azure-native:authorization:ManagementLockByScope", "keep", "urn:lock")
TEAM = Subject("azuread:index/group:Group", "team", "urn:team")
APPLICATION = Subject("azuread:index/application:Application", "operator", "urn:application")
PASSWORD = Subject("azuread:index/applicationPassword:ApplicationPassword", "password", "urn:password")
SEED = b"seed"


@pytest.fixture
def azure(cloud: LoopbackCloud, monkeypatch: pytest.MonkeyPatch) -> AzureNative:
    """A configured stand-in for azure-native."""
    monkeypatch.setenv("REHEARSAL_CLOUD", cloud.address)
    monkeypatch.delenv("ARM_TENANT_ID", raising=False)
    provider = AzureNative()
    provider.configure({"subscriptionId": SUBSCRIPTION, "tenantId": TENANT})
    return provider


@pytest.fixture
def entra(cloud: LoopbackCloud, monkeypatch: pytest.MonkeyPatch) -> AzureAD:
    """A configured stand-in for azuread."""
    monkeypatch.setenv("REHEARSAL_CLOUD", cloud.address)
    monkeypatch.delenv("ARM_TENANT_ID", raising=False)
    provider = AzureAD()
    provider.configure({"tenantId": TENANT})
    return provider


@pytest.fixture
def group(azure: AzureNative) -> Properties:
    """The inputs of a resource group that is there."""
    inputs = azure.check(GROUP, {}, {"resourceGroupName": "platform", "location": "uksouth"}, SEED)
    azure.create(GROUP, inputs, preview=False)
    return inputs


def _account(**more: object) -> Properties:
    return {"resourceGroupName": "platform", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, **more}


class TestCheck:
    """What is refused before anything happens."""

    def test_type_that_is_not_in_the_table(self, azure: AzureNative) -> None:
        """It should refuse a type that the rehearsal does not have, and say where to add it."""
        with pytest.raises(ProviderError, match=r"azure-native:web:WebApp.*types\.yaml"):
            azure.check(Subject("azure-native:web:WebApp", "x", "urn:x"), {}, {}, SEED)

    def test_every_wrong_input_is_named(self, azure: AzureNative, group: Properties) -> None:
        """It should name all wrong inputs at once."""
        with pytest.raises(CheckFailure) as caught:
            azure.check(ACCOUNT, {}, _account(kind=1, colour="red", accountName="Evidence!"), SEED)

        assert {"kind", "colour", "accountName"} == {name for name, _ in caught.value.failures}

    def test_name_is_made_up_and_kept(self, azure: AzureNative, group: Properties) -> None:
        """It should make a name up from the seed, and keep it whatever the next seed is."""
        first = azure.check(ACCOUNT, {}, _account(), SEED)
        again = azure.check(ACCOUNT, first, _account(), b"another")

        assert first["accountName"].startswith("evidence")
        assert len("evidence") + 8 == len(first["accountName"])
        assert first == again

    def test_role_assignment_is_named_by_a_guid(self, azure: AzureNative) -> None:
        """It should make up a GUID where the service wants one."""
        subject = Subject("azure-native:authorization:RoleAssignment", "reader", "urn:reader")

        inputs = azure.check(
            subject, {}, {"principalId": "p", "roleDefinitionId": "r", "scope": UNKNOWN}, SEED
        )

        assert 36 == len(inputs["roleAssignmentName"])

    def test_location_follows_the_group(self, azure: AzureNative, group: Properties) -> None:
        """It should take the location of the resource group where nobody says another."""
        assert "uksouth" == azure.check(ACCOUNT, {}, _account(), SEED)["location"]

    def test_location_of_an_unknown_group_is_unknown(self, azure: AzureNative) -> None:
        """It should leave the location unknown as long as the group is."""
        inputs = azure.check(ACCOUNT, {}, _account(resourceGroupName=UNKNOWN), SEED)

        assert inputs["location"] is UNKNOWN


class TestConfigure:
    """Whose cloud it is."""

    def test_missing_subscription_is_named(self, azure: AzureNative) -> None:
        """It should say which setting is missing, and how to set it."""
        azure.configure({"tenantId": TENANT})

        with pytest.raises(ProviderError, match=r"azure-native:subscriptionId, or ARM_SUBSCRIPTION_ID"):
            azure.create(GROUP, {"resourceGroupName": "g", "location": "uksouth"}, preview=False)

    def test_credential_of_another_tenant_is_refused(
        self, entra: AzureAD, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It should refuse a stack's tenant that is not the credential's."""
        monkeypatch.setenv("ARM_TENANT_ID", "99999999-0000-4000-8000-000000000000")

        with pytest.raises(ProviderError, match=f"cannot sign in to tenant {TENANT}"):
            entra.configure({"tenantId": TENANT})

    def test_environment_fills_in(self, azure: AzureNative, monkeypatch: pytest.MonkeyPatch) -> None:
        """It should take from the environment what the stack does not say."""
        monkeypatch.setenv("ARM_TENANT_ID", TENANT)
        azure.configure({"subscriptionId": SUBSCRIPTION})

        assert TENANT == azure.invoke("azure-native:authorization:getClientConfig", {})["tenantId"]

    @pytest.mark.parametrize(
        "address", ["", "https://127.0.0.1:1/cloud", "http://management.azure.com/cloud"]
    )
    def test_only_a_cloud_on_this_machine(self, address: str) -> None:
        """It should refuse to run without a rehearsal, or against anything that is not this machine."""
        with pytest.raises(ProviderError, match="REHEARSAL_CLOUD"):
            CloudClient(address)

    def test_silence_is_an_error(self, azure: AzureNative, cloud: LoopbackCloud) -> None:
        """It should fail when the cloud does not answer, and never take that for an absent object."""
        cloud.close()

        with pytest.raises(ProviderError, match="did not answer GET"):
            azure.read(GROUP, f"/subscriptions/{SUBSCRIPTION}/resourceGroups/platform", {}, {})


class TestResourceManager:
    """Objects with ids that follow from their inputs."""

    def test_preview_touches_nothing(
        self, azure: AzureNative, group: Properties, cloud: LoopbackCloud
    ) -> None:
        """It should leave the cloud alone in a preview, and know nothing that the service sets."""
        inputs = azure.check(ACCOUNT, {}, _account(), SEED)

        object_id, outputs = azure.create(ACCOUNT, inputs, preview=True)

        assert ("", UNKNOWN) == (object_id, outputs["name"])
        assert outputs["primaryEndpoints"]["blob"] is UNKNOWN
        assert "StorageV2" == outputs["kind"]
        assert 1 == len(cloud.objects())

    def test_existing_object_is_not_taken_over(self, azure: AzureNative, group: Properties) -> None:
        """It should refuse to create what is there already, in the words of the real provider."""
        with pytest.raises(ProviderError, match="cannot create already existing resource '/subscriptions/"):
            azure.create(GROUP, group, preview=False)

    def test_path_and_table_force_replacement(self, azure: AzureNative) -> None:
        """It should replace for what is in the path or the table, deleting first, and update for the rest."""
        olds = _account(accountName="one", location="uksouth", tags={"a": "1"})
        news = _account(accountName="two", location="ukwest", tags={"a": "2"})

        difference = azure.diff(ACCOUNT, "id", olds, news, {})

        assert {"accountName": True, "location": True, "tags.a": False} == {
            change.path: change.replace for change in difference.changes
        }
        assert difference.delete_first

    def test_read_reports_inputs_in_the_shape_of_the_old(self, azure: AzureNative, group: Properties) -> None:
        """It should report as inputs only what the program wrote, with its present value."""
        inputs = azure.check(ACCOUNT, {}, _account(minimumTlsVersion="TLS1_2"), SEED)
        object_id, outputs = azure.create(ACCOUNT, inputs, preview=False)

        live = azure.read(ACCOUNT, object_id, inputs, outputs)

        assert live is not None
        assert inputs == live.inputs
        assert outputs == live.outputs

    def test_import_finds_the_inputs(self, azure: AzureNative, cloud: LoopbackCloud) -> None:
        """It should find out what a program would have to say, for an object that it never wrote."""
        path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/old"
        cloud.send("PUT", f"/arm{path}", {"location": "uksouth", "tags": {"a": "1"}})

        live = azure.read(GROUP, path, {}, {})

        assert live is not None
        assert {"resourceGroupName": "old", "location": "uksouth", "tags": {"a": "1"}} == live.inputs

    def test_gone_is_none(self, azure: AzureNative, group: Properties, cloud: LoopbackCloud) -> None:
        """It should say that an object is gone when the cloud says so, and delete it twice without complaint."""
        object_id = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/platform"
        azure.delete(GROUP, object_id, group, {})
        azure.delete(GROUP, object_id, group, {})

        assert azure.read(GROUP, object_id, group, {}) is None
        assert {} == cloud.objects()

    def test_failed_read_is_no_absence(self, azure: AzureNative, cloud: LoopbackCloud) -> None:
        """It should fail when the cloud answers with any error but 404."""
        cloud.answer = lambda request: json_reply({"error": {"code": "Busy", "message": "later"}}, 503)

        with pytest.raises(CloudRefused, match=r"Busy \(503\): later"):
            azure.read(GROUP, f"/subscriptions/{SUBSCRIPTION}/resourceGroups/platform", {}, {})

    def test_lock_refuses_deletion(self, azure: AzureNative, group: Properties) -> None:
        """It should fail to delete what a lock holds."""
        object_id = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/platform"
        lock = azure.check(LOCK, {}, {"scope": object_id, "level": "CanNotDelete"}, SEED)
        azure.create(LOCK, lock, preview=False)

        with pytest.raises(CloudRefused, match="ScopeLocked"):
            azure.delete(GROUP, object_id, group, {})

    def test_foreign_id_is_refused(self, azure: AzureNative) -> None:
        """It should refuse an id that is none of the type."""
        with pytest.raises(ProviderError, match="is no id of azure-native:resources:ResourceGroup"):
            azure.read(GROUP, "/somewhere/else", {}, {})


class TestDirectory:
    """Objects with ids that the directory gives."""

    def test_update_clears_what_is_no_longer_said(self, entra: AzureAD) -> None:
        """It should clear a property that the program has dropped."""
        olds = {"displayName": "Team", "description": "old", "securityEnabled": True}
        object_id, state = entra.create(TEAM, olds, preview=False)
        news = {"displayName": "Team", "securityEnabled": True}

        entra.update(TEAM, object_id, olds, news, state, preview=False)

        live = entra.read(TEAM, object_id, olds, state)
        assert live is not None
        assert news == live.inputs

    def test_same_name_is_refused_when_asked(self, entra: AzureAD) -> None:
        """It should refuse a second group of one name only where preventDuplicateNames is set."""
        entra.create(TEAM, {"displayName": "Team"}, preview=False)
        entra.create(TEAM, {"displayName": "Team"}, preview=False)

        with pytest.raises(ProviderError, match=r'with name "Team" \(ID: "[0-9a-f-]{36}"\) was found'):
            entra.create(TEAM, {"displayName": "Team", "preventDuplicateNames": True}, preview=False)

    def test_password_is_secret_and_kept(self, entra: AzureAD) -> None:
        """It should mark a password as secret, and keep it through a read that no longer tells it."""
        application, _ = entra.create(APPLICATION, {"displayName": "Operator"}, preview=False)
        inputs = {"applicationId": application}
        object_id, outputs = entra.create(PASSWORD, inputs, preview=False)
        secret = outputs["value"]

        live = entra.read(PASSWORD, object_id, inputs, outputs | {"value": secret.value})

        assert isinstance(secret, Secret)
        assert live is not None
        assert secret == live.outputs["value"]

    @pytest.mark.parametrize(
        "call",
        [
            lambda azure, entra: azure.invoke("azure-native:storage:listStorageAccountKeys", {}),
            lambda azure, entra: entra.invoke("azuread:index/getUser:getUser", {}),
        ],
    )
    def test_unknown_function_is_refused(
        self, azure: AzureNative, entra: AzureAD, call: Callable[[AzureNative, AzureAD], object]
    ) -> None:
        """It should refuse a function that the rehearsal does not have."""
        with pytest.raises(ProviderError, match="has no function"):
            call(azure, entra)
