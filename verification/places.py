"""Places where cards can be used: writing, changing and removing them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from cardservice.credential.profiles import SECTORS
from cardservice.credential.services import is_plain
from verification.agreements import Recorded
from verification.models import Place
from verification.texts import one_line

_ALIAS = "verification"
MOST_LANGUAGES = 20


class PlaceRefused(ValueError):
    """The place cannot be kept; the text says why and what to do."""


@dataclass(frozen=True)
class PlaceText:
    """What is shown of a place. `languages`: ISO 639 codes of those spoken there."""

    sector: str
    district: str
    name: str
    address: str
    languages: tuple[str, ...]


def all_places() -> list[Place]:
    """All places, by sector, district and name."""
    return list(Place.objects.order_by("sector", "district", "name", "address"))


def put_place(
    *,
    sector: str,
    district: str,
    name: str,
    address: str,
    languages: Sequence[str],
    recorded: Recorded,
    place_id: int | None = None,
) -> None:
    """Writes a new place, or anew the one with `place_id`; the same one again changes nothing.

    Raises PlaceRefused, and what `recorded` raises.
    """
    text = _checked(sector=sector, district=district, name=name, address=address, languages=languages)
    with transaction.atomic(using=_ALIAS):
        same = Place.objects.filter(sector=sector, district=text.district, name=text.name, address=text.address).first()
        if same is not None and place_id is None:
            place_id = same.pk
        if same is not None and same.pk != place_id:
            raise PlaceRefused(gettext("This place stands in the list already: change or remove that one."))
        kept = Place.objects.select_for_update().filter(pk=place_id).first() if place_id else Place()
        if kept is None:
            raise PlaceRefused(gettext("This place was removed meanwhile: write it as a new one."))
        values = {**vars(text), "languages": ",".join(text.languages)}
        if all(getattr(kept, field) == value for field, value in values.items()):
            return
        recorded()
        for field, value in values.items():
            setattr(kept, field, value)
        kept.save()


def remove_place(*, place_id: int, recorded: Recorded) -> None:
    """Takes a place out of the list; one that is gone stays gone. Raises what `recorded` raises."""
    with transaction.atomic(using=_ALIAS):
        if Place.objects.select_for_update().filter(pk=place_id).exists():
            recorded()
            Place.objects.filter(pk=place_id).delete()


def _checked(*, sector: str, district: str, name: str, address: str, languages: Sequence[str]) -> PlaceText:
    text = PlaceText(
        sector=sector,
        district=one_line(district),
        name=one_line(name),
        address=one_line(address),
        languages=tuple(sorted(set(languages))),
    )
    if sector not in SECTORS:
        raise PlaceRefused(gettext("Choose a sector of the list."))
    if not is_plain(text.name, most=120) or not is_plain(text.address, most=200):
        raise PlaceRefused(gettext("Name and address must be one line each, without special characters."))
    if not is_plain(text.district, most=60, least=0):
        raise PlaceRefused(gettext("The district must be one line of 60 characters at most."))
    spoken = text.languages
    if not 1 <= len(spoken) <= MOST_LANGUAGES or not all(re.fullmatch("[a-z]{2,3}", code) for code in spoken):
        raise PlaceRefused(gettext("Name 1 to 20 languages by their codes, such as nl, en, ar."))
    return text
