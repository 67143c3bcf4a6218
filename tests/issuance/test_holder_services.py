"""Where the card can be used and who checks it: what the signed document says, plainly nothing without it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from cardservice.credential.services import Content
from issuance import holder_services
from issuance.holder_services import matching, running
from tests.cardservice.test_public_services import NOW, Published
from tests.issuance.test_holder_views import resident
from tests.vectors.public_services import CLINIC, FULL, HEALTH, LENDING, LIBRARY, signed

__all__ = ["resident"]
pytestmark = pytest.mark.urls("cardservice.urls.holder")


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    there = Published(tmp_path)
    monkeypatch.setattr(holder_services, "public_services", lambda: there.reader)
    with time_machine.travel(NOW, tick=False):
        yield there


def test_without_a_document_the_page_says_so(published: Published, resident: Client) -> None:
    page = resident.get("/services?lang=en").content.decode()
    assert "The city has not published a list of places yet." in page
    assert "<select" not in page


def test_places_are_shown_in_the_words_of_the_language_and_chosen_by_the_address(
    published: Published, resident: Client
) -> None:
    published.services(signed(FULL))
    page = resident.get("/services?lang=es").content.decode()
    for text in (LIBRARY.name, LIBRARY.address, CLINIC.name, "Cultura", "Salud", "العربيّة", "français"):
        assert text in page
    chosen = resident.get("/services?lang=es&sector=health&district=North&spoken=fr").content.decode()
    assert CLINIC.name in chosen
    assert LIBRARY.address not in chosen
    assert '<option value="health" selected>' in chosen
    assert "/services?lang=ar&amp;sector=health&amp;district=North&amp;spoken=fr" in chosen
    assert "No hay" not in chosen
    nothing = resident.get("/services?lang=en&sector=legal").content.decode()
    assert "No place fits this choice." in nothing


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({}, [LIBRARY, CLINIC]),
        ({"sector": "health"}, [CLINIC]),
        ({"district": "North"}, [LIBRARY, CLINIC]),
        ({"district": "South"}, [CLINIC]),
        ({"spoken": "ar"}, [LIBRARY]),
        ({"sector": "culture", "spoken": "fr"}, []),
    ],
)
def test_a_choice_leaves_what_fits_and_the_whole_city_fits_every_part(choice: dict[str, str], found: list[Any]) -> None:
    everything = {"sector": "", "district": "", "spoken": ""}
    assert matching((LIBRARY, CLINIC), **(everything | choice)) == found


def test_who_checks_cards_is_said_with_all_they_see_and_chosen_by_sector(
    published: Published, resident: Client
) -> None:
    published.services(signed(FULL))
    page = resident.get("/services?lang=en&sector=culture").content.decode().partition('id="checks"')[2]
    for text in (LENDING.provider, LENDING.purpose, "<li>Name</li><li>Photo</li>", "The side with the photo"):
        assert text in page
    assert "Nov. 30, 2027" in page
    assert "Birth date" not in page
    assert HEALTH.provider not in page
    page = resident.get("/services?lang=fr&sector=health").content.decode().partition('id="checks"')[2]
    assert "<li>Si la carte est valable, et jusqu’à quand</li></ul>" in page
    assert "L’un ou l’autre" in page
    page = resident.get("/services?lang=en&sector=legal").content.decode()
    assert "No organisation is named here for this choice." in page


def test_an_agreement_is_shown_through_its_last_day_and_no_longer() -> None:
    noon = int(datetime(2027, 6, 30, 12, tzinfo=UTC).timestamp())
    assert running((LENDING, HEALTH), now=noon) == [LENDING, HEALTH]
    assert running((LENDING, HEALTH), now=noon + 12 * 3600) == [LENDING]


def test_a_sector_that_only_an_agreement_has_can_be_chosen(published: Published, resident: Client) -> None:
    published.services(signed(Content(agreements=(HEALTH,))))
    assert '<option value="health">' in resident.get("/services?lang=en").content.decode()
