"""What people are told about a verdict: one sentence that says why, one that says what to do."""

from dataclasses import dataclass

from cardservice.credential.reasons import Reason, Verdict


@dataclass(frozen=True)
class Wording:
    """`why` fits below the verdict; `advice` says what to do next."""

    why: str
    advice: str


VERDICTS = {Verdict.VALID: "Valid", Verdict.REFUSED: "Not valid", Verdict.UNSURE: "Not sure"}

ALWAYS = "Do not turn the person away. Care and emergency help do not depend on the card."
"""Said with every verdict that is not valid."""

_DESK = "The card desk can look at the card and issue a new one."

REASONS = {
    Reason.MALFORMED: Wording(
        "This is not the QR code of a city card, or it was not read completely.",
        "Scan again, closer and with more light; keyboard scanners must use the US layout.",
    ),
    Reason.TOO_LARGE: Wording("This QR code holds more than a city card does.", "Scan the QR code of the card."),
    Reason.UNSUPPORTED: Wording(
        "This QR code has a form that city cards do not have.", "Scan the QR code of the card itself."
    ),
    Reason.UNKNOWN_ISSUER: Wording("This card was issued by somebody else.", "Ask for a card of this city."),
    Reason.WRONG_REALM: Wording(
        "This card was made for another purpose, such as a demonstration.", "Ask for the person's own city card."
    ),
    Reason.UNKNOWN_KEY: Wording("The city does not know the key that signed this card.", _DESK),
    Reason.BAD_SIGNATURE: Wording("The content of this card was changed or forged.", _DESK),
    Reason.KEY_WITHDRAWN: Wording("The key that signed this card was withdrawn.", _DESK),
    Reason.NOT_YET_VALID: Wording(
        "This card is dated in the future.", "Check the date of this computer, then scan again."
    ),
    Reason.EXPIRED: Wording("This card has expired.", "The card desk renews it from the old card."),
    Reason.WRONG_SECTOR: Wording(
        "This QR code is for another kind of service.", "Scan the QR code of your sector on the same card."
    ),
    Reason.WRONG_FACE: Wording(
        "This side of the card has no photo to compare.", "Turn the card over and scan the side with the larger code."
    ),
    Reason.BLOCKED: Wording(
        "This card is blocked, for example because it was lost.",
        "If the person found it again, the card desk can unblock it with the recovery slip.",
    ),
    Reason.STATUS_UNKNOWN: Wording(
        "Whether this card is blocked cannot be known now.", "Scan again in a few minutes, or decide by the person."
    ),
    Reason.STALE_TRUST: Wording(
        "The data this check relies on are too old, or a clock is wrong.",
        "Decide by the person, and tell the city that its list is out of date.",
    ),
}
