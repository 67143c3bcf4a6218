"""What a clerk orders: one card with what was typed and photographed, checked before anything is written."""

import re
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext, gettext_lazy

from cardservice.credential.derive import SEED_BYTES
from cardservice.credential.names import NameProblem, NameRefused, normalised
from cardservice.credential.profiles import PROFILES, CardProfile
from issuance.evidence import in_force
from issuance.render.fonts import unprintable
from issuance.render.photo import PhotoError, PhotoProblem, check_photo_print, check_photo_qr
from issuance.render.texts import languages

POLICY_VERSION = in_force().version
"""The evidence policy in force; a page that shows an older one takes this one over and keeps what was typed."""

OLDEST = 130
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class OrderRefused(Exception):
    """The order cannot be a card; `errors` says per field what is wrong, never repeating a value."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(sorted(errors)))
        self.errors = errors


@dataclass(frozen=True)
class Order:
    """One card as ordered. `born` is YYYYMMDD; `photo_qr` goes into the QR, `photo_print` beside it.

    `language` and `large_print` are those of the paper.
    """

    seed: bytes = field(repr=False)
    profile: CardProfile
    name: str = field(repr=False)
    born: str | None = field(repr=False)
    photo_qr: bytes | None = field(repr=False)
    photo_print: bytes | None = field(repr=False)
    language: str = "en"
    large_print: bool = False


def check_order(
    *,
    issue_seed: str,
    profile: str,
    policy_version: int,
    name: str,
    born: str | None,
    photo_qr: bytes | None,
    photo_print: bytes | None,
    language: str,
    large_print: bool | None = None,
    today: date,
) -> Order:
    """The order that these values make. Raises OrderRefused."""
    errors: dict[str, str] = {}
    seed = _seed(issue_seed, errors)
    kind = PROFILES.get(profile)
    if kind is None:
        errors["profile"] = gettext("must be one of: %(choices)s") % {"choices": ", ".join(PROFILES)}
    if policy_version != POLICY_VERSION:
        errors["policy_version"] = gettext("is not the policy in force (%(version)s)") % {"version": POLICY_VERSION}
    if language not in languages():
        errors["language"] = gettext("must be one of: %(choices)s") % {"choices": ", ".join(languages())}
    checked_name = _name(name, errors)
    checked_born = _born(born, kind, today, errors)
    checked_print = _photos(photo_qr, photo_print, kind, errors)
    if errors or kind is None:
        raise OrderRefused(errors)
    return Order(
        seed=seed,
        profile=kind,
        name=checked_name,
        born=checked_born,
        photo_qr=photo_qr,
        photo_print=checked_print,
        language=language,
        large_print=bool(large_print),
    )


def _seed(text: str, errors: dict[str, str]) -> bytes:
    try:
        seed = bytes.fromhex(text) if len(text) == 2 * SEED_BYTES else b""
    except ValueError:
        seed = b""
    if len(seed) != SEED_BYTES:
        errors["issue_seed"] = gettext("must be 64 hexadecimal digits, fresh from a random generator")
    return seed


_NAME_WORDS = {
    NameProblem.EMPTY: gettext_lazy("is empty"),
    NameProblem.TOO_LONG: gettext_lazy("is longer than 80 characters"),
    NameProblem.CONTROL_CHARACTER: gettext_lazy("contains an invisible control character: type it again"),
    NameProblem.BIDI_OVERRIDE: gettext_lazy(
        "contains an invisible character that turns the writing direction: type it again"
    ),
    NameProblem.LONE_COMBINING_MARK: gettext_lazy("contains an accent without a letter: type the letter first"),
    NameProblem.UNKNOWN_CHARACTER: gettext_lazy("contains a character that no script has"),
}


def _name(name: str, errors: dict[str, str]) -> str:
    try:
        checked = normalised(name)
    except NameRefused as refused:
        errors["name"] = str(_NAME_WORDS[refused.problem])
        return ""
    if unprintable(checked):
        errors["name"] = gettext(
            "contains a letter that the card printer has no shape for: ask for a spelling in another script"
        )
    return checked


def _born(born: str | None, kind: CardProfile | None, today: date, errors: dict[str, str]) -> str | None:
    if born is None:
        return None
    if kind is not None and not kind.takes_born:
        errors["born"] = gettext("is not asked for by this kind of card")
        return None
    try:
        day = date.fromisoformat(born) if _ISO_DATE.fullmatch(born) else None
    except ValueError:
        day = None
    if day is None:
        errors["born"] = gettext("is not a date: write it as YYYY-MM-DD")
    elif not today.year - OLDEST <= day.year or day > today:
        errors["born"] = gettext("is in the future or too long ago")
    elif _age(day, today) < in_force().carer_from_age:
        errors["born"] = gettext("is of a child under %(age)s, for whom there is no card yet") % {
            "age": in_force().carer_from_age
        }
    return born.replace("-", "")


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


_PHOTO_WORDS = {
    PhotoProblem.TOO_LARGE: gettext_lazy("is too large: compress it further"),
    PhotoProblem.UNSUPPORTED: gettext_lazy("is of an unknown image format"),
    PhotoProblem.NOT_SIMPLE: gettext_lazy(
        "carries more than the picture (metadata, animation, transparency): save it plain"
    ),
    PhotoProblem.NOT_GREY: gettext_lazy("must be grey, not coloured"),
    PhotoProblem.BAD_DIMENSIONS: gettext_lazy("has too many or too few pixels"),
    PhotoProblem.ANIMATED: gettext_lazy("is animated: take a still picture"),
    PhotoProblem.UNDECODABLE: gettext_lazy("is broken: take or choose the photo again"),
    PhotoProblem.INCOMPRESSIBLE: gettext_lazy("cannot be made small enough: take it again before a plain background"),
}


def _photos(
    photo_qr: bytes | None, photo_print: bytes | None, kind: CardProfile | None, errors: dict[str, str]
) -> bytes | None:
    checked = None
    if photo_qr is not None and kind is not None and not kind.takes_photo:
        errors["photo_qr"] = gettext("is not asked for by this kind of card")
    for name, photo in (("photo_qr", photo_qr), ("photo_print", photo_print)):
        if photo is None:
            continue
        try:
            if name == "photo_qr":
                check_photo_qr(photo)
            else:
                checked = check_photo_print(photo)
        except PhotoError as error:
            errors[name] = str(_PHOTO_WORDS[error.code])
    return checked
