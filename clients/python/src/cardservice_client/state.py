"""The file in which an offline checker keeps the public documents it accepted; nothing else is ever in it."""

from collections.abc import Mapping
from pathlib import Path

from cardservice.credential import cbor
from cardservice.credential.reasons import CredentialError
from cardservice.files import write_atomically
from verification.documents import Stored


def read_state(path: Path) -> dict[str, Stored]:
    """The kept documents by name; none when there is no file yet. Raises ValueError, OSError."""
    try:
        octets = path.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        return {str(name): Stored(bytes(content), int(order)) for name, (content, order) in cbor.loads(octets).items()}
    except (CredentialError, AttributeError, TypeError, ValueError):
        raise ValueError(
            f"{path} does not hold documents that a checker kept. Put its backup back; to delete it would let the "
            "checker accept documents that are older than those it has seen."
        ) from None


def write_state(path: Path, documents: Mapping[str, Stored]) -> None:
    """Replaces the file, readable for its owner only. Raises OSError."""
    content = {name: [stored.octets, stored.order] for name, stored in documents.items()}
    write_atomically(path, cbor.dumps(content), mode=0o600)
