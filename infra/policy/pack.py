"""The controls as a policy pack, which the engine starts by the file `run`; the only place that knows its library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pulumi_policy
from pulumi_policy.proxy import UnknownValueError

from infra.policy.controls import Check, Control, controls, look
from infra.policy.model import UNKNOWN, Finding, Resource


def policies() -> list[pulumi_policy.Policy]:
    """One policy for each check: the engine shows a control's id and title with each violation."""
    return [
        _policy(control, check, number)
        for control in controls()
        for number, check in enumerate(control.checks, 1)
    ]


def _policy(control: Control, check: Check, number: int) -> pulumi_policy.Policy:
    name = f"{control.name}-{number}"  # the library wants unique names
    about = f"Control {control.id}, {control.title} ({control.cites})"
    if check.means == "resource":
        return pulumi_policy.ResourceValidationPolicy(name, about, _of_resource(control, check))
    return pulumi_policy.StackValidationPolicy(name, about, _of_stack(control, check))


def _of_resource(control: Control, check: Check) -> pulumi_policy.ResourceValidation:
    def validate(args: pulumi_policy.ResourceValidationArgs, report: pulumi_policy.ReportViolation) -> None:
        _tell(look(control, check, [_resource(args)], _today()), report)

    return validate


def _of_stack(control: Control, check: Check) -> pulumi_policy.StackValidation:
    def validate(args: pulumi_policy.StackValidationArgs, report: pulumi_policy.ReportViolation) -> None:
        _tell(look(control, check, [_resource(each) for each in args.resources], _today()), report)

    return validate


def _tell(found: Iterator[Finding], report: pulumi_policy.ReportViolation) -> None:
    for finding in found:
        where = f"{finding.resource.name}: " if finding.resource else ""
        report(f"{where}{finding.says}", finding.resource.urn if finding.resource else None)


def _today() -> date:
    return datetime.now(UTC).date()


def _resource(args: pulumi_policy.ResourceValidationArgs | pulumi_policy.PolicyResource) -> Resource:
    depends = getattr(args, "property_dependencies", {})  # known of whole stacks only
    return Resource(
        stack=args.urn.split(":", 3)[2],
        type=args.resource_type,
        name=args.name,
        properties=_plain(args.props),
        protect=bool(args.opts.protect),
        depends={
            path: tuple((each.resource_type, each.name) for each in resources)
            for path, resources in depends.items()
        },
        urn=args.urn,
    )


def _plain(value: Any) -> Any:
    """The value without the library's wrappers, which raise at what is not known yet."""
    if isinstance(value, Mapping):
        return {key: _known(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_known(value, place) for place in range(len(value))]
    return value


def _known(holder: Any, key: str | int) -> Any:
    try:
        return _plain(holder[key])
    except UnknownValueError:
        return UNKNOWN


if __name__ == "__main__":
    pulumi_policy.PolicyPack(
        "mailwave", policies(), enforcement_level=pulumi_policy.EnforcementLevel.MANDATORY
    )
