"""Passkeys as second factor and in place of password and code, with an authenticator in software."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from fido2.utils import websafe_encode

from staff import passkeys
from staff.accounts import NewAccount, create_account, create_account_with_second_factor
from staff.models import Account
from tests.staff.conftest import code_of
from tests.staff.soft_passkey import MAKE_OF_DEVICE, SoftPasskey

pytestmark = pytest.mark.django_db(databases=["staff"])


def browser() -> Client:
    return Client(headers={"host": "localhost"})


def is_signed_in(client: Client) -> bool:
    return client.post("/cards/ack", {}, content_type="application/json").status_code != 401


def password(client: Client, account: NewAccount) -> str:
    return client.post("/sign-in", {"login": account.staff_code, "password": account.password})["Location"]


def answered(client: Client, address: str, respond: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, str]:
    """The form that the page's script sends after asking for the options."""
    asked = client.get(address).json()
    return {"sealed": asked["sealed"], "answer": json.dumps(respond(asked["options"]))}


def post(client: Client, address: str, respond: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
    return client.post(address, answered(client, address, respond))["Location"]


@pytest.fixture
def key() -> SoftPasskey:
    return SoftPasskey()


@pytest.fixture
def clerk_with_passkey(key: SoftPasskey) -> NewAccount:
    """An account whose first and only second factor is `key`."""
    account, client = create_account(role="clerk"), browser()
    assert password(client, account) == "/sign-in/set-up"
    assert post(client, "/sign-in/set-up/passkey", key.make) == "/sign-in/recovery-codes"
    assert is_signed_in(client)
    return account


def test_a_passkey_set_up_at_the_first_sign_in_comes_with_recovery_codes(clerk_with_passkey):
    client = browser()
    assert {it.type for it in Authenticator.objects.all()} == {"webauthn", "recovery_codes"}
    assert password(client, clerk_with_passkey) == "/sign-in/code"
    assert "Use your passkey" in client.get("/sign-in/code").content.decode()


def test_it_is_the_second_factor_after_the_password(clerk_with_passkey, key):
    client = browser()
    password(client, clerk_with_passkey)
    asked = client.get("/sign-in/passkey").json()["options"]
    assert [it["id"] for it in asked["allowCredentials"]] == [websafe_encode(key.id)]
    assert post(client, "/sign-in/passkey", key.use) == "/sign-in/recovery-codes"
    assert is_signed_in(client)


def test_it_signs_in_without_password(clerk_with_passkey, key):
    client = browser()
    asked = client.get("/sign-in/passkey").json()["options"]
    assert "allowCredentials" not in asked, "nobody is told who has passkeys"
    assert asked["userVerification"] == "required"
    post(client, "/sign-in/passkey", key.use)
    assert is_signed_in(client)


def test_asking_for_options_stores_nothing(client):
    client.get("/sign-in/passkey")
    assert not client.cookies


def test_without_finger_or_pin_it_is_a_second_factor_only(clerk_with_passkey, key):
    key.verifies = False
    client = browser()
    assert post(client, "/sign-in/passkey", key.use) == "/sign-in?passkey=refused"
    assert "passkey was not accepted" in client.get("/sign-in?passkey=refused").content.decode()
    password(client, clerk_with_passkey)
    post(client, "/sign-in/passkey", key.use)
    assert is_signed_in(client)


def replayed(client: Client, key: SoftPasskey) -> dict[str, str]:
    form = answered(client, "/sign-in/passkey", key.use)
    assert client.post("/sign-in/passkey", form)["Location"] != "/sign-in?passkey=refused"
    client.post("/sign-out")
    return form


def of_another_challenge(client: Client, key: SoftPasskey) -> dict[str, str]:
    first, second = (answered(client, "/sign-in/passkey", key.use) for _ in range(2))
    return first | {"answer": second["answer"]}


def of_another_site(client: Client, key: SoftPasskey) -> dict[str, str]:
    key.origin = "https://localhost.elsewhere.invalid"
    return answered(client, "/sign-in/passkey", key.use)


def over_bare_http(client: Client, key: SoftPasskey) -> dict[str, str]:
    client.defaults["HTTP_HOST"], key.origin = "testserver", "http://testserver"
    return answered(client, "/sign-in/passkey", key.use)


def of_another_key(client: Client, key: SoftPasskey) -> dict[str, str]:
    other = SoftPasskey()
    other.id, other.handle = key.id, key.handle
    return answered(client, "/sign-in/passkey", other.use)


def of_another_account(client: Client, key: SoftPasskey) -> dict[str, str]:
    key.handle = create_account(role="supervisor").staff_code.encode()
    return answered(client, "/sign-in/passkey", key.use)


def of_making(client: Client, key: SoftPasskey) -> dict[str, str]:
    asked = client.get("/sign-in/passkey").json()
    made = key.make({"user": {"id": websafe_encode(key.handle)}, "rp": {"id": "localhost"}, **asked["options"]})
    return {"sealed": asked["sealed"], "answer": json.dumps(made)}


def unsealed(client: Client, key: SoftPasskey) -> dict[str, str]:
    return answered(client, "/sign-in/passkey", key.use) | {"sealed": "AAAA"}


@pytest.mark.parametrize("wrong", [replayed, of_another_challenge, of_another_site, over_bare_http, of_another_key,
                                   of_another_account, of_making, unsealed])  # fmt: skip
def test_an_answer_that_proves_nothing_signs_nobody_in(clerk_with_passkey, key, wrong):
    client = browser()
    form = wrong(client, key)
    assert client.post("/sign-in/passkey", form)["Location"] == "/sign-in?passkey=refused"
    assert not is_signed_in(client)


@pytest.mark.parametrize("answer", ["", "{", "[]", "null", "{}", '{"response": []}', '{"response": {"userHandle": 3}}',
                                    '{"response": {"userHandle": "/w"}}', "[" * 15000, "x" * 20001])  # fmt: skip
def test_an_answer_of_no_browser_is_refused(clerk_with_passkey, answer):
    client = browser()
    sealed = client.get("/sign-in/passkey").json()["sealed"]
    done = client.post("/sign-in/passkey", {"sealed": sealed, "answer": answer})
    assert done["Location"] == "/sign-in?passkey=refused"


def test_a_damaged_answer_is_refused_wherever_it_is_damaged(clerk_with_passkey, key):
    client = browser()
    password(client, clerk_with_passkey)
    whole = answered(client, "/sign-in/passkey", key.use)["answer"]
    for member in ("id", "rawId", "type", "response"):
        for instead in (None, 7, "AAAA", {}, []):
            damaged = json.dumps(json.loads(whole) | {member: instead})
            sealed = client.get("/sign-in/passkey").json()["sealed"]
            form = {"sealed": sealed, "answer": damaged}
            assert client.post("/sign-in/passkey", form)["Location"] == "/sign-in/code?passkey=refused"


def test_a_page_that_waited_five_minutes_is_refused(clerk_with_passkey, key, time_machine):
    time_machine.move_to("2026-11-23T08:00:00Z", tick=False)
    client = browser()
    form = answered(client, "/sign-in/passkey", key.use)
    time_machine.move_to("2026-11-23T08:05:00Z", tick=False)
    assert client.post("/sign-in/passkey", form)["Location"] == "/sign-in?passkey=refused"


def test_a_closed_account_is_signed_in_by_no_passkey(clerk_with_passkey, key):
    Account.objects.update(is_active=False)
    client = browser()
    assert post(client, "/sign-in/passkey", key.use) == "/sign-in?passkey=refused"


def test_the_passkey_of_another_account_is_no_second_factor(clerk_with_passkey, key):
    other, client = create_account_with_second_factor(role="supervisor"), browser()
    password(client, other)
    assert post(client, "/sign-in/passkey", key.use) == "/sign-in/code?passkey=refused"
    assert not is_signed_in(client)


def test_what_is_kept_of_a_passkey_tells_no_device_no_name_and_no_time(clerk_with_passkey, key):
    row = Authenticator.objects.get(type="webauthn")
    assert set(row.data) == {"sealed"}
    assert (row.created_at.isoformat(), row.last_used_at) == ("2000-01-01T00:00:00+00:00", None)
    assert websafe_encode(key.id) not in json.dumps(row.data)
    site = passkeys.Site(host="localhost", name="City", secret_key="only-for-tests-" + "0" * 40)
    (credential,) = passkeys._credentials(Account.objects.get(), site).values()
    assert credential.credential_id == key.id
    assert MAKE_OF_DEVICE not in bytes(credential)


def test_a_passkey_that_was_sealed_with_another_key_is_refused_in_words(clerk_with_passkey, key, settings):
    settings.SECRET_KEY = "another-key-" + "0" * 40
    client = browser()
    assert password(client, clerk_with_passkey) == "/sign-in/code"
    assert post(client, "/sign-in/passkey", key.use) == "/sign-in/code?passkey=refused"
    assert post(browser(), "/sign-in/passkey", key.use) == "/sign-in?passkey=refused"


def test_signing_in_again_in_place_takes_a_passkey(clerk_with_passkey, key):
    client = browser()
    form = answered(client, "/sign-in/passkey", key.use)
    answer = client.post("/sign-in/again/passkey", form, content_type="application/json")
    assert answer.json() == {"staff_code": clerk_with_passkey.staff_code, "role": "clerk"}
    assert is_signed_in(client)
    refused = browser().post("/sign-in/again/passkey", form, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "sign_in_refused")


# The account's own page


@pytest.fixture
def at_home(clerk_with_passkey, key) -> Client:
    client = browser()
    post(client, "/sign-in/passkey", key.use)
    return client


def page(client: Client) -> str:
    return client.get("/account").content.decode()


def test_passkeys_are_added_and_removed_but_not_the_last_factor(at_home, key):
    second = SoftPasskey()
    assert post(at_home, "/account/passkeys", second.make) == "/account"
    assert "Remove passkey 2" in page(at_home)
    first, other = (row.pk for row in passkeys.numbered(Account.objects.get()))
    assert at_home.post("/account/factors/remove", {"factor": first})["Location"] == "/account"
    assert at_home.post("/account/factors/remove", {"factor": other})["Location"] == "/account?kept=1"
    assert [row.pk for row in passkeys.numbered(Account.objects.get())] == [other]
    client = browser()
    assert post(client, "/sign-in/passkey", key.use) == "/sign-in?passkey=refused"
    post(client, "/sign-in/passkey", second.use)
    assert is_signed_in(client)


def test_a_passkey_cannot_be_added_twice_by_browsers_that_keep_to_it(at_home, key):
    asked = at_home.get("/account/passkeys").json()["options"]
    assert [it["id"] for it in asked["excludeCredentials"]] == [websafe_encode(key.id)]


def test_an_account_has_at_most_five_passkeys(at_home):
    for _ in range(4):
        assert post(at_home, "/account/passkeys", SoftPasskey().make) == "/account"
    assert "as many as an account may have" in page(at_home)
    assert post(at_home, "/account/passkeys", SoftPasskey().make) == "/account?passkey=refused"


@pytest.mark.parametrize("number", ["", "x", "²", "9" * 30, "999"])
def test_a_factor_that_is_not_there_is_not_removed(at_home, number):
    post(at_home, "/account/passkeys", SoftPasskey().make)
    assert at_home.post("/account/factors/remove", {"factor": number})["Location"] == "/account?kept=1"
    assert len(passkeys.numbered(Account.objects.get())) == 2


def test_a_factor_of_somebody_else_is_not_removed(at_home):
    other = create_account_with_second_factor(role="clerk")
    theirs = Authenticator.objects.get(user__staff_code=other.staff_code)
    post(at_home, "/account/passkeys", SoftPasskey().make)
    at_home.post("/account/factors/remove", {"factor": theirs.pk})
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


def test_an_authenticator_is_added_and_replaces_the_one_before(at_home, clerk_with_passkey):
    secrets = []
    for _ in range(2):
        shown = at_home.get("/account/authenticator").content.decode()
        secrets.append("".join(re.findall(r'class="secret">([A-Z2-7 ]+)<', shown)[0].split()))
        form = {"sealed": re.findall(r'name="sealed" value="([^"]+)"', shown)[0], "code": code_of(secrets[-1])}
        assert at_home.post("/account/authenticator", form)["Location"] == "/account"
    assert Authenticator.objects.filter(type="totp").count() == 1
    client = browser()
    password(client, clerk_with_passkey)
    client.post("/sign-in/code", {"code": code_of(secrets[0])})
    assert not is_signed_in(client)
    client.post("/sign-in/code", {"code": code_of(secrets[1])})
    assert is_signed_in(client)


def codes(client: Client) -> list[str]:
    return re.findall(r'codes__code">(\d{10})<', client.get("/sign-in/recovery-codes").content.decode())


def test_new_recovery_codes_end_the_old_ones_and_are_shown_once(at_home, clerk_with_passkey):
    old = codes(at_home)
    assert at_home.post("/account/recovery-codes")["Location"] == "/sign-in/recovery-codes"
    new = codes(at_home)
    assert len(set(new)) == 10 and not set(new) & set(old)
    assert codes(at_home) == []
    client = browser()
    password(client, clerk_with_passkey)
    client.post("/sign-in/code", {"code": old[0]})
    assert not is_signed_in(client)
    client.post("/sign-in/code", {"code": new[0]})
    assert is_signed_in(client)
    assert "Codes left: 9." in page(client)


def test_who_signed_in_ten_minutes_ago_changes_nothing(clerk_with_passkey, key, time_machine):
    time_machine.move_to("2026-11-23T08:00:00Z", tick=False)
    client = browser()
    post(client, "/sign-in/passkey", key.use)
    old = codes(client)
    time_machine.move_to("2026-11-23T08:09:00Z", tick=False)
    assert "Add a passkey" in page(client)
    time_machine.move_to("2026-11-23T08:10:00Z", tick=False)
    assert "Add a passkey" not in page(client)
    assert client.get("/account/passkeys").status_code == client.get("/account/authenticator").status_code == 302
    (row,) = passkeys.numbered(Account.objects.get())
    for address, form in (
        ("/account/passkeys", {"sealed": "", "answer": ""}),
        ("/account/factors/remove", {"factor": row.pk}),
        ("/account/recovery-codes", {}),
    ):
        assert client.post(address, form)["Location"] == "/account"
    anew = browser()
    password(anew, clerk_with_passkey)
    anew.post("/sign-in/code", {"code": old[0]})
    assert is_signed_in(anew), "the codes are still the old ones"
