"""Signing in by the city's OpenID Connect provider, against one that runs in a process of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from allauth.mfa.models import Authenticator
from django.db import connections
from django.test import Client

from cardservice.environment import WrongEnvironment
from staff import directory
from staff.accounts import NewAccount, create_account_with_second_factor
from staff.models import Account, ProviderSubject
from staff.provider import Provider, read
from tests.staff.conftest import code_of, sign_in

pytestmark = pytest.mark.django_db(databases=["staff"])

DESK = "http://localhost"
RETURNS_TO = f"{DESK}/sign-in/provider/return"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    command = [sys.executable, "-m", "tests.staff.provider_process", "desk", "a secret of the desk", RETURNS_TO]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        issuer = process.stdout.readline().strip()
        yield Provider(issuer=issuer, client_id="desk", client_secret="a secret of the desk", desk=DESK)
        process.terminate()


@pytest.fixture
def provider(running: Provider, settings) -> Provider:
    settings.OPENID = running
    says(running, claims={"sub": "person-1"})
    return running


def says(provider: Provider, **following: Any) -> None:
    """What the provider will say of who comes next."""
    assert httpx.post(f"{provider.issuer}/next", content=json.dumps(following)).status_code == 200


def there_and_back(browser: Client, start: str = "/sign-in/provider") -> Any:
    """The desk's answer to a browser that went to the provider and came back."""
    left = browser.get(start)
    assert left.status_code == 302, left.content
    returned = httpx.get(left["Location"]).headers["Location"]
    return browser.get(returned.removeprefix(DESK))


def leads_to(answer: Any) -> str:
    return str(answer.context["leads_to"]) if answer.status_code == 200 else "refused"


def is_signed_in(browser: Client) -> bool:
    return browser.post("/cards/ack", {}, content_type="application/json").status_code != 401


@pytest.fixture
def linked(clerk: NewAccount, provider: Provider) -> NewAccount:
    """An account that was linked on its own page to "person-1"."""
    browser = Client()
    sign_in(browser, clerk, periods_later=-1)
    assert leads_to(there_and_back(browser, "/account/provider")) == "/account"
    return clerk


def test_it_stands_in_place_of_the_password_and_the_second_factor_is_still_asked(linked: NewAccount):
    browser = Client()
    assert leads_to(there_and_back(browser)) == "/sign-in/code"
    assert not is_signed_in(browser)
    browser.post("/sign-in/code", {"code": code_of(linked.totp_secret)})
    assert is_signed_in(browser)


def test_whom_no_account_is_linked_to_is_refused_and_gets_none(linked, provider):
    says(provider, claims={"sub": "person-2"})
    browser = Client()
    answer = there_and_back(browser)
    assert answer.status_code == 403
    assert "No account here is linked to you" in answer.content.decode()
    assert Account.objects.count() == 1
    browser.post("/sign-in/code", {"code": code_of(linked.totp_secret)})
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "fault",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"iss": "https://login.elsewhere.invalid"}},
        {"claims": {"aud": "another client"}},
        {"claims": {"aud": ["desk", "another client"]}},
        {"claims": {"aud": ["desk", "another client"], "azp": "another client"}},
        {"later": {"exp": -3600}},
        {"claims": {"exp": None}},
        {"claims": {"exp": "never"}},
        {"later": {"iat": -86400}},
        {"claims": {"sub": None}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": "pers\ud83dn"}},
        {"claims": {"sub": 1}},
        {"hidden_key": True},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"configuration": {"issuer": "https://login.elsewhere.invalid"}},
        {"configuration": {"token_endpoint": "http://login.elsewhere.invalid/"}},
        {"configuration": {"jwks_uri": "file:///etc/passwd"}},
        {"configuration": {"token_endpoint": None}},
        {"configuration": {"token_endpoint": "http://localhost:not-a-port/"}},
    ],
    ids=str,
)
def test_an_answer_that_proves_nothing_is_refused(linked, provider, fault):
    browser = Client()
    left = browser.get("/sign-in/provider")
    says(provider, **(fault | {"claims": {"sub": "person-1"} | fault.get("claims", {})}))
    answer = browser.get(httpx.get(left["Location"]).headers["Location"].removeprefix(DESK))
    assert answer.status_code == 403
    assert "did not confirm who you are" in answer.content.decode()
    assert browser.get("/sign-in/code").status_code == 302, "no sign-in began"


def test_an_answer_is_good_once_and_only_in_the_browser_that_left(linked):
    browser, other = Client(), Client()
    left = browser.get("/sign-in/provider")
    back = httpx.get(left["Location"]).headers["Location"].removeprefix(DESK)
    other.get("/sign-in/provider")
    assert Client().get(back).status_code == other.get(back).status_code == 400
    assert leads_to(browser.get(back)) == "/sign-in/code"
    assert browser.get(back).status_code == 400


def test_an_answer_is_good_for_ten_minutes(linked, time_machine):
    browser = Client()
    back = httpx.get(browser.get("/sign-in/provider")["Location"]).headers["Location"].removeprefix(DESK)
    time_machine.move_to(time.time() + 601, tick=False)
    assert "took too long" in browser.get(back).content.decode()


@pytest.mark.parametrize(
    ("groups", "passes"),
    [
        (["desk"], True),
        ("desk", True),
        (["desk", "choir"], True),
        (["office"], False),
        ([], False),
        (None, False),
        ([{}], False),
    ],
)
def test_a_mapping_refuses_whom_the_city_does_not_list_and_raises_nobody(linked, provider, settings, groups, passes):
    settings.OPENID = replace(provider, claim="groups", roles={"desk": "clerk", "office": "coordinator"})
    says(provider, claims={"sub": "person-1", "groups": groups})
    assert (leads_to(there_and_back(Client())) == "/sign-in/code") is passes
    assert Account.objects.get().role == "clerk"


def test_roles_are_not_taken_from_the_provider(linked, provider):
    says(provider, claims={"sub": "person-1", "role": "coordinator", "groups": ["coordinator"]})
    there_and_back(Client())
    assert Account.objects.get().role == "clerk"


def test_a_closed_or_reset_account_is_linked_to_nobody(linked):
    directory.reset(staff_code=linked.staff_code, now=int(time.time()))
    assert not ProviderSubject.objects.exists()
    assert there_and_back(Client()).status_code == 403


def test_a_person_is_linked_to_one_account(linked, provider):
    other, browser = create_account_with_second_factor(role="supervisor"), Client()
    sign_in(browser, other)
    answer = there_and_back(browser, "/account/provider")
    assert "linked to another account here already" in answer.content.decode()
    assert ProviderSubject.objects.get().account.staff_code == linked.staff_code


def test_who_left_to_link_before_a_reset_comes_back_to_nothing(clerk, provider):
    browser = Client()
    sign_in(browser, clerk)
    left = browser.get("/account/provider")
    directory.reset(staff_code=clerk.staff_code, now=int(time.time()))
    answer = browser.get(httpx.get(left["Location"]).headers["Location"].removeprefix(DESK))
    assert answer.status_code == 400
    assert not ProviderSubject.objects.exists()
    assert there_and_back(Client()).status_code == 403


def test_another_site_sends_nobody_to_the_provider(signed_in, provider):
    browser = signed_in.browser
    for site in ("cross-site", "same-site"):
        assert browser.get("/sign-in/provider", headers={"Sec-Fetch-Site": site})["Location"] == "/sign-in"
    assert browser.get("/sign-in/provider", headers={"Sec-Fetch-Site": "same-origin"})["Location"] != "/sign-in"
    assert is_signed_in(browser)


def test_linking_needs_a_recent_sign_in(linked, provider, time_machine):
    browser = Client()
    sign_in(browser, linked)
    for _ in range(2):  # busy, so not idle
        time_machine.move_to(time.time() + 6 * 60, tick=False)
        assert browser.get("/account").status_code == 200
    assert browser.get("/account/provider")["Location"] == "/account"
    assert browser.post("/account/provider/remove")["Location"] == "/account"
    assert ProviderSubject.objects.exists()


def test_unlinking_ends_it(linked):
    browser = Client()
    sign_in(browser, linked)
    assert "Unlink" in browser.get("/account").content.decode()
    assert browser.post("/account/provider/remove")["Location"] == "/account"
    assert there_and_back(Client()).status_code == 403


def test_nothing_of_what_the_provider_says_is_kept_but_a_keyed_hash(linked):
    browser = Client()
    there_and_back(browser)
    with connections["staff"].cursor() as cursor:
        stored = ""
        for table in connections["staff"].introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            stored += str(cursor.fetchall())
    assert ProviderSubject.objects.get().digest in stored
    for said in ("person-1", "Ingrid", "city.invalid"):
        assert said not in stored and said not in str(dict(browser.session))
    assert Authenticator.objects.get().last_used_at is None


def test_the_cookie_of_the_way_is_sealed_short_lived_and_gone_afterwards(linked):
    browser = Client()
    browser.get("/sign-in/provider")
    cookie = browser.cookies["desk_provider"]
    assert (cookie["samesite"], cookie["httponly"], cookie["path"]) == ("Lax", True, "/sign-in/provider")
    assert cookie["max-age"] == 600
    there_and_back(browser)
    assert browser.cookies["desk_provider"]["max-age"] == 0


def test_a_provider_that_is_away_leaves_the_password(linked, provider, settings):
    settings.OPENID = replace(provider, issuer="http://127.0.0.1:9")
    assert "Sign in with staff code and password" in Client().get("/sign-in/provider").content.decode()


def test_without_a_provider_nothing_offers_one(clerk, settings):
    assert settings.OPENID is None
    browser = Client()
    assert "city's account" not in browser.get("/sign-in").content.decode()
    assert browser.get("/sign-in/provider")["Location"] == "/sign-in"
    assert browser.get("/sign-in/provider/return?code=a&state=b").status_code == 400
    sign_in(browser, clerk)
    assert "Link" not in browser.get("/account").content.decode()


# The operator's file

WRITTEN = """
issuer = "https://login.city.example"
client_id = "desk"
client_secret = "a secret"
desk = "https://desk.city.example"
[roles]
claim = "groups"
of = { desk = "clerk" }
"""


def written(place: Path, text: str, mode: int = 0o600) -> str:
    file = place / "openid.toml"
    file.write_text(text)
    file.chmod(mode)
    return str(file)


def test_the_file_is_read(tmp_path):
    found = read(written(tmp_path, WRITTEN), may_be_local=False)
    assert found == Provider("https://login.city.example", "desk", "a secret", "https://desk.city.example",
                             "groups", {"desk": "clerk"})  # fmt: skip
    assert "a secret" not in repr(found)
    assert read("", may_be_local=False) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("issuer = ", "is no TOML"),
        ('sub = "x"', "'sub', which means nothing here"),
        (WRITTEN.replace('client_id = "desk"', ""), "must say client_id"),
        (WRITTEN.replace("https://login", "http://login"), "must say issuer as an https:// address"),
        (WRITTEN.replace("https://desk", "http://localhost"), "must say desk as an https:// address"),
        (WRITTEN.replace('= "clerk"', '= "mayor"'), "stand for 'mayor'"),
        (WRITTEN.replace('claim = "groups"', ""), "must say under [roles]"),
        (WRITTEN.replace('"groups"', '""'), "must say under [roles]"),
        (WRITTEN.split("claim")[0], "must say under [roles]"),
    ],
)
def test_a_file_that_is_not_right_stops_the_start_with_one_sentence(tmp_path, text, said):
    with pytest.raises(WrongEnvironment, match="CARDSERVICE_OPENID_FILE") as stop:
        read(written(tmp_path, text), may_be_local=False)
    assert said in str(stop.value) and "a secret" not in str(stop.value)


def test_a_file_that_others_can_read_stops_the_start(tmp_path):
    with pytest.raises(WrongEnvironment, match="chmod 600"):
        read(written(tmp_path, WRITTEN, mode=0o640), may_be_local=False)
    with pytest.raises(WrongEnvironment, match="cannot be read"):
        read(str(tmp_path / "none"), may_be_local=False)
