"""Where the operator command runs for the pipelines: a container job that somebody or something starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import app

LONGEST_RUN = 16 * 3600
"""Seconds: the longest window of the estate files, 14 hours, and two hours to finish what was begun in it."""


@dataclass(frozen=True)
class RunnersArgs:
    """*variables*: what the command reads from its environment; none is a secret."""

    resource_group_name: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    identity_id: pulumi.Input[str]
    image: str
    variables: Mapping[str, pulumi.Input[str]]
    tags: Mapping[str, str]


class Runners(pulumi.ComponentResource):
    """An environment inside the network, closed from outside, and one job in it that is started by hand or pipeline.

    A run is never repeated by Azure: what a run that failed has done is for the ledger to say, and for a person to
    resume.
    """

    def __init__(self, name: str, args: RunnersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:foundation:Runners", name, None, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)

        self.environment = self._environment()
        self.job = self._job()

        self.environment_id: pulumi.Output[str] = self.environment.id
        self.job_name: pulumi.Output[str] = self.job.name
        self.register_outputs({"job_name": self.job_name})

    def _environment(self) -> app.ManagedEnvironment:
        return app.ManagedEnvironment(
            self._name,
            resource_group_name=self._args.resource_group_name,
            # Logs leave by a diagnostic setting: the other way needs the workspace's shared key
            app_logs_configuration=app.AppLogsConfigurationArgs(destination="azure-monitor"),
            vnet_configuration=app.VnetConfigurationArgs(
                infrastructure_subnet_id=self._args.subnet_id, internal=True
            ),
            public_network_access=app.PublicNetworkAccess.DISABLED,
            workload_profiles=[
                app.WorkloadProfileArgs(name="Consumption", workload_profile_type="Consumption")
            ],
            tags=self._args.tags,
            opts=self._child,
        )

    def _job(self) -> app.Job:
        return app.Job(
            self._name,
            resource_group_name=self._args.resource_group_name,
            environment_id=self.environment.id,
            workload_profile_name="Consumption",
            identity=app.ManagedServiceIdentityArgs(
                type=app.ManagedServiceIdentityType.USER_ASSIGNED,
                user_assigned_identities=[self._args.identity_id],
            ),
            configuration=app.JobConfigurationArgs(
                trigger_type=app.TriggerType.MANUAL,
                manual_trigger_config=app.JobConfigurationManualTriggerConfigArgs(
                    parallelism=1, replica_completion_count=1
                ),
                replica_timeout=LONGEST_RUN,
                replica_retry_limit=0,
            ),
            template=app.JobTemplateArgs(containers=[self._container()]),
            tags=self._args.tags,
            opts=self._child,
        )

    def _container(self) -> app.ContainerArgs:
        return app.ContainerArgs(
            name="mailwave",
            image=self._args.image,
            resources=app.ContainerResourcesArgs(cpu=2, memory="4Gi"),
            env=[
                app.EnvironmentVarArgs(name=name, value=value) for name, value in self._args.variables.items()
            ],
        )
