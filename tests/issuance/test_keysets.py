"""Which key set may follow the one in force, and the words for every one that may not."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from cardservice.credential import cbor, cose, keys, keyset
from cardservice.credential.calendar import DAY
from cardservice.credential.keyset import KeySet
from issuance import ceremony
from issuance.keysets import KeySetRefused, newer_set
from tests.issuance.office import ISSUER, NOW, held, key_set
from tests.vectors import documents

ROOT = keys.public_key_of(held().root)


def signed(content: KeySet, *, root: keys.PrivateKey | None = None) -> bytes:
    return ceremony.sign_key_set(content, root=root or held().root)


def judged(octets: bytes, *, before: bytes | None = None, now: int = NOW, realm: str = "demo") -> KeySet:
    return newer_set(octets, root=ROOT, held=before, issuer=ISSUER, realm=realm, now=now)


def refused(octets: bytes, *, before: bytes | None = held().key_set, now: int = NOW, realm: str = "demo") -> str:
    with pytest.raises(KeySetRefused) as caught:
        judged(octets, before=before, now=now, realm=realm)
    return str(caught.value)


def test_a_first_set_the_same_again_and_a_newer_one_are_taken() -> None:
    newer = signed(replace(key_set(), seq=2))

    assert judged(held().key_set).seq == 1
    assert judged(held().key_set, before=held().key_set).seq == 1
    assert judged(newer, before=held().key_set).seq == 2


def test_the_same_set_under_another_signature_is_the_same() -> None:
    header, payload = keyset.signed_header(ROOT), key_set().encode()
    message = cose.message_to_sign(protected=header, payload=payload)
    der = held().root.sign(message, ec.ECDSA(hashes.SHA256()))
    r, s = decode_dss_signature(der)
    again = cose.assemble(protected=header, payload=payload, signature=r.to_bytes(32) + s.to_bytes(32))

    assert judged(again, before=held().key_set).seq == 1


def test_another_root_is_refused_unless_it_was_announced() -> None:
    stranger = ceremony.new_root()
    following = ceremony.under_next_root(key_set(), next_root=stranger, after_next=ceremony.new_root(), now=NOW)
    announced = ceremony.under_next_root(key_set(), next_root=held().next_root, after_next=ceremony.new_root(), now=NOW)

    assert "another root" in refused(signed(replace(key_set(), seq=2), root=stranger))
    assert "another root" in refused(signed(following, root=stranger))
    assert "another root" in refused(signed(announced, root=held().next_root), before=None)
    assert judged(signed(announced, root=held().next_root), before=held().key_set).seq == 2


def test_a_changed_set_is_refused() -> None:
    assert "does not fit" in refused(held().key_set[:-1] + bytes([held().key_set[-1] ^ 1]))


def test_a_set_of_another_city_or_realm_is_refused() -> None:
    assert "https://other.example" in refused(signed(replace(key_set(), seq=2, issuer="https://other.example")))
    assert "another realm" in refused(held().key_set, realm="production")


def test_a_set_from_the_future_is_refused_and_ten_minutes_are_forgiven() -> None:
    assert "future" in refused(signed(replace(key_set(), seq=2, iat=NOW + 601)))
    assert judged(signed(replace(key_set(), seq=2, iat=NOW + 600)), before=held().key_set).seq == 2


def test_an_expired_set_is_refused_in_its_last_second_not() -> None:
    ends = key_set().exp

    assert "ended on" in refused(held().key_set, now=ends)
    assert judged(held().key_set, now=ends - 1).seq == 1


def test_an_older_set_and_another_of_the_same_number_are_refused() -> None:
    newer = signed(replace(key_set(), seq=2))

    assert "number 2 is in force" in refused(held().key_set, before=newer)
    assert "somebody signed beside the ceremony" in refused(signed(replace(key_set(), exp=NOW + DAY)))


def _bad_entries() -> Iterator[tuple[str, list[object]]]:
    """Entries as the root would never make them, but signed by it all the same."""
    entries = cbor.loads(key_set().encode())[-65602]
    yield "a key twice", [*entries, entries[0]]
    for name, octets, _ in documents.bad_key_sets():
        if name.startswith("key: "):
            # Made for another city's key set; the entry is what is bad.
            yield name, [*entries, *cbor.loads(cose.parse(octets).payload)[-65602]]


@pytest.mark.parametrize(
    ("name", "entries"), list(_bad_entries()), ids=lambda value: value if type(value) is str else ""
)
def test_weak_keys_other_curves_and_double_kids_are_refused_from_the_root_too(name: str, entries: list[object]) -> None:
    payload = cbor.dumps(cbor.loads(key_set().encode()) | {-65600: 2, -65602: entries})
    header = keyset.signed_header(ROOT)
    signature = keys.sign(held().root, cose.message_to_sign(protected=header, payload=payload))

    said = refused(cose.assemble(protected=header, payload=payload, signature=signature))

    assert "weak, of another curve, twice, or under a kid that is not its own" in said


@pytest.mark.parametrize("octets", [b"", b"no key set", b"\x00" * 100])
def test_what_is_no_key_set_is_named_so(octets: bytes) -> None:
    assert "no key set" in refused(octets)


def test_a_damaged_set_in_force_is_named_instead_of_passed_over() -> None:
    assert "restore key-set.cose" in refused(held().key_set, before=b"damaged")
