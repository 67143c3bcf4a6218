"""The body of an order at the desk, its picture compressed as the desk page does it."""

import base64
from typing import Any

from cardservice.cli.answers import Failed
from issuance.render.photo import PhotoError, compress_photo


def order_of(
    *, name: str, born: str | None, picture: bytes | None, profile: str = "standard", language: str = "en"
) -> dict[str, Any]:
    """The body of POST /cards, but for seed and policy, with the picture compressed as the desk page does it.

    Raises Failed.
    """
    order: dict[str, Any] = {"name": name, "profile": profile, "language": language}
    if born:
        order["born"] = born
    if picture is not None:
        try:
            photo_qr, photo_print = compress_photo(picture)
        except PhotoError as error:
            raise Failed(f"The photo cannot be used ({error.code}): take another one.") from None
        order["photo_print"] = base64.b64encode(photo_print).decode()
        if profile == "standard":
            order["photo_qr"] = base64.b64encode(photo_qr).decode()
    return order
