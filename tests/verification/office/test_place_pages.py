"""Where the card can be used: written, changed and removed by a coordinator, handed over at once, in one order."""

import pytest

from cardservice.credential.services import Place as PublicPlace
from tests.verification.office.conftest import Office, Person
from verification.models import Place

pytestmark = pytest.mark.django_db(databases=["staff", "verification"])

LIBRARY = {
    "name": "Invented library",
    "sector": "culture",
    "district": "North",
    "address": "Canal 1,  City",
    "languages": "nl, AR en",
}


def test_a_place_is_public_as_it_was_written(office: Office, coordinator: Person):
    assert coordinator.send("/places/new", LIBRARY).status_code == 302
    expected = PublicPlace("culture", "North", "Invented library", "Canal 1, City", ("ar", "en", "nl"))
    assert office.public.places == (expected,)
    assert office.recorded == [(coordinator.code, "place", "written")]
    assert "Invented library" in coordinator.page("/places")


def test_a_place_sent_twice_stands_there_once(office: Office, coordinator: Person):
    for _ in range(2):
        assert coordinator.send("/places/new", LIBRARY).status_code == 302
    assert len(office.public.places) == len(office.recorded) == 1


def test_a_changed_place_and_a_removed_one_are_public_as_they_are_now(office: Office, coordinator: Person):
    coordinator.send("/places/new", LIBRARY)
    place = Place.objects.get()
    assert 'value="ar en nl"' in coordinator.page(f"/places/{place.pk}")
    assert coordinator.send(f"/places/{place.pk}", LIBRARY | {"district": ""}).status_code == 302
    assert [public.district for public in office.public.places] == [""]
    assert coordinator.send(f"/places/{place.pk}/remove").status_code == 302
    assert coordinator.send(f"/places/{place.pk}/remove").status_code == 302
    assert office.public.places == ()
    assert [purpose for _, _, purpose in office.recorded] == ["written", "changed", "removed"]


def test_two_places_do_not_become_the_same(office: Office, coordinator: Person):
    coordinator.send("/places/new", LIBRARY)
    coordinator.send("/places/new", LIBRARY | {"district": "South"})
    south = Place.objects.get(district="South")
    answer = coordinator.send(f"/places/{south.pk}", LIBRARY)
    assert answer.status_code == 409 and "stands in the list already" in answer.content.decode()
    assert {place.district for place in office.public.places} == {"North", "South"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": " "}, "required"),
        ({"sector": "police"}, "valid choice"),
        ({"languages": "Dutch"}, "by their codes"),
        ({"languages": ","}, "by their codes"),
        ({"address": "left\u202eright"}, "one line each"),
    ],
    ids=["no name", "sector", "language", "no language", "turned around"],
)
def test_bad_input_is_said_and_changes_nothing(office: Office, coordinator: Person, changed, said):
    answer = coordinator.send("/places/new", LIBRARY | changed)
    assert answer.status_code in (409, 422)
    assert said in answer.content.decode()
    assert not Place.objects.exists() and office.recorded == []


def test_a_handover_that_fails_is_said_and_made_good_by_the_next_change(office: Office, coordinator: Person, settings):
    settings.HANDOVER = str(office.handover / "missing")
    answer = coordinator.send("/places/new", LIBRARY)
    assert answer.status_code == 503 and "It was kept" in answer.content.decode()
    settings.HANDOVER = str(office.handover)
    coordinator.send("/places/new", LIBRARY | {"district": "South"})
    assert len(office.public.places) == 2


def test_an_auditor_reads_the_places_and_changes_none(office: Office, coordinator: Person):
    coordinator.send("/places/new", LIBRARY)
    auditor = office.sign_in("auditor")
    assert "Invented library" in auditor.page("/places")
    assert auditor.send("/places/new", LIBRARY | {"district": "South"}).status_code == 403
    assert Place.objects.count() == 1
