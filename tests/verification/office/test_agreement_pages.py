"""An agreement's life in the office: written by one coordinator, activated by another, each act a line of the log."""

import re
from typing import Any

import pytest

from tests.verification.office.conftest import Office, Person
from verification.agreements import hash_of, new_provider_id, terms_by_key
from verification.models import Agreement, ApiKey, PairingCode
from verification.office import acts
from verification.pairing import redeem

pytestmark = pytest.mark.django_db(databases=["staff", "verification"])


def form(**changed: Any) -> dict[str, Any]:
    values = {
        "provider_id": new_provider_id(),
        "provider": "Invented  library ",
        "sector": "culture",
        "purpose": "lending books",
        "fields_": ["name"],
        "face": "any",
        "starts": "2026-01-01",
        "ends": "2099-12-31",
        "contact": "front desk",
        "duties_signed": "on",
        "public": "on",
    }
    return {name: value for name, value in (values | changed).items() if value is not None}


def write(person: Person, **changed: Any) -> str:
    """The address of a draft that this person wrote."""
    answer = person.send("/agreements/new", form(**changed))
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.url)


def activate(office: Office, address: str) -> Person:
    second = office.sign_in()
    assert second.send(f"{address}/activate").status_code == 302
    return second


def state(address: str) -> str:
    return str(Agreement.objects.get(provider_id=address.rpartition("/")[2]).state)


def shown_once(answer: Any) -> str:
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    return re.search(r'<p class="shown-once">(.+?)</p>', answer.content.decode())[1]


def test_two_coordinators_give_access_and_one_takes_it_away(office: Office, coordinator: Person):
    address = write(coordinator)
    assert state(address) == "draft"
    assert office.recorded == [(coordinator.code, "agreement", "written")]
    assert "somebody else must activate it" in coordinator.page(address)

    second = activate(office, address)
    assert state(address) == "active"
    assert coordinator.send(f"{address}/suspend").status_code == 302
    assert state(address) == "suspended"
    assert second.send(f"{address}/end").status_code == 302
    assert state(address) == "ended"
    assert office.recorded == [
        (second.code, "agreement", "activated"),
        (coordinator.code, "agreement", "suspended"),
        (second.code, "agreement", "ended"),
    ]
    assert "What can be done" not in coordinator.page(address)


def test_who_wrote_it_cannot_activate_it_by_any_request(office: Office, coordinator: Person):
    address = write(coordinator)
    answer = coordinator.send(f"{address}/activate")
    assert answer.status_code == 409
    assert "ask a second person" in answer.content.decode()
    assert state(address) == "draft"
    assert len(office.recorded) == 1


def test_without_the_signed_duties_nobody_can_activate_it(office: Office, coordinator: Person):
    address = write(coordinator, duties_signed=None)
    answer = office.sign_in().send(f"{address}/activate")
    assert answer.status_code == 409 and "right to audit are not signed" in answer.content.decode()
    assert state(address) == "draft"


def test_a_body_under_a_reporting_duty_is_refused_with_the_reason(office: Office, coordinator: Person):
    answer = coordinator.send("/agreements/new", form(provider="De IND, loket Zuid"))
    assert answer.status_code == 409
    assert "it decides on the right of residence" in answer.content.decode()
    assert "De IND, loket Zuid" in answer.content.decode()  # nothing typed is lost
    assert not Agreement.objects.exists() and office.recorded == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"provider": ""}, "This field is required"),
        ({"sector": "immigration"}, "Select a valid choice"),
        ({"fields_": ["nationality"]}, "Select a valid choice"),
        ({"ends": "2025-01-01"}, "ends before it starts"),
        ({"ends": "soon"}, "Enter a valid date"),
        ({"provider_id": "no id"}, ""),
        ({"purpose": "left\u202eright"}, "one line"),
    ],
    ids=lambda part: next(iter(part)) if isinstance(part, dict) else "",
)
def test_bad_input_is_said_and_changes_nothing(office: Office, coordinator: Person, changed, said):
    answer = coordinator.send("/agreements/new", form(**changed))
    assert answer.status_code in (409, 422)
    assert said in answer.content.decode()
    assert not Agreement.objects.exists() and office.recorded == []


def test_a_draft_sent_twice_is_one_draft(coordinator: Person):
    twice = form()
    addresses = {coordinator.send("/agreements/new", twice).url for _ in range(2)}
    assert len(addresses) == Agreement.objects.count() == 1


def test_a_key_is_shown_once_and_two_are_valid_while_it_is_changed(office: Office, coordinator: Person):
    address = write(coordinator)
    keys = []
    for _ in range(3):
        mark = re.search(r'name="after" value="(\w*)"', coordinator.page(address))[1]
        keys.append(shown_once(coordinator.send(f"{address}/key", {"after": mark})))
    assert keys[2] not in coordinator.page(address)
    assert {hash_of(key) for key in keys[1:]} == set(terms_by_key())
    assert office.recorded[1:] == [(coordinator.code, "agreement", "key_made")] * 3


def test_a_request_for_a_key_sent_twice_makes_one_key_only(coordinator: Person):
    address = write(coordinator)
    key = shown_once(coordinator.send(f"{address}/key", {"after": ""}))
    again = coordinator.send(f"{address}/key", {"after": ""})
    assert again.status_code == 409 and "not shown again" in again.content.decode()
    assert set(terms_by_key()) == {hash_of(key)}


def test_keys_and_codes_end_with_the_agreement(office: Office, coordinator: Person):
    address = write(coordinator)
    activate(office, address)
    coordinator.send(f"{address}/key", {"after": ""})
    coordinator.send(f"{address}/pairing-code")
    coordinator.send(f"{address}/end")
    assert not ApiKey.objects.exists() and not PairingCode.objects.exists()


def test_a_pairing_code_is_shown_once_and_pairs_one_scanner(office: Office, coordinator: Person):
    address = write(coordinator)
    assert coordinator.send(f"{address}/pairing-code").status_code == 409
    activate(office, address)
    answer = coordinator.send(f"{address}/pairing-code")
    code = shown_once(answer)
    assert "data:image/svg+xml;base64," in answer.content.decode()
    assert redeem(code=code, now=acts.now()).provider == "Invented library"
    assert code not in coordinator.page(address)


def test_the_public_list_follows_every_change(office: Office, coordinator: Person):
    quiet, named = write(coordinator, public=None), write(coordinator)
    activate(office, quiet)
    activate(office, named)
    (listed,) = office.public.agreements
    assert (listed.provider, listed.fields, listed.ends) == ("Invented library", ("name",), "2099-12-31")
    coordinator.send(f"{named}/suspend")
    assert office.public.agreements == ()


def test_an_agreement_that_is_over_is_not_listed(office: Office, coordinator: Person):
    activate(office, write(coordinator, ends="2026-01-02"))
    assert office.public.agreements == ()


def test_what_cannot_be_recorded_is_not_done(office: Office, coordinator: Person):
    address = write(coordinator)
    office.log_is_away = True
    answer = office.sign_in().send(f"{address}/activate")
    assert answer.status_code == 503 and "nothing was done" in answer.content.decode()
    assert state(address) == "draft"


def test_an_auditor_reads_everything_and_is_offered_nothing(office: Office, coordinator: Person):
    address = write(coordinator)
    auditor = office.sign_in("auditor")
    assert "Invented library" in auditor.page("/agreements")
    said = auditor.page(address)
    assert coordinator.code in said and "What can be done" not in said
    assert auditor.client.get("/").url == "/agreements"


def test_a_clerk_is_told_that_this_is_not_for_that_role(office: Office):
    assert "Not for your role" in office.sign_in("clerk").page("/agreements", status=403)


def test_an_agreement_that_does_not_exist_is_not_found(coordinator: Person):
    assert coordinator.client.get("/agreements/00000000").status_code == 404
    assert coordinator.send("/agreements/00000000/end").status_code in (404, 409)
