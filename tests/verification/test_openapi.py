"""The OpenAPI description, held against the gate: schemathesis asks for what it allows and for what it forbids."""

import re
from unittest import SkipTest

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cardservice.credential.reasons import Reason
from tests.separation.test_declarations import addresses
from tests.verification import build
from verification.openapi import description

pytestmark = [pytest.mark.urls("cardservice.urls.gate"), pytest.mark.django_db(databases=["verification"])]

NO_API = {"/scan/", "/readyz", "/healthz", "/api/schema"}
"""Addresses of the gate for people and operators, which the description leaves out."""


OPERATIONS = [(path, method) for path, item in description(city="X")["paths"].items() for method in item
              if method in ("get", "post")]  # fmt: skip
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_a_documented_one(counter, settings, path, method, mode):
    settings.CHECKS_PER_MINUTE = 1_000_000
    operation = schemathesis.openapi.from_wsgi("/api/schema", get_wsgi_application())[path][method.upper()]
    statuses = set()

    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def ask(case):
        response = case.call(headers={"Authorization": f"Api-Key {counter.api_key}"})
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    try:
        ask()
    except (Unsatisfiable, SkipTest):
        assert mode is GenerationMode.NEGATIVE  # an operation that takes nothing can be asked nothing wrong
        return
    assert statuses


def test_the_description_leaves_out_no_address_of_the_api():
    there = {re.sub(r"<\w+:(\w+)>", r"{\1}", name.removeprefix("gate ")) for name in addresses()
             if name.startswith("gate ")}  # fmt: skip
    assert {path for path in there if not any(path.startswith(page) for page in NO_API)} == set(
        description(city="X")["paths"]
    )


def test_the_reasons_are_the_closed_list_in_its_order():
    reasons = description(city="X")["components"]["schemas"]["Verification"]["properties"]["reason"]["enum"]
    assert reasons == [*[reason.value for reason in Reason], None]


def test_a_judged_card_has_the_documented_members(counter):
    documented = description(city="X")["components"]["schemas"]["Verification"]["required"]
    assert list(counter.check(build.card()).json()) == documented


def test_the_description_is_the_same_for_everybody_and_may_be_cached(counter):
    response = counter.client.get("/api/schema")
    assert (response.status_code, response["Cache-Control"]) == (200, "public, max-age=3600")
    assert response.json()["openapi"] == "3.1.0"
