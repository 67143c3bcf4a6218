"""The register's files on disk, byte by byte, without what a database writes of itself."""

import struct
from pathlib import Path

from tests.cluster import Cluster
from tests.stack import Stack

_PAGE = 8192
_HINTS = 0x0F00
_ALL_VISIBLE = 0x0004


def register_files(stack: Stack) -> dict[str, bytes]:
    """Name -> bytes of every file that holds rows of the register or an index over them."""
    if stack.cluster is not None:
        return _of_postgresql(stack.cluster)
    return {"issuance.sqlite3": (stack.home.databases / "issuance.sqlite3").read_bytes()}


def _of_postgresql(cluster: Cluster) -> dict[str, bytes]:
    """Tables and indexes, their transactions' numbers blanked: those must not differ from row to row, and are others in
    every database. Lists stand apart in TOAST, under numbers of the server; they hold nothing of a card.
    """
    with cluster.connect(database="issuance") as superuser:
        superuser.execute("CHECKPOINT")
        found = superuser.execute(
            "SELECT relname, relkind, pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 'i')"
            " AND relnamespace = 'public'::regnamespace AND relname NOT LIKE 'issuance_statuslist%'"
            " AND relname NOT LIKE 'django_%'"
        ).fetchall()
    return {
        name: b"".join(map(_heap_page if kind in ("r", b"r") else _page, _pages(cluster.data / path)))
        for name, kind, path in found
    }


def _pages(path: Path) -> list[bytearray]:
    octets = path.read_bytes()
    return [bytearray(octets[start : start + _PAGE]) for start in range(0, len(octets), _PAGE)]


def _page(page: bytearray) -> bytes:
    """Blanks place in the write-ahead log, checksum and the hint for pruning (PostgreSQL's bufpage.h)."""
    page[0:10] = bytes(10)
    flags = struct.unpack_from("<H", page, 10)[0]
    struct.pack_into("<H", page, 10, flags & ~_ALL_VISIBLE)
    page[20:24] = bytes(4)
    return bytes(page)


def _heap_page(page: bytearray) -> bytes:
    """Blanks each row's transactions and what was found out about them since (htup_details.h)."""
    lower = struct.unpack_from("<H", page, 12)[0]
    for item in range(24, lower, 4):
        start = struct.unpack_from("<I", page, item)[0] & 0x7FFF
        page[start : start + 12] = bytes(12)
        mask = struct.unpack_from("<H", page, start + 20)[0]
        struct.pack_into("<H", page, start + 20, mask & ~_HINTS)
    return _page(page)
