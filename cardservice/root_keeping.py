"""Where the root's secrets are kept: in a vault that keepers open together, or bare in the home of a demo."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, cast

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
)

from cardservice import demo_root, key_files
from cardservice.credential.keys import PrivateKey
from cardservice.files import write_atomically
from cardservice.home import Home
from issuance.vault import Vault, VaultClosed

_ROOT, _NEXT_ROOT, _LISTS, _PASSPHRASES = "root", "next-root", "status-", "passphrase-"


@dataclass(frozen=True)
class RootSecrets:
    """What only the root's keepers have.

    `list_keys`: copies of the status keys, by kid, so that a commitment list can be
    signed where the root is. `passphrases`: what key files are opened with, by holder.
    """

    root: PrivateKey = field(repr=False)
    next_root: PrivateKey = field(repr=False)
    passphrases: Mapping[str, str] = field(repr=False)
    list_keys: Mapping[str, PrivateKey] = field(repr=False)


class RootKeeping(Protocol):
    """A place that root secrets are read from and, after a ceremony that changed them, written to."""

    def read(self) -> RootSecrets: ...

    def write(self, secrets: RootSecrets) -> None: ...


@dataclass
class InVault:
    """The open vault in the file `path`."""

    path: Path
    vault: Vault = field(repr=False)

    def read(self) -> RootSecrets:
        """Raises VaultClosed when the vault is of something else."""
        contents = self.vault.contents
        try:
            return RootSecrets(
                root=_private(contents[_ROOT]),
                next_root=_private(contents[_NEXT_ROOT]),
                passphrases={holder: said.decode() for holder, said in _named(contents, _PASSPHRASES).items()},
                list_keys={kid: _private(der) for kid, der in _named(contents, _LISTS).items()},
            )
        except (KeyError, ValueError):
            raise VaultClosed(f"{self.path} does not hold the root's secrets: take another copy of it.") from None

    def write(self, secrets: RootSecrets) -> None:
        """Raises OSError."""
        self.vault = self.vault.holding(as_contents(secrets))
        self.vault.save(self.path)


@dataclass(frozen=True)
class InDemoHome:
    """The home of a demo, whose cards no production system accepts."""

    home: Home

    def read(self) -> RootSecrets:
        """Raises OSError, UnsafeKeys, HomeRefused."""
        passphrases = demo_root.passphrases(self.home)
        return RootSecrets(
            root=_bare(self.home.root_key),
            next_root=_bare(self.home.next_root_key),
            passphrases=passphrases,
            # Card keys among them: which one signs a list is told by the key set.
            list_keys=key_files.load(self.home.keys, passphrase=passphrases["keys"]),
        )

    def write(self, secrets: RootSecrets) -> None:
        _write_bare(self.home.root_key, secrets.root)
        _write_bare(self.home.next_root_key, secrets.next_root)


def as_contents(secrets: RootSecrets) -> dict[str, bytes]:
    """The secrets as a vault holds them."""
    return {
        _ROOT: _der(secrets.root),
        _NEXT_ROOT: _der(secrets.next_root),
        **{_PASSPHRASES + holder: said.encode() for holder, said in secrets.passphrases.items()},
        **{_LISTS + kid: _der(private) for kid, private in secrets.list_keys.items()},
    }


def _named(contents: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    return {name.removeprefix(prefix): secret for name, secret in contents.items() if name.startswith(prefix)}


def _private(der: bytes) -> PrivateKey:
    return cast(PrivateKey, load_der_private_key(der, password=None))


def _der(private: PrivateKey) -> bytes:
    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _bare(path: Path) -> PrivateKey:
    return cast(PrivateKey, load_pem_private_key(path.read_bytes(), password=None))


def _write_bare(path: Path, private: PrivateKey) -> None:
    write_atomically(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode=0o600)
