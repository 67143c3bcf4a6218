"""An agreement as those read it who write and audit agreements: with contact, signatures and keys."""

from dataclasses import dataclass

from verification.agreements import Terms, key_mark, terms_of_agreement
from verification.models import Agreement


@dataclass(frozen=True)
class Paper:
    """The terms and what stands around them. `keys`: how many API keys are valid; `key_mark`: see `agreements`."""

    terms: Terms
    contact: str
    duties_signed: bool
    proposed_by: str
    activated_by: str
    keys: int
    key_mark: str


def paper(provider_id: str) -> Paper | None:
    """The agreement of a provider; None when there is none."""
    agreement = Agreement.objects.filter(provider_id=provider_id).first()
    if agreement is None:
        return None
    return Paper(
        terms=terms_of_agreement(agreement),
        contact=agreement.contact,
        duties_signed=agreement.duties_signed,
        proposed_by=agreement.proposed_by,
        activated_by=agreement.activated_by,
        keys=agreement.keys.count(),
        key_mark=key_mark(agreement),
    )
