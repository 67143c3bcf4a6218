"""The resume file of a batch: its random seed and how far it came; nothing of any person, no digest of the list."""

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cardservice.cli.answers import Failed
from cardservice.credential.derive import SEED_BYTES
from cardservice.files import write_atomically, write_once


@dataclass(frozen=True)
class Resume:
    """A batch under way, kept in `path`.

    `tried` is the first row whose card may exist: made again, it shows whether the list is still the same.
    """

    path: Path
    batch_seed: bytes = field(repr=False)
    rows: int
    tried: int | None = None

    def trying(self, row: int) -> "Resume":
        """The same batch, once it is on disk that the card of `row` may exist."""
        tried = Resume(self.path, self.batch_seed, self.rows, row)
        write_atomically(self.path, _encoded(tried), mode=0o600)
        return tried

    def finish(self) -> None:
        """Leaves a mark without the seed: the same list is not issued a second time by mistake."""
        write_atomically(self.path, json.dumps({"finished": True, "rows": self.rows}).encode(), mode=0o600)


def begin_or_resume(path: Path, *, rows: int) -> Resume:
    """The batch that `path` keeps, else a new one. Raises Failed."""
    new = Resume(path, secrets.token_bytes(SEED_BYTES), rows)
    try:
        # Two that begin at once agree on the one that came first.
        write_once(path, _encoded(new), mode=0o600)
        kept = json.loads(path.read_bytes())
    except OSError as error:
        raise Failed(f"The resume file {path} cannot be used ({error.strerror}).") from None
    except ValueError:
        kept = None
    match kept:
        case {"finished": True}:
            raise Failed(
                f"The batch of {path} is finished: to issue more cards, give another list or remove that file."
            )
        case {"batch_seed": str(seed), "rows": int(known), "tried": int() | None as tried} if _is_seed(seed):
            if known != rows:
                raise Failed(
                    f"The resume file {path} belongs to a batch of {known} rows, this list has {rows}: "
                    "give that list, or another --resume file."
                )
            return Resume(path, bytes.fromhex(seed), known, tried)
    raise Failed(f"{path} is no resume file of a batch: give another --resume file.")


def _encoded(resume: Resume) -> bytes:
    body: dict[str, Any] = {"batch_seed": resume.batch_seed.hex(), "rows": resume.rows, "tried": resume.tried}
    return json.dumps(body).encode()


def _is_seed(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == SEED_BYTES
    except ValueError:
        return False
