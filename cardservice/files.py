"""Writing a file whole or not at all."""

import os
from pathlib import Path


def write_atomically(path: Path, octets: bytes, *, mode: int = 0o644) -> None:
    """Replaces `path` by `octets`; a crash leaves the old or the new file, never half of one. Raises OSError."""
    unfinished = path.with_name(f".{path.name}.new")
    descriptor = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
