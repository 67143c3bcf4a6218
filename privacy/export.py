"""Exporting the action log as one file that can be checked without any server (log_verify.py)."""

import base64
import json
from collections.abc import Iterator, Mapping

from privacy.log_verify import FORMAT
from privacy.models import Checkpoint, Entry

CHUNK = 5_000


def bundle(*, origin: str, key_set: bytes) -> Iterator[bytes]:
    """The lines of the export: a header with key set and all checkpoints, then every entry as it stands in the table.

    Nothing is judged here: a damaged log is exported as it is, so that the verifier can show the damage.
    """
    signed = Checkpoint.objects.order_by("size").values_list("signed", flat=True)
    yield _line(
        {
            "format": FORMAT,
            "origin": origin,
            "key_set": base64.b64encode(key_set).decode(),
            "checkpoints": [bytes(note).decode() for note in signed],
        }
    )
    for entry in Entry.objects.order_by("number").iterator(chunk_size=CHUNK):
        nonce = {"nonce": bytes(entry.nonce).hex()}
        if entry.week is None:
            yield _line(nonce)
        else:
            yield _line(
                nonce
                | {
                    "actor": entry.actor,
                    "district": entry.district,
                    "action": entry.action,
                    "purpose": entry.purpose,
                    "week": entry.week.isoformat(),
                    "count": entry.count,
                }
            )


def _line(values: Mapping[str, object]) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode() + b"\n"
