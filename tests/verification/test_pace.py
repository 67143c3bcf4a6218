"""How many checks a minute a provider has, and that nothing of them is remembered."""

import pytest

from tests.verification import build
from verification.pace import WINDOW, Pace

CITY = [pytest.mark.urls("cardservice.urls.gate"), pytest.mark.django_db(databases=["verification"])]


def test_what_fits_is_counted_and_what_does_not_waits_for_the_next_window():
    pace = Pace()
    ask = {"provider_id": "A", "most": 3}
    assert [pace.wait(checks=1, moment=120.0, **ask) for _ in range(3)] == [0, 0, 0]
    assert pace.wait(checks=1, moment=130.5, **ask) == 50
    assert pace.wait(checks=1, moment=179.9, **ask) == 1
    assert pace.wait(checks=1, moment=180.0, **ask) == 0


def test_what_is_refused_is_not_counted():
    pace = Pace()
    assert pace.wait(provider_id="A", checks=5, most=3, moment=0.0) > 0
    assert pace.wait(provider_id="A", checks=3, most=3, moment=0.0) == 0


def test_one_provider_does_not_use_up_the_checks_of_another():
    pace = Pace()
    assert pace.wait(provider_id="A", checks=3, most=3, moment=0.0) == 0
    assert pace.wait(provider_id="B", checks=3, most=3, moment=0.0) == 0


def test_the_counts_of_a_window_are_gone_after_it():
    pace = Pace()
    pace.wait(provider_id="A", checks=1, most=3, moment=0.0)
    pace.wait(provider_id="B", checks=1, most=3, moment=float(WINDOW))
    assert pace._counts == {"B": 1}


class TestAtTheGate:
    pytestmark = CITY

    def test_who_checks_too_fast_is_told_how_long_to_wait(self, counter, settings):
        settings.CHECKS_PER_MINUTE = 2
        answers = [counter.check(build.card()) for _ in range(3)]
        assert [answer.status_code for answer in answers[:2]] == [200, 200]
        assert answers[2].status_code == 429
        assert answers[2].json()["code"] == "too_many_requests"
        assert 1 <= int(answers[2]["Retry-After"]) <= WINDOW

    def test_a_batch_counts_each_of_its_cards(self, counter, settings):
        settings.CHECKS_PER_MINUTE = 2
        headers = {"Authorization": f"Api-Key {counter.api_key}"}
        body = {"qrs": ["x"] * 3}
        address = "/api/v1/verifications/batch"
        answer = counter.client.post(address, body, content_type="application/json", headers=headers)
        assert answer.status_code == 429
