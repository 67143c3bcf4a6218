"""A desk's writer and an archivist in one process, for tests of the log: real keys, real files, real tables."""

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privacy import actions
from privacy.batch import Batch, append_staged
from privacy.leaf import Line
from privacy.log_keys import LogKeys
from privacy.spool import Spool
from privacy.staging import Staged
from privacy.writer import Writer

ORIGIN = "city.example/log"
MONDAY = date(2026, 11, 23)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = LogKeys(origin=ORIGIN, private=PRIVATE, trusted=(PRIVATE.public_key(),))
SECRET = b"only for tests " + bytes(32)


def line(actor: str = "K7M2Q9", action: str = "issue") -> Line:
    return Line(actor=actor, district="north", action=action, purpose="new_card", week=MONDAY)


class Clock:
    """A clock that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Table:
    """The border to the database: takes lines, or is away."""

    rows: list[Staged] = field(default_factory=list)
    away: bool = False

    def __call__(self, staged: Staged) -> bool:
        if not self.away and staged not in self.rows:
            self.rows.append(staged)
        return not self.away


@dataclass
class Archive:
    """Desk and archivist of one city; days pass by `batch()`."""

    place: Path
    today: date = MONDAY

    def __post_init__(self) -> None:
        (self.place / "spool").mkdir(parents=True)
        self.writer = Writer(spool=Spool(directory=self.place / "spool", secret=SECRET), insert=actions._insert)

    @property
    def published(self) -> Path:
        return self.place / "published"

    def act(self, count: int = 1, **about: str) -> list[bytes]:
        """Actions of clerks; their entry ids."""
        made = [secrets.token_bytes(16) for _ in range(count)]
        for entry_id in made:
            self.writer.record(line(**about), entry_id=entry_id)
        return made

    def batch(self) -> Batch | None:
        """The batch of the next day."""
        self.today += timedelta(days=1)
        return append_staged(today=self.today, keys=KEYS, published=self.published)
