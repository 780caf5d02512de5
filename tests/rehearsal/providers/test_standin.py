"""The stand-ins without the engine, in front of a simulated cloud."""

from __future__ import annotations

import pytest

from infra.servicer import UNKNOWN, CheckFailure, HalfMade, Properties, ProviderError, Subject
from rehearsal.providers.azure_native import AzureNative
from rehearsal.providers.azuread import AzureAD
from rehearsal.providers.cloud_client import CloudClient, CloudRefused
from rehearsal.wire import json_reply
from tests.rehearsal.providers.project import (
    ACCOUNT,
    GROUP,
    LOCK,
    SEED,
    SUBSCRIPTION,
    TEAM,
    TENANT,
    LoopbackCloud,
)


def _account(**more: object) -> Properties:
    return {"resourceGroupName": "platform", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, **more}


class TestCheck:
    """What is refused before anything happens."""

    def test_type_that_is_not_in_the_table(self, azure: AzureNative) -> None:
        """It should refuse a type that the rehearsal does not have, and say where to add it."""
        with pytest.raises(ProviderError, match=r"azure-native:web:WebApp.*cloud/types"):
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

    def test_drawn_name_is_replaced_before_it_goes(self, azure: AzureNative, group: Properties) -> None:
        """It should mark a name that it drew, and make the replacement of such an object before deleting it."""
        olds = azure.check(ACCOUNT, {}, _account(), SEED)

        difference = azure.diff(ACCOUNT, "id", olds, {**olds, "location": "ukwest"}, {})

        assert ["location"] == [change.path for change in difference.changes if change.replace]
        assert not difference.delete_first

    def test_spelling_of_a_location_is_no_change(self, azure: AzureNative) -> None:
        """It should take UK South for uksouth."""
        olds = _account(accountName="one", location="uksouth")

        assert not azure.diff(ACCOUNT, "id", olds, {**olds, "location": "UK South"}, {}).changes

    def test_change_without_a_rule_is_reported(self, azure: AzureNative) -> None:
        """It should warn, beside the resource, of a changed property that the table says nothing of."""
        told: list[tuple[str, str]] = []
        azure.warn = lambda urn, text: told.append((urn, text))
        olds = _account(accountName="one", tags={"a": "1"})

        azure.diff(ACCOUNT, "id", olds, {**olds, "tags": {"a": "2"}, "enableExtendedGroups": True}, {})

        assert ["urn:account"] == [urn for urn, _ in told]
        assert "enableExtendedGroups of azure-native:storage:StorageAccount" in told[0][1]

    def test_change_nobody_had_asked_for_is_drift(
        self, azure: AzureNative, group: Properties, cloud: LoopbackCloud
    ) -> None:
        """It should report a changed property that the program never said, as azure-native does."""
        inputs = azure.check(ACCOUNT, {}, _account(), SEED)
        object_id, outputs = azure.create(ACCOUNT, inputs, preview=False)
        cloud.send("PATCH", f"/arm{object_id}", {"allowBlobPublicAccess": True})

        live = azure.read(ACCOUNT, object_id, inputs, outputs)

        assert live is not None
        assert {**inputs, "allowBlobPublicAccess": True} == live.inputs

    def test_update_leaves_little_known(self, azure: AzureNative, group: Properties) -> None:
        """It should know only the name and the location of an object for sure while it previews an update."""
        inputs = azure.check(ACCOUNT, {}, _account(), SEED)
        object_id, state = azure.create(ACCOUNT, inputs, preview=False)

        news = {**inputs, "tags": {"a": "1"}}
        foreseen = azure.update(ACCOUNT, object_id, inputs, news, state, preview=True)

        assert state["name"] == foreseen["name"]
        assert foreseen["primaryEndpoints"]["blob"] is UNKNOWN

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


class TestTrouble:
    """Answers that the fault plan spoils."""

    def test_half_made_object_is_told_with_its_id(self, azure: AzureNative, cloud: LoopbackCloud) -> None:
        """It should fail with everything that the engine needs to keep the object."""
        fault = {"call": "create *", "fault": "partial", "text": "no quota"}
        cloud.send("PUT", "/faults", [fault])
        inputs = {"resourceGroupName": "platform", "location": "uksouth"}

        with pytest.raises(HalfMade) as caught:
            azure.create(GROUP, inputs, preview=False)

        assert (("no quota",), inputs) == (caught.value.reasons, caught.value.inputs)
        assert caught.value.object_id in cloud.objects()

    @pytest.mark.parametrize("fault", ["hang", "late"])
    def test_cancelled_wait_keeps_what_was_begun(
        self, azure: AzureNative, cloud: LoopbackCloud, fault: str
    ) -> None:
        """It should stop waiting as soon as the user wants to stop, and keep the object of Resource Manager."""
        cloud.send("PUT", "/faults", [{"call": "create *", "fault": fault, "seconds": 60}])
        azure.cancel()

        with pytest.raises(HalfMade, match="context canceled"):
            azure.create(GROUP, {"resourceGroupName": "platform", "location": "uksouth"}, preview=False)

    def test_cancelled_wait_loses_an_object_of_the_directory(
        self, entra: AzureAD, cloud: LoopbackCloud
    ) -> None:
        """It should know no id of an object that the directory made when nobody waited for the answer."""
        cloud.send("PUT", "/faults", [{"call": "create *", "fault": "hang"}])
        entra.cancel()

        with pytest.raises(ProviderError, match="context canceled") as caught:
            entra.create(TEAM, {"displayName": "Team"}, preview=False)

        assert not isinstance(caught.value, HalfMade)
        assert 1 == len(cloud.objects())

    def test_credential_of_another_tenant_is_refused_by_the_cloud(self, azure: AzureNative) -> None:
        """It should be refused by a cloud of another tenant."""
        azure.configure({"subscriptionId": SUBSCRIPTION, "tenantId": "99999999-0000-4000-8000-000000000000"})

        with pytest.raises(CloudRefused, match=r"InvalidAuthenticationTokenTenant \(401\)"):
            azure.create(GROUP, {"resourceGroupName": "platform", "location": "uksouth"}, preview=False)
