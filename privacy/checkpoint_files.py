"""Publishing checkpoints: every head that was ever signed, as a file of its own, and the newest one by name."""

from pathlib import Path

from cardservice.files import write_atomically, write_once
from privacy.models import Checkpoint

NEWEST = "checkpoint"
ALL = "checkpoints"


def publish(directory: Path) -> None:
    """Writes what is missing: `checkpoints/SIZE` for every head, then `checkpoint`. Safe to repeat. Raises OSError."""
    (directory / ALL).mkdir(parents=True, exist_ok=True)
    for folder in (directory, directory / ALL):
        for unfinished in folder.glob(".*.new"):
            unfinished.unlink()  # left by a killed archivist; there is only one
    there = {path.name for path in (directory / ALL).iterdir()}
    newest = b""
    for size, signed in Checkpoint.objects.order_by("size").values_list("size", "signed"):
        newest = bytes(signed)
        if str(size) not in there:
            write_once(directory / ALL / str(size), newest)
    target = directory / NEWEST
    if newest and not (target.exists() and target.read_bytes() == newest):
        write_atomically(target, newest)
