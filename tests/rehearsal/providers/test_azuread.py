"""The stand-in for azuread without the engine, in front of a simulated directory."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infra.servicer import ProviderError, Secret, Subject
from rehearsal.providers.azure_native import AzureNative
from rehearsal.providers.azuread import AzureAD
from tests.rehearsal.providers.project import APPLICATION, PASSWORD, TEAM, LoopbackCloud

FIND = "azuread:index/getServicePrincipal:getServicePrincipal"


class TestDirectory:
    """Objects with ids that the directory gives."""

    def test_membership_lies_where_its_inputs_say(self, entra: AzureAD) -> None:
        """It should make a membership once, with the id that the real provider forms."""
        _, state = entra.create(TEAM, {"displayName": "Team"}, preview=False)
        inputs = {
            "groupObjectId": state["objectId"],
            "memberObjectId": "00000000-0000-4000-8000-000000000001",
        }
        member = Subject("azuread:index/groupMember:GroupMember", "member", "urn:member")

        object_id, _ = entra.create(member, inputs, preview=False)

        assert f"{state['objectId']}/member/{inputs['memberObjectId']}" == object_id
        with pytest.raises(ProviderError, match=f'ID "{object_id}" already exists'):
            entra.create(member, inputs, preview=False)

    def test_type_that_shares_its_path_is_the_one_that_was_said(
        self, entra: AzureAD, cloud: LoopbackCloud
    ) -> None:
        """It should make a group without members, though groups with members lie at the same place."""
        subject = Subject("azuread:index/groupWithoutMembers:GroupWithoutMembers", "team", "urn:team")

        object_id, outputs = entra.create(subject, {"displayName": "Team"}, preview=False)

        assert "members" not in cloud.objects()[object_id]
        assert outputs["objectId"] in object_id

    def test_certificate_stays_in_the_inputs(self, entra: AzureAD) -> None:
        """It should not take a secret that the service never tells for one that somebody removed."""
        subject = Subject("azuread:index/applicationCertificate:ApplicationCertificate", "key", "urn:key")
        application, _ = entra.create(APPLICATION, {"displayName": "Operator"}, preview=False)
        inputs = {"applicationId": application, "value": "PEM", "type": "AsymmetricX509Cert"}
        object_id, outputs = entra.create(subject, inputs, preview=False)

        live = entra.read(subject, object_id, inputs, outputs | {"value": "PEM"})

        assert live is not None
        assert inputs == live.inputs

    def test_certificate_with_a_key_id_is_made_once(self, entra: AzureAD) -> None:
        """It should be at the key id that the program chose, and a second one of it refused by the real one's words."""
        subject = Subject("azuread:index/applicationCertificate:ApplicationCertificate", "key", "urn:key")
        application, state = entra.create(APPLICATION, {"displayName": "Operator"}, preview=False)
        key_id = "00000000-0000-4000-8000-000000000002"
        inputs = {"applicationId": application, "keyId": key_id, "value": "PEM", "type": "AsymmetricX509Cert"}

        object_id, _ = entra.create(subject, inputs, preview=False)

        assert f"{state['objectId']}/certificate/{key_id}" == object_id
        with pytest.raises(ProviderError, match=f'ID "{object_id}" already exists'):
            entra.create(subject, inputs, preview=False)

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

    def test_finds_who_stands_for_an_application(self, entra: AzureAD) -> None:
        """It should find the principals that are in every directory, and those that somebody made."""
        exchange = entra.invoke(FIND, {"clientId": "00000002-0000-0ff1-ce00-000000000000"})
        _, application = entra.create(APPLICATION, {"displayName": "Runner"}, preview=False)
        made = Subject("azuread:index/servicePrincipal:ServicePrincipal", "runner", "urn:runner")
        object_id, _ = entra.create(made, {"clientId": application["clientId"]}, preview=False)

        found = entra.invoke(FIND, {"clientId": application["clientId"]})

        assert object_id == found["objectId"]
        assert "dc50a0fb-09a3-484d-be87-e023b12c6440" == exchange["appRoleIds"]["Exchange.ManageAsApp"]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ({"clientId": "nobody"}, "No service principal found"),
            ({"displayName": "Runner"}, "by clientId alone"),
        ],
    )
    def test_finds_no_other_principal(self, entra: AzureAD, arguments: dict[str, str], words: str) -> None:
        """It should say that nobody stands for an application, and refuse to look for anything but its id."""
        with pytest.raises(ProviderError, match=words):
            entra.invoke(FIND, arguments)

    def test_a_permission_of_a_built_in_principal_is_given_once(self, entra: AzureAD) -> None:
        """It should give a permission of Microsoft's own services, and refuse to give it again."""
        exchange = entra.invoke(FIND, {"clientId": "00000002-0000-0ff1-ce00-000000000000"})
        consent = Subject("azuread:index/appRoleAssignment:AppRoleAssignment", "consent", "urn:consent")
        inputs = {
            "appRoleId": exchange["appRoleIds"]["full_access_as_app"],
            "principalObjectId": "00000000-0000-4000-8000-000000000001",
            "resourceObjectId": exchange["objectId"],
        }
        object_id, _ = entra.create(consent, inputs, preview=False)

        assert object_id.startswith(f"/servicePrincipals/{exchange['objectId']}/appRoleAssignedTo/")
        with pytest.raises(ProviderError, match="already exists"):
            entra.create(consent, inputs, preview=False)
