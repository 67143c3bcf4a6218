"""The paper record of a ceremony, as text and as a page to print: what was done, fingerprints, who keeps what."""

import hashlib
import html
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cardservice.credential import cose, keyset
from cardservice.credential.keys import PublicKey
from cardservice.credential.keyset import KeySet
from cardservice.files import write_atomically


@dataclass(frozen=True)
class PaperRecord:
    """A record: no secret is on it, so that it can be shown to anybody."""

    what: str
    key_set: KeySet
    digest: str
    root: PublicKey

    def write(self, directory: Path) -> list[Path]:
        """Writes `record-SEQ.txt` and `.html`; their paths. Raises OSError."""
        written = []
        for suffix, content in (("txt", self.text()), ("html", self.page())):
            path = directory / f"record-{self.key_set.seq}.{suffix}"
            write_atomically(path, content.encode())
            written.append(path)
        return written

    def text(self) -> str:
        """Plain text, 100 columns."""
        facts = [f"{name:<22}{value}" for name, value in self._facts()]
        entries = [
            f"{key.kid.hex()}  {key.use:<8}  {key.state:<11}  {_day(key.not_before)} to {_day(key.not_after)}"
            + (f"  at most {key.cap} cards" if key.cap else "")
            for key in _in_order(self.key_set)
        ]
        return "\n".join(["Record of a key ceremony", "", *facts, "", "Keys", *entries, "", *_KEEPERS, ""])

    def page(self) -> str:
        """One HTML page for the printer, with nothing fetched from anywhere."""
        facts = "".join(f"<tr><th>{html.escape(n)}<td><code>{html.escape(v)}</code>" for n, v in self._facts())
        entries = "".join(
            f"<tr><td><code>{key.kid.hex()}</code><td>{key.use}<td>{key.state}"
            f"<td>{_day(key.not_before)}<td>{_day(key.not_after)}<td>{key.cap or ''}"
            for key in _in_order(self.key_set)
        )
        keepers = "".join(f"<p>{html.escape(line)}" for line in _KEEPERS if line)
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Record of a key ceremony</title>'
            "<style>body{font:11pt serif;margin:2cm}table{border-collapse:collapse;margin:1em 0}"
            "th,td{border:1px solid;padding:.2em .5em;text-align:left}p{margin:1.2em 0}</style>"
            f"<h1>Record of a key ceremony</h1><table>{facts}</table><h2>Keys</h2>"
            f"<table><tr><th>kid<th>for<th>state<th>from<th>to<th>most cards{entries}</table>{keepers}</html>\n"
        )

    def _facts(self) -> list[tuple[str, str]]:
        return [
            ("What was done", self.what),
            ("On", _moment(self.key_set.iat)),
            ("Issuer", self.key_set.issuer),
            ("Realm", ", ".join(sorted({key.realm for key in self.key_set.keys}))),
            ("Key set number", str(self.key_set.seq)),
            ("In force until", _moment(self.key_set.exp)),
            ("Root", fingerprint(self.root)),
            ("Root that may follow", _grouped(self.key_set.next_root)),
            ("Key set, SHA-256", self.digest),
        ]


def record_of(what: str, octets: bytes, *, root: PublicKey) -> PaperRecord:
    """The record of the ceremony that signed the key set in `octets` with `root`."""
    key_set = keyset.verify(octets, root=root)
    return PaperRecord(what=what, key_set=key_set, digest=_grouped(_digest(octets)), root=root)


def fingerprint(root: PublicKey) -> str:
    """A root's thumbprint (RFC 9679), in groups that two people can read to one another."""
    return _grouped(keyset.thumbprint(root))


def _digest(octets: bytes) -> bytes:
    return hashlib.sha256(cose.parse(octets).payload).digest()


def _grouped(octets: bytes) -> str:
    text = octets.hex()
    return " ".join(text[start : start + 8] for start in range(0, len(text), 8))


def _in_order(key_set: KeySet) -> list[keyset.Key]:
    return sorted(key_set.keys, key=lambda key: (key.use, key.kid))


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _day(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


_KEEPERS = (
    "No secret is on this page. The vault opens with the shares of any two keepers; one share alone opens nothing.",
    "",
    *(
        line
        for keeper in (1, 2, 3)
        for line in (f"Keeper {keeper} (name, where the share lies): ________________________________________", "")
    ),
    "Copies of the vault (two at least, in two buildings): ________________________________________",
    "",
    "Witness (name, signature): ________________________________________",
)
