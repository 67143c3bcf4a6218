"""Where published documents are read from: a directory, or an HTTPS address that offers the same files."""

from pathlib import Path
from typing import Protocol

from verification.documents import read_limited, read_published


class Publication(Protocol):
    """A place of published documents."""

    def read(self) -> dict[str, bytes]:
        """The signed documents, by name, in the order in which they can be judged. Raises OSError."""

    def jwt(self, name: str) -> bytes | None:
        """The JWT form of a status list ("s/0"), as far as it is offered."""


class Directory:
    """The publication directory itself, or a copy of it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, bytes]:
        return read_published(self._path)

    def jwt(self, name: str) -> bytes | None:
        return read_limited(self._path / f"{name}.jwt")


def publication_at(place: str) -> Publication:
    """The publication at a path or an https:// address. Raises ValueError for an address of another kind."""
    if "://" not in place:
        return Directory(Path(place))
    from verification.remote import Remote  # a gate that reads a directory loads no HTTP client

    return Remote(place)
