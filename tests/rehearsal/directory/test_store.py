"""Objects, their history, and readers that lag."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rehearsal.directory.errors import Absent, Invalid, QuotaExceeded, SyncedObject
from rehearsal.directory.lab import Lab
from rehearsal.directory.objects import User
from rehearsal.directory.options import Options
from rehearsal.directory.store import View


def view(lab: Lab, **behind: float) -> View:
    """The directory as a reader that lags sees it."""
    return View(lab.entra.store, lab.clock.now - timedelta(**behind))


def test_a_lagging_reader_sees_what_was() -> None:
    """It should show old values, not know what is new, and still show what is gone (fact E10)."""
    lab = Lab(0)
    changed, gone = lab.add_user("changed"), lab.add_user("gone")
    lab.advance(minutes=10)
    lab.entra.change_user(changed, {"department": "Theatre"})
    lab.entra.delete(gone)
    made = lab.add_user("made")

    late, now = view(lab, seconds=10), view(lab)

    assert (None, "Theatre") == (late.get(User, changed.id).department, now.get(User, changed.id).department)
    assert ("gone", None) == (late.get(User, gone.id).display_name, now.find(gone.id))
    with pytest.raises(Absent):
        late.get(User, made.id)
    lab.advance(seconds=10)
    assert "made" == view(lab, seconds=10).get(User, made.id).display_name


def test_memberships_lag_too() -> None:
    """It should show members as they were."""
    lab = Lab(0)
    group, stays, joins = lab.add_group(), lab.add_user("stays"), lab.add_user("joins")
    lab.entra.join(group, stays)
    lab.advance(minutes=10)
    lab.entra.leave(group, stays)
    lab.entra.join(group, joins)

    late, now = list(view(lab, seconds=10).members(group.id)), list(view(lab).members(group.id))

    assert ([stays.id], [joins.id]) == (late, now)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"user_principal_name": "FIRST@nhsmail.onmicrosoft.com"}, "userPrincipalName"),
        ({"proxy_addresses": ("smtp:First@nhsmail.example",)}, "proxyAddresses"),
    ],
)
def test_some_names_are_ones_own(values: dict[str, object], name: str) -> None:
    """It should refuse a sign-in name or an address that another has, in any case, and change nothing."""
    lab = Lab(0)
    first = lab.add_user("first", proxy_addresses=("SMTP:first@nhsmail.example",))

    with pytest.raises(Invalid, match=f"property {name} already exists"):
        lab.add_user("second", **values)
    assert [first.id] == [each.id for each in lab.entra.store.every(User)]


def test_a_freed_name_can_be_taken() -> None:
    """It should give up the names that an object no longer has."""
    lab = Lab(0)
    user = lab.add_user("first")
    lab.entra.change_user(user, {"user_principal_name": f"other@{lab.entra.tenant.domain}"})

    assert "first" == lab.add_user("first").display_name


def test_the_quota_counts_the_deleted() -> None:
    """It should count a deleted object fully for 30 days and a quarter for 30 more (fact C14)."""
    lab = Lab(0, options=Options(object_quota=2))
    lab.entra.delete(lab.add_user("first"))
    lab.add_user("second")

    with pytest.raises(QuotaExceeded):
        lab.add_user("third")
    lab.advance(days=31)
    with pytest.raises(QuotaExceeded):
        lab.add_user("third")
    lab.advance(days=30)
    lab.add_user("third")


def test_a_deleted_user_is_kept_for_thirty_days() -> None:
    """It should restore it within 30 days and not after (fact C14)."""
    lab = Lab(0)
    user = lab.add_user()
    lab.entra.delete(user)
    lab.advance(days=29)
    lab.entra.restore(user.id)
    lab.entra.delete(lab.entra.store.get(User, user.id))
    lab.advance(days=30)

    with pytest.raises(Absent):
        lab.entra.restore(user.id)


def test_what_is_synchronised_is_not_written_here() -> None:
    """It should refuse to change or delete it, but for what the cloud masters (facts D26, D27)."""
    lab = Lab(1)

    with pytest.raises(SyncedObject):
        lab.entra.change_user(lab.user(), {"display_name": "Other"})
    with pytest.raises(SyncedObject):
        lab.entra.delete(lab.user())
    assert "GB" == lab.entra.change_user(lab.user(), {"usage_location": "GB"}).usage_location
