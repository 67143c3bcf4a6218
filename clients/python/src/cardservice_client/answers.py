"""What a check answers, online and offline alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Verification:
    """One judged card.

    `verdict`: "valid", "refused" or "unsure". `reason`: why not, None when valid. `expires`: last valid month, YYYY-MM.
    `provider_number`: your own number for this card, only when valid. `card`: the fields of your agreement, None when
    refused. `list_issued_at`: when the status list was signed, RFC 3339.
    """

    verdict: str
    reason: str | None
    expires: str | None = field(repr=False)
    provider_number: str | None = field(repr=False)
    card: Mapping[str, str | None] | None = field(repr=False)
    list_issued_at: str | None

    @property
    def valid(self) -> bool:
        """Only this is a yes; "unsure" is for a person to decide."""
        return self.verdict == "valid"

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Verification":
        """The answer as the gate writes it. Raises KeyError for another form."""
        return cls(
            verdict=body["verdict"],
            reason=body["reason"],
            expires=body["expires"],
            provider_number=body["provider_number"],
            card=body["card"],
            list_issued_at=body["trust"]["status_list_issued_at"],
        )
