"""Inventories as Export-Csv writes them, in every encoding, and damaged ones."""

import contextlib
import csv
import io
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.bad_rows import BadRow, BadRows
from mailwave.core.estate import Mailbox
from mailwave.core.exchange_export import (
    MAILBOX_COLUMNS,
    ORGANISATION_COLUMN,
    STATISTICS_COLUMNS,
    InventoryScope,
    parse_size,
    read_inventory,
)
from tests.mailwave.builders import a_mailbox, guid

SCOPE = InventoryScope(
    organisations={"RR8"}, site_of_server={"EX01": "leeds", "ex02.leeds.nhsmail.example": "leeds"}
)
TYPE_LINE = "#TYPE Microsoft.Exchange.Data.Directory.Management.Mailbox\r\n"

Row = Mapping[str, str]


def exported(columns: Sequence[str], rows: Sequence[Row], before: str = "") -> str:
    """A table as Export-Csv writes it: every cell quoted."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([[row[column] for column in columns] for row in rows])
    return before + text.getvalue()


def mailbox_row(mailbox: Mailbox, **changes: str) -> Row:
    return {
        "ExchangeGuid": mailbox.guid,
        "PrimarySmtpAddress": mailbox.address,
        "Alias": mailbox.alias,
        "DisplayName": mailbox.display_name,
        "RecipientTypeDetails": mailbox.recipient_type,
        "LegacyExchangeDN": mailbox.legacy_dn,
        "ServerName": mailbox.server,
        "Database": mailbox.database,
        "CustomAttribute1": mailbox.organisation,
        "Languages": "en-GB",
        **changes,
    }


def statistics_row(mailbox: Mailbox, **changes: str) -> Row:
    size = f"1.5 GB ({mailbox.size_bytes:,} bytes)"
    return {"MailboxGuid": mailbox.guid, "TotalItemSize": size, "ItemCount": str(mailbox.items), **changes}


def inventory(*rows: Row, before: str = "") -> str:
    return exported([*MAILBOX_COLUMNS, "Languages", ORGANISATION_COLUMN], rows, before)


def statistics(*rows: Row) -> str:
    return exported(STATISTICS_COLUMNS, rows)


def read(mailboxes: str | bytes, sizes: str | bytes = b"") -> list[Mailbox]:
    return read_inventory(
        {"mailboxes.csv": _bytes(mailboxes)}, {"sizes.csv": _bytes(sizes)} if sizes else {}, SCOPE
    )


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def bad_rows(mailboxes: str | bytes, sizes: str | bytes = b"") -> tuple[BadRow, ...]:
    with pytest.raises(BadRows) as caught:
        read(mailboxes, sizes)
    return caught.value.rows


names = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Cf", "Co", "Zl", "Zp", "Zs"],
        exclude_characters="=+-@<&]:\uff1d\uff0b\uff0d\uff20",
    ),
    min_size=1,
    max_size=30,
).map(partial(unicodedata.normalize, "NFC"))


class TestRoundTrip:
    @pytest.mark.parametrize(
        "encode",
        [
            lambda text: text.encode("utf-8"),
            lambda text: text.encode("utf-8-sig"),
            lambda text: text.encode("utf-16"),
            lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
            lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        ],
        ids=["utf-8", "utf-8 bom", "utf-16", "utf-16 le", "utf-16 be"],
    )
    @pytest.mark.parametrize("before", ["", TYPE_LINE], ids=["plain", "type line"])
    def test_every_encoding_of_export_csv_is_read(self, encode: Callable[[str], bytes], before: str) -> None:
        """It should read what each version of PowerShell writes, with and without the type line."""
        mailbox = a_mailbox(display_name="Siân Ó Briain")

        found = read(
            encode(inventory(mailbox_row(mailbox), before=before)),
            encode(statistics(statistics_row(mailbox))),
        )

        assert [mailbox] == found

    @given(st.lists(names, min_size=1, max_size=5), st.integers(0, 1 << 50))
    def test_any_name_and_size_comes_back(self, display_names: list[str], size: int) -> None:
        """It should give back every mailbox as it was written, whatever its name."""
        boxes = [a_mailbox(n, display_name=name, size_bytes=size) for n, name in enumerate(display_names)]

        found = read(inventory(*map(mailbox_row, boxes)), statistics(*map(statistics_row, boxes)))

        assert boxes == found

    def test_a_quoted_line_break_is_part_of_a_name(self) -> None:
        """It should keep a line break inside a quoted cell, and count the lines it takes."""
        two_lines = mailbox_row(a_mailbox(0), DisplayName="Ward 4\r\nNights")

        assert ["Ward 4\r\nNights"] == [mailbox.display_name for mailbox in read(inventory(two_lines))]
        found = bad_rows(inventory(two_lines, mailbox_row(a_mailbox(1), ExchangeGuid="x")))
        assert [4] == [bad.line for bad in found]

    def test_guids_are_compared_without_case(self) -> None:
        """It should join an inventory and statistics that write GUIDs differently."""
        mailbox = a_mailbox(0xABCDEF)

        found = read(
            inventory(mailbox_row(mailbox, ExchangeGuid=mailbox.guid.upper())),
            statistics(statistics_row(mailbox)),
        )

        assert [mailbox] == found

    def test_no_statistics_means_no_size(self) -> None:
        """It should keep a mailbox that nobody ever opened, without a size."""
        assert [a_mailbox(size_bytes=None)] == read(inventory(mailbox_row(a_mailbox())))

    def test_statistics_of_other_mailboxes_are_passed_over(self) -> None:
        """It should not mind archives and disconnected mailboxes."""
        found = read(inventory(mailbox_row(a_mailbox(0))), statistics(statistics_row(a_mailbox(9))))

        assert [None] == [mailbox.size_bytes for mailbox in found]

    def test_a_server_is_known_by_either_name(self) -> None:
        """It should find the site by a server's short name in any case, or by its full address."""
        rows = [
            mailbox_row(a_mailbox(n), ServerName=s)
            for n, s in enumerate(["ex01", "EX02.leeds.nhsmail.example"])
        ]

        assert ["leeds", "leeds"] == [mailbox.site for mailbox in read(inventory(*rows))]


class TestSize:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("1.5 GB (1,610,612,736 bytes)", 1_610_612_736),
            ("0 B (0 bytes)", 0),
            ("978 B (978 bytes)", 978),
            ("1.5 GB", None),
            ("1.5 GB (1.610.612.736 bytes)", None),
            ("1.5 GB (1,61 bytes)", None),
            ("1.5 GB (-1 bytes)", None),
            ("Unlimited", None),
            ("", None),
            ("1 TB (" + "9" * 5000 + " bytes)", None),
            ("1 TB (٣ bytes)", None),
        ],
    )
    def test_the_exact_bytes_count(self, text: str, expected: int | None) -> None:
        """It should read the bytes in brackets, and no size that is not written in full."""
        assert expected == parse_size(text)


class TestDamage:
    @pytest.mark.parametrize(
        "changes",
        [
            {"ExchangeGuid": "00000000-0000-0000-0000-000000000000"},
            {"ExchangeGuid": "{" + guid(1) + "}"},
            {"PrimarySmtpAddress": "nobody"},
            {"PrimarySmtpAddress": "=cmd@nhsmail.example"},
            {"DisplayName": "=1+1"},
            {"DisplayName": "@SUM(A1)"},
            {"DisplayName": "\tTab"},
            {"DisplayName": "A\x00B"},
            {"DisplayName": "A\x1bB"},
            {"DisplayName": "Anna \u202etxt.exe"},
            {"DisplayName": "An\u200bna"},
            {"DisplayName": "\ufeffAnna"},
            {"DisplayName": "\xa0=1+1"},
            {"DisplayName": "\uff1d1+1"},
            {"DisplayName": "<script>alert(1)</script>"},
            {"DisplayName": "Anna &#60;b&#62;"},
            {"DisplayName": "[here](https://evil.example)"},
            {"PrimarySmtpAddress": "j\u043ehn@nhsmail.example"},
            {"PrimarySmtpAddress": "john@nhsm\u0430il.example"},
            {"PrimarySmtpAddress": "john@xn--nhsmil-6fg.example"},
            {"PrimarySmtpAddress": "j\uff4fhn@nhsmail.example"},
            {"DisplayName": "  "},
            {"LegacyExchangeDN": "CN=Person"},
            {"CustomAttribute1": "ZZZ"},
            {"CustomAttribute1": ""},
            {"ServerName": "EX99"},
        ],
        ids=str,
    )
    def test_a_bad_mailbox_is_named_by_its_line(self, changes: Mapping[str, str]) -> None:
        """It should refuse the whole inventory and name the line of the bad row."""
        rows = [mailbox_row(a_mailbox(0)), mailbox_row(a_mailbox(1), **changes), mailbox_row(a_mailbox(2))]

        assert [("mailboxes.csv", 3)] == [(bad.file, bad.line) for bad in bad_rows(inventory(*rows))]

    @pytest.mark.parametrize(
        "changes",
        [{"MailboxGuid": ""}, {"TotalItemSize": "big"}, {"ItemCount": "-1"}, {"ItemCount": "many"}],
        ids=str,
    )
    def test_bad_statistics_are_named_by_their_line(self, changes: Mapping[str, str]) -> None:
        """It should refuse statistics that cannot be read."""
        sizes = statistics(statistics_row(a_mailbox(0)), statistics_row(a_mailbox(1), **changes))

        assert [("sizes.csv", 3)] == [
            (bad.file, bad.line) for bad in bad_rows(inventory(mailbox_row(a_mailbox(0))), sizes)
        ]

    @pytest.mark.parametrize("column", ["ExchangeGuid", "PrimarySmtpAddress", "LegacyExchangeDN"])
    def test_what_names_a_mailbox_is_given_once(self, column: str) -> None:
        """It should refuse a GUID, address or distinguished name that an earlier row has, in any case of letters."""
        first = mailbox_row(a_mailbox(0))
        second = mailbox_row(a_mailbox(1), **{column: first[column].upper().replace("/O=", "/o=")})

        found = bad_rows(inventory(first, second))

        assert [(3, True)] == [(bad.line, "mailboxes.csv:2" in bad.reason) for bad in found]

    def test_repeated_statistics_are_refused(self) -> None:
        """It should not choose between two sizes of one mailbox."""
        mailbox = a_mailbox()
        found = bad_rows(
            inventory(mailbox_row(mailbox)), statistics(statistics_row(mailbox), statistics_row(mailbox))
        )

        assert [3] == [bad.line for bad in found]

    def test_a_missing_column_is_named_once(self) -> None:
        """It should say which column the header has not got, and say it of the header's own line."""
        text = inventory(*[mailbox_row(a_mailbox(n)) for n in range(9)], before=TYPE_LINE).replace(
            "ExchangeGuid", "Guid"
        )

        assert [BadRow("mailboxes.csv", 2, "has no column ExchangeGuid")] == list(bad_rows(text))

    def test_a_repeated_column_is_refused(self) -> None:
        """It should not choose between two columns of one name."""
        assert (
            "more than one"
            in bad_rows(inventory(mailbox_row(a_mailbox())).replace("Languages", "alias"))[0].reason
        )

    def test_a_row_of_another_width_is_refused(self) -> None:
        """It should not guess which cell is missing."""
        assert [3] == [bad.line for bad in bad_rows(inventory(mailbox_row(a_mailbox())) + '"a","b"\r\n')]

    def test_an_unclosed_quote_is_named_by_the_line_it_opens_on(self) -> None:
        """It should not take the rest of the file for one cell."""
        text = inventory(mailbox_row(a_mailbox())) + '"never closed\r\nand more\r\n'

        assert [3] == [bad.line for bad in bad_rows(text)]

    def test_a_likeness_is_named_by_its_letter(self) -> None:
        """It should say which letter of an address only looks like one, as nobody sees the difference."""
        (bad,) = bad_rows(inventory(mailbox_row(a_mailbox(), PrimarySmtpAddress="j\u043ehn@nhsmail.example")))

        assert (
            "has an address with CYRILLIC SMALL LETTER O (U+043E), which no address here may have"
            == bad.reason
        )

    def test_a_quote_that_swallows_the_file_ends_the_reading(self) -> None:
        """It should name the line on which it opens, once, and take nothing after it for a row."""
        text = inventory(mailbox_row(a_mailbox())) + '"open\r\n' + "a,b\r\n" * 40_000

        (bad,) = bad_rows(text)

        assert (3, "has a cell of over 131,072 characters, or a quote that is never closed") == (
            bad.line,
            bad.reason,
        )

    def test_windows_text_is_recognised(self) -> None:
        """It should say that the text may be Windows-1252, and refuse UTF-32 by its name."""
        mailbox = inventory(mailbox_row(a_mailbox(), DisplayName="Si\xe2n"))

        assert "Windows-1252" in bad_rows(mailbox.encode("cp1252"))[0].reason
        assert ["is UTF-32 text; save it as UTF-8"] == [
            bad.reason for bad in bad_rows(mailbox.encode("utf-32"))
        ]

    def test_every_fault_is_counted_and_the_first_are_named(self) -> None:
        """It should list fifty bad rows and count the others."""
        rows = [mailbox_row(a_mailbox(n), DisplayName=f"={n}") for n in range(70)]

        with pytest.raises(BadRows) as caught:
            read(inventory(*rows))

        assert (list(range(2, 52)), 20) == ([bad.line for bad in caught.value.rows], caught.value.more)

    def test_an_inventory_of_nobody_is_refused(self) -> None:
        """It should not take a header without rows for an estate: its scope would be frozen at nothing."""
        assert ["holds no mailbox"] == [bad.reason for bad in bad_rows(inventory())]

    def test_statistics_of_nobody_are_refused(self) -> None:
        """It should refuse statistics that come without an inventory."""
        with pytest.raises(BadRows, match="no inventory"):
            read_inventory({}, {"sizes.csv": statistics(statistics_row(a_mailbox())).encode()}, SCOPE)

    def test_utf16_without_its_mark_is_recognised(self) -> None:
        """It should say what the NULs come from."""
        assert "UTF-16" in bad_rows(inventory(mailbox_row(a_mailbox())).encode("utf-16-le"))[0].reason

    def test_a_wrong_byte_is_named_by_its_line(self) -> None:
        """It should say on which line the text stops being UTF-8."""
        data = inventory(mailbox_row(a_mailbox())).encode() + b'"\xe9"\r\n'

        assert [3] == [bad.line for bad in bad_rows(data)]

    @given(st.binary(max_size=300), st.binary(max_size=300))
    def test_no_bytes_cause_anything_but_a_refusal(self, mailboxes: bytes, sizes: bytes) -> None:
        """It should answer any bytes at all with mailboxes or bad rows, never with a traceback."""
        with pytest.raises(BadRows):
            read_inventory({"m.csv": mailboxes}, {"s.csv": sizes}, SCOPE)

    @given(st.data())
    def test_any_one_damaged_byte_is_refused_or_read(self, data: st.DataObject) -> None:
        """It should survive any change of one byte of a good file."""
        good = bytearray(inventory(*[mailbox_row(a_mailbox(n)) for n in range(3)]).encode())
        place = data.draw(st.integers(0, len(good) - 1))
        good[place] = data.draw(st.integers(0, 255))

        with contextlib.suppress(BadRows):
            assert len(read(bytes(good))) <= 3
