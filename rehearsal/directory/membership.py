"""Dynamic groups: rules such as `user.department -eq "Radiology"`, whose members follow later (facts C15, C20)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache

from rehearsal.directory.errors import Invalid
from rehearsal.directory.licensing import Licensing
from rehearsal.directory.logic import Reader, Test, Unreadable, Words
from rehearsal.directory.objects import Group, User
from rehearsal.directory.store import Store

_WORDS = Words("-and", "-or", "-not")
_PROPERTIES = {
    "accountenabled": "account_enabled",
    "companyname": "company_name",
    "department": "department",
    "displayname": "display_name",
    "extensionattribute1": "extension_attribute1",
    "jobtitle": "job_title",
    "mail": "mail",
    "mailnickname": "mail_nickname",
    "objectid": "id",
    "dirsyncenabled": "on_premises_sync_enabled",
    "usagelocation": "usage_location",
    "userprincipalname": "user_principal_name",
    "usertype": "user_type",
}
_CONSTANTS: Mapping[str, object] = {"null": None, "true": True, "false": False}
Compare = Callable[[object, object], bool]


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


def _text(value: object) -> str:
    return str(_folded(value)) if value is not None else ""


_OPERATORS: dict[str, Compare] = {
    "-eq": lambda left, right: _folded(left) == _folded(right),
    "-ne": lambda left, right: _folded(left) != _folded(right),
    "-startswith": lambda left, right: _text(left).startswith(_text(right)),
    "-notstartswith": lambda left, right: not _text(left).startswith(_text(right)),
    "-contains": lambda left, right: _text(right) in _text(left),
    "-notcontains": lambda left, right: _text(right) not in _text(left),
}


class BadRule(Invalid):
    """A membership rule that cannot be read, or asks for what is not modelled."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"Dynamic membership rule validation error: the rule '{rule}' is not valid.")


@cache
def compiled(rule: str) -> Test:
    """The test that a membership rule makes.

    :raises BadRule: if it is none.
    """
    try:
        return Reader(rule, _WORDS, _term).whole()
    except Unreadable:
        raise BadRule(rule) from None


def _term(reader: Reader) -> Test:
    subject, _, name = reader.next().text.casefold().partition(".")
    operator, operand = reader.next().text.casefold(), reader.next()
    field, compare = _PROPERTIES.get(name), _OPERATORS.get(operator)
    if subject != "user" or field is None or compare is None:
        raise reader.wrong()
    if not operand.quoted and operand.text.casefold() not in _CONSTANTS:
        raise reader.wrong()
    value = operand.text if operand.quoted else _CONSTANTS[operand.text.casefold()]
    return lambda user: compare(getattr(user, field), value)


class Memberships:
    """Makes the members of dynamic groups follow their rules, some time after whatever changed."""

    def __init__(self, store: Store, licensing: Licensing) -> None:
        self._store = store
        self._licensing = licensing
        self._groups: dict[str, None] = {}
        self._users: dict[str, None] = {}
        self._due = False

    def rule_changed(self, group: str) -> None:
        """Notice that a group has a new rule."""
        self._groups[group] = None
        self._wait()

    def user_changed(self, user: str) -> None:
        """Notice that a user has other values."""
        self._users[user] = None
        self._wait()

    def _wait(self) -> None:
        if not self._due:
            self._due = True
            delay = timedelta(minutes=self._store.options.dynamic_minutes)
            self._store.clock.call_at(self._store.clock.now + delay, self._evaluate)

    def _evaluate(self) -> None:
        """Put everybody concerned into the right dynamic groups and out of the others."""
        self._due = False
        dynamic = [group for group in self._store.every(Group) if group.dynamic]
        changed, users = set(self._groups), list(self._users)
        self._groups.clear()
        self._users.clear()
        for group in dynamic:
            test = compiled(group.membership_rule or "")
            if group.id in changed:
                concerned = list(self._store.every(User))
            else:
                found = (self._store.find(key) for key in users)
                concerned = [each for each in found if isinstance(each, User)]
            for user in concerned:
                self._settle(group, user, belongs=test(user))

    def _settle(self, group: Group, user: User, *, belongs: bool) -> None:
        links = self._store.links
        move = links.join if belongs else links.leave
        if move(group.id, user.id, "groups"):
            self._licensing.joined_or_left(group.id, user.id)
