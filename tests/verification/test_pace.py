"""How many checks a minute the gate lets a provider make."""

import pytest

from cardservice.web.pace import WINDOW
from tests.verification import build

pytestmark = [pytest.mark.urls("cardservice.urls.gate"), pytest.mark.django_db(databases=["verification"])]


def test_who_checks_too_fast_is_told_how_long_to_wait(counter, settings):
    settings.CHECKS_PER_MINUTE = 2
    answers = [counter.check(build.card()) for _ in range(3)]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert answers[2].status_code == 429
    assert answers[2].json()["code"] == "too_many_requests"
    assert 1 <= int(answers[2]["Retry-After"]) <= WINDOW


def test_a_batch_counts_each_of_its_cards(counter, settings):
    settings.CHECKS_PER_MINUTE = 2
    headers = {"Authorization": f"Api-Key {counter.api_key}"}
    body = {"qrs": ["x"] * 3}
    address = "/api/v1/verifications/batch"
    answer = counter.client.post(address, body, content_type="application/json", headers=headers)
    assert answer.status_code == 429
