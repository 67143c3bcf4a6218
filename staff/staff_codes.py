"""Staff codes: the random pseudonyms by which accounts sign in and stand in the action log."""

import secrets

from cardservice.credential import crockford

SYMBOLS = 6


def new_staff_code() -> str:
    """Six random Crockford base32 symbols: says nothing about a person, an office or an order of hiring."""
    return crockford.encode(secrets.randbits(5 * SYMBOLS), SYMBOLS)


def as_stored(typed: str) -> str:
    """A staff code as people type it, in its stored form: upper case, no spaces or hyphens, O as 0, I and L as 1."""
    return typed.upper().translate({ord(" "): None, ord("-"): None, ord("O"): "0", ord("I"): "1", ord("L"): "1"})
