"""What the gate knows, in memory: trust and terms, refreshed beside the requests, so that no check asks a database."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import structlog
from django.db import DatabaseError, close_old_connections, connections

from cardservice.credential.keys import PublicKey
from verification.agreements import Terms, terms_by_key
from verification.documents import Refusal, Taken, restore, take
from verification.publication import Publication
from verification.statusjwt import says_the_same
from verification.store import keep, stored_documents
from verification.trust import Trust, TrustCode

REFRESH_SECONDS = 2.0
FIRST_SECONDS = 0.2
"""Between refreshes until there is a status list to judge by."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Snapshot:
    """What all requests of one moment are answered from; replaced as a whole, never changed.

    `root`: the key that the gate was started with. `terms`: by hash of the API key. `documents`: the accepted bytes by
    name, and "s/0.jwt" for the JWT form. `refusals`: what lies in the publication directory and was not accepted.
    `alarm`: whether since the start of the process a document was replayed, contradicted another or was forged.
    `terms_read`, `documents_read`: when database and directory last answered, seconds of a monotonic clock.
    """

    root: PublicKey
    trust: Trust
    terms: Mapping[str, Terms] = field(repr=False)
    documents: Mapping[str, bytes] = field(repr=False)
    refusals: tuple[Refusal, ...]
    terms_read: float
    documents_read: float
    alarm: bool = False


class Gate:
    """Holds the newest snapshot of one process and renews it; readers take `snapshot` once per request."""

    def __init__(self, *, published: Publication, root: PublicKey, issuer: str, realm: str) -> None:
        self.snapshot: Snapshot | None = None
        self._published = published
        self._root = root
        self._nothing = Trust(issuer=issuer, realm=realm)
        self._unsaved: dict[str, bytes] = {}

    def start(self) -> None:
        """Refreshes now and again every two seconds, in a thread that ends with the process."""
        threading.Thread(target=self._run, name="gate-refresh", daemon=True).start()

    def refresh(self, *, now: int) -> None:
        """One renewal. What cannot be read stays as it was; before the first success there is no snapshot at all.

        Terms are in force before the documents are looked at: no fault of a document may keep an ended agreement alive.

        Raises DatabaseError only while nothing has ever been read: without the memory of what was accepted in earlier
        runs, an old document would pass for a new one.
        """
        snapshot = self._with_terms(self.snapshot or self._remembered())
        if self.snapshot is not None:
            self.snapshot = snapshot
        self.snapshot = self._with_documents(snapshot, now=now)

    def _run(self) -> None:
        while True:
            try:
                close_old_connections()
                self.refresh(now=int(time.time()))
            # The thread must survive whatever happens: a gate that stops refreshing would never see a block again.
            except Exception as error:
                log.error("gate_refresh_failed", error=type(error).__name__)
                connections["verification"].close()
            time.sleep(REFRESH_SECONDS if self.snapshot and self.snapshot.trust.lists else FIRST_SECONDS)

    def _remembered(self) -> Snapshot:
        stored = stored_documents()
        taken = restore(trust=self._nothing, stored=stored, root=self._root)
        moment = time.monotonic()
        return Snapshot(
            root=self._root,
            trust=taken.trust,
            terms=terms_by_key(),
            documents=taken.newer,
            refusals=(),
            terms_read=moment,
            documents_read=moment,
        )

    def _with_terms(self, snapshot: Snapshot) -> Snapshot:
        try:
            return replace(snapshot, terms=terms_by_key(), terms_read=time.monotonic())
        except DatabaseError as error:
            log.error("agreements_not_read", error=type(error).__name__)
            connections["verification"].close()
            return snapshot

    def _with_documents(self, snapshot: Snapshot, *, now: int) -> Snapshot:
        try:
            found = self._published.read()
        except OSError as error:
            log.error("published_documents_not_read", error=type(error).__name__)
            return snapshot
        taken = take(trust=snapshot.trust, documents=found, root=self._root, now=now)
        self._report(taken, before=snapshot.refusals)
        self._save(taken)
        held = {**snapshot.documents, **taken.newer, **self._list_jwts(taken.trust)}
        return replace(
            snapshot,
            trust=taken.trust,
            documents={name: octets for name, octets in held.items() if _in_force(taken.trust, name)},
            refusals=taken.refusals,
            alarm=snapshot.alarm or any(refusal.code in _ALARMING for refusal in taken.refusals),
            documents_read=time.monotonic(),
        )

    def _save(self, taken: Taken) -> None:
        self._unsaved.update(taken.newer)
        try:
            for name, octets in list(self._unsaved.items()):
                keep(name=name, octets=octets, order=taken.trust.seen[name].order)
                del self._unsaved[name]
        except DatabaseError as error:
            log.error("accepted_documents_not_kept", error=type(error).__name__)
            connections["verification"].close()

    def _report(self, taken: Taken, *, before: tuple[Refusal, ...]) -> None:
        for refusal in taken.refusals:
            if refusal not in before:
                if refusal.code in _ALARMING:
                    log.error("trust_alarm", code=refusal.code.value, documents=refusal.name)
                else:
                    log.warning("document_refused", code=refusal.code.value, documents=refusal.name)

    def _list_jwts(self, trust: Trust) -> dict[str, bytes]:
        fitting: dict[str, bytes] = {}
        for uri, accepted in trust.lists.items():
            name = uri.removeprefix(f"{trust.issuer}/")
            octets = self._published.jwt(name)
            signer = trust.key_set.by_kid[trust.signers[name]] if trust.key_set else None
            if octets and signer and says_the_same(octets, accepted=accepted, signer=signer):
                fitting[f"{name}.jwt"] = octets
        return fitting


def _in_force(trust: Trust, name: str) -> bool:
    """Whether document `name` may be handed on: a list whose signer is no longer believed may not."""
    return not name.startswith("s/") or f"{trust.issuer}/{name.removesuffix('.jwt')}" in trust.lists


# Somebody replays, forks or forges documents: worth waking a person for.
_ALARMING = frozenset({TrustCode.ROLLED_BACK, TrustCode.EQUIVOCATION, TrustCode.BAD_SIGNATURE})

_serving: Gate | None = None


def serve_with(gate: Gate) -> None:
    """Makes `gate` the one that this process answers from."""
    global _serving
    _serving = gate


def current() -> Snapshot | None:
    """The newest snapshot; None while nothing has been read yet."""
    return _serving.snapshot if _serving else None
