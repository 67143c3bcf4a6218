"""The closed list of reasons why a card is not simply valid, in order of precedence, and the verdict each gives."""

from enum import StrEnum


class Verdict(StrEnum):
    """What a provider is told."""

    VALID = "valid"
    REFUSED = "refused"
    UNSURE = "unsure"


class Reason(StrEnum):
    """Reasons in order of precedence: of all that apply, the first listed is the answer."""

    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    UNKNOWN_ISSUER = "unknown_issuer"
    WRONG_REALM = "wrong_realm"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    KEY_WITHDRAWN = "key_withdrawn"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    WRONG_SECTOR = "wrong_sector"
    WRONG_FACE = "wrong_face"
    BLOCKED = "blocked"
    STATUS_UNKNOWN = "status_unknown"
    STALE_TRUST = "stale_trust"

    @property
    def verdict(self) -> Verdict:
        """`unsure` for the three reasons that say nothing against the card, `refused` for the others."""
        return Verdict.UNSURE if self in _UNSURE else Verdict.REFUSED


_UNSURE = frozenset({Reason.WRONG_FACE, Reason.STATUS_UNKNOWN, Reason.STALE_TRUST})


class CredentialError(Exception):
    """The only error of this package about bytes from outside: a reason, and never a value."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
