"""/users: read, made, changed, deleted, licensed; and their mail, which proves nothing (facts E3, E5, E6, E9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.directory.errors import Refusal
from rehearsal.directory.objects import DirectoryObject, User
from rehearsal.directory.tenant import CLOUD_MASTERED
from rehearsal.graph import bodies, pages
from rehearsal.graph.call import NO_CONTENT, Call, collection, entity
from rehearsal.graph.delta import delta
from rehearsal.graph.errors import BadRequest
from rehearsal.graph.shapes import ODATA_TYPES, Row, check_select, row
from rehearsal.post.track import Letter
from rehearsal.wire import Reply, json_reply

_REQUIRED = ("account_enabled", "display_name", "mail_nickname", "user_principal_name", "password_profile")
_NO_MAILBOX = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."


def listing(call: Call) -> Reply:
    """GET /users."""
    return pages.listed(call, User, call.entra.store.ids("users"), pages.selected("users", call.query.select))


def count(call: Call) -> Reply:
    """GET /users/$count."""
    return pages.counted(call, User, call.entra.store.ids("users"))


def changes(call: Call) -> Reply:
    """GET /users/delta."""
    return delta(call, User)


def read(call: Call) -> Reply:
    """GET /users/{id}."""
    user = call.view.get(User, call.keys[0])
    check_select(User, call.query.select or ())
    return entity(pages.selected("users", call.query.select), row(user, call.query.select))


def make(call: Call) -> Reply:
    """POST /users."""
    said = call.body(bodies.UserBody)
    values = bodies.given(said)
    bodies.require(values, User, _REQUIRED)
    values.pop("password_profile")
    store = call.entra.store
    made = User(id=store.new_id("user"), created_date_time=store.clock.now, **values)
    call.entra.add_user(made)
    return entity("users", row(made), 201)


def change(call: Call) -> Reply:
    """PATCH /users/{id}; what is synchronised is not written here (facts D26, D27)."""
    user = call.entra.store.get(User, call.keys[0])
    values = bodies.given(call.body(bodies.UserBody))
    if user.on_premises_sync_enabled and values.keys() <= CLOUD_MASTERED:
        values.pop("on_premises_immutable_id", None)
    password = values.pop("password_profile", None)
    if password is not None and user.on_premises_sync_enabled:
        values["account_enabled"] = (
            user.account_enabled
        )  # which is refused like any other synchronised property
    call.entra.change_user(user, values)
    return NO_CONTENT


def remove(call: Call) -> Reply:
    """DELETE /users/{id}."""
    call.entra.delete(call.entra.store.get(User, call.keys[0]))
    return NO_CONTENT


def give(call: Call) -> Reply:
    """POST /users/{id}/assignLicense: at once, with the user as answer (fact E5)."""
    said = call.body(bodies.LicencesBody)
    user = call.entra.store.get(User, call.keys[0])
    changed = call.entra.licensing.give(user, said.add_licenses, said.remove_licenses)
    return entity("users", row(changed))


def reprocess(call: Call) -> Reply:
    """POST /users/{id}/reprocessLicenseAssignment (fact E6)."""
    user = call.entra.store.get(User, call.keys[0])
    return entity("users", row(call.entra.licensing.reprocess(user)))


def licences(call: Call) -> Reply:
    """GET /users/{id}/licenseDetails."""
    user = call.view.get(User, call.keys[0])
    skus = {sku.sku_id: sku for sku in call.entra.licensing.skus}
    rows: list[Row] = []
    for licence in user.assigned_licenses:
        sku = skus[licence.sku_id]
        plans = [
            {
                "servicePlanId": plan.service_plan_id,
                "servicePlanName": plan.service_plan_name,
                "provisioningStatus": "Disabled"
                if plan.service_plan_id in licence.disabled_plans
                else "Success",
                "appliesTo": plan.applies_to,
            }
            for plan in sku.service_plans
        ]
        rows.append(
            {
                "id": sku.sku_id,
                "skuId": sku.sku_id,
                "skuPartNumber": sku.sku_part_number,
                "servicePlans": plans,
            }
        )
    return collection(f"users('{user.id}')/licenseDetails", rows)


def memberships(call: Call) -> Reply:
    """GET /users/{id}/memberOf: the groups and units that it is directly in."""
    user = call.view.get(User, call.keys[0])
    found = [call.view.find(key) for key in call.entra.store.links.member_of(user.id)]
    rows = [typed(each) for each in found if each is not None]
    return collection("directoryObjects", rows)


def send_mail(call: Call) -> Reply:
    """POST /users/{id}/sendMail: accepted, without a proof of delivery (fact E9)."""
    user, mail = call.entra.store.get(User, call.keys[0]), call.mail
    if call.scoped and not (mail and mail.may(call.application, "Application Mail.Send", user.mail)):
        raise Refusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    said = call.body(bodies.MailBody, action=True)
    hosted(call, user)
    to = _recipients(said.message)
    if mail is not None:
        mail.from_cloud(_letter(call, user, said.message), to)
    return json_reply(None, 200) if call.options.mail_status == 200 else Reply(call.options.mail_status)


def hosted(call: Call, user: User) -> None:
    """Refuse where the mailbox of *user* is not in the cloud."""
    there = (user.exchange.target_address or "").casefold().endswith(f"@{call.entra.tenant.routing_domain}")
    there = there or (call.mail is not None and call.mail.hosts(user.mail))
    if call.options.mail_needs_cloud_mailbox and not there:
        raise Refusal(404, "MailboxNotEnabledForRESTAPI", _NO_MAILBOX)


def _recipients(message: Mapping[str, Any]) -> list[str]:
    """The addresses that it goes to; raise `BadRequest` where one is no recipient of Graph's, or there is none."""
    rows = message.get("toRecipients")
    boxes = [each.get("emailAddress") if isinstance(each, dict) else None for each in _listed(rows)]
    to = [each.get("address") if isinstance(each, dict) else None for each in boxes]
    if not to or not all(isinstance(each, str) and "@" in each.strip("@") for each in to):
        raise BadRequest("At least one recipient is not valid.")
    return [str(each) for each in to]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _letter(call: Call, user: User, message: Mapping[str, Any]) -> Letter:
    """The message as the post takes it; one without a Message-ID is given one."""
    made = f"<{call.entra.store.new_id('message')}@{call.entra.tenant.domain}>"
    key = str(message.get("internetMessageId") or made)
    return Letter(key, str(user.mail), str(message.get("subject") or ""))


def deleted(call: Call) -> Reply:
    """GET /directory/deletedItems/microsoft.graph.user: what can still be restored (fact C14)."""
    rows = [row(each, ("id", "displayName", "userPrincipalName", "deletedDateTime")) for each in _kept(call)]
    return collection("directoryObjects", rows)


def restore(call: Call) -> Reply:
    """POST /directory/deletedItems/{id}/restore."""
    back = call.entra.restore(call.keys[0])
    return entity("directoryObjects", typed(back))


def typed(each: DirectoryObject, select: tuple[str, ...] | None = None) -> Row:
    """An object in a list of several kinds, with its kind; a property that this kind lacks is left out."""
    return {"@odata.type": ODATA_TYPES[type(each)]} | row(each, select)


def _kept(call: Call) -> list[User]:
    return call.entra.store.deleted(User)
