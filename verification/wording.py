"""What people are told about a verdict: one sentence that says why, one that says what to do."""

from dataclasses import dataclass

from cardservice.credential.reasons import Reason, Verdict


@dataclass(frozen=True)
class Wording:
    """`why` fits below the verdict; `advice` says what to do next."""

    why: str
    advice: str


def _(text: str) -> str:
    """Marks a text for translation; unlike Django's own, it needs no settings, so the command line can say it too."""
    return text


VERDICTS = {Verdict.VALID: _("Valid"), Verdict.REFUSED: _("Not valid"), Verdict.UNSURE: _("Not sure")}

ALWAYS = _("Do not turn the person away. Care and emergency help do not depend on the card.")
"""Said with every verdict that is not valid."""

_DESK = _("The card desk can look at the card and issue a new one.")

REASONS = {
    Reason.MALFORMED: Wording(
        _("This is not the QR code of a city card, or it was not read completely."),
        _("Scan again, closer and with more light."),
    ),
    Reason.TOO_LARGE: Wording(_("This QR code holds more than a city card does."), _("Scan the QR code of the card.")),
    Reason.UNSUPPORTED: Wording(
        _("This QR code has a form that city cards do not have."), _("Scan the QR code of the card itself.")
    ),
    Reason.UNKNOWN_ISSUER: Wording(_("This card was issued by somebody else."), _("Ask for a card of this city.")),
    Reason.WRONG_REALM: Wording(
        _("This card was made for another purpose, such as a demonstration."), _("Ask for the person's own city card.")
    ),
    Reason.UNKNOWN_KEY: Wording(_("The city does not know the key that signed this card."), _DESK),
    Reason.BAD_SIGNATURE: Wording(_("The content of this card was changed or forged."), _DESK),
    Reason.KEY_WITHDRAWN: Wording(_("The key that signed this card was withdrawn."), _DESK),
    Reason.NOT_YET_VALID: Wording(
        _("This card is dated in the future."), _("Check the date of this device, then scan again.")
    ),
    Reason.EXPIRED: Wording(_("This card has expired."), _("The card desk renews it from the old card.")),
    Reason.WRONG_SECTOR: Wording(
        _("This QR code is for another kind of service."), _("Scan the QR code of your sector on the same card.")
    ),
    Reason.WRONG_FACE: Wording(
        _("This side of the card has no photo to compare."),
        _("Turn the card over and scan the side with the larger code."),
    ),
    Reason.BLOCKED: Wording(
        _("This card is blocked, for example because it was lost."),
        _("If the person found it again, the card desk can unblock it with the recovery slip."),
    ),
    Reason.STATUS_UNKNOWN: Wording(
        _("Whether this card is blocked cannot be known now."),
        _("Scan again in a few minutes, or decide by the person."),
    ),
    Reason.STALE_TRUST: Wording(
        _("The data this check relies on are too old, or a clock is wrong."),
        _("Decide by the person, and tell the city that its list is out of date."),
    ),
}
