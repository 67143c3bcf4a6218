"""The check without network: the gate's own judge, on public documents that were fetched before."""

import time
from datetime import UTC, date, datetime

from cardservice.credential import cbor, keys
from cardservice_client.answers import Verification
from cardservice_client.pairing import Pairing
from verification.disclosure import answer
from verification.documents import take
from verification.publication import publication_at
from verification.trust import Trust
from verification.verifier import verify


class OfflineChecker:
    """Judges cards by the documents of the last `refresh`; with old ones it says "unsure", never a silent yes."""

    def __init__(self, pairing: Pairing, *, published: str) -> None:
        """`published`: an https:// address or a directory of the city's public documents. Raises ValueError."""
        self._pairing = pairing
        self._root = keys.from_cose_key(cbor.loads(pairing.root_key))
        self._publication = publication_at(published)
        self._trust = Trust(issuer=pairing.issuer, realm=pairing.realm)

    def refresh(self, *, now: int | None = None) -> list[str]:
        """Takes over newer documents; the names of those that were refused, which should worry somebody.

        `now`: UTC seconds. Raises OSError when the documents cannot be had; what was accepted before stays in force.
        """
        documents = self._publication.read()
        taken = take(trust=self._trust, documents=documents, root=self._root, now=_moment(now))
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
