"""Texts that people type, as they are kept and shown."""

import unicodedata


def one_line(text: str) -> str:
    """`text` in NFC, each run of white space as one space, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())
