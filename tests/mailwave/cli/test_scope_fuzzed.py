"""A local administrator who types anything, beside a neighbour who is anything: no row of the neighbour is reached."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from estate_schema.administrators import COLUMNS
from mailwave import cli
from mailwave.adapters.ledger import Ledger
from mailwave.cli.context import err, out
from mailwave.core.readiness.attestation import Attestation, SignedWaiver
from mailwave.exits import Exit
from mailwave.wiring import readiness
from tests.mailwave.builders import NOW, REASON, a_mailbox, a_right, an_organisation, guid
from tests.mailwave.cli.conftest import WHY

OURS, THEIRS = "RR8", "RX1"
ANNE, CLEO = (f"00000000-0000-0000-0000-00000000000{n}" for n in "ac")
"""Anne attests for us, Cleo waives for us."""
PARTS = {ANNE: "attests", CLEO: "waives"}
KEYS = {who: Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n, who in enumerate(PARTS)}
SECRETS = ("neighbour", guid(3), guid(4), "person3@", "person4@", "SECRET")
"""What only the neighbour has, whatever they are: their name, guids and addresses, and a word in all they hand in."""
LOG = "#Fields: date-time,client-name,client-software,client-software-version\n"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


@dataclass(frozen=True)
class Theirs:
    """What the neighbour has and hands in."""

    size: int = 1
    kind: str = "UserMailbox"
    uses_ours: bool = False
    facts: tuple[str, ...] = ()
    lines: tuple[bytes, ...] = field(default=())


@dataclass(frozen=True)
class Desk:
    """The machine of somebody, in a folder with an estate of ours (1, and 2 that is shared) and theirs (3 and 4)."""

    folder: Path
    patch: pytest.MonkeyPatch

    def sits(self, who: str | None) -> None:
        """From now on *who* is at work; None is an operator."""
        if who is None:
            self.patch.delenv("MAILWAVE_IDENTITY", raising=False)
        else:
            self.patch.setenv("MAILWAVE_IDENTITY", f"{who}.json")

    def types(self, *arguments: str) -> tuple[int, str]:
        """The code and all that is printed, without the moment and the folder."""
        self.patch.setattr(sys, "argv", ["mailwave", *arguments])
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said), pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), MOMENT.sub("", said.getvalue()).replace(str(self.folder), "")


@contextmanager
def desk(theirs: Theirs) -> Iterator[Desk]:
    """A desk beside a neighbour who is *theirs*."""
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        patch.chdir(folder)
        patch.setenv("MAILWAVE_ENVIRONMENT", "rehearsal")
        patch.setenv("MAILWAVE_LEDGER", f"sqlite:///{folder}/ledger.db")
        patch.delenv("MAILWAVE_ENDPOINTS", raising=False)
        for console in (out, err):
            patch.setattr(console, "width", 400)
        _register(folder, patch)
        _fill(folder, theirs)
        made = Desk(folder, patch)
        made.sits(None)
        made.types("estate", "check", "--client-logs", "logs", "--evidence", "logs", *WHY)
        yield made


def _register(folder: Path, patch: pytest.MonkeyPatch) -> None:
    data = folder / "environments"
    data.mkdir()
    shutil.copy(readiness.ENVIRONMENTS / "readiness.yaml", data)
    patch.setattr(readiness, "ENVIRONMENTS", data)
    rows = [",".join(COLUMNS)]
    for who, key in KEYS.items():
        public = key.public_key().public_bytes_raw().hex()
        rows.append(f"{who},N,{OURS},{PARTS[who]},{public},2020-01-01,2999-12-31,")
        secret = folder / f"{who}.pem"
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        secret.chmod(0o600)
        identity = {"who": who, "key": {"secret_file": str(secret)}}
        (folder / f"{who}.json").write_text(json.dumps(identity), encoding="utf-8")
    (data / "administrators.rehearsal.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")


def _fill(folder: Path, theirs: Theirs) -> None:
    boxes = [
        a_mailbox(1, organisation=OURS),
        a_mailbox(2, organisation=OURS, recipient_type="SharedMailbox"),
        a_mailbox(3, organisation=THEIRS, size_bytes=theirs.size, recipient_type=theirs.kind),
        a_mailbox(4, organisation=THEIRS, display_name="neighbour SECRET"),
    ]
    rights = [a_right(2, 1), a_right(4, 3), *([a_right(2, 3), a_right(3, 1)] if theirs.uses_ours else [])]
    with Ledger.open(f"sqlite:///{folder}/ledger.db", lambda: NOW) as ledger:
        ledger.import_estate(
            [an_organisation(OURS), an_organisation(THEIRS, "neighbour SECRET")], boxes, rights, REASON
        )
    evidence, logs = folder / "handed-in", folder / "logs"
    evidence.mkdir()
    logs.mkdir()
    (logs / "RCA_1.LOG").write_text(LOG, encoding="utf-8")
    heads = "organisation,kind,value,on,source"
    (evidence / "organisations.csv").write_text("\n".join([heads, *theirs.facts, ""]), encoding="utf-8")
    (evidence / "attestations.jsonl").write_bytes(b"\n".join(theirs.lines))


CHECK = ("estate", "check", "--client-logs", "logs", "--evidence", "handed-in", *WHY)
LOOKS: Sequence[tuple[str, ...]] = (
    ("estate", "show"),
    ("estate", "show", "--json"),
    CHECK,
    (*CHECK, "--json"),
    ("estate", "export", "--to", "sheet"),
    ("estate", "attest", "--rule", "tls", "--value", "1.2"),
    ("estate", "attest", "--rule", "bandwidth", "--value", "much"),
    ("estate", "show", "--organisation", THEIRS),
    ("wave", "account"),
)


def seen(theirs: Theirs) -> list[object]:
    """All that Anne gets to see and to hold beside a neighbour who is *theirs*."""
    with desk(theirs) as place:
        place.sits(ANNE)
        told: list[object] = [place.types(*line) for line in LOOKS]
        return [*told, (place.folder / "sheet" / "readiness.csv").read_bytes()]


@cache
def expected() -> list[object]:
    """The same beside a neighbour who is harmless."""
    return seen(Theirs())


HANDED_IN = st.sampled_from(
    [
        f"{THEIRS},tls,SECRET,never,rumour",
        '"=SECRET()",,,,',
        f"{OURS.lower()},tls,SECRET,,",
        f"{OURS} ,owners,9,,",
    ]
)
SIGNED = st.sampled_from([b"SECRET", b'{"organisation": "RX1", "SECRET": 1}', b"\xff\xfe", b""])
NEIGHBOURS = st.builds(
    Theirs,
    size=st.integers(0, 2**50),
    kind=st.sampled_from(["UserMailbox", "SharedMailbox", "DiscoveryMailbox"]),
    uses_ours=st.booleans(),
    facts=st.lists(HANDED_IN, max_size=3).map(tuple),
    lines=st.lists(SIGNED, max_size=2).map(tuple),
)


@settings(max_examples=4, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(NEIGHBOURS)
def test_whatever_the_neighbour_is_nothing_is_seen_of_it(theirs: Theirs) -> None:
    """It should show, check, export and sign to the byte the same, whatever another organisation is or hands in."""
    found = seen(theirs)

    assert expected() == found
    assert not [secret for secret in SECRETS if secret in str(found)]


CODES = st.sampled_from(
    [THEIRS, OURS.lower(), f"{OURS} ", f" {OURS}", "*", "", "%", "RR_", "RR8,RX1", "RR8\nRX1", "\uff32\uff32\uff18",
     "\u0420R8", "../RX1", "' OR 1=1 --", "neither"]
) | st.text(max_size=6).filter(lambda text: text != OURS and not text.startswith("-"))  # fmt: skip
RULES = st.sampled_from(["tls", "egress", "owners", "size", "users", "", "nothing", "[bold]tls"])
TEXTS = st.sampled_from(["1.2", "direct", "0", guid(3), THEIRS, "[red]x[/]", "=cmd()", "\x1b[31m", "a\nb"])
SUBJECTS = st.sampled_from([guid(1), guid(3), guid(9), THEIRS, "*", ""])


@pytest.fixture(scope="module")
def beside() -> Iterator[Desk]:
    """A desk beside a harmless neighbour."""
    with desk(Theirs()) as place:
        yield place


@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(CODES)
def test_no_code_that_is_not_theirs_shows_anything(beside: Desk, asked: str) -> None:
    """It should refuse it with one sentence, and show no more than was typed."""
    beside.sits(ANNE)
    code, said = beside.types("estate", "show", "--json", "--organisation", asked)

    assert Exit.OUT_OF_SCOPE == code
    assert not [secret for secret in SECRETS if secret in said]
    assert "\x1b" not in said
    assert 3 == len(said.splitlines())  # the first says which environment this is


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.generate))
@example("tls", "1.2", THEIRS, 30)
@example("tls", "1.2", OURS, 30)
@given(RULES, TEXTS, CODES | st.just(OURS), st.integers(-1, 400))
def test_nothing_is_attested_but_for_their_own(
    beside: Desk, rule: str, value: str, asked: str, days: int
) -> None:
    """It should sign for exactly their organisation, or refuse and keep nothing; and tell nothing of anybody."""
    beside.sits(ANNE)
    code, said = beside.types(
        *("estate", "attest", f"--rule={rule}", f"--value={value}", f"--organisation={asked}"),
        *(f"--days={days}", "--to", "signed.jsonl"),
    )

    kept = _kept(beside.folder / "signed.jsonl", Attestation)
    assert {OURS} >= {each.organisation for each in kept}
    assert bool(kept) == (code == Exit.OK)
    assert asked in (OURS, "") or code != Exit.OK
    assert not [secret for secret in SECRETS if secret in said.replace(value, "")]


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate))
@example("tls", OURS, THEIRS, "theirs")
@example("hold", OURS, guid(3), "theirs")
@example("tls", THEIRS, THEIRS, "theirs")
@given(RULES, CODES | st.just(OURS), SUBJECTS, TEXTS)
def test_nothing_is_waived_but_for_their_own(
    beside: Desk, rule: str, asked: str, subject: str, reason: str
) -> None:
    """It should sign a waiver of their organisation or refuse, and waive nothing for a mailbox of another."""
    beside.sits(CLEO)
    file = beside.folder / "handed-in" / "waivers.jsonl"
    code, said = beside.types(
        *("estate", "waive", f"--rule={rule}", f"--organisation={asked}", f"--mailbox={subject}"),
        *("--owner", "somebody", f"--reason={reason}", "--to", str(file)),
    )
    beside.sits(None)
    _, found = beside.types(*CHECK, "--organisation", THEIRS, "--json", "--dry-run")

    kept = _kept(file, SignedWaiver)
    assert {OURS} >= {each.organisation for each in kept}
    assert bool(kept) == (code == Exit.OK)
    assert not [secret for secret in SECRETS if secret in said.replace(subject, "").replace(reason, "")]
    assert [] == json.loads(found[found.index("{") : found.rindex("}") + 1])["not_asked"]


def _kept[Kind: (Attestation, SignedWaiver)](file: Path, kind: type[Kind]) -> list[Kind]:
    """The statements in *file*, which is taken away."""
    lines = file.read_bytes().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return [msgspec.json.decode(line, type=kind) for line in lines]
