"""Judging one QR text against what is believed: the verdict, its first reason, and the claims that may be shown."""

from dataclasses import dataclass, field

from cardservice.credential import codec
from cardservice.credential.calendar import last_valid_month
from cardservice.credential.claims import Claims
from cardservice.credential.commitment import commitment
from cardservice.credential.keyset import State, Use
from cardservice.credential.reasons import CredentialError, Reason, Verdict
from verification.trust import MAX_LEAD, Trust

ANY_FACE, PORTRAIT_FACE = "any", "portrait"


@dataclass(frozen=True)
class Judgement:
    """The answer about one card.

    `reason`: None when valid. `claims`: only behind a fitting signature, and only for valid and unsure.
    `list_issued_at`: `iat` of the status list that was consulted, UTC seconds.
    """

    verdict: Verdict
    reason: Reason | None
    claims: Claims | None = field(default=None, repr=False)
    list_issued_at: int | None = None

    @property
    def expires(self) -> str | None:
        """The last valid month, YYYY-MM."""
        return last_valid_month(self.claims.exp) if self.claims else None


def verify(*, text: str, trust: Trust, now: int, sector: str | None, face: str = ANY_FACE) -> Judgement:
    """The judgement over `text` at `now` (UTC seconds): of all reasons, the first in precedence.

    `sector`: of the agreement; None judges no sector (a check by the city itself). `face`: "any" or "portrait".
    """
    try:
        signed, claims = codec.open_text(text)
    except CredentialError as error:
        return _without_claims(error.reason)
    if claims.issuer != trust.issuer:
        return _without_claims(Reason.UNKNOWN_ISSUER)
    key_set = trust.key_set
    if key_set is None:
        return _without_claims(Reason.STALE_TRUST)
    key = key_set.by_kid.get(signed.kid)
    if key is not None and key.realm != trust.realm:
        return _without_claims(Reason.WRONG_REALM)
    if key is None or key.use is not Use.CARD:
        # A newer set might know the key.
        return _without_claims(Reason.STALE_TRUST if now >= key_set.exp else Reason.UNKNOWN_KEY)
    if not signed.verified_by(key.public):
        return _without_claims(Reason.BAD_SIGNATURE)
    if not key.covers(claims.iat):
        return _without_claims(Reason.KEY_WITHDRAWN)
    unproven = False
    if key.state is State.COMPROMISED:
        before_breach = trust.commitments.get(key.kid)
        unproven = before_breach is None
        if before_breach is not None and commitment(cti=claims.cti, payload=signed.payload) not in before_breach:
            return _without_claims(Reason.KEY_WITHDRAWN)
    return _judge_claims(claims, trust=trust, now=now, sector=sector, face=face, unproven=unproven)


def _judge_claims(
    claims: Claims, *, trust: Trust, now: int, sector: str | None, face: str, unproven: bool
) -> Judgement:
    """What remains to be judged once the signature fits."""
    if claims.iat > now + MAX_LEAD:
        return _without_claims(Reason.NOT_YET_VALID)
    if now >= claims.exp:
        return _without_claims(Reason.EXPIRED)
    if claims.sector is not None and sector is not None and claims.sector != sector:
        return _without_claims(Reason.WRONG_SECTOR)
    held = trust.lists.get(claims.status_uri)
    issued_at = held.iat if held is not None else None
    if face == PORTRAIT_FACE and claims.photo is None:
        return Judgement(Verdict.UNSURE, Reason.WRONG_FACE, claims, issued_at)
    blocked = held.blocked(claims.index) if held is not None else None
    if blocked:
        return Judgement(Verdict.REFUSED, Reason.BLOCKED, None, issued_at)
    if held is None or blocked is None or unproven:
        return Judgement(Verdict.UNSURE, Reason.STATUS_UNKNOWN, claims, issued_at)
    if trust.key_set is None or now >= trust.key_set.exp or now >= held.exp or now < trust.highest_iat:
        return Judgement(Verdict.UNSURE, Reason.STALE_TRUST, claims, issued_at)
    return Judgement(Verdict.VALID, None, claims, issued_at)


def _without_claims(reason: Reason) -> Judgement:
    return Judgement(reason.verdict, reason)
