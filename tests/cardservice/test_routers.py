"""The database router."""

from types import SimpleNamespace

import pytest

from cardservice.processes import ALIASES
from cardservice.routers import COMPARTMENT_OF_APP, CompartmentRouter

ROUTER = CompartmentRouter()


def of(app: str) -> SimpleNamespace:
    """Something that belongs to `app`, as far as a router looks."""
    return SimpleNamespace(_meta=SimpleNamespace(app_label=app))


@pytest.mark.parametrize("app", COMPARTMENT_OF_APP)
def test_reading_and_writing_go_to_the_compartment_of_the_app(app: str):
    assert ROUTER.db_for_read(of(app)) == ROUTER.db_for_write(of(app)) == COMPARTMENT_OF_APP[app]


def test_accounts_and_sessions_belong_to_staff():
    assert {COMPARTMENT_OF_APP[app] for app in ("auth", "contenttypes", "sessions", "account", "mfa")} == {"staff"}


@pytest.mark.parametrize("ask", [ROUTER.db_for_read, ROUTER.db_for_write])
def test_an_app_that_is_not_listed_has_no_database(ask):
    with pytest.raises(KeyError):
        ask(of("unlisted"))


def test_an_app_that_is_not_listed_is_migrated_nowhere():
    with pytest.raises(KeyError):
        ROUTER.allow_migrate("staff", "unlisted")


@pytest.mark.parametrize("one", ALIASES)
@pytest.mark.parametrize("other", ALIASES)
def test_rows_are_related_within_one_compartment_only(one: str, other: str):
    assert ROUTER.allow_relation(of(one), of(other)) is (one == other)
