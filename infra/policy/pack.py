"""The controls as a policy pack, which the engine starts by the file `run`; the only place that knows its library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pulumi_policy
from pulumi_policy.proxy import UnknownValueError

from controls.catalogue import Check, Control, controls, look
from controls.model import UNKNOWN, Finding, Resource

Declared = dict[str, Mapping[str, Any]]
"""What the resources of a run declare, by URN."""

_ROOT = "pulumi:pulumi:Stack"
"""The stack itself: it is there in a stack that is removed, too, and lacks nothing."""

MANDATORY, ADVISORY = pulumi_policy.EnforcementLevel.MANDATORY, pulumi_policy.EnforcementLevel.ADVISORY


def policies(every: Sequence[Control] | None = None) -> list[pulumi_policy.Policy]:
    """One policy for each check of what a stack declares; a control with waivers has a second, which stops nothing.

    The engine shows a control's id and title with each violation. The first policy finds nothing: it keeps what each
    resource declares, because of a whole stack the engine tells the outputs, which a preview does not know yet.
    """
    declared: Declared = {}
    return [
        pulumi_policy.ResourceValidationPolicy("declared", "what each resource declares", _keep(declared)),
        *(
            _policy(
                control,
                check,
                f"{control.name}-{number}{'-waived' if waived else ''}",
                declared,
                waived=waived,
            )
            for control in (controls() if every is None else every)
            for number, check in enumerate(control.declared, 1)
            for waived in ((False, True) if control.waivers else (False,))
        ),
    ]


def _keep(declared: Declared) -> pulumi_policy.ResourceValidation:
    def validate(args: pulumi_policy.ResourceValidationArgs, _: pulumi_policy.ReportViolation) -> None:
        declared[args.urn] = _plain(args.props)

    return validate


def _policy(
    control: Control, check: Check, name: str, declared: Declared, *, waived: bool
) -> pulumi_policy.Policy:
    about = f"control {control.id}, {control.title} ({control.cites})"
    level = ADVISORY if waived else MANDATORY
    if check.means == "resource":
        return pulumi_policy.ResourceValidationPolicy(
            name, about, _of_resource(control, check, waived=waived), level
        )
    return pulumi_policy.StackValidationPolicy(
        name, about, _of_stack(control, check, declared, waived=waived), level
    )


def _of_resource(control: Control, check: Check, *, waived: bool) -> pulumi_policy.ResourceValidation:
    def validate(args: pulumi_policy.ResourceValidationArgs, report: pulumi_policy.ReportViolation) -> None:
        if check.is_about(args.resource_type):
            _tell(look(control, check, [_resource(args)], _today()), report, waived=waived)

    return validate


def _of_stack(
    control: Control, check: Check, declared: Declared, *, waived: bool
) -> pulumi_policy.StackValidation:
    def validate(args: pulumi_policy.StackValidationArgs, report: pulumi_policy.ReportViolation) -> None:
        made = [each for each in args.resources if each.resource_type != _ROOT]
        stack = [_resource(each, declared.get(each.urn, {})) for each in made]
        _tell(look(control, check, stack, _today()), report, waived=waived)

    return validate


def _tell(found: Iterable[Finding], report: pulumi_policy.ReportViolation, *, waived: bool) -> None:
    for finding in found:
        if waived == (finding.waiver is not None):
            report(str(finding), finding.resource.urn if finding.resource else None)


def _today() -> date:
    return datetime.now(UTC).date()


def _resource(
    args: pulumi_policy.ResourceValidationArgs | pulumi_policy.PolicyResource,
    declared: Mapping[str, Any] | None = None,
) -> Resource:
    depends = getattr(args, "property_dependencies", {})  # known of whole stacks only
    return Resource(
        stack=args.urn.split(":", 3)[2],
        type=args.resource_type,
        name=args.name,
        properties=_plain(args.props) | (declared or {}),
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
    pulumi_policy.PolicyPack("mailwave", policies(), enforcement_level=MANDATORY)
