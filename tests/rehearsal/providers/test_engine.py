"""The stand-ins under the real engine, with a program of a few resources."""

from __future__ import annotations

import pytest

from tests.rehearsal.providers.project import SUBSCRIPTION, TENANT, Engine

pytestmark = [pytest.mark.engine, pytest.mark.conformance]

PROGRAM = """\
import pulumi
import pulumi_azuread as azuread
from pulumi_azure_native import authorization, keyvault, resources, storage

client = authorization.get_client_config_output()
group = resources.ResourceGroup("platform")
vault = keyvault.Vault(
    "keys",
    resource_group_name=group.name,
    properties=keyvault.VaultPropertiesArgs(
        tenant_id=client.tenant_id, sku=keyvault.SkuArgs(family="A", name=keyvault.SkuName.STANDARD)
    ),
)
account = storage.StorageAccount(
    "evidence",
    resource_group_name=group.name,
    kind="StorageV2",
    sku=storage.SkuArgs(name="Standard_LRS"),
    minimum_tls_version="TLS1_2",
    IS_HNS
)
storage.BlobContainer("reports", resource_group_name=group.name, account_name=account.name)
application = azuread.Application("operator", display_name="Operator")
principal = azuread.ServicePrincipal("operator", client_id=application.client_id)
team = azuread.Group("team", display_name="Migration team", security_enabled=True)
azuread.ApplicationFederatedIdentityCredential(
    "pipeline",
    application_id=application.id,
    display_name="pipeline",
    issuer="https://issuer.example",
    subject="pipeline",
    audiences=["api://AzureADTokenExchange"],
)
pulumi.export("vault", vault.properties.vault_uri)
pulumi.export("account", account.name)
pulumi.export("client", application.client_id)
pulumi.export("tenant", azuread.get_client_config().tenant_id)
"""
FIRST = PROGRAM.replace("IS_HNS", "")
REPLACING = PROGRAM.replace("IS_HNS", "is_hns_enabled=True,")
UNKNOWN_TYPE = """\
from pulumi_azure_native import storage

storage.Queue("queue", account_name="a", resource_group_name="g")
"""
UNKNOWN_PROPERTY = """\
from pulumi_azure_native import keyvault

sku = {"family": "A", "name": "standard"}
keyvault.Vault("keys", resource_group_name="g", properties={"sku": sku, "tenantID": "x"})
"""
TAGGED = """\
import pulumi
from pulumi_azure_native import resources

resources.ResourceGroup("platform", resource_group_name="platform", tags={"k": pulumi.Output.secret("hunter2")})
"""
GROUP = "azure-native:resources:ResourceGroup"


class TestLifeOfAStack:
    """Preview, up, drift, replacement and destroy."""

    def test_from_preview_to_destroy(self, engine: Engine) -> None:
        """It should preview with unknowns, create, find and heal drift, replace, and destroy."""
        engine.write(FIRST)

        preview = engine.run("preview")
        assert 0 == preview.code, preview.text
        assert "9 to create" in preview.text.replace("+ ", "")
        assert {} == engine.cloud.objects()

        up = engine.run("up", "--yes", "--skip-preview")
        assert 0 == up.code, up.text
        outputs = engine.outputs()
        account = _storage_account(engine)
        assert account.endswith(f"/storageAccounts/{outputs['account']}")
        assert outputs["vault"].startswith("https://keys")
        assert TENANT == outputs["tenant"]

        again = engine.run("preview", "--refresh", "--expect-no-changes")
        assert 0 == again.code, again.text

        reply = engine.cloud.send("PATCH", f"/arm{account}", {"minimumTlsVersion": "TLS1_0"})
        assert 200 == reply.status
        drift = engine.run("preview", "--refresh", "--expect-no-changes", "--diff")
        assert 7 == drift.code, drift.text
        assert "minimumTlsVersion" in drift.text
        assert "TLS1_0" in drift.text

        healed = engine.run("up", "--yes", "--skip-preview", "--refresh")
        assert 0 == healed.code, healed.text
        assert "TLS1_2" == engine.cloud.objects()[account]["minimumTlsVersion"]

        engine.write(REPLACING)
        replacing = engine.run("up", "--yes")
        assert 0 == replacing.code, replacing.text
        assert "replaced" in replacing.text
        assert account != _storage_account(engine)

        destroyed = engine.run("destroy", "--yes", "--skip-preview")
        assert 0 == destroyed.code, destroyed.text
        assert {} == engine.cloud.objects()

    @pytest.mark.parametrize(
        ("program", "words"),
        [
            (UNKNOWN_TYPE, "no resource type azure-native:storage:Queue"),
            (UNKNOWN_PROPERTY, "properties.tenantID"),
        ],
    )
    def test_wrong_program_is_refused(self, engine: Engine, program: str, words: str) -> None:
        """It should refuse, in the preview, a type and a nested property that it does not know."""
        engine.write(program)

        preview = engine.run("preview")

        assert 1 == preview.code
        assert words in preview.text

    def test_existing_object_is_refused_and_imported(self, engine: Engine) -> None:
        """It should refuse to create what exists already, and take it in by an import."""
        path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/platform"
        engine.cloud.send("PUT", f"/arm{path}", {"location": "uksouth", "tags": {"k": "1"}})
        engine.write(TAGGED)

        refused = engine.run("up", "--yes", "--skip-preview")
        assert 1 == refused.code
        assert f"cannot create already existing resource '{path}'" in refused.text

        options = ["--yes", "--protect=false", "--generate-code=false", "--skip-preview"]
        imported = engine.run("import", GROUP, "platform", path, *options)
        assert 0 == imported.code, imported.text
        up = engine.run("up", "--yes", "--skip-preview")
        assert 0 == up.code, up.text
        again = engine.run("preview", "--refresh", "--expect-no-changes")
        assert 0 == again.code, again.text

    def test_secrets_stay_out_of_the_state(self, engine: Engine) -> None:
        """It should keep a secret input encrypted through creation, refresh and update."""
        engine.write(TAGGED)
        for command in ("up", "refresh"):
            done = engine.run(command, "--yes", "--skip-preview")
            assert 0 == done.code, done.text
            assert "hunter2" not in done.text + engine.run("stack", "export").text

        engine.write(TAGGED.replace("tags=", "managed_by='x', tags="))
        done = engine.run("up", "--yes")
        assert 0 == done.code, done.text
        assert "1 updated" in done.text
        assert "hunter2" not in done.text + engine.run("stack", "export").text


def _storage_account(engine: Engine) -> str:
    return next(path for path in engine.cloud.objects() if path.split("/")[-2] == "storageAccounts")
