"""The last look before an update: whether who may has consented to exactly this change, of a release that was proved.

It runs while the engine holds the stack's lock, so whoever starts the engine, and by whatever command, is asked. What
an operator command has checked before is checked again, by the machine's own clock. A preview is open to everybody.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from change_control.admission import Trust, admit
from change_control.approvals import all_of
from change_control.contents import StackPart
from change_control.errors import ChangeRefused, Moved
from change_control.folder import CHANGE, Bundle, open_bundle
from change_control.releases import release_of, require_proof
from change_control.sources import differing, source_digests
from estate_schema.approvers import Approvers, approvers_of, road_to
from estate_schema.endpoints import VARIABLE, endpoints_from_environment
from infra.errors import NotConsented
from infra.stack import StackName

ROOT = Path(__file__).resolve().parent.parent


def require_consent(stack: StackName) -> None:
    """Let an update of *stack* go on only as a part of an approved change, where the environment asks for that.

    Raises:
        NotConsented: it is no part of one, or of one that has been touched; nothing was planned.
    """
    trusted = _approvers(stack.environment)
    if trusted.needed == 0:
        return
    folder = os.environ.get(CHANGE)
    if not folder:
        why = f"{trusted.needed} must approve a change, and {CHANGE} names none"
        raise NotConsented(stack=str(stack), why=why)
    try:
        _judge(stack, open_bundle(Path(folder)), trusted)
    except ChangeRefused as error:
        raise NotConsented(stack=str(stack), why=str(error)) from None


def _judge(stack: StackName, bundle: Bundle, trusted: Approvers) -> None:
    contents = bundle.contents
    if contents.environment != stack.environment:
        raise Moved(what="the environment", why=f"the change is for {contents.environment}")
    for name in differing(contents.sources, source_digests(ROOT, stack.environment)):
        raise Moved(what=f"the {name}", why="it is not what it was")
    part = StackPart(stack=str(stack), layer=stack.layer)
    held = next((each for each in contents.stacks if each.name == part.name and not each.provisional), None)
    if held is None:
        raise Moved(what=part.name, why="the change does not hold it, or only provisionally")
    now, before = datetime.now(UTC), road_to(stack.environment, ROOT / "environments", _rehearsed())
    require_proof(release_of(contents), bundle.proofs, before, now=now)
    signed, _ = all_of(bundle.approvals)
    admit(bundle, held, signed, Trust(trusted.needed, trusted.approvers), now=now)


def _approvers(environment: str) -> Approvers:
    return approvers_of(environment, ROOT / "environments", _rehearsed())


def _rehearsed() -> Path | None:
    """The file of approvers that a rehearsal has made, where everything is on this machine."""
    return endpoints_from_environment().approvers if VARIABLE in os.environ else None
