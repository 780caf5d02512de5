"""The four tables of a small estate: totals, laws, and that everything named exists."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from rehearsal.errors import NumberRefused
from rehearsal.national import canonical, ods, people
from rehearsal.national.estate import KEYS, NationalEstate, generate
from rehearsal.national.organisations import Layout
from rehearsal.national.shape import ABROAD, CURRENT_CLIENTS, MEAN_BYTES, OLD_CLIENTS, SHARED, TYPES, USER
from rehearsal.national.streams import Streams

SMALLEST = 1_000


def digests(estate: NationalEstate) -> dict[str, str]:
    return {name: canonical.digest(table, KEYS[name]) for name, table in estate.tables.items()}


def test_it_has_as_many_mailboxes_as_were_asked_for(estate: NationalEstate) -> None:
    """It should have 20,000 mailboxes, numbered from 0, and organisations that own exactly those."""
    assert list(range(20_000)) == estate.mailboxes["number"].to_list()
    assert estate.organisations["mailboxes"].sum() == 20_000


def test_each_organisation_has_the_mailboxes_that_it_says(estate: NationalEstate) -> None:
    """It should give each organisation at least one mailbox, and as many as its row tells."""
    owned = estate.mailboxes.group_by(code="organisation").agg(owned=pl.len())
    joined = estate.organisations.join(owned, on="code", how="full")
    assert joined["mailboxes"].to_list() == joined["owned"].to_list()
    assert joined["mailboxes"].min() >= 1


def test_a_smaller_estate_has_fewer_organisations_of_each_kind(estate: NationalEstate) -> None:
    """It should keep the parts that trusts, prescribers and dispensers have, in organisations and in mailboxes."""
    kinds = estate.organisations.group_by("kind").agg(pl.len(), pl.col("mailboxes").sum()).sort("kind")
    assert [("dispenser", 107, 960), ("prescriber", 115, 3_040), ("trust", 2, 16_000)] == kinds.rows()


def test_few_organisations_hold_most_mailboxes() -> None:
    """It should give the largest 1 % of organisations about four fifths of all mailboxes, at any scale."""
    sizes = generate(3, 200_000).organisations["mailboxes"].sort(descending=True)
    assert 0.7 < sizes.head(len(sizes) // 100).sum() / 200_000 < 0.9
    assert sizes.median() < 20


def test_every_carried_organisation_is_read() -> None:
    """It should find the 23,571 open organisations of the carried exports, by kind."""
    found = pl.DataFrame(ods.read())
    assert found["code"].n_unique() == 23_571
    assert {"trust": 212, "prescriber": 12_083, "dispenser": 11_276} == dict(
        found.group_by("kind").len().iter_rows()
    )


def test_sizes_have_the_mean_of_the_record_move_and_a_long_tail(estate: NationalEstate) -> None:
    """It should come near 1.1 GB a mailbox with a median far below, and with mailboxes beyond 50 GB at larger scale."""
    size = generate(3, 200_000).mailboxes["size_bytes"]
    assert abs(size.mean() / MEAN_BYTES - 1) < 0.03
    assert 0.25 < size.median() / MEAN_BYTES < 0.40
    assert 50 < (size > 50 * 10**9).sum() < 200
    assert abs(estate.mailboxes["size_bytes"].mean() / MEAN_BYTES - 1) < 0.10


def test_each_type_of_recipient_has_its_share(estate: NationalEstate) -> None:
    """It should have all five types, most of them user mailboxes, and shared ones in proportion to teams."""
    shares = dict(estate.mailboxes["recipient_type"].cast(pl.String).value_counts(normalize=True).iter_rows())
    assert {kind.name for kind in TYPES} == set(shares)
    assert 0.86 < shares["UserMailbox"] < 0.92
    assert 0.06 < shares["SharedMailbox"] < 0.10


def test_clients_are_seen_of_people_only(estate: NationalEstate) -> None:
    """It should give known versions to most people, too old ones to a few, and none to rooms and shared mailboxes."""
    boxes = estate.mailboxes.with_columns(
        type=pl.col("recipient_type").cast(pl.String), client=pl.col("client").cast(pl.String)
    )
    people = boxes.filter(pl.col("type").is_in(["UserMailbox", "LinkedMailbox"]))
    old = [version for version, _ in OLD_CLIENTS]
    assert {version for version, _ in (*CURRENT_CLIENTS, *OLD_CLIENTS)} == set(people["client"].drop_nulls())
    assert 0.15 < people["client"].is_null().mean() < 0.22
    assert 0.01 < people["client"].is_in(old).mean() < 0.20
    assert boxes.filter(~pl.col("type").is_in(["UserMailbox", "LinkedMailbox"]))["client"].null_count() == (
        boxes.height - people.height
    )


def test_holds_and_archives_are_few(estate: NationalEstate) -> None:
    """It should put about 2 % on hold and give about 5 % an archive."""
    assert 0.01 < estate.mailboxes["hold"].is_not_null().mean() < 0.03
    assert 0.03 < estate.mailboxes["archive_bytes"].is_not_null().mean() < 0.07


def test_names_are_unique(estate: NationalEstate) -> None:
    """It should repeat no GUID and no alias, and GUIDs should be of version 4."""
    assert estate.mailboxes["guid"].n_unique() == estate.mailboxes["alias"].n_unique() == 20_000
    assert (
        estate.mailboxes["guid"]
        .str.contains("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
        .all()
    )


def test_mailboxes_lie_in_databases_of_their_organisations_site(estate: NationalEstate) -> None:
    """It should name only databases that exist, with their own server and the site of the organisation."""
    text = estate.mailboxes.select("organisation", "site", "server", "database")
    placed = text.unique().join(estate.sites, on=["site", "server", "database"], how="anti")
    strange = text.join(
        estate.organisations.select("site", organisation="code"), on=["organisation", "site"], how="anti"
    )
    assert placed.is_empty()
    assert strange.is_empty()
    assert estate.sites["database"].is_unique().all()
    assert (estate.sites.group_by("site").agg(pl.col("server").n_unique())["server"] >= 2).all()


def test_rights_join_mailboxes_that_exist(estate: NationalEstate) -> None:
    """It should name mailbox numbers at both ends, never the same, and no right twice."""
    rights = estate.permissions
    assert max(rights["mailbox"].max(), rights["trustee"].max()) < 20_000
    assert (rights["mailbox"] != rights["trustee"]).all()
    assert not rights.select("mailbox", "trustee", "kind").is_duplicated().any()


def test_only_people_and_service_accounts_hold_rights(estate: NationalEstate) -> None:
    """It should make no room or shared mailbox a trustee."""
    types = estate.mailboxes["recipient_type"].cast(pl.String).gather(estate.permissions["trustee"])
    assert set(types) <= {"UserMailbox", "LinkedMailbox"}


def test_rights_cross_organisations_by_their_share(estate: NationalEstate) -> None:
    """It should have 2 % of rights cross organisations, service accounts apart, and all of them called so."""
    owner = estate.mailboxes["organisation"]
    rights = estate.permissions.with_columns(
        pl.col("origin").cast(pl.String),
        crosses=owner.gather(estate.permissions["mailbox"]) != owner.gather(estate.permissions["trustee"]),
    ).filter(~pl.col("origin").str.ends_with("service"))
    assert abs(rights["crosses"].mean() - ABROAD) < 0.002
    assert set(rights.filter("crosses")["origin"]) == {"abroad"}


def test_service_accounts_hold_thousands_of_rights(estate: NationalEstate) -> None:
    """It should have local hubs with a thousand rights and more, all inside one organisation."""
    held = estate.permissions.filter(pl.col("origin").cast(pl.String) == "service").group_by("trustee").len()
    assert len(held) == 2
    assert held["len"].min() > 900


def test_each_team_has_an_administrator() -> None:
    """It should begin each team with a shared mailbox or its administrator, whose mailbox is a user's."""
    streams = Streams(11)
    where = Layout.of(np.array([5_000, 40, 1, 2, 7]))
    made = people.assemble(streams, where)
    assert (made.type[made.admin] == USER).all()
    assert (made.type[made.first[made.has_shared]] == SHARED).all()
    assert (where.owner[made.admin] == where.owner[made.first]).all()


def test_shared_mailboxes_of_teams_have_holders(estate: NationalEstate) -> None:
    """It should leave few shared mailboxes without anybody who may open them."""
    shared = estate.mailboxes.filter(pl.col("recipient_type").cast(pl.String) == "SharedMailbox")
    assert shared["number"].is_in(estate.permissions["mailbox"].implode()).mean() > 0.98


def test_the_same_seed_gives_the_same_rows() -> None:
    """It should make the same rows twice."""
    assert digests(generate(5, SMALLEST)) == digests(generate(5, SMALLEST))


def test_another_seed_gives_other_rows() -> None:
    """It should change every table with the seed but that of sites, which chance decides through sizes only."""
    one, other = digests(generate(5, SMALLEST)), digests(generate(6, SMALLEST))
    assert [one[name] != other[name] for name in ("organisations", "mailboxes", "permissions")] == [True] * 3


def test_rows_are_what_they_were() -> None:
    """It should give the rows that generator 2 gave; raise files.GENERATOR and change this digest on purpose only."""
    assert (
        canonical.digest_of(digests(generate(7, SMALLEST)))
        == "5be251994d42f2e62c305a262de72f99c00bfdc4093c4fecba9bb3bc6aa4ff4f"
    )


@pytest.mark.parametrize(("seed", "count"), [(-1, SMALLEST), (2**64, SMALLEST), (1, 999), (1, 10_000_001)])
def test_numbers_out_of_bounds_are_refused(seed: int, count: int) -> None:
    """It should say which number is out of which bounds."""
    with pytest.raises(NumberRefused, match="must lie between"):
        generate(seed, count)
