"""What a ceremony hands to an installation: the new key set and, encrypted, the new keys; and taking it over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from cardservice.credential import cbor, keys, keyset
from cardservice.credential.keys import PublicKey
from cardservice.credential.keyset import KeySet
from cardservice.credential.reasons import CredentialError
from cardservice.files import write_atomically
from cardservice.home import Home
from issuance.ceremony import NewKeys
from issuance.keysets import KeySetRefused, newer_set

_KEY_SET, _ROOT, _COMMITMENTS = "key-set.cose", "root-public.cose", "commitments"
HOLDERS = ("keys", "log-keys", "services-keys")
"""Directories of signer, archivist and publisher: in a bundle as in a home."""


class BundleRefused(Exception):
    """The bundle was not taken over and nothing was changed; the text says why and what to do."""


@dataclass(frozen=True)
class Bundle:
    """`keys`: by holder and kid, encrypted PEM. `commitments`: signed lists by kid of the compromised key.

    `passphrases`: by holder, of a first ceremony.
    """

    key_set: bytes
    root_public: bytes
    keys: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict, repr=False)
    commitments: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    passphrases: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def root(self) -> PublicKey:
        """The root of the set. Raises BundleRefused."""
        return _root_in(self.root_public)

    def write(self, directory: Path) -> None:
        """Writes it into `directory`, beside keys of an earlier ceremony that nobody may have fetched yet.

        Raises OSError.
        """
        for folder, files in {**self.keys, _COMMITMENTS: self.commitments}.items():
            (directory / folder).mkdir(parents=True, mode=0o700, exist_ok=True)
            for kid, octets in files.items():
                write_atomically(directory / folder / _file(folder, kid), octets, mode=0o600)
        for holder, passphrase in self.passphrases.items():
            write_atomically(directory / f"{holder}-passphrase", passphrase.encode(), mode=0o600)
        write_atomically(directory / _ROOT, self.root_public)
        write_atomically(directory / _KEY_SET, self.key_set)


def read(directory: Path) -> Bundle:
    """The bundle in `directory`. Raises BundleRefused."""
    try:
        return Bundle(
            key_set=(directory / _KEY_SET).read_bytes(),
            root_public=(directory / _ROOT).read_bytes(),
            keys={holder: _by_kid(directory / holder) for holder in HOLDERS},
            commitments=_by_kid(directory / _COMMITMENTS),
            passphrases={
                holder: path.read_text() for holder in HOLDERS if (path := directory / f"{holder}-passphrase").exists()
            },
        )
    except OSError as error:
        raise BundleRefused(
            f"{error.filename} cannot be read ({error.strerror}): give the directory `to-install` of a ceremony."
        ) from None


def encrypted(made: NewKeys, *, passphrases: Mapping[str, str]) -> dict[str, dict[str, bytes]]:
    """The new keys as the key files of their holders."""
    return {
        holder: {
            kid: private.private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrases[holder].encode())
            )
            for kid, private in private_keys.items()
        }
        for holder, private_keys in made.by_holder.items()
    }


@dataclass(frozen=True)
class Installed:
    """The key set in force, and whether private keys came that the signer has not read yet."""

    key_set: KeySet
    new_keys: bool


def install(bundle: Bundle, *, home: Home, now: int, take_over: Callable[[], object]) -> Installed:
    """Takes the bundle over into `home`: keys first, the key set last, so that a crash starts over. Safe to repeat.

    `take_over` enters the keys into the register. Raises BundleRefused.
    """
    home.prepare_directories()
    known_root = _root_in(home.root_public.read_bytes()) if home.root_public.exists() else bundle.root
    held = home.key_set.read_bytes() if home.key_set.exists() else None
    try:
        key_set = newer_set(bundle.key_set, root=known_root, held=held, issuer=home.issuer, realm=home.realm, now=now)
    except KeySetRefused as refused:
        raise BundleRefused(str(refused)) from None
    first = held is None
    new_keys = any(not (home.keys / f"{kid}.pem").exists() for kid in bundle.keys.get("keys", ()))
    if home.realm == "demo" and first:
        for holder, passphrase in bundle.passphrases.items():
            write_atomically(home.keys_passphrase.with_name(f"{holder}-passphrase"), passphrase.encode(), mode=0o600)
    for folder, files in {**bundle.keys, _COMMITMENTS: bundle.commitments}.items():
        for kid, octets in files.items():
            write_atomically(home.path / folder / _file(folder, kid), octets, mode=0o600)
    new_root = cbor.dumps(keys.to_cose_key(key_set.root or known_root))
    if held is not None and home.root_public.read_bytes() != new_root:
        write_atomically(home.former_sets, _with_former(home, held))
    write_atomically(home.root_public, new_root)
    write_atomically(home.key_set, bundle.key_set)
    take_over()
    return Installed(key_set=key_set, new_keys=new_keys and not first)


def _with_former(home: Home, held: bytes) -> bytes:
    """The former sets and the last set of the root that ends, with which readers that know it find the new one."""
    former = keyset.read_former(home.former_sets.read_bytes()) if home.former_sets.exists() else []
    return keyset.bundle_former([*former, held])


def _root_in(octets: bytes) -> PublicKey:
    try:
        parameters = cbor.loads(octets)
        if type(parameters) is dict:
            return keys.from_cose_key(parameters)
    except CredentialError:
        pass
    raise BundleRefused("The root's public key is no COSE_Key of P-256 or Ed25519: fetch it from the ceremony again.")


def _file(folder: str, kid: str) -> str:
    return f"{kid}.cose" if folder == _COMMITMENTS else f"{kid}.pem"


def _by_kid(directory: Path) -> dict[str, bytes]:
    found = sorted(directory.iterdir()) if directory.is_dir() else []
    return {path.stem: path.read_bytes() for path in found if not path.name.startswith(".")}
