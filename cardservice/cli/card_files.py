"""Files of cards and lists of people: outside of the demo in memory only, since a deleted file stays on a disk."""

import os
import stat
from pathlib import Path

from cardservice.cli.answers import Failed
from cardservice.home import Home


def refuse_lasting(home: Home, path: Path | None) -> None:
    """Raises Failed when `path` has no directory, or lies on a disk outside of the demo realm."""
    if path is None:
        return
    if not path.parent.is_dir():
        raise Failed(f"{path.parent} is no directory.")
    if home.realm != "demo" and not _in_memory(path.parent):
        raise Failed(f"{path.parent} is not in memory (tmpfs): use /dev/shm or /run instead.")


def write_card_file(target: Path, octets: bytes) -> None:
    """Writes a file that only its owner may read. Raises Failed."""
    try:
        descriptor = os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
    except OSError as error:
        raise Failed(f"{target} cannot be written ({error.strerror}): make room or choose another place.") from None


def _in_memory(directory: Path) -> bool:
    wanted = directory.resolve()
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    best = max((m for m in mounts if wanted.is_relative_to(m[1])), key=lambda m: len(m[1]))
    return best[2] in ("tmpfs", "ramfs")
