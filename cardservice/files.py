"""Writing a file whole or not at all."""

import os
import secrets
from pathlib import Path


def write_atomically(path: Path, octets: bytes, *, mode: int = 0o644) -> None:
    """Replaces `path` by `octets`; a crash leaves the old or the new file, never half of one. Raises OSError."""
    unfinished = _written_beside(path, octets, mode=mode)
    unfinished.replace(path)
    _sync_folder(path.parent)


def write_once(path: Path, octets: bytes, *, mode: int = 0o644) -> None:
    """Writes `path` unless it exists: of several writers at once the first wins. Raises other OSErrors."""
    unfinished = _written_beside(path, octets, mode=mode)
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        return
    finally:
        unfinished.unlink()
    _sync_folder(path.parent)


def _written_beside(path: Path, octets: bytes, *, mode: int) -> Path:
    """A file of its own for each writer: one shared name would let two writers mix their content."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        unfinished.unlink()
        raise
    return unfinished


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
