"""Which public-services document a reader accepts, given a key set and the one it accepted last."""

import pytest

from cardservice.credential import services
from cardservice.credential.keyset import State, Use
from cardservice.credential.reasons import CredentialError, Reason
from cardservice.credential.services import Content, Refusal, Services, ServicesRefused
from tests.vectors import city
from tests.vectors.public_services import CLINIC, FULL, LENDING, LIBRARY, signed


def accepted(octets: bytes, *, newest: Services | None = None, now: int = city.NOW, **changed) -> Services:
    key_set = city.key_set(city.key_entry("services", changed.pop("use", Use.SERVICES), **changed))
    return services.accept(octets, key_set=key_set, realm=city.REALM, now=now, newest=newest)


def refused(octets: bytes, **options) -> Refusal:
    with pytest.raises(ServicesRefused) as caught:
        accepted(octets, **options)
    return caught.value.code


def test_a_document_of_a_services_key_is_accepted():
    held = accepted(signed(FULL))
    assert held.content.places == (LIBRARY, CLINIC)
    assert held.exp == held.iat + services.VALIDITY


def test_the_same_document_again_is_no_news():
    held = accepted(signed(FULL))
    assert accepted(signed(FULL), newest=held) is held


def test_a_newer_one_takes_its_place():
    held = accepted(signed(FULL))
    assert accepted(signed(Content(), iat=held.iat + 1), newest=held).content == Content()


def test_an_older_one_and_a_contradicting_one_are_refused():
    held = accepted(signed(FULL))
    assert refused(signed(FULL, iat=held.iat - 1), newest=held) is Refusal.ROLLED_BACK
    assert refused(signed(Content(), iat=held.iat), newest=held) is Refusal.EQUIVOCATION


@pytest.mark.parametrize("use", [use for use in Use if use is not Use.SERVICES])
def test_a_key_of_another_use_cannot_sign_it(use):
    assert refused(signed(FULL), use=use) is Refusal.WRONG_SIGNER


@pytest.mark.parametrize(
    "changed",
    [{"realm": "demo"}, {"state": State.COMPROMISED}, {"not_before": city.NOW}, {"not_after": city.NOW - 60}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_key_that_is_not_believed_cannot_sign_it(changed):
    assert refused(signed(FULL), **changed) is Refusal.WRONG_SIGNER


def test_a_key_nobody_knows_cannot_sign_it():
    assert refused(signed(FULL, key="other")) is Refusal.WRONG_SIGNER


def test_bytes_that_are_no_document_or_were_changed_are_refused():
    document = signed(FULL)
    assert refused(b"") is Refusal.UNREADABLE
    assert refused(document + b"\0") is Refusal.UNREADABLE
    assert refused(document[:-1] + bytes([document[-1] ^ 1])) is Refusal.BAD_SIGNATURE


def test_another_citys_document_is_refused():
    payload = services.payload(issuer="https://other.example", iat=city.NOW, content=FULL)
    header = services.header(alg=-7, kid=city.kid("services"))
    assert refused(city.sign(payload, key="services", protected=header)) is Refusal.FOREIGN


def test_it_is_good_from_ten_minutes_before_its_time_to_thirty_days_after():
    document = signed(FULL, iat=city.NOW)
    assert accepted(document, now=city.NOW - 600)
    assert refused(document, now=city.NOW - 601) is Refusal.FROM_THE_FUTURE
    assert accepted(document, now=city.NOW + services.VALIDITY - 1)
    assert refused(document, now=city.NOW + services.VALIDITY) is Refusal.EXPIRED


def test_content_comes_back_as_it_was_handed_over_in_one_order():
    handed = Content(places=(CLINIC, LIBRARY, CLINIC), agreements=(LENDING,))
    assert services.read_content(handed.encode()) == Content(places=(LIBRARY, CLINIC), agreements=(LENDING,))


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (bytes(services.MAX_CONTENT + 1), Reason.TOO_LARGE),
        (b"\xa0", Reason.UNSUPPORTED),
        (b"{}", Reason.MALFORMED),
    ],
    ids=["too large", "empty map", "JSON"],
)
def test_content_of_another_form_is_refused(octets, reason):
    with pytest.raises(CredentialError) as caught:
        services.read_content(octets)
    assert caught.value.reason is reason
