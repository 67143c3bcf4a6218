"""The check without network: the gate's own judge, on public documents that were fetched before."""

import time
from datetime import UTC, date, datetime
from pathlib import Path

from cardservice.credential import cbor, keys
from cardservice_client.answers import Verification
from cardservice_client.pairing import Pairing
from cardservice_client.state import read_state, write_state
from verification.disclosure import answer
from verification.documents import Stored, restore, take
from verification.publication import publication_at
from verification.trust import Trust
from verification.verifier import verify


class OfflineChecker:
    """Judges cards by the documents of the last `refresh`; with old ones it says "unsure", never a silent yes."""

    def __init__(self, pairing: Pairing, *, published: str, state: Path | None = None) -> None:
        """`published`: an https:// address or a directory of the city's public documents.

        `state`: file in which accepted documents are kept over restarts, written at each refresh that brings newer
        ones; it holds nothing else. Raises ValueError for an unfit address and a state that is not one, OSError for a
        state that cannot be read.
        """
        self._pairing = pairing
        self._root = keys.from_cose_key(cbor.loads(pairing.root_key))
        self._publication = publication_at(published)
        self._state = state
        self._kept = read_state(state) if state else {}
        nothing = Trust(issuer=pairing.issuer, realm=pairing.realm)
        self._trust = restore(trust=nothing, stored=self._kept, root=self._root).trust

    def refresh(self, *, now: int | None = None) -> list[str]:
        """Takes over newer documents; the names of those that were refused, which should worry somebody.

        Older ones than were ever accepted are refused, before a restart or after. `now`: UTC seconds. Raises OSError
        when the documents cannot be had or kept; what was accepted before stays in force.
        """
        documents = self._publication.read()
        taken = take(trust=self._trust, documents=documents, root=self._root, now=_moment(now))
        newer = {name: Stored(octets, taken.trust.seen[name].order) for name, octets in taken.newer.items()}
        if self._state and newer:
            # Kept before it counts: what was judged by once is never forgotten.
            write_state(self._state, self._kept | newer)
        self._kept |= newer
        self._trust = taken.trust
        return [refusal.name for refusal in taken.refusals]

    def check(self, qr: str, *, now: int | None = None) -> Verification:
        """Judges the text of one QR code, as the gate would by the same documents. `now`: UTC seconds.

        After the last day of the agreement nothing is judged: "unsure", with the reason "agreement_ended".
        """
        moment, terms, trust = _moment(now), self._pairing, self._trust
        if datetime.fromtimestamp(moment, UTC).date() > date.fromisoformat(terms.ends):
            return _AFTER_THE_END
        judgement = verify(text=qr, trust=trust, now=moment, sector=terms.sector, face=terms.face)
        told = answer(judgement, fields=terms.fields, provider_key=terms.provider_key, trust=trust)
        return Verification.from_json(told)


_AFTER_THE_END = Verification(
    verdict="unsure",
    reason="agreement_ended",
    expires=None,
    provider_number=None,
    card=None,
    list_issued_at=None,
)


def _moment(now: int | None) -> int:
    return int(time.time()) if now is None else now
