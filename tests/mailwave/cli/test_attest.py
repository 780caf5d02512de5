"""`mailwave estate attest` and `waive`, and what a local administrator gets to see, typed."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from estate_schema.administrators import COLUMNS
from mailwave.exits import Exit
from mailwave.wiring import readiness
from tests.mailwave.cli.conftest import ODS, WHY, Run

ANNE, BERT, CLEO = (f"00000000-0000-0000-0000-00000000000{n}" for n in "abc")
KEYS = {
    who: Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n, who in enumerate((ANNE, BERT, CLEO))
}
ROWS = {ANNE: "RR8,attests", BERT: "RAE,attests", CLEO: "*,waives"}
HEADS = "ExchangeGuid,PrimarySmtpAddress,Alias,DisplayName,RecipientTypeDetails,LegacyExchangeDN,ServerName,Database,CustomAttribute1"  # noqa: E501  one line of a file
OWNERS = ("RR8", "RR8", "RAE")
ATTEST = ("estate", "attest", "--rule", "tls", "--value", "1.2")
CHECK = ("estate", "check", "--client-logs", "logs", "--json", *WHY)

As = Callable[[str | None], None]


@pytest.fixture
def estate(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two mailboxes of one organisation and one of another, with logs, and a table of administrators."""
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "environments"
    data.mkdir()
    shutil.copy(readiness.ENVIRONMENTS / "readiness.yaml", data)
    monkeypatch.setattr(readiness, "ENVIRONMENTS", data)
    _register(data)
    boxes = [
        f"{_guid(n)},p{n}@nhsmail.example,=p{n},P,UserMailbox,/o=N/cn=p{n},EX01,DB01,{code}"
        for n, code in enumerate(OWNERS)
    ]
    _write(tmp_path / "inventory.csv", HEADS, *[box.replace("=p", "p", 1) for box in boxes])
    _write(
        tmp_path / "statistics.csv",
        "MailboxGuid,TotalItemSize,ItemCount",
        *[f'{_guid(n)},"1.0 GB (1,073,741,824 bytes)",10' for n in range(3)],
    )
    (tmp_path / "logs").mkdir()
    (tmp_path / "ods").mkdir()
    trusts = (ODS / "etr.csv").read_text(encoding="utf-8").splitlines()
    known = [line for line in trusts if line.split(",")[0].strip('"') in OWNERS]
    _write(tmp_path / "ods" / "etr.csv", *known)
    fields = "#Fields: date-time,client-name,client-software,client-software-version"
    _write(tmp_path / "logs" / "RCA_1.LOG", fields)
    run(
        "estate",
        "import",
        "--ods",
        "ods",
        "--mailboxes",
        "inventory.csv",
        "--statistics",
        "statistics.csv",
        *WHY,
    )
    return tmp_path


@pytest.fixture
def working_as(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> As:
    """Sets whose identity the settings name; None is an operator."""

    def as_(who: str | None) -> None:
        if who is None:
            monkeypatch.delenv("MAILWAVE_IDENTITY", raising=False)
            return
        key = tmp_path / f"{who}.pem"
        key.write_bytes(KEYS[who].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        key.chmod(0o600)
        file = tmp_path / f"{who}.json"
        file.write_text(json.dumps({"who": who, "key": {"secret_file": str(key)}}), encoding="utf-8")
        monkeypatch.setenv("MAILWAVE_IDENTITY", str(file))

    as_(None)
    return as_


def _register(folder: Path, *, last: str = "2999-12-31", revoked: str = "") -> None:
    rows = [
        f"{who},N,{part},{KEYS[who].public_key().public_bytes_raw().hex()},2020-01-01,{last},{revoked}"
        for who, part in ROWS.items()
    ]
    _write(folder / "administrators.rehearsal.csv", ",".join(COLUMNS), *rows)


def _guid(n: int) -> str:
    return f"00000000-0000-0000-0000-00000000000{n + 1}"


def _write(file: Path, *lines: str) -> None:
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _said(output: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output[output.index("{") : output.rindex("}") + 1])
    return found


def test_what_an_administrator_attests_is_evidence(run: Run, estate: Path, working_as: As) -> None:
    """It should sign for their own organisation, and let the operator's next check rely on it."""
    working_as(ANNE)
    code, said = run(*ATTEST, "--days", "30")
    assert Exit.OK == code, said
    working_as(None)

    lines = _said(run(*CHECK)[1])["blocking"]

    assert {("RR8", "bandwidth-unknown"), ("RAE", "tls-unknown")} == {
        (line["organisation"], line["code"]) for line in lines
    }


def test_only_egress_can_be_tried(run: Run, estate: Path, working_as: As) -> None:
    """It should sign no other rule without a value, and keep nothing."""
    working_as(ANNE)
    code, said = run("estate", "attest", "--rule", "tls")

    assert (Exit.INPUT_REJECTED, True) == (code, "it has no value; only egress can be tried" in said)
    assert [] == list(estate.rglob("attestations*"))


def test_nobody_attests_for_another_organisation(run: Run, estate: Path, working_as: As) -> None:
    """It should refuse with 37 and keep nothing, and so for a code that only looks like theirs."""
    working_as(ANNE)
    for asked in ("RAE", "rr8", "RR8 ", "*"):
        code, said = run(*ATTEST, "--organisation", asked)
        assert Exit.OUT_OF_SCOPE == code
        assert f"is an administrator of RR8 and has no say in {asked!r}" in said
    assert [] == list(estate.rglob("attestations*"))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"last": "2020-12-31"}, "expired on 2020-12-31"),
        ({"revoked": "2020-06-01"}, "was revoked on 2020-06-01"),
    ],
)
def test_who_may_no_more_is_refused_by_name(
    run: Run, estate: Path, working_as: As, changed: dict[str, str], why: str
) -> None:
    """It should count nothing of an administrator whose key expired or was revoked, and let them do nothing."""
    working_as(ANNE)
    run(*ATTEST)
    _register(estate / "environments", **changed)

    code, said = run(*ATTEST)
    assert (Exit.OUT_OF_SCOPE, True) == (code, f"the key of {ANNE} {why}" in said)
    working_as(None)
    found = _said(run(*CHECK)[1])
    assert [f"the key of {ANNE} {why}"] == [each["why"] for each in found["refused"]]
    assert {"tls-unknown"} == {line["code"] for line in found["blocking"]}


def test_a_waiver_is_signed_by_who_may(run: Run, estate: Path, working_as: As) -> None:
    """It should let nobody waive who only attests, and count what was signed by who waives."""
    waive = (
        "estate",
        "waive",
        "--rule",
        "tls",
        "--organisation",
        "RR8",
        "--owner",
        "a.person",
        "--reason",
        "new lines",
    )
    working_as(ANNE)
    code, said = run(*waive)
    assert (Exit.INPUT_REJECTED, True) == (code, "is for one who waives" in said)
    working_as(CLEO)
    assert Exit.OK == run(*waive)[0]
    code, said = run(*(part.replace("tls", "size") for part in waive))
    assert (Exit.INPUT_REJECTED, True) == (code, "the service itself enforces" in said)
    working_as(None)

    found = _said(run(*CHECK)[1])

    assert [("tls", 1, "waived")] == [
        (each["rule"], each["subjects"], each["kind"]) for each in found["not_asked"]
    ]


def test_an_administrator_sees_their_own(run: Run, estate: Path, working_as: As) -> None:
    """It should show, check and export one organisation, with nothing of the other in any output."""
    run(*CHECK)
    working_as(ANNE)

    outputs = [run("estate", "show", "--json")[1], run(*CHECK)[1], run("estate", "export", "--to", "out")[1]]
    text = (estate / "out" / "readiness.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines()))

    assert [_guid(0), _guid(1)] == [row[0] for row in rows[1:]]
    assert {"RR8"} == {row[2] for row in rows[1:]}
    whole = "".join(outputs) + str(rows)
    assert not [word for word in ("RAE", _guid(2), "p2@") if word in whole]
    assert 2 == _said(outputs[1])["judged"]


def test_no_code_leads_elsewhere(run: Run, estate: Path, working_as: As) -> None:
    """It should refuse with 37 what is not exactly theirs, and say the same whether there is such a code or not."""
    working_as(ANNE)
    for asked in ("RAE", "rae", "RR8 ", "*", "%", "\uff32\uff32\uff18", "RR8,RAE", "NOPE"):
        for command in (("estate", "show"), CHECK, ("estate", "export", "--to", "out")):
            code, said = run(*command, "--organisation", asked)
            assert Exit.OUT_OF_SCOPE == code
            assert said.splitlines()[-2:] == [
                f"mailwave: {ANNE} is an administrator of RR8 and has no say in {asked!r}",
                "ask for your own organisation; nothing was shown and nothing was done",
            ]
    assert not (estate / "out").exists()


def test_no_other_command_is_theirs(run: Run, estate: Path, working_as: As) -> None:
    """It should refuse the operators' commands, those that only look included."""
    working_as(ANNE)
    others = (
        ("estate", "show", "--discovered"),
        ("wave", "account"),
        ("wave", "show"),
        ("estate", "discover", "--ods", str(ODS), *WHY),
        ("estate", "import", "--ods", str(ODS), *WHY),
        ("site", "verify"),
    )

    for command in others:
        code, said = run(*command)
        assert Exit.OUT_OF_SCOPE == code, (command, said)


def test_who_is_not_in_the_table_is_nobody(run: Run, estate: Path, working_as: As) -> None:
    """It should refuse an id with another's key, and an operator who would sign."""
    working_as(BERT)
    (estate / f"{BERT}.json").write_text(
        json.dumps({"who": ANNE, "key": {"secret_file": str(estate / f"{BERT}.pem")}}), encoding="utf-8"
    )
    code, said = run("estate", "show")
    assert (Exit.OUT_OF_SCOPE, True) == (code, "is no administrator of rehearsal with this key" in said)
    working_as(None)
    assert Exit.CONFIGURATION == run(*ATTEST)[0]


def test_an_operator_looks_at_one_organisation(run: Run, estate: Path, working_as: As) -> None:
    """It should judge and record one organisation only, and name a code that owns nothing."""
    found = _said(run(*CHECK, "--organisation", "RAE")[1])

    assert (1, {"RAE"}) == (found["judged"], {line["organisation"] for line in found["blocking"]})
    assert "1 mailboxes are kept out" in run("estate", "show")[1]
    code, said = run("estate", "show", "--organisation", "NOPE")
    assert (Exit.CONFIGURATION, True) == (code, "no organisation of the estate has the code 'NOPE'" in said)
