"""Reads the public-services document from a publication directory, and keeps the newest one that may be believed."""

import threading
from pathlib import Path

import structlog

from cardservice.credential import cbor, keys, keyset, services
from cardservice.credential.keyset import KeySet
from cardservice.credential.reasons import CredentialError
from cardservice.credential.services import Services, ServicesRefused

READ_SECONDS = 60
"""Between two readings: the publication itself comes every five minutes."""

FILE_NAME = "services.cose"
_KEY_SET_FILE = "key-set.cose"
_MAX_DOCUMENT = 2**20


class PublicServices:
    """The document as one process knows it, in memory only. Several threads may ask at once."""

    def __init__(self, *, directory: Path, root: Path, realm: str, issuer: str) -> None:
        """`directory`: where documents are published. `root`: file of the root public key, a COSE_Key."""
        self._directory = directory
        self._root = root
        self._realm = realm
        self._issuer = issuer
        self._key_set: KeySet | None = None
        self._newest: Services | None = None
        self._octets = b""
        self._supported = False
        self._read_at: int | None = None
        self._lock = threading.Lock()

    def current(self, *, now: int) -> Services | None:
        """The newest document accepted so far, as long as it may be shown at `now` (UTC seconds); else None."""
        with self._lock:
            if self._read_at is None or not 0 <= now - self._read_at < READ_SECONDS:
                self._read_at = now
                self._read(now)
            newest = self._newest if self._supported else None
            return newest if newest is not None and now < newest.exp else None

    def _read(self, now: int) -> None:
        try:
            key_set = self._verified_key_set()
            octets = _limited(self._directory / FILE_NAME)
            if self._key_set is None or key_set.seq > self._key_set.seq:
                self._key_set = key_set
                # The key of what was accepted may have been stolen since; its place in time stays remembered.
                self._supported = self._supported and self._stands_under(key_set, now=now)
            self._newest = services.accept(
                octets, key_set=self._key_set, realm=self._realm, now=now, newest=self._newest
            )
            self._octets, self._supported = octets, True
        except OSError as error:
            structlog.get_logger().warning("services_not_read", error=type(error).__name__)
        except CredentialError as error:
            structlog.get_logger().error("services_not_read", code=error.reason.value)
        except ServicesRefused as refused:
            structlog.get_logger().error("document_refused", code=refused.code.value)

    def _stands_under(self, key_set: KeySet, *, now: int) -> bool:
        try:
            services.accept(self._octets, key_set=key_set, realm=self._realm, now=now, newest=None)
        except ServicesRefused:
            return False
        return True

    def _verified_key_set(self) -> KeySet:
        known = self._key_set
        # A root that the one before had announced may have followed it.
        followed = known.root if known is not None else None
        root = followed or keys.from_cose_key(cbor.loads(_limited(self._root)))
        announced = known.next_root if known is not None else None
        key_set = keyset.verify(_limited(self._directory / _KEY_SET_FILE), root=root, announced=announced)
        if key_set.issuer != self._issuer:
            raise ServicesRefused(services.Refusal.FOREIGN)
        return key_set


def _limited(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_DOCUMENT)
