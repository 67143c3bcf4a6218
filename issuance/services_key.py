"""The publisher's services key: read from its own directory, used as far as the root-signed key set names it."""

from dataclasses import dataclass, field
from pathlib import Path

from cardservice import key_files
from cardservice.credential import keys
from cardservice.credential.keys import PrivateKey
from cardservice.credential.keyset import Key, KeySet, State, Use


class NoServicesKey(Exception):
    """Nothing can be signed about services; the text says why and what to do."""


@dataclass(frozen=True)
class ServicesKey:
    """The key that signs now, and its entry in the key set."""

    entry: Key
    private: PrivateKey = field(repr=False)


def load(directory: Path, *, passphrase: str, key_set: KeySet, realm: str, now: int) -> ServicesKey:
    """The newest services key of the set that is in force and lies in `directory`, encrypted under `passphrase`.

    Raises NoServicesKey, UnsafeKeys.
    """
    here = key_files.kids(directory)
    usable = [
        key
        for key in key_set.keys
        if key.use is Use.SERVICES
        and key.realm == realm
        and key.state in (State.PLANNED, State.ACTIVE)
        and key.covers(now)
        and key.kid.hex() in here
    ]
    for entry in sorted(usable, key=lambda key: (key.not_before, key.kid), reverse=True):
        private = key_files.load_one(directory, kid=entry.kid.hex(), passphrase=passphrase)
        if keys.public_key_of(private) == entry.public:
            return ServicesKey(entry=entry, private=private)
    raise NoServicesKey(f"{directory} holds no services key of the key set in force: bring it from the root ceremony.")
