"""The simulated cloud, without sockets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.cloud import Cloud
from rehearsal.wire import Reply, Request

GROUP = "/arm/subscriptions/66666666-7777-4888-8999-000000000000/resourceGroups/platform"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/evidence"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/keys"
LOCK = "/providers/Microsoft.Authorization/locks/keep"
ROLE = "/providers/Microsoft.Authorization/roleAssignments"
UK = {"location": "uksouth"}


class Caller:
    """Sends requests to a cloud and reads the answers."""

    def __init__(self) -> None:
        self.cloud = Cloud()

    def send(self, method: str, path: str, body: object = None, query: str = "", **headers: str) -> Reply:
        """One request; an underscore in a header's name stands for a hyphen."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.cloud.handle(Request(method, f"/cloud{path}", query, named, json.dumps(body).encode()))

    def make(self, path: str, body: object = UK) -> dict[str, Any]:
        """PUT something that must succeed."""
        reply = self.send("PUT", path, body)
        assert 201 == reply.status, reply.body
        return _read(reply)

    def post(self, path: str, body: object) -> tuple[str, dict[str, Any]]:
        """POST something that must succeed; its path and its view."""
        reply = self.send("POST", path, body)
        assert 201 == reply.status, reply.body
        return "/entra" + reply.headers["location"], _read(reply)

    def paths(self) -> list[str]:
        """Where everything is."""
        return [row["path"] for row in _read(self.send("GET", ""))["value"]]


def _read(reply: Reply) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(reply.body)
    return value


def _refused(reply: Reply) -> tuple[int, str]:
    return reply.status, _read(reply)["error"]["code"]


@pytest.fixture
def caller() -> Caller:
    """An empty cloud."""
    return Caller()


class TestResourceManager:
    """Objects at ids that their makers choose."""

    def test_put_makes_and_get_shows(self, caller: Caller) -> None:
        """It should show what was written, what the service computes and what it fills in."""
        caller.make(GROUP)
        caller.make(ACCOUNT, {**UK, "kind": "StorageV2"})

        shown = _read(caller.send("GET", ACCOUNT))

        assert ("StorageV2", "Succeeded", True) == (
            shown["kind"],
            shown["provisioningState"],
            shown["enableHttpsTrafficOnly"],
        )
        assert "https://evidence.blob.core.windows.net/" == shown["primaryEndpoints"]["blob"]

    def test_put_over_an_object_is_refused_when_asked(self, caller: Caller) -> None:
        """It should refuse If-None-Match for an object that exists, in whatever case its id is written."""
        caller.make(GROUP)

        reply = caller.send("PUT", GROUP.replace("platform", "Platform"), UK, if_none_match="*")

        assert (409, "ResourceAlreadyExists") == _refused(reply)

    def test_put_replaces_the_whole_object(self, caller: Caller) -> None:
        """It should forget what the second PUT does not say."""
        caller.make(GROUP, {**UK, "tags": {"a": "1"}})

        reply = caller.send("PUT", GROUP, UK)

        assert 200 == reply.status
        assert "tags" not in _read(reply)

    def test_patch_merges(self, caller: Caller) -> None:
        """It should keep what a PATCH does not say."""
        caller.make(GROUP, {**UK, "tags": {"a": "1"}})

        reply = caller.send("PATCH", GROUP, {"tags": {"b": "2"}})

        assert {"a": "1", "b": "2"} == _read(reply)["tags"]

    def test_stale_etag_is_refused(self, caller: Caller) -> None:
        """It should refuse a write that saw an older version."""
        caller.make(GROUP)
        seen = caller.send("GET", GROUP).headers["etag"]
        caller.send("PATCH", GROUP, {"tags": {"a": "1"}})

        reply = caller.send("PATCH", GROUP, {"tags": {"a": "2"}}, if_match=seen)

        assert (412, "PreconditionFailed") == _refused(reply)

    @pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
    def test_absent_object_is_not_found(self, caller: Caller, method: str) -> None:
        """It should answer 404 for an object that is not there."""
        assert (404, "ResourceNotFound") == _refused(caller.send(method, GROUP, {}))

    def test_unknown_type_is_refused(self, caller: Caller) -> None:
        """It should refuse a type that the table does not have."""
        caller.make(GROUP)

        reply = caller.send("PUT", f"{GROUP}/providers/Microsoft.Web/sites/x", UK)

        assert (400, "InvalidResourceType") == _refused(reply)

    def test_missing_parent_is_refused(self, caller: Caller) -> None:
        """It should refuse an account in a group that is not there."""
        assert (404, "ParentResourceNotFound") == _refused(caller.send("PUT", ACCOUNT, UK))

    def test_container_needs_no_blob_service(self, caller: Caller) -> None:
        """It should have an account's blob service without anybody making it."""
        caller.make(GROUP)
        caller.make(ACCOUNT)

        assert "reports" == caller.make(f"{ACCOUNT}/blobServices/default/containers/reports", {})["name"]

    def test_resetting_a_singleton_keeps_what_is_beneath(self, caller: Caller) -> None:
        """It should keep containers when the settings of the blob service are deleted."""
        caller.make(GROUP)
        caller.make(ACCOUNT)
        caller.make(f"{ACCOUNT}/blobServices/default", {"isVersioningEnabled": True})
        caller.make(f"{ACCOUNT}/blobServices/default/containers/reports", {})

        caller.send("DELETE", f"{ACCOUNT}/blobServices/default")

        assert 200 == caller.send("GET", f"{ACCOUNT}/blobServices/default/containers/reports").status

    def test_missing_location_is_refused(self, caller: Caller) -> None:
        """It should refuse a regional object without a location."""
        assert (400, "LocationRequired") == _refused(caller.send("PUT", GROUP, {}))

    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    def test_immutable_property_is_refused(self, caller: Caller, method: str) -> None:
        """It should refuse to move an object."""
        caller.make(GROUP)

        reply = caller.send(method, GROUP, {"location": "ukwest"})

        assert (409, "PropertyChangeNotAllowed") == _refused(reply)

    def test_read_only_property_is_refused(self, caller: Caller) -> None:
        """It should refuse another value for what the service sets."""
        caller.make(GROUP)
        caller.make(VAULT)

        reply = caller.send("PATCH", VAULT, {"properties": {"vaultUri": "https://elsewhere"}})

        assert (400, "ReadOnlyProperty") == _refused(reply)

    def test_name_is_taken_in_every_group(self, caller: Caller) -> None:
        """It should refuse an account whose name another group's account has."""
        caller.make(GROUP)
        caller.make(f"{GROUP}2")
        caller.make(ACCOUNT)

        reply = caller.send("PUT", ACCOUNT.replace("platform", "platform2"), UK)

        assert (409, "AlreadyExists") == _refused(reply)

    def test_group_goes_with_everything_in_it(self, caller: Caller) -> None:
        """It should delete what lies beneath a group together with it, and nothing else."""
        caller.make(GROUP)
        caller.make(f"{GROUP}2")
        caller.make(ACCOUNT)

        assert 204 == caller.send("DELETE", GROUP).status
        assert [f"{GROUP}2".removeprefix("/arm")] == caller.paths()

    def test_second_role_assignment_is_refused(self, caller: Caller) -> None:
        """It should refuse the same role for the same principal at the same scope under another name."""
        caller.make(GROUP)
        grant = {"principalId": "p", "roleDefinitionId": "r"}
        caller.make(f"{GROUP}{ROLE}/6f1c4b1a-0000-4000-8000-000000000001", grant)

        reply = caller.send("PUT", f"{GROUP}{ROLE}/6f1c4b1a-0000-4000-8000-000000000002", grant)

        assert (409, "AlreadyExists") == _refused(reply)

    def test_body_that_is_no_object_is_refused(self, caller: Caller) -> None:
        """It should refuse a body that is not a JSON object."""
        assert (400, "InvalidRequestContent") == _refused(caller.send("PUT", GROUP, [1]))


class TestLocks:
    """Management locks."""

    @pytest.mark.parametrize("path", [GROUP, ACCOUNT])
    def test_forbids_deleting(self, caller: Caller, path: str) -> None:
        """It should keep the scope, and what lies beneath it, from being deleted."""
        caller.make(GROUP)
        caller.make(ACCOUNT)
        caller.make(f"{GROUP}{LOCK}", {"level": "CanNotDelete"})

        assert (409, "ScopeLocked") == _refused(caller.send("DELETE", path))
        assert 200 == caller.send("PATCH", path, {"tags": {"a": "1"}}).status

    def test_beneath_forbids_deleting_the_group(self, caller: Caller) -> None:
        """It should keep a group whose account is locked."""
        caller.make(GROUP)
        caller.make(ACCOUNT)
        caller.make(f"{ACCOUNT}{LOCK}", {"level": "CanNotDelete"})

        assert (409, "ScopeLocked") == _refused(caller.send("DELETE", GROUP))

    def test_read_only_forbids_changing(self, caller: Caller) -> None:
        """It should refuse every write under a read-only lock."""
        caller.make(GROUP)
        caller.make(f"{GROUP}{LOCK}", {"level": "ReadOnly"})

        assert (409, "ScopeLocked") == _refused(caller.send("PATCH", GROUP, {"tags": {}}))
        assert (409, "ScopeLocked") == _refused(caller.send("PUT", ACCOUNT, UK))

    def test_goes_itself(self, caller: Caller) -> None:
        """It should allow deleting the lock, and then what it held."""
        caller.make(GROUP)
        caller.make(f"{GROUP}{LOCK}", {"level": "CanNotDelete"})

        statuses = [caller.send("DELETE", path).status for path in (f"{GROUP}{LOCK}", GROUP)]

        assert [204, 204] == statuses


class TestDeletedVault:
    """Soft delete."""

    def test_keeps_its_name(self, caller: Caller) -> None:
        """It should refuse a vault with the name of a deleted one, in another group too."""
        caller.make(GROUP)
        caller.make(f"{GROUP}2")
        caller.make(VAULT)
        caller.send("DELETE", VAULT)

        assert (409, "ConflictError") == _refused(caller.send("PUT", VAULT, UK))
        assert (409, "ConflictError") == _refused(
            caller.send("PUT", VAULT.replace("platform", "platform2"), UK)
        )

    def test_can_be_recovered(self, caller: Caller) -> None:
        """It should make the vault again when that is said."""
        caller.make(GROUP)
        caller.make(VAULT)
        caller.send("DELETE", VAULT)

        assert 201 == caller.send("PUT", VAULT, {**UK, "properties": {"createMode": "recover"}}).status

    def test_purged_frees_its_name(self, caller: Caller) -> None:
        """It should make a new vault once the old one is purged."""
        caller.make(GROUP)
        caller.make(VAULT)
        caller.send("DELETE", VAULT)

        statuses = [
            caller.send("DELETE", VAULT, query="purge=true").status,
            caller.send("PUT", VAULT, UK).status,
        ]

        assert [204, 201] == statuses

    def test_protection_forbids_purging(self, caller: Caller) -> None:
        """It should refuse to purge a vault that is protected against it."""
        caller.make(GROUP)
        caller.make(VAULT, {**UK, "properties": {"enablePurgeProtection": True}})
        caller.send("DELETE", VAULT)

        assert (409, "PurgeProtected") == _refused(caller.send("DELETE", VAULT, query="purge=true"))


class TestDirectory:
    """Objects whose ids the directory gives."""

    def test_second_post_makes_a_second_object(self, caller: Caller) -> None:
        """It should make two groups of one name, as Graph does, each with an id of its own."""
        paths = {caller.post("/entra/groups", {"displayName": "team"})[0] for _ in range(2)}

        assert 2 == len(paths)

    def test_ids_are_repeatable(self) -> None:
        """It should give the same ids for the same requests in another run."""
        paths = [Caller().post("/entra/applications", {"displayName": "a"})[0] for _ in range(2)]

        assert paths[0] == paths[1]

    def test_put_is_refused(self, caller: Caller) -> None:
        """It should refuse an id that the caller chose."""
        assert (400, "InvalidResourceType") == _refused(caller.send("PUT", "/entra/groups/x", {}))

    def test_principal_needs_an_application(self, caller: Caller) -> None:
        """It should refuse a service principal for a client id that no application has."""
        reply = caller.send("POST", "/entra/servicePrincipals", {"clientId": "nobody"})

        assert (400, "InvalidReference") == _refused(reply)

    def test_application_has_one_principal(self, caller: Caller) -> None:
        """It should refuse a second service principal of one application."""
        _, application = caller.post("/entra/applications", {"displayName": "a"})
        caller.post("/entra/servicePrincipals", {"clientId": application["clientId"]})

        reply = caller.send("POST", "/entra/servicePrincipals", {"clientId": application["clientId"]})

        assert (409, "AlreadyExists") == _refused(reply)

    def test_principal_goes_with_its_application(self, caller: Caller) -> None:
        """It should delete an application's service principal and credentials together with it."""
        path, application = caller.post("/entra/applications", {"displayName": "a"})
        caller.post("/entra/servicePrincipals", {"clientId": application["clientId"]})
        caller.post(f"{path}/passwords", {"displayName": "p"})

        caller.send("DELETE", path)

        assert [] == caller.paths()

    def test_password_is_told_once(self, caller: Caller) -> None:
        """It should tell a password in the answer that made it, and never again."""
        application, _ = caller.post("/entra/applications", {"displayName": "a"})

        path, password = caller.post(f"{application}/passwords", {"displayName": "p"})

        assert password["value"]
        assert "value" not in _read(caller.send("GET", path))
        assert password["value"].encode() not in caller.send("GET", "").body


def test_public_names_are_looked_up(caller: Caller) -> None:
    """It should tell to what a CNAME record points a name in any case of letters, and nothing of other names."""
    zone = f"{GROUP}/providers/Microsoft.Network/dnsZones/nhsmail.example"
    caller.make(GROUP)
    caller.make(zone, {"location": "global"})
    caller.make(f"{zone}/TXT/one", {"ttl": 60, "txtRecords": [{"value": ["x"]}]})
    caller.make(f"{zone}/CNAME/one", {"ttl": 60, "cnameRecord": {"cname": "there.example"}})

    seen = [caller.cloud.cname(name) for name in ("ONE.nhsmail.example.", "two.nhsmail.example")]

    assert ["there.example", None] == seen


def test_records_are_published_as_a_zone_file_writes_them(caller: Caller) -> None:
    """It should tell the mail exchangers of the zone itself, and addresses, by their type."""
    zone = f"{GROUP}/providers/Microsoft.Network/dnsZones/nhsmail.example"
    caller.make(GROUP)
    caller.make(zone, {"location": "global"})
    mx = [{"preference": 10, "exchange": "mail.leeds.nhsmail.example"}]
    caller.make(f"{zone}/MX/@", {"ttl": 60, "mxRecords": mx})
    caller.make(f"{zone}/A/mail", {"ttl": 60, "aRecords": [{"ipv4Address": "192.0.2.1"}]})

    assert {"MX": ["10 mail.leeds.nhsmail.example."]} == caller.cloud.published("NHSmail.example")
    assert {"A": ["192.0.2.1"]} == caller.cloud.published("mail.nhsmail.example.")
    assert {} == caller.cloud.published("nobody.nhsmail.example")
