"""A whole issuing office in one process, for tests of its modules: real keys, real rules, no socket."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image

from cardservice.cli.portrait import draw_portrait
from cardservice.credential.keyset import KeySet, read_unverified
from issuance import ceremony
from issuance.cards import Issued, IssuingOffice
from issuance.ceremony import Ceremony
from issuance.keys import take_over
from issuance.orders import Order, check_order
from issuance.printing import Printer
from issuance.render.photo import compress_photo
from issuance.render.theme import default_theme
from issuance.signer.client import SignedList, SignerRefused, SignerUnavailable
from issuance.signer.held import HeldKeys
from issuance.signer.rules import HourlyCeiling, Refused, SigningRules

ISSUER = "https://demo.invalid"
NOW = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp())
TODAY = date(2026, 11, 23)
PRINTER = Printer(theme=default_theme(), slip_page=f"{ISSUER}/block")


@cache
def held() -> Ceremony:
    """One ceremony for all tests: making keys takes time and nothing here changes them."""
    return ceremony.hold(issuer=ISSUER, realm="demo", now=NOW)


def key_set() -> KeySet:
    return read_unverified(held().key_set)


def enter_keys(*, cap: int | None = None) -> None:
    """Enters the keys of the ceremony into the register, with another cap when one is given."""
    from issuance.models import SigningKey

    take_over(key_set(), realm="demo")
    if cap is not None:
        SigningKey.objects.filter(use="card").update(cap=cap)


def rules(*, most: int = 2_000) -> SigningRules:
    keys = HeldKeys(files=dict(held().made.private_keys))
    return SigningRules(issuer=ISSUER, held=keys, ceiling=HourlyCeiling(most=most))


@dataclass
class DirectSigner:
    """The border to the signer process without the socket; `before` runs ahead of each card, `asked` keeps them."""

    rules: SigningRules = field(default_factory=rules)
    before: Callable[[], None] = lambda: None
    asked: list[tuple[int, list[bytes]]] = field(default_factory=list)
    down: bool = False

    def sign_card(self, *, card: int, payloads: list[bytes]) -> list[bytes]:
        if self.down:
            raise SignerUnavailable
        self.before()
        self.asked.append((card, payloads))
        try:
            return self.rules.sign_card(card_id=card, payloads=payloads, now=NOW)
        except Refused as refused:
            raise SignerRefused(refused.refusal.value) from None

    def sign_list(self, *, number: int) -> SignedList:
        try:
            return self.rules.sign_list(number=number, now=NOW)
        except Refused as refused:
            raise SignerRefused(refused.refusal.value) from None


@dataclass
class Office:
    """An issuing office and what happened in it: `logged` are the entries of the action log."""

    signer: DirectSigner = field(default_factory=DirectSigner)
    printer: Any = PRINTER
    logged: list[tuple[bytes, date]] = field(default_factory=list)

    def issue(self, order: Order, *, now: int = NOW, log: Callable[[bytes, date], None] | None = None) -> Issued:
        office = IssuingOffice(issuer=ISSUER, signer=self.signer, printer=self.printer)
        return office.issue(order, now=now, log=log or (lambda *entry: self.logged.append(entry)))


def order(**changed: Any) -> Order:
    """An order of an invented person; `changed` are arguments of check_order."""
    values: dict[str, Any] = {
        "issue_seed": secrets.token_hex(32),
        "profile": "standard",
        "policy_version": 1,
        "name": "Amina Example",
        "born": "1990-02-28",
        "photo_qr": None,
        "photo_print": None,
        "language": "en",
        "today": TODAY,
    }
    return check_order(**(values | changed))


@cache
def photos() -> tuple[bytes, bytes]:
    """A picture as the desk page sends it: (for the QR, for the print)."""
    return compress_photo(draw_portrait(1))


def picture(format: str = "JPEG", size: tuple[int, int] = (400, 500), **options: Any) -> bytes:
    """An image file of one colour."""
    out = BytesIO()
    Image.new("RGB", size, (120, 90, 60)).save(out, format, **options)
    return out.getvalue()


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the register."""
    from django.apps import apps

    return {
        model.__name__: sorted(model.objects.using("issuance").values_list(), key=repr)
        for model in apps.get_app_config("issuance").get_models()
    }
