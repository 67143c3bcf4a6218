"""What of a judgement may be told, and in which form: the verdict, and at most the fields that were agreed."""

import base64
from typing import Any

from cardservice.credential.calendar import timestamp
from cardservice.credential.claims import Claims
from cardservice.credential.derive import provider_number
from cardservice.credential.reasons import Verdict
from verification.trust import Trust
from verification.verifier import Judgement


def answer(judgement: Judgement, *, fields: tuple[str, ...], provider_key: bytes, trust: Trust) -> dict[str, Any]:
    """The answer to a provider: `card` only for valid and unsure, `provider_number` only for valid."""
    claims, issued_at = judgement.claims, judgement.list_issued_at
    number = None
    if claims is not None and judgement.verdict is Verdict.VALID:
        number = provider_number(link=claims.link, provider_key=provider_key)
    return {
        "verdict": judgement.verdict.value,
        "reason": judgement.reason.value if judgement.reason else None,
        "expires": judgement.expires,
        "provider_number": number,
        "card": shown(claims, fields=fields) if claims else None,
        "trust": {
            "key_set_seq": trust.key_set.seq if trust.key_set else None,
            "status_list_issued_at": timestamp(issued_at) if issued_at is not None else None,
        },
    }


def shown(claims: Claims, *, fields: tuple[str, ...]) -> dict[str, str | None]:
    """The given fields of a card; null for one that this face does not hold.

    `born` as YYYY-MM-DD, `photo` as base64 of a WebP picture.
    """
    born, photo = claims.born, claims.photo
    everything = {
        "name": claims.name,
        "born": f"{born[:4]}-{born[4:6]}-{born[6:]}" if born else None,
        "photo": base64.b64encode(photo).decode() if photo else None,
    }
    return {name: everything[name] for name in fields}
