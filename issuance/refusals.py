"""Why a card may be refused: the closed list. A refusal leaves a letter with the resident and a count in the log."""

from enum import StrEnum


class RefusalReason(StrEnum):
    """Each has its words in every language in render/letters; none tells what a resident is."""

    IDENTITY_UNPROVEN = "identity_unproven"
    HOME_UNPROVEN = "home_unproven"
    PAPER_DOUBTFUL = "paper_doubtful"
    PHOTO_DIFFERS = "photo_differs"
    CARER_MISSING = "carer_missing"
    NOT_PRESENT = "not_present"
