"""Which languages there are, and which texts must be there in which of them."""

SOURCE = "en"
"""The language the sources are written in."""

OWN_NAMES = {
    "nl": "Nederlands",
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "de": "Deutsch",
    "ar": "العربية",
}
"""BCP 47 code to what each language calls itself: residents look for their own word."""

OF_STAFF = ("nl", "en")
"""The languages of texts that only staff reads."""

RIGHT_TO_LEFT = ("ar",)

FOR_RESIDENTS: tuple[str, ...] = (
    "issuance/holder*.py",
    "issuance/templates/holder/*",
    "verification/pages.py",
    "verification/wording.py",
    "verification/templates/verification/*",
    "verification/static/verification/*",
)
"""Sources, as globs of paths in the checkout, whose texts residents or providers read, in every language."""


def direction(language: str) -> str:
    """The value of HTML's `dir` for a language."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
