"""Private keys inside a PKCS #11 device, with SoftHSM: made there, never given out, and away or back at any time."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from click.testing import Result
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.util.ec import decode_ec_private_key, encode_named_curve_parameters
from typer.testing import CliRunner

from cardservice.cli.answers import Failed
from cardservice.cli.app import app_of
from cardservice.credential import claims, codec, cose, keys
from cardservice.credential.keys import PublicKey
from cardservice.credential.keyset import Use, kid_of, read_unverified
from cardservice.environment import WrongEnvironment
from issuance import ceremony
from issuance.allocation import open_list
from issuance.keys import public_key, take_over
from issuance.models import Card, SigningKey
from issuance.publication import publish
from issuance.signer import device as device_module
from issuance.signer.client import SignerRefused
from issuance.signer.device import KeyDevice, _point, device_told
from issuance.signer.held import DeviceAway, HeldKeys, PinRefused
from issuance.signer.rules import HourlyCeiling, SigningRules
from tests.issuance.office import ISSUER, NOW, DirectSigner, Office, dump, order
from tests.softhsm import PIN, SoftHSM, softhsm_in


@pytest.fixture(scope="module")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> SoftHSM:
    return softhsm_in(tmp_path_factory.mktemp("softhsm"))


@pytest.fixture
def device(softhsm: SoftHSM, monkeypatch: pytest.MonkeyPatch) -> KeyDevice:
    """As the signer opens it; nobody waits for a device that was just away."""
    monkeypatch.setattr(device_module, "PAUSE", 0.0)
    for name, value in softhsm.environment.items():
        monkeypatch.setenv(name, value)
    # What the library reads is set by the product: here it is only put back afterwards.
    monkeypatch.setenv("SOFTHSM2_CONF", "")
    return device_told()


@pytest.fixture(scope="module")
def on_device(softhsm: SoftHSM) -> list[PublicKey]:
    """The public halves of a year's card keys, made once for the tests that issue."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (softhsm.environment | {"SOFTHSM2_CONF": ""}).items():
            patch.setenv(name, value)
        opened = device_told()
        return [opened.make() for _ in range(ceremony.CARD_KEYS)]


def test_a_key_signs_under_its_kid_as_r_and_s_of_the_hash(device: KeyDevice) -> None:
    public = device.make()
    kid = kid_of(public).hex()

    signatures = {device.sign(kid, b"message") for _ in range(3)}

    assert len(signatures) == 3
    assert all(len(signature) == 64 and public.verify(signature, b"message") for signature in signatures)
    assert not any(public.verify(signature, b"another message") for signature in signatures)


def test_a_key_cannot_be_read_out(device: KeyDevice) -> None:
    kid = kid_of(device.make()).hex()
    assert device.holds(kid)
    inside: Any = device._found[kid]

    assert inside[Attribute.SENSITIVE] and inside[Attribute.NEVER_EXTRACTABLE] and inside[Attribute.LOCAL]
    with pytest.raises(pkcs11.AttributeSensitive):
        inside[Attribute.VALUE]
    with pytest.raises(pkcs11.PKCS11Error):
        inside[Attribute.EXTRACTABLE] = True


def test_a_key_that_came_from_outside_is_not_used(device: KeyDevice) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    kid = kid_of(keys.public_key_of(private))
    assert not device.holds(kid.hex())
    der = private.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    brought = decode_ec_private_key(der) | {
        Attribute.ID: kid,
        Attribute.TOKEN: True,
        Attribute.SIGN: True,
        Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1"),
        Attribute.CLASS: ObjectClass.PRIVATE_KEY,
        Attribute.KEY_TYPE: KeyType.EC,
    }
    device._session.create_object(brought)

    assert not device.holds(kid.hex())
    with pytest.raises(DeviceAway):
        device.sign(kid.hex(), b"message")


def test_a_device_that_was_away_signs_again_by_itself(device: KeyDevice, softhsm: SoftHSM) -> None:
    public = device.make()
    kid = kid_of(public).hex()
    assert device.sign(kid, b"before")

    with softhsm.away():
        for _ in range(2):
            with pytest.raises(DeviceAway):
                device.sign(kid, b"meanwhile")
            with pytest.raises(DeviceAway):
                device.holds(kid)

    assert device.holds(kid)
    assert public.verify(device.sign(kid, b"after"), b"after")


def test_a_device_that_is_away_at_first_is_found_later(device: KeyDevice, softhsm: SoftHSM) -> None:
    with softhsm.away(), pytest.raises(DeviceAway):
        device.holds("0011223344556677")

    assert not device.holds("0011223344556677")


def test_a_session_that_the_device_ended_is_opened_anew(device: KeyDevice) -> None:
    public = device.make()
    kid = kid_of(public).hex()
    device.sign(kid, b"before")
    device._session.close()

    assert public.verify(device.sign(kid, b"after"), b"after")


def test_many_cards_do_not_each_wait_for_a_device_that_is_away(
    device: KeyDevice, softhsm: SoftHSM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_module, "PAUSE", 600.0)
    with softhsm.away(), pytest.raises(DeviceAway):
        device.holds("0011223344556677")

    with pytest.raises(DeviceAway):
        device.holds("0011223344556677")


def test_a_refused_pin_is_not_tried_again(device: KeyDevice) -> None:
    wrong = replace(device, pin="00000001")

    with pytest.raises(PinRefused):
        wrong.holds("0011223344556677")
    wrong.pin = PIN
    with pytest.raises(PinRefused):
        wrong.holds("0011223344556677")


def test_the_pin_is_not_shown(device: KeyDevice) -> None:
    assert PIN not in repr(device)


def test_the_public_point_is_read_wrapped_or_bare() -> None:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    bare = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    assert _point(bare) == _point(b"\x04\x41" + bare) == public
    with pytest.raises(ValueError, match="."):
        _point(bare[:-1])


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CARDSERVICE_PKCS11_MODULE", "/nowhere/library.so", "is no file: install the library"),
        ("CARDSERVICE_PKCS11_LABEL", "", "CARDSERVICE_PKCS11_LABEL is not set"),
        ("CARDSERVICE_PKCS11_PIN", "123", "has fewer than 4 characters"),
        ("CARDSERVICE_PKCS11_CONF", "/etc/softhsm2.conf", "is not NAME=VALUE"),
    ],
)
def test_a_wrong_setting_stops_the_start_in_one_sentence(
    device: KeyDevice, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(WrongEnvironment, match=said) as refused:
        device_told()
    assert PIN not in str(refused.value)


# -- issuing with them


@pytest.fixture(scope="module")
def held(on_device: list[PublicKey]) -> ceremony.Ceremony:
    return ceremony.hold(issuer=ISSUER, realm="demo", now=NOW, on_device=on_device)


@pytest.fixture
def office(db: None, device: KeyDevice, held: ceremony.Ceremony) -> Office:
    """An office whose signer has its card keys inside the device, and those for lists in files."""
    take_over(read_unverified(held.key_set), realm="demo")
    open_list(number=0)
    keys_here = HeldKeys(files=held.made.private_keys, device=device)
    return Office(signer=DirectSigner(rules=SigningRules(issuer=ISSUER, held=keys_here, ceiling=HourlyCeiling(most=9))))


def _payloads(issued: Any) -> list[bytes]:
    return [codec.open_text(face.qr)[0].payload for face in issued.faces]


@pytest.mark.django_db(databases=["issuance"])
def test_the_same_seed_gives_the_same_claims_under_other_signatures(office: Office) -> None:
    card = order()

    first, second = office.issue(card), office.issue(card)

    assert (first.created, second.created) == (True, False)
    assert _payloads(first) == _payloads(second)
    assert [face.qr for face in first.faces] != [face.qr for face in second.faces]
    assert sum(SigningKey.objects.values_list("issued", flat=True)) == 1


@pytest.mark.django_db(databases=["issuance"])
def test_a_device_that_is_away_makes_no_half_card_and_the_same_seed_makes_it_later(
    office: Office, softhsm: SoftHSM
) -> None:
    office.issue(order())
    card = order()
    with softhsm.away():
        for _ in range(2):
            with pytest.raises(SignerRefused, match="key_device_away"):
                office.issue(card)
        assert Card.objects.count() == 2
        untouched = dump()
        # Once the device is known to be away, nothing is marked or counted any more.
        with pytest.raises(SignerRefused, match="key_device_away"):
            office.issue(card)
        assert dump() == untouched

    issued = office.issue(card)

    assert Card.objects.count() == 2
    assert sum(SigningKey.objects.values_list("issued", flat=True)) == 2
    row = Card.objects.select_related("key").get(commitments__isnull=False, id=_position(issued))
    header = cose.protected_header(alg=row.key.alg, kid=bytes.fromhex(row.key_id))
    for face in issued.faces:
        signed, _ = codec.open_text(face.qr)
        message = cose.message_to_sign(protected=header, payload=signed.payload)
        assert public_key(row.key).verify(signed.signature, message)


def _position(issued: Any) -> int:
    face = claims.decode(_payloads(issued)[0])
    return face.list_number << 20 | face.index


@pytest.mark.django_db(databases=["issuance"])
def test_lists_are_published_while_the_device_is_away(
    office: Office, softhsm: SoftHSM, held: ceremony.Ceremony, tmp_path: Path
) -> None:
    (tmp_path / "key-set.cose").write_bytes(held.key_set)
    office.issue(order())
    place = {"directory": tmp_path / "published", "key_set_file": tmp_path / "key-set.cose", "issuer": ISSUER}

    with softhsm.away():
        with pytest.raises(SignerRefused, match="key_device_away"):
            office.issue(order())
        assert publish(**place, signer=office.signer).lists[0].bytes


def test_a_ceremony_makes_no_card_key_that_the_device_made(held: ceremony.Ceremony, on_device: list[PublicKey]) -> None:
    of_cards = {key.kid for key in held.made.entries if key.use is Use.CARD}

    assert of_cards == {kid_of(public) for public in on_device}
    assert not of_cards & {bytes.fromhex(kid) for kid in held.made.private_keys}


def test_a_ceremony_takes_the_public_halves_that_the_device_printed(
    softhsm: SoftHSM, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in softhsm.environment.items():
        monkeypatch.setenv(name, value)

    def word(*words: str) -> Result:
        return CliRunner().invoke(app_of(["keys"]), ["keys", *words, "--json", "--home", str(tmp_path / "home")])

    printed = tmp_path / "printed.json"
    printed.write_text(word("make", str(ceremony.CARD_KEYS)).stdout)
    begin = ("ceremony", str(tmp_path / "root"), "--shares-to", str(tmp_path / "shares"), "--device-keys")
    assert word(*begin, str(printed)).exit_code == 0

    kids = {key["kid"] for key in json.loads(printed.read_text())["keys"]}
    made = read_unverified((tmp_path / "root" / "key-set.cose").read_bytes())
    assert {key.kid.hex() for key in made.keys if key.use is Use.CARD} == kids
    assert not [path for path in (tmp_path / "root").rglob("*.pem") if path.stem in kids]

    halves = json.loads(printed.read_text())["keys"]
    for wrong in (b"{}", b"[1]", b"\xff", json.dumps({"keys": halves[:-1] + halves[:1]}).encode()):
        printed.write_bytes(wrong)
        refused = word(
            "ceremony", str(tmp_path / "other"), "--shares-to", str(tmp_path / "s"), "--device-keys", str(printed)
        )
        assert isinstance(refused.exception, Failed)
        assert not (tmp_path / "other").exists()
