"""Private keys in files: readable by nobody else, and never half of one."""

import base64
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from cardservice import key_files
from cardservice.credential import keys
from cardservice.credential.keys import EDDSA, ES256
from cardservice.key_files import UnsafeKeys

KID = "0011223344556677"
PASSPHRASE = "a passphrase of more than 32 characters"


def _file(directory: Path, octets: bytes, *, name: str = KID, mode: int = 0o600) -> Path:
    path = directory / f"{name}.pem"
    path.write_bytes(octets)
    path.chmod(mode)
    return path


def _pem(private: object, *, passphrase: str = PASSPHRASE) -> bytes:
    sealed = BestAvailableEncryption(passphrase.encode())
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed)  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("alg", [ES256, EDDSA])
def test_a_key_is_read_as_it_was_written(tmp_path: Path, alg: int) -> None:
    private = keys.generate(alg)

    key_files.write(tmp_path, kid=KID, private=private, passphrase=PASSPHRASE)

    loaded = key_files.load(tmp_path, passphrase=PASSPHRASE)
    assert loaded.keys() == {KID}
    assert keys.public_key_of(private).verify(keys.sign(loaded[KID], b"message"), b"message")


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    key_files.write(tmp_path, kid=KID, private=keys.generate(ES256), passphrase=PASSPHRASE)

    assert [path.name for path in tmp_path.iterdir()] == [f"{KID}.pem"]
    assert (tmp_path / f"{KID}.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644, 0o666])
def test_a_key_that_others_may_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    _file(tmp_path, _pem(keys.generate(ES256)), mode=mode)

    with pytest.raises(UnsafeKeys, match="chmod 600"):
        key_files.load(tmp_path, passphrase=PASSPHRASE)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("given_away", ["the file", "the directory"])
def test_what_another_account_owns_is_refused_in_one_sentence(tmp_path: Path, given_away: str) -> None:
    place = tmp_path / "keys"
    place.mkdir(mode=0o700)
    file = _file(place, _pem(keys.generate(ES256)))
    os.chown(file if given_away == "the file" else place, 65_534, -1)

    with pytest.raises(UnsafeKeys, match="belongs to another account: chown it") as caught:
        key_files.load(place, passphrase=PASSPHRASE)
    assert len(str(caught.value).splitlines()) == 1


def test_a_directory_in_which_others_can_replace_keys_is_refused(tmp_path: Path) -> None:
    _file(tmp_path, _pem(keys.generate(ES256)))
    tmp_path.chmod(0o770)

    with pytest.raises(UnsafeKeys, match="chmod 700"):
        key_files.load(tmp_path, passphrase=PASSPHRASE)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\n",
        b"\x00" * 300,
        _pem(ec.generate_private_key(ec.SECP256R1()))[:-60],
        ed25519.Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        _pem(ec.generate_private_key(ec.SECP256R1()), passphrase="another passphrase of 32 characters"),
    ],
    ids=["empty", "half", "zeros", "cut", "public", "other passphrase"],
)
def test_what_is_no_key_is_refused(tmp_path: Path, octets: bytes) -> None:
    _file(tmp_path, octets)

    with pytest.raises(UnsafeKeys, match="holds no private key"):
        key_files.load(tmp_path, passphrase=PASSPHRASE)


@pytest.mark.parametrize(
    "private",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP256K1()),
        rsa.generate_private_key(65_537, 2_048),
        x25519.X25519PrivateKey.generate(),
    ],
    ids=["P-384", "secp256k1", "RSA", "X25519"],
)
def test_a_key_of_another_kind_is_refused(tmp_path: Path, private: object) -> None:
    _file(tmp_path, _pem(private))

    with pytest.raises(UnsafeKeys, match="no key for ES256 or EdDSA"):
        key_files.load(tmp_path, passphrase=PASSPHRASE)


def test_a_directory_named_like_a_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / f"{KID}.pem").mkdir(mode=0o700)

    with pytest.raises(UnsafeKeys):
        key_files.load(tmp_path, passphrase=PASSPHRASE)


def test_the_leftover_of_an_interrupted_write_is_not_read(tmp_path: Path) -> None:
    key_files.write(tmp_path, kid=KID, private=keys.generate(ES256), passphrase=PASSPHRASE)
    (tmp_path / f".{KID}.pem.new").write_bytes(b"-----BEGIN PRIV")
    (tmp_path / "README").write_text("keys of the signer")

    assert key_files.load(tmp_path, passphrase=PASSPHRASE).keys() == {KID}


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeKeys, match="is no directory"):
        key_files.load(tmp_path / "nowhere", passphrase=PASSPHRASE)


def test_writing_replaces_a_key_whole(tmp_path: Path) -> None:
    first, second = keys.generate(ES256), keys.generate(EDDSA)
    key_files.write(tmp_path, kid=KID, private=first, passphrase=PASSPHRASE)
    key_files.write(tmp_path, kid=KID, private=second, passphrase=PASSPHRASE)

    assert isinstance(key_files.load(tmp_path, passphrase=PASSPHRASE)[KID], ed25519.Ed25519PrivateKey)


def test_no_message_names_what_is_in_a_file(tmp_path: Path) -> None:
    _file(tmp_path, b"SECRET" * 10)

    with pytest.raises(UnsafeKeys) as caught:
        key_files.load(tmp_path, passphrase=PASSPHRASE)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None


def _bare(private: object) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("alg", [ES256, EDDSA])
def test_a_file_alone_does_not_give_its_key(tmp_path: Path, alg: int) -> None:
    private = keys.generate(alg)
    key_files.write(tmp_path, kid=KID, private=private, passphrase=PASSPHRASE)

    pem = (tmp_path / f"{KID}.pem").read_bytes()
    with pytest.raises(TypeError, match="encrypted"):
        load_pem_private_key(pem, password=None)
    bare = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert bare[-32:] not in base64.b64decode(b"".join(pem.splitlines()[1:-1]))


def test_a_key_that_is_not_encrypted_is_refused(tmp_path: Path) -> None:
    _file(tmp_path, _bare(keys.generate(ES256)))

    with pytest.raises(UnsafeKeys, match="keys encrypt"):
        key_files.load(tmp_path, passphrase=PASSPHRASE)


def test_keys_of_earlier_versions_are_encrypted_once_and_stay_the_same_keys(tmp_path: Path) -> None:
    private = keys.generate(ES256)
    _file(tmp_path, _bare(private))
    key_files.write(tmp_path, kid="8899aabbccddeeff", private=keys.generate(ES256), passphrase=PASSPHRASE)

    assert key_files.encrypt_bare(tmp_path, passphrase=PASSPHRASE) == [KID]
    assert key_files.encrypt_bare(tmp_path, passphrase=PASSPHRASE) == []

    loaded = key_files.load(tmp_path, passphrase=PASSPHRASE)
    assert loaded.keys() == {KID, "8899aabbccddeeff"}
    assert keys.public_key_of(private).verify(keys.sign(loaded[KID], b"message"), b"message")


def test_nothing_is_encrypted_while_one_of_the_files_is_no_key_for_signing(tmp_path: Path) -> None:
    _file(tmp_path, _bare(keys.generate(ES256)))
    other = _file(tmp_path, _bare(ec.generate_private_key(ec.SECP384R1())), name="8899aabbccddeeff")

    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(UnsafeKeys, match=other.name):
        key_files.encrypt_bare(tmp_path, passphrase=PASSPHRASE)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
